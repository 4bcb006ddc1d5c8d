//! From a file's bytes to its text: byte order marks, encodings, separators.

use super::Unreadable;

/// The file as text, and what stands between its cells.
pub(super) fn read(file: &[u8]) -> Result<(String, u8), Unreadable> {
    let text = decode(file)?;
    if text.contains('\0') {
        return Err(Unreadable::Encoding("it contains the character U+0000".to_owned()));
    }
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    // Spreadsheets of some countries write semicolons; a table pasted from a page has tabs.
    let separator = [b',', b';', b'\t'].into_iter().max_by_key(|s| {
        let count = head.bytes().filter(|b| b == s).count();
        (count, *s == b',')
    });
    Ok((text, separator.unwrap_or(b',')))
}

fn decode(file: &[u8]) -> Result<String, Unreadable> {
    match file {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        _ => utf8(file),
    }
}

fn utf8(file: &[u8]) -> Result<String, Unreadable> {
    match str::from_utf8(file) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let line = 1 + file[..error.valid_up_to()].iter().filter(|b| **b == b'\n').count();
            let detail =
                format!("line {line} is not UTF-8; save the file as \"CSV UTF-8\" and try again");
            Err(Unreadable::Encoding(detail))
        }
    }
}

fn utf16(file: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Unreadable> {
    let units = file.chunks(2).map(|pair| unit([pair[0], pair.get(1).copied().unwrap_or(0)]));
    char::decode_utf16(units)
        .collect::<Result<_, _>>()
        .map_err(|_| Unreadable::Encoding("it is damaged UTF-16".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_encodings_are_understood_or_refused_with_the_line() {
        assert_eq!(read(b"\xef\xbb\xbfa,b").unwrap(), ("a,b".to_owned(), b','));
        assert_eq!(read(b"\xff\xfea\0;\0b\0").unwrap(), ("a;b".to_owned(), b';'));
        assert_eq!(read(b"\xfe\xff\0a\0\t\0b").unwrap(), ("a\tb".to_owned(), b'\t'));
        let latin1 = read(b"Handle,Title\ncafe,Caf\xe9").unwrap_err();
        assert!(latin1.to_string().contains("line 2 is not UTF-8"), "{latin1}");
        assert!(read(b"a\0b").is_err());
    }
}
