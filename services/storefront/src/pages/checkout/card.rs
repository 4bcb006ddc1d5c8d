//! The card fields: read here, handed to `payments`, and never put into a page again.

use emart_payments_api::NewCardToken;

use super::form::CheckoutForm;
use crate::forms::{field, problem};
use crate::view::{Field, FormProblem};

/// A number of the test provider with what it does.
pub(crate) struct TestCard {
    pub(crate) number: &'static str,
    pub(crate) outcome: &'static str,
}

/// The test provider's numbers, as its documentation lists them.
pub(crate) static TEST_CARDS: [TestCard; 7] = [
    TestCard { number: "4242 4242 4242 4242", outcome: "Pays" },
    TestCard { number: "4000 0000 0000 0002", outcome: "Is declined" },
    TestCard { number: "4000 0000 0000 9995", outcome: "Has too little money on it" },
    TestCard { number: "4000 0025 0000 3155", outcome: "Asks its holder to confirm" },
    TestCard { number: "4000 0000 0000 0119", outcome: "Meets an error at the provider" },
    TestCard { number: "4000 0000 0000 4087", outcome: "Pays, but the provider's answer is lost" },
    TestCard { number: "4000 0000 0000 5043", outcome: "Never reaches the provider" },
];

/// Always empty: a card is typed for each try, as browsers fill it in and pages must not carry it.
pub(crate) fn fields(problems: &[FormProblem]) -> Vec<Field> {
    let fields = [
        field("card_number", "Card number", 32).of("text", "cc-number").digits(),
        field("card_expiry", "Expires (month/year)", 9).of("text", "cc-exp").digits().half(),
        field("card_cvc", "Security code", 4)
            .of("text", "cc-csc")
            .digits()
            .hint("Three or four digits on the card.")
            .half(),
    ];
    fields.into_iter().map(|field| field.told(problems)).collect()
}

/// Reads the card, or says all that is missing.
pub(super) fn read(form: &CheckoutForm) -> Result<NewCardToken, Vec<FormProblem>> {
    read_parts(&form.card_number, &form.card_expiry, &form.card_cvc)
}

/// Reads the card from what was typed, or says all that is missing.
pub(crate) fn read_parts(
    number: &str,
    expires: &str,
    cvc: &str,
) -> Result<NewCardToken, Vec<FormProblem>> {
    let mut problems = Vec::new();
    let number = number.trim();
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let odd = number.chars().any(|c| !c.is_ascii_digit() && c != ' ' && c != '-');
    if odd || !(12..=19).contains(&digits) {
        problems.push(problem("card_number", "Enter the number on the card, 12 to 19 digits"));
    }
    let expiry = expiry(expires);
    if expiry.is_none() {
        problems.push(problem("card_expiry", "Enter the month and year on the card, like 08/29"));
    }
    let cvc = cvc.trim();
    if !(3..=4).contains(&cvc.len()) || !cvc.bytes().all(|b| b.is_ascii_digit()) {
        problems.push(problem("card_cvc", "Enter the three or four digits"));
    }
    let Some((exp_month, exp_year)) = expiry.filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    Ok(NewCardToken { number: number.to_owned(), exp_month, exp_year, cvc: cvc.to_owned() })
}

/// `08/29`, `8 / 2029`, `0829`
fn expiry(text: &str) -> Option<(u8, u16)> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (month, year) = match text.split_once(['/', '-']) {
        Some(parts) => parts,
        None if text.len() == 4 => text.split_at_checked(2)?,
        None => return None,
    };
    let month: u8 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    let year: u16 = match year.len() {
        2 => year.parse::<u16>().ok()? + 2000,
        4 => year.parse().ok().filter(|year| (2000..=2100).contains(year))?,
        _ => return None,
    };
    Some((month, year))
}

/// A refusal of the card by the field it points to.
pub(super) fn pointed(errors: &[emart_types::FieldError]) -> Vec<FormProblem> {
    let one = |error: &emart_types::FieldError| {
        let field = match error.pointer.as_str() {
            "/exp_month" | "/exp_year" => "card_expiry",
            "/cvc" => "card_cvc",
            _ => "card_number",
        };
        problem(field, crate::error::sentence(&error.detail))
    };
    errors.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_read_as_people_write_it() {
        for text in ["08/29", "8/2029", "08 / 29", "0829", "08-29"] {
            assert_eq!(expiry(text), Some((8, 2029)), "{text}");
        }
        for text in ["13/29", "00/29", "8", "08/1", "", "ab/cd", "é/29", "aé12"] {
            assert_eq!(expiry(text), None, "{text}");
        }
    }

    #[test]
    fn all_that_is_wrong_with_a_card_is_said_at_once() {
        let problems = read(&CheckoutForm::default()).unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["card_number", "card_expiry", "card_cvc"]);
    }
}
