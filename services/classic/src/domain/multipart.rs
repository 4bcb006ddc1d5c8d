//! `multipart/form-data` (RFC 7578), of a body that is in memory already.

use bytes::Bytes;

/// The most parts of a form.
const MOST: usize = 100;

/// A part of a form.
#[derive(Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// Whether it is a file: it has a file's name, even an empty one.
    pub(crate) is_file: bool,
    pub(crate) content: Bytes,
}

/// What ends each part, as the `Content-Type` says; `None` for other types.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    let (essence, parameters) = content_type.split_once(';')?;
    if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let parameter = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    })?;
    (1..=200).contains(&parameter.len()).then(|| parameter.to_owned())
}

/// The parts of a body; `None` when it is no form.
pub(crate) fn parts(body: &Bytes, boundary: &str) -> Option<Vec<Part>> {
    let mark = format!("--{boundary}");
    let mut at = find(body, 0, mark.as_bytes())? + mark.len();
    let next = format!("\r\n{mark}");
    let mut parts = Vec::new();
    loop {
        let rest = body.get(at..)?;
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        let head = at + rest.starts_with(b"\r\n").then_some(2)?;
        let end = find(body, at, next.as_bytes()).filter(|end| *end >= head)?;
        let blank = find(body, at, b"\r\n\r\n").filter(|blank| *blank < end)?;
        let headers = body.get(head..blank).unwrap_or_default();
        let headers = String::from_utf8_lossy(headers).into_owned();
        parts.push(part(&headers, body.slice((blank + 4).min(end)..end))?);
        if parts.len() > MOST {
            return None;
        }
        at = end + next.len();
    }
}

fn part(headers: &str, content: Bytes) -> Option<Part> {
    let disposition = headers.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let name = parameter(disposition, "name")?;
    let is_file = parameter(disposition, "filename").is_some()
        || disposition.to_ascii_lowercase().contains("filename*=");
    Some(Part { name, is_file, content })
}

/// The value of `name="…"`.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    text.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_it = name.trim().eq_ignore_ascii_case(wanted);
        is_it.then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn find(body: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let (first, haystack) = (*wanted.first()?, body.get(from..)?);
    let mut at = 0;
    while let Some(next) = haystack.get(at..)?.iter().position(|byte| *byte == first) {
        if haystack[at + next..].starts_with(wanted) {
            return Some(from + at + next);
        }
        at += next + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Bytes {
        let mut body = Vec::new();
        for (name, file, content) in parts {
            body.extend_from_slice(b"--XX\r\nContent-Disposition: form-data; ");
            body.extend_from_slice(format!("name=\"{name}\"").as_bytes());
            if let Some(file) = file {
                body.extend_from_slice(
                    format!("; filename=\"{file}\"\r\nContent-Type: image/png").as_bytes(),
                );
            }
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--XX--\r\n");
        body.into()
    }

    #[test]
    fn fields_and_files_are_told_apart() {
        let parts = parts(
            &form(&[("a", None, b"1"), ("f", Some("x.png"), b"\r\n\x00--XX "), ("e", None, b"")]),
            "XX",
        );
        let parts = parts.unwrap();
        assert_eq!(
            (&*parts[0].name, parts[0].is_file, &*parts[0].content),
            ("a", false, &b"1"[..])
        );
        assert_eq!((parts[2].is_file, parts[2].content.len()), (false, 0));
    }

    #[test]
    fn the_boundary_is_found_in_its_spellings() {
        for text in [
            "multipart/form-data; boundary=XX",
            "Multipart/Form-Data; charset=utf-8; Boundary=\"XX\"",
        ] {
            assert_eq!(boundary(text).as_deref(), Some("XX"), "{text}");
        }
        for text in [
            "multipart/form-data",
            "application/json; boundary=XX",
            "multipart/form-data; boundary=",
        ] {
            assert_eq!(boundary(text), None, "{text}");
        }
    }

    proptest! {
        /// Whatever is sent, it is a form or none.
        #[test]
        fn nothing_breaks_the_reader(pieces in prop::collection::vec(prop_oneof![
            Just(b"--XX".to_vec()), Just(b"\r\n".to_vec()), Just(b"--".to_vec()),
            Just(b"Content-Disposition: form-data; name=\"a\"".to_vec()),
            Just(b"\r\n\r\n".to_vec()), prop::collection::vec(any::<u8>(), 0..9),
        ], 0..30)) {
            let body = Bytes::from(pieces.concat());
            let _ = parts(&body, "XX");
        }

        #[test]
        fn what_was_written_is_read(contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6)) {
            prop_assume!(contents.iter().all(|content| find(content, 0, b"--XX").is_none()));
            let written: Vec<_> = contents.iter().map(|content| ("f", Some("x"), &**content)).collect();
            let read = parts(&form(&written), "XX").unwrap();
            let read: Vec<_> = read.iter().map(|part| part.content.to_vec()).collect();
            prop_assert_eq!(read, contents);
        }
    }
}
