//! What a shop's profile must be like.

use emart_content_api::{Logo, PutProfile};
use emart_types::Invalid;

use super::colour::{DARK, LEAST, LIGHT, contrast_hundredths};

/// Puts a profile in order: blanks around texts go, colours are written small.
pub(crate) fn checked(mut put: PutProfile) -> Result<PutProfile, Invalid> {
    let mut invalid = Invalid::new();
    for text in [
        &mut put.name,
        &mut put.headline,
        &mut put.tagline,
        &mut put.contact_email,
        &mut put.contact_phone,
        &mut put.language,
    ] {
        *text = text.trim().to_owned();
    }
    let name = !put.name.is_empty() && is_line(&put.name, 60);
    invalid.require(name, "/name", "must be 1 to 60 characters on one line");
    invalid.require(is_line(&put.headline, 120), "/headline", "must be at most 120 characters");
    invalid.require(is_line(&put.tagline, 300), "/tagline", "must be at most 300 characters");
    let email = put.contact_email.is_empty() || is_email(&put.contact_email);
    invalid.require(email, "/contact_email", "must be an e-mail address");
    let phone = put.contact_phone.len() <= 40
        && put.contact_phone.chars().all(|c| c.is_ascii_digit() || "+-() /".contains(c));
    invalid.require(phone, "/contact_phone", "must be digits, blanks and + - ( ) /");
    let language = is_language(&put.language);
    invalid.require(language, "/language", "must be a language tag such as en or pt-BR");
    for (pointer, colour, paper) in
        [("/accent", &mut put.accent, LIGHT), ("/accent_dark", &mut put.accent_dark, DARK)]
    {
        *colour =
            colour.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_lowercase);
        if let Some(Err(why)) = colour.as_deref().map(|colour| readable(colour, paper)) {
            invalid.push(pointer, why);
        }
    }
    let logo = put.logo.as_ref().is_none_or(is_logo);
    invalid.require(logo, "/logo", "must be a picture that the catalogue has taken in");
    invalid.finish()?;
    Ok(put)
}

/// Whether a colour can be read on a page; if not, why.
fn readable(colour: &str, paper: &str) -> Result<(), String> {
    match contrast_hundredths(colour, paper) {
        None => Err("must be a colour such as #14573c".to_owned()),
        Some(contrast) if contrast < LEAST => Err(format!(
            "cannot be read on {paper}: its contrast is {}.{:02} to 1, and 4.5 to 1 is needed",
            contrast / 100,
            contrast % 100
        )),
        Some(_) => Ok(()),
    }
}

fn is_logo(logo: &Logo) -> bool {
    let name = logo.src.strip_prefix("/images/").unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (1..=200).contains(&name.len())
        && name.chars().all(plain)
        && !name.starts_with('.')
        && [logo.width, logo.height].iter().all(|side| (1..=20_000).contains(side))
}

fn is_email(text: &str) -> bool {
    let (name, host) = text.rsplit_once('@').unwrap_or_default();
    let plain =
        |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"'(),:;\\[]?&%#".contains(c);
    text.len() <= 254 && !name.is_empty() && host.contains('.') && text.chars().all(plain)
}

/// One line of at most so many characters.
pub(super) fn is_line(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(char::is_control)
}

/// The form of BCP 47: subtags of letters and digits, the first of 2 or 3 letters.
fn is_language(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let first = subtags.next().unwrap_or_default();
    let is_subtag = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    tag.len() <= 35
        && (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(is_subtag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put() -> PutProfile {
        PutProfile {
            name: " Tea & Co ".to_owned(),
            language: "en".to_owned(),
            ..PutProfile::default()
        }
    }

    #[test]
    fn colours_that_cannot_be_read_are_refused_with_their_contrast() {
        let pale = PutProfile { accent: Some("#FFEE00".to_owned()), ..put() };
        let Invalid(errors) = checked(pale).unwrap_err();
        assert_eq!(errors[0].pointer, "/accent");
        assert!(errors[0].detail.contains("its contrast is 1."), "{}", errors[0].detail);
        let both = PutProfile {
            accent: Some("#7A1F1F".to_owned()),
            accent_dark: Some("#f0a0a0".to_owned()),
            ..put()
        };
        let both = checked(both).unwrap();
        assert_eq!((both.name.as_str(), both.accent.as_deref()), ("Tea & Co", Some("#7a1f1f")));
    }

    #[test]
    fn nothing_but_texts_and_our_own_pictures_comes_in() {
        let logo = |src: &str| {
            let logo = Logo { src: src.to_owned(), width: 200, height: 50 };
            checked(PutProfile { logo: Some(logo), ..put() })
        };
        assert!(logo("/images/abc-640.webp").is_ok());
        for src in
            ["https://e.org/x.png", "javascript:alert(1)", "/images/../api", "/images/a\"b", ""]
        {
            assert!(logo(src).is_err(), "{src}");
        }
        for accent in ["red;}body{display:none", "url(x)", "#12345"] {
            let put = PutProfile { accent: Some(accent.to_owned()), ..put() };
            assert!(checked(put).is_err(), "{accent}");
        }
        for email in ["x@y?subject=a", "a b@c.de", "@c.de", "x@localhost"] {
            let put = PutProfile { contact_email: email.to_owned(), ..put() };
            assert!(checked(put).is_err(), "{email}");
        }
    }
}
