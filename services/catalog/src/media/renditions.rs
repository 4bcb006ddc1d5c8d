//! From the bytes somebody sent to the sizes a page asks for.

use std::io::Cursor;

use fast_image_resize::images::Image as Canvas;
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageReader, Limits};

/// Widths that pages ask for. A picture is never made larger than it is.
const WIDTHS: [u32; 5] = [160, 320, 640, 960, 1600];
/// Higher than any page shows.
const HIGHEST: u32 = 4096;
/// At about this width it is found out which encoding makes the smaller files.
const TRIAL_WIDTH: u32 = 320;
const JPEG_QUALITY: u8 = 82;

/// Why a picture is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("this is neither a PNG, a JPEG nor a WebP picture")]
    NotAPicture,
    #[error("a picture may have at most {0} MiB")]
    TooManyBytes(usize),
    #[error("a picture may have at most {most} million pixels; this one has {width} × {height}")]
    TooManyPixels { width: u32, height: u32, most: u64 },
    #[error("the picture is damaged: {0}")]
    Damaged(String),
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Jpeg,
    WebP,
}

impl Format {
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
        }
    }

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }
}

/// A picture in one size.
#[derive(Debug)]
pub(super) struct Rendition {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) format: Format,
    pub(super) file: Vec<u8>,
}

/// Pixels in memory.
struct Pixels {
    width: u32,
    height: u32,
    alpha: bool,
    bytes: Vec<u8>,
}

/// Decodes a picture and encodes it in every size, narrowest first. Nothing but the pixels survives.
pub(super) fn render(picture: &[u8], most_pixels: u64) -> Result<Vec<Rendition>, Refused> {
    let mut pixels = decode(picture, most_pixels)?;
    let mut sizes = Vec::new();
    // From the largest down, each from the one before: quick, and as good.
    for (width, height) in dimensions(pixels.width, pixels.height).into_iter().rev() {
        if (width, height) != (pixels.width, pixels.height) {
            pixels = resized(pixels, width, height)?;
        }
        sizes.push(Pixels { bytes: pixels.bytes.clone(), ..pixels });
    }
    sizes.reverse();
    let format = smaller_format(&sizes)?;
    let encoded = |pixels: Pixels| {
        let file = encode(&pixels, format)?;
        Ok(Rendition { width: pixels.width, height: pixels.height, format, file })
    };
    sizes.into_iter().map(encoded).collect()
}

/// Reads the head, checks the size it names, and only then decodes. What the file calls itself does not matter.
fn decode(picture: &[u8], most_pixels: u64) -> Result<Pixels, Refused> {
    let reader = ImageReader::new(Cursor::new(picture)).with_guessed_format();
    let mut reader = reader.map_err(|_| Refused::NotAPicture)?;
    let known = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP];
    if !reader.format().is_some_and(|format| known.contains(&format)) {
        return Err(Refused::NotAPicture);
    }
    let mut limits = Limits::default();
    // 16 bits in four channels is the most a pixel takes; a decoder needs some room of its own.
    limits.max_alloc = Some(most_pixels * 8 + (64 << 20));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > most_pixels {
        return Err(Refused::TooManyPixels { width, height, most: most_pixels / 1_000_000 });
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    image.apply_orientation(orientation);
    let (width, height) = (image.width(), image.height());
    if width == 0 || height == 0 {
        return Err(Refused::Damaged("it has no pixels".to_owned()));
    }
    if image.color().has_alpha() {
        let rgba = image.into_rgba8();
        if rgba.pixels().any(|pixel| pixel.0[3] < u8::MAX) {
            return Ok(Pixels { width, height, alpha: true, bytes: rgba.into_raw() });
        }
        image = DynamicImage::ImageRgba8(rgba);
    }
    Ok(Pixels { width, height, alpha: false, bytes: image.into_rgb8().into_raw() })
}

#[expect(clippy::needless_pass_by_value, reason = "it is the function of a `map_err`")]
fn damaged(error: image::ImageError) -> Refused {
    Refused::Damaged(error.to_string())
}

/// The sizes to make, narrowest first; the widest is the picture itself where it is narrower than the widest asked for.
fn dimensions(width: u32, height: u32) -> Vec<(u32, u32)> {
    let scaled = |n: u32, by: u32, of: u32| {
        let exact = (u64::from(n) * u64::from(by) + u64::from(of) / 2) / u64::from(of);
        u32::try_from(exact).unwrap_or(u32::MAX).max(1)
    };
    let not_too_high = if height > HIGHEST { scaled(width, HIGHEST, height) } else { width };
    let widest = not_too_high.min(WIDTHS[WIDTHS.len() - 1]);
    let narrower = WIDTHS.into_iter().filter(|w| *w < widest);
    narrower.chain([widest]).map(|w| (w, scaled(height, w, width))).collect()
}

fn resized(from: Pixels, width: u32, height: u32) -> Result<Pixels, Refused> {
    let kind = if from.alpha { PixelType::U8x4 } else { PixelType::U8x3 };
    let failed = |error: &dyn std::fmt::Display| Refused::Damaged(error.to_string());
    let source = Canvas::from_vec_u8(from.width, from.height, from.bytes, kind);
    let source = source.map_err(|error| failed(&error))?;
    let mut target = Canvas::new(width, height, kind);
    let done = Resizer::new().resize(&source, &mut target, &ResizeOptions::new());
    done.map_err(|error| failed(&error))?;
    Ok(Pixels { width, height, alpha: from.alpha, bytes: target.into_vec() })
}

