//! The product form.

use emart_types::{Currency, Money};

use super::category::is_plain;
use super::fields::{Errors, Fields, fits};
use super::money;

/// The highest price: what `catalog` takes.
const HIGHEST: i64 = 10_000_000_000;

/// A product form that is in order; what was not sent is absent.
#[derive(Debug, PartialEq)]
pub(crate) struct Form {
    pub(crate) name: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) price: Option<Money>,
}

/// Reads the form of a new product, in which everything must be.
pub(crate) fn new(fields: &Fields, currency: Currency) -> Result<(String, String, Money), Errors> {
    let mut errors = Errors::new();
    let form = read(fields, currency, &mut errors);
    for (field, said) in [
        ("prod_name", "Product name field is required"),
        ("category", "Category field is required"),
        ("price", "Price field is required"),
    ] {
        if fields.text_or_number(field).is_empty() {
            errors.insert(field, said.to_owned());
        }
    }
    match (form.name, form.category, form.price) {
        (Some(name), Some(category), Some(price)) if errors.is_empty() => {
            Ok((name, category, price))
        }
        _ => Err(errors),
    }
}

/// Reads the form of a change, under the same rules for what was sent.
pub(crate) fn change(fields: &Fields, currency: Currency) -> Result<Form, Errors> {
    let mut errors = Errors::new();
    let form = read(fields, currency, &mut errors);
    if errors.is_empty() { Ok(form) } else { Err(errors) }
}

fn read(fields: &Fields, currency: Currency, errors: &mut Errors) -> Form {
    let mut text = |field: &'static str, name: &str| {
        if !fields.has(field) {
            return None;
        }
        let text = fields.text(field).trim().to_owned();
        if !fits(&text, 2, 30) {
            errors.insert(field, format!("{name} must be between 2 and 30 characters"));
        } else if !is_plain(&text) {
            errors.insert(field, format!("{name} must not contain < or >"));
        }
        Some(text)
    };
    let (name, category) = (text("prod_name", "Product name"), text("category", "Category"));
    let price = fields.has("price").then(|| fields.text_or_number("price"));
    let price = price.and_then(|price| {
        let price = money::price(&price, currency);
        let price = price.filter(|price| (0..=HIGHEST).contains(&price.amount_minor));
        if price.is_none() {
            errors.insert("price", "Price must be a number".to_owned());
        }
        price
    });
    Form { name, category, price }
}

/// Whether a file begins as a PNG or a JPEG does.
pub(crate) fn is_picture(file: &[u8]) -> bool {
    file.starts_with(b"\x89PNG\r\n\x1a\n") || file.starts_with(b"\xff\xd8\xff")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn errors(body: serde_json::Value) -> Vec<(&'static str, String)> {
        new(&Fields::of_json(body), Currency::EUR).unwrap_err().into_iter().collect()
    }

    #[test]
    fn a_new_product_needs_its_three_fields() {
        let told = errors(json!({}));
        let expected = [
            ("category", "Category field is required".to_owned()),
            ("price", "Price field is required".to_owned()),
            ("prod_name", "Product name field is required".to_owned()),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn negative_prices_and_markup_are_refused() {
        let told = errors(json!({"prod_name": "<b>Pen</b>", "category": "B", "price": "-5"}));
        let expected = [
            ("category", "Category must be between 2 and 30 characters".to_owned()),
            ("price", "Price must be a number".to_owned()),
            ("prod_name", "Product name must not contain < or >".to_owned()),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_change_is_held_to_the_same_rules_in_what_it_says() {
        let form = change(&Fields::of_json(json!({"price": 12.5})), Currency::EUR).unwrap();
        assert_eq!(
            form,
            Form { name: None, category: None, price: Some(Money::new(1250, Currency::EUR)) }
        );
        assert!(change(&Fields::of_json(json!({"prod_name": ""})), Currency::EUR).is_err());
    }
}
