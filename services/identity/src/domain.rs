//! The rules of accounts: what an e-mail address, a password, a name and a postal address look like, and how fast
//! something may be tried again.

pub(crate) mod access;
pub(crate) mod address;
pub(crate) mod customer;
pub(crate) mod email;
pub(crate) mod id_token;
pub(crate) mod password;
pub(crate) mod throttle;
pub(crate) mod totp;

use emart_types::Invalid;

/// Checks a text of `min` to `max` characters without control characters; returns it without blanks around it.
pub(crate) fn text(
    invalid: &mut Invalid,
    pointer: &str,
    value: &str,
    (min, max): (usize, usize),
) -> String {
    let trimmed = value.trim();
    let length = trimmed.chars().count();
    if length < min {
        invalid.push(pointer, "must not be empty");
    } else if value.chars().count() > max {
        invalid.push(pointer, format!("at most {max} characters"));
    } else if trimmed.chars().any(char::is_control) {
        invalid.push(pointer, "must not contain control characters");
    }
    trimmed.to_owned()
}

/// Refuses what is too long to be one of the secrets that are handed out.
pub(crate) fn secret(pointer: &str, value: &str) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    invalid.require(value.chars().count() <= 200, pointer, "at most 200 characters");
    invalid.finish()
}

/// What someone likes to be called: `None` when it is empty.
pub(crate) fn name(invalid: &mut Invalid, pointer: &str, value: Option<&str>) -> Option<String> {
    let name = text(invalid, pointer, value?, (0, 100));
    (!name.is_empty()).then_some(name)
}