/// Photographs are smaller as JPEG, drawings as lossless WebP, and only the latter has transparency.
fn smaller_format(sizes: &[Pixels]) -> Result<Format, Refused> {
    let trial = sizes.iter().rfind(|pixels| pixels.width <= TRIAL_WIDTH);
    let Some(trial) = trial.or_else(|| sizes.first()).filter(|pixels| !pixels.alpha) else {
        return Ok(Format::WebP);
    };
    let jpeg = encode(trial, Format::Jpeg)?.len();
    let webp = encode(trial, Format::WebP)?.len();
    Ok(if webp <= jpeg { Format::WebP } else { Format::Jpeg })
}

fn encode(pixels: &Pixels, format: Format) -> Result<Vec<u8>, Refused> {
    let colour = if pixels.alpha { ExtendedColorType::Rgba8 } else { ExtendedColorType::Rgb8 };
    let (bytes, width, height) = (&pixels.bytes, pixels.width, pixels.height);
    let mut file = Vec::new();
    match format {
        Format::Jpeg => JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY)
            .encode(bytes, width, height, colour),
        Format::WebP => WebPEncoder::new_lossless(&mut file).encode(bytes, width, height, colour),
    }
    .map_err(damaged)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        image.into().write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    fn photograph(width: u32, height: u32) -> Vec<u8> {
        let noise = |x: u32, y: u32| {
            let n = x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ (x * y);
            let [a, b, c, _] = n.to_le_bytes();
            Rgb([a, b, c])
        };
        png(RgbImage::from_fn(width, height, noise))
    }

    #[test]
    fn a_picture_comes_in_every_size_up_to_its_own() {
        let sizes = render(&photograph(1200, 600), 50_000_000).unwrap();
        let widths: Vec<_> = sizes.iter().map(|size| (size.width, size.height)).collect();
        assert_eq!(widths, [(160, 80), (320, 160), (640, 320), (960, 480), (1200, 600)]);
        assert_eq!(dimensions(5000, 100).last(), Some(&(1600, 32)));
        assert_eq!(dimensions(40, 30), [(40, 30)]);
        assert_eq!(dimensions(100, 50_000), [(8, 4000)]);
    }

    #[test]
    fn photographs_become_jpeg_drawings_and_what_is_transparent_webp() {
        let format = |file: &[u8]| render(file, 1_000_000).unwrap()[0].format;
        assert_eq!(format(&photograph(200, 200)), Format::Jpeg);
        let drawing =
            RgbImage::from_fn(200, 200, |x, _| Rgb([if x < 99 { 200 } else { 20 }, 0, 0]));
        assert_eq!(format(&png(drawing)), Format::WebP);
        let clear = RgbaImage::from_pixel(200, 200, Rgba([9, 9, 9, 100]));
        assert_eq!(format(&png(clear)), Format::WebP);
    }

    #[test]
    fn what_is_no_picture_is_refused_whatever_it_calls_itself() {
        for bad in [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"GIF89a", b"", b"<html>"] {
            assert!(matches!(render(bad, 1_000), Err(Refused::NotAPicture)));
        }
        let mut cut = photograph(300, 300);
        cut.truncate(2000);
        assert!(matches!(render(&cut, 1_000_000), Err(Refused::Damaged(_))));
    }

    #[test]
    fn a_decompression_bomb_is_refused_by_its_head() {
        // A PNG of 50,000 × 50,000 pixels: the head says so, there is nothing behind it.
        let mut bomb =
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xc3\x50\0\0\xc3\x50\x08\x02\0\0\0".to_vec();
        bomb.extend([0x5a, 0x1a, 0x0c, 0x6a]);
        assert!(matches!(
            render(&bomb, 50_000_000),
            Err(Refused::TooManyPixels { .. } | Refused::Damaged(_))
        ));
        let large = photograph(300, 300);
        assert!(matches!(render(&large, 80_000), Err(Refused::TooManyPixels { width: 300, .. })));
    }

    #[test]
    fn a_photograph_taken_sideways_stands_upright_and_forgets_where_it_was_taken() {
        let mut jpeg = Vec::new();
        let image = RgbImage::from_fn(40, 20, |x, _| Rgb([if x < 20 { 9 } else { 200 }, 1, 77]));
        JpegEncoder::new(&mut jpeg).encode(&image, 40, 20, ExtendedColorType::Rgb8).unwrap();
        // Orientation 6 (turn by 90 degrees), in an EXIF segment after the start of the file.
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut segment = vec![0xff, 0xe1, 0, u8::try_from(exif.len() + 2).unwrap()];
        segment.extend(exif);
        jpeg.splice(2..2, segment);
        let sizes = render(&jpeg, 1_000_000).unwrap();
        assert_eq!((sizes[0].width, sizes[0].height), (20, 40));
        assert!(!sizes[0].file.windows(4).any(|w| w == b"Exif"));
    }
}
