//! Which passwords are taken: long ones that are not on every attacker's list (NIST SP 800-63B: length and a list of
//! the commonest, no rules about kinds of characters).

use emart_types::Invalid;

/// The commonest passwords of ten characters and more, in lower case, one a line.
const COMMONEST: &str = include_str!("commonest_passwords.txt");

/// Whether a new password will do for the account with this address.
pub(crate) fn check(invalid: &mut Invalid, pointer: &str, password: &str, email: &str) {
    let length = password.chars().count();
    if length < 10 {
        invalid.push(pointer, "at least 10 characters");
    } else if length > 200 {
        invalid.push(pointer, "at most 200 characters");
    } else if is_guessed_first(password, email) {
        invalid.push(pointer, "this is one of the first passwords someone would guess");
    }
}

/// Whether a password that someone signs in with can be looked at: its hash costs the same whatever it is.
pub(crate) fn check_length(invalid: &mut Invalid, pointer: &str, password: &str) {
    invalid.require(password.chars().count() <= 200, pointer, "at most 200 characters");
}

fn is_guessed_first(password: &str, email: &str) -> bool {
    let password = password.to_lowercase();
    let mut letters = password.chars();
    let first = letters.next();
    letters.all(|c| Some(c) == first)
        || password == email
        || is_sequence(&password)
        || COMMONEST.lines().any(|common| common == password)
}

/// `abcdefghij`, `9876543210`: each character one after, or one before, the last.
fn is_sequence(password: &str) -> bool {
    let codes: Vec<u32> = password.chars().map(u32::from).collect();
    [1, -1]
        .into_iter()
        .any(|step| codes.windows(2).all(|w| w[0].checked_add_signed(step) == Some(w[1])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(password: &str) -> bool {
        let mut invalid = Invalid::new();
        check(&mut invalid, "/password", password, "ada@example.com");
        invalid.finish().is_ok()
    }

    #[test]
    fn long_passwords_of_any_kind_are_taken() {
        for password in ["correct horse battery", "ünïcödé wörd", "x7!kQ2#pLm", &"long ".repeat(40)]
        {
            assert!(taken(password), "{password}");
        }
    }

    #[test]
    fn short_ones_and_those_everyone_tries_first_are_not() {
        let long = "a".repeat(201);
        let bad = [
            "",
            "short",
            "Password123",
            "1234567890",
            "QwertyUiop",
            "aaaaaaaaaaaa",
            "abcdefghijkl",
            "9876543210",
            "ada@example.com",
            &long,
        ];
        for password in bad {
            assert!(!taken(password), "{password}");
        }
    }

    #[test]
    fn the_list_is_in_the_form_it_is_searched_in() {
        for line in COMMONEST.lines() {
            assert!(line.chars().count() >= 10 && line == line.to_lowercase(), "{line}");
        }
    }
}
