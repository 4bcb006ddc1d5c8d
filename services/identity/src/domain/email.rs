//! E-mail addresses: which ones are taken, and the one spelling each is kept in.

use emart_types::Invalid;

/// The longest address that mail can reach (RFC 5321).
const MAX: usize = 254;

/// The one spelling of an address: without blanks around it, in lower case.
pub(crate) fn normalise(pointer: &str, text: &str) -> Result<String, Invalid> {
    let email = text.trim().to_lowercase();
    let wrong = |detail: &str| Err(Invalid::field(pointer, detail));
    if email.is_empty() {
        return wrong("must not be empty");
    }
    if text.chars().count() > MAX || email.len() > MAX {
        return wrong("at most 254 characters");
    }
    let Some((local, domain)) = email.split_once('@') else {
        return wrong("must be like name@example.com");
    };
    if !is_local_part(local) || !is_domain(domain) {
        return wrong("must be like name@example.com");
    }
    Ok(email)
}

fn is_local_part(text: &str) -> bool {
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    text.len() <= 64 && text.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

fn is_domain(text: &str) -> bool {
    text.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address_is_the_same_address() {
        for spelling in ["ada@example.com", " Ada@Example.COM\n", "ADA@EXAMPLE.COM"] {
            assert_eq!(normalise("/email", spelling).unwrap(), "ada@example.com");
        }
    }

    #[test]
    fn what_mail_cannot_reach_or_a_header_cannot_carry_is_refused() {
        let long = format!("{}@example.com", "a".repeat(250));

        let bad = [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a@b@c",
            "ada@-x.com",
            "ada@x..com",
            "a b@example.com",
            "ada\r\nBcc: x@example.com",
            "<ada@example.com>",
            "\"ada\"@example.com",
            "a.@example.com",
            &long,
        ];
        for text in bad {
            assert!(normalise("/email", text).is_err(), "{text}");
        }
    }

    #[test]
    fn unusual_addresses_that_exist_are_taken() {
        for text in ["o'hara+shop@example.co.uk", "root@localhost", "jürgen@müller.de", "0@a.ac"]
        {
            assert!(normalise("/email", text).is_ok(), "{text}");
        }
    }
}
