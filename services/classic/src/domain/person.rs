//! The registration form.

use super::fields::{Errors, Fields, fits};

/// A registration that is in order.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) card_id: String,
    pub(crate) fname: String,
    pub(crate) lname: String,
    pub(crate) street: String,
    pub(crate) city: String,
    pub(crate) email: String,
    pub(crate) password: String,
}

const NAMED: [(&str, &str); 7] = [
    ("cardId", "Personal ID"),
    ("password", "Password"),
    ("password2", "Password confirmation"),
    ("fname", "First name"),
    ("lname", "Last name"),
    ("street", "Street"),
    ("email", "Email"),
];

/// Reads the form; all that is wrong with it is said at once.
pub(crate) fn registration(fields: &Fields) -> Result<Registration, Errors> {
    let text = |name: &str| fields.text(name);
    let mut errors = Errors::new();
    let mut require = |holds: bool, field: &'static str, said: &str| {
        if !holds {
            errors.insert(field, said.to_owned());
        }
    };
    let card_id = text("cardId");
    require(card_id.chars().count() == 9, "cardId", "Personal ID number must be 9 digits");
    let digits = !card_id.is_empty() && card_id.bytes().all(|byte| byte.is_ascii_digit());
    require(digits, "cardId", "Personal ID must contain only digits (0-9)");
    let (fname, lname) = (text("fname"), text("lname"));
    require(fits(fname, 2, 30), "fname", "First name must be between 2 and 30 characters");
    require(fits(lname, 2, 30), "lname", "Last name must be between 2 and 30 characters");
    let (street, city) = (text("street"), text("city"));
    require(fits(street, 2, 50), "street", "Street address must be between 2 and 50 characters");
    let (email, password) = (text("email"), text("password"));
    require(is_email(email), "email", "Email is invalid");
    let long = password.chars().count();
    require(long >= 4, "password", "Password must be at least 4 characters");
    require(long <= 30, "password", "Password must be at most 30 characters");
    for (field, name) in NAMED {
        require(!text(field).is_empty(), field, &format!("{name} field is required"));
    }
    if !text("password2").is_empty() || !password.is_empty() {
        require(text("password2") == password, "password2", "Passwords must match");
    }
    require(fits(city, 1, 100), "city", "City is invalid");
    require(!city.is_empty(), "city", "City field is required");
    if !errors.is_empty() {
        return Err(errors);
    }
    let own = |text: &str| text.trim().to_owned();
    let (card_id, fname, lname) = (own(card_id), own(fname), own(lname));
    let (street, city, email) = (own(street), own(city), own(email));
    Ok(Registration { card_id, fname, lname, street, city, email, password: password.to_owned() })
}

/// Addresses as the original's form takes them: with a dot in what follows the `@`.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    (1..=64).contains(&local.len())
        && text.len() <= 254
        && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
        && domain.contains('.')
        && domain.split('.').all(label)
        && top.chars().count() >= 2
        && top.chars().all(char::is_alphabetic)
}

/// First and last name of somebody who has told only what they like to be called.
pub(crate) fn names(name: &str) -> (String, String) {
    let name = name.trim();
    let (first, last) = name.rsplit_once(' ').unwrap_or((name, ""));
    (first.to_owned(), last.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_form_is_told_every_field() {
        let errors = registration(&Fields::of_json(json!({}))).unwrap_err();
        let expected = [
            ("cardId", "Personal ID field is required"),
            ("city", "City field is required"),
            ("email", "Email field is required"),
            ("fname", "First name field is required"),
            ("lname", "Last name field is required"),
            ("password", "Password field is required"),
            ("password2", "Password confirmation field is required"),
            ("street", "Street field is required"),
        ];
        let told: Vec<_> = errors.iter().map(|(field, text)| (*field, text.as_str())).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn a_signed_number_is_no_personal_id() {
        let errors = registration(&Fields::of_json(json!({"cardId": "+12345678"}))).unwrap_err();
        assert_eq!(errors["cardId"], "Personal ID must contain only digits (0-9)");
        let errors = registration(&Fields::of_json(json!({"cardId": "123"}))).unwrap_err();
        assert_eq!(errors["cardId"], "Personal ID number must be 9 digits");
    }

    #[test]
    fn addresses_without_a_dot_are_none() {
        assert!(is_email("ann@example.com") && is_email("o'hara+x@mail.example.co"));
        for text in
            ["ann", "ann@localhost", "a b@example.com", "@example.com", "ann@example.c", "ann@.com"]
        {
            assert!(!is_email(text), "{text}");
        }
    }

    #[test]
    fn a_name_is_taken_apart_at_its_last_space() {
        assert_eq!(names("Ada Maria Byron"), ("Ada Maria".to_owned(), "Byron".to_owned()));
        assert_eq!(names("Ada"), ("Ada".to_owned(), String::new()));
    }
}
