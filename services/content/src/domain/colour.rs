//! Colours, and whether they can be read on the shop's pages (WCAG 2.2, contrast of 4.5 to 1), in whole numbers.

/// The shop's light pages.
pub(crate) const LIGHT: &str = "#fbf9f4";
/// The shop's dark pages.
pub(crate) const DARK: &str = "#111412";
/// The least contrast of a text, in hundredths.
pub(crate) const LEAST: u64 = 450;

/// How much light each value of a channel gives (sRGB, IEC 61966-2-1), in millionths.
#[rustfmt::skip]
const LIGHT_OF: [u64; 256] = [
    0, 304, 607, 911, 1_214, 1_518, 1_821, 2_125, 2_428, 2_732,
    3_035, 3_347, 3_677, 4_025, 4_391, 4_777, 5_182, 5_605, 6_049, 6_512,
    6_995, 7_499, 8_023, 8_568, 9_134, 9_721, 10_330, 10_960, 11_612, 12_286,
    12_983, 13_702, 14_444, 15_209, 15_996, 16_807, 17_642, 18_500, 19_382, 20_289,
    21_219, 22_174, 23_153, 24_158, 25_187, 26_241, 27_321, 28_426, 29_557, 30_713,
    31_896, 33_105, 34_340, 35_601, 36_889, 38_204, 39_546, 40_915, 42_311, 43_735,
    45_186, 46_665, 48_172, 49_707, 51_269, 52_861, 54_480, 56_128, 57_805, 59_511,
    61_246, 63_010, 64_803, 66_626, 68_478, 70_360, 72_272, 74_214, 76_185, 78_187,
    80_220, 82_283, 84_376, 86_500, 88_656, 90_842, 93_059, 95_307, 97_587, 99_899,
    102_242, 104_616, 107_023, 109_462, 111_932, 114_435, 116_971, 119_538, 122_139, 124_772,
    127_438, 130_136, 132_868, 135_633, 138_432, 141_263, 144_128, 147_027, 149_960, 152_926,
    155_926, 158_961, 162_029, 165_132, 168_269, 171_441, 174_647, 177_888, 181_164, 184_475,
    187_821, 191_202, 194_618, 198_069, 201_556, 205_079, 208_637, 212_231, 215_861, 219_526,
    223_228, 226_966, 230_740, 234_551, 238_398, 242_281, 246_201, 250_158, 254_152, 258_183,
    262_251, 266_356, 270_498, 274_677, 278_894, 283_149, 287_441, 291_771, 296_138, 300_544,
    304_987, 309_469, 313_989, 318_547, 323_143, 327_778, 332_452, 337_164, 341_914, 346_704,
    351_533, 356_400, 361_307, 366_253, 371_238, 376_262, 381_326, 386_429, 391_572, 396_755,
    401_978, 407_240, 412_543, 417_885, 423_268, 428_690, 434_154, 439_657, 445_201, 450_786,
    456_411, 462_077, 467_784, 473_531, 479_320, 485_150, 491_021, 496_933, 502_886, 508_881,
    514_918, 520_996, 527_115, 533_276, 539_479, 545_724, 552_011, 558_340, 564_712, 571_125,
    577_580, 584_078, 590_619, 597_202, 603_827, 610_496, 617_207, 623_960, 630_757, 637_597,
    644_480, 651_406, 658_375, 665_387, 672_443, 679_542, 686_685, 693_872, 701_102, 708_376,
    715_694, 723_055, 730_461, 737_910, 745_404, 752_942, 760_525, 768_151, 775_822, 783_538,
    791_298, 799_103, 806_952, 814_847, 822_786, 830_770, 838_799, 846_873, 854_993, 863_157,
    871_367, 879_622, 887_923, 896_269, 904_661, 913_099, 921_582, 930_111, 938_686, 947_307,
    955_973, 964_686, 973_445, 982_251, 991_102, 1_000_000,
];

/// The contrast between two colours of the form `#14573c`, in hundredths: 100 to 2100.
pub(crate) fn contrast_hundredths(one: &str, other: &str) -> Option<u64> {
    let (one, other) = (luminance(one)?, luminance(other)?);
    // 5 hundredths are added to both, for the light around.
    let (lighter, darker) = (one.max(other) + 50_000, one.min(other) + 50_000);
    Some(lighter * 100 / darker)
}

/// The light a colour gives, in millionths of white's.
fn luminance(colour: &str) -> Option<u64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    // `from_str_radix` takes a sign, too.
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    let light = |at: usize| channel(at).map(|value| LIGHT_OF[usize::from(value)]);
    Some((light(0)? * 2126 + light(2)? * 7152 + light(4)? * 722) / 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrasts_are_those_of_the_guidelines() {
        for (one, other, hundredths) in [
            ("#000000", "#ffffff", 2100),
            ("#ffffff", "#ffffff", 100),
            ("#777777", "#ffffff", 447),
            ("#767676", "#ffffff", 454),
            ("#ff0000", "#FFFFFF", 399),
        ] {
            assert_eq!(contrast_hundredths(one, other), Some(hundredths), "{one} on {other}");
        }
        for no_colour in ["", "red", "#fff", "#12345g", "#+12345", "#é1234"] {
            assert_eq!(contrast_hundredths(no_colour, "#ffffff"), None, "{no_colour}");
        }
    }
}
