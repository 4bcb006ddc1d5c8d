//! Text fields, as several pages ask for them: an address, an e-mail address, a password.

use emart_identity_api::Address;
use emart_pricing_api::Country;
use serde::{Deserialize, Serialize};

use crate::view::{Choice, Field, FormProblem};

/// A text field. What is not said stays empty; the builder methods say it.
pub(crate) fn field(name: &'static str, label: &'static str, max: u32) -> Field {
    Field { name, label, max, kind: "text", autocomplete: "off", wide: true, ..Field::default() }
}

impl Field {
    pub(crate) fn of(mut self, kind: &'static str, autocomplete: &'static str) -> Self {
        (self.kind, self.autocomplete) = (kind, autocomplete);
        self
    }

    pub(crate) fn value(mut self, value: &str) -> Self {
        value.clone_into(&mut self.value);
        self
    }

    pub(crate) fn half(mut self) -> Self {
        self.wide = false;
        self
    }

    pub(crate) fn optional(mut self, optional: bool) -> Self {
        self.optional = optional;
        self
    }

    pub(crate) fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    pub(crate) fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    pub(crate) fn digits(mut self) -> Self {
        self.inputmode = "numeric";
        self
    }

    /// Shows what is wrong with this field beside it.
    pub(crate) fn told(mut self, problems: &[FormProblem]) -> Self {
        let own = problems.iter().find(|problem| problem.field == self.name);
        self.error = own.map(|problem| problem.text.clone());
        self
    }
}

pub(crate) fn email(value: &str, problems: &[FormProblem]) -> Field {
    let hint = "For the confirmation and news of this order only.";
    field("email", "E-mail", 254).of("email", "email").value(value).hint(hint).told(problems)
}

/// A problem with one field.
pub(crate) fn problem(field: &str, text: impl Into<String>) -> FormProblem {
    FormProblem { field: field.to_owned(), text: text.into() }
}

/// Whether it has the shape of an e-mail address; `identity` and `orders` have the last word.
pub(crate) fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.ends_with('.') && !text.contains(' ')
    })
}

/// An address as a form sends it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AddressForm {
    pub(crate) name: String,
    pub(crate) line1: String,
    pub(crate) line2: String,
    pub(crate) postal_code: String,
    pub(crate) city: String,
    pub(crate) region: String,
    pub(crate) country: String,
    pub(crate) phone: String,
}

impl AddressForm {
    pub(crate) fn fields(&self, country: Option<&Country>, problems: &[FormProblem]) -> Vec<Field> {
        let postal = country.is_none_or(|country| country.postal_code_required);
        let fields = [
            field("name", "Full name", 100).of("text", "name").value(&self.name),
            field("line1", "Street and number", 200).of("text", "address-line1").value(&self.line1),
            field("line2", "Flat, floor, company", 200)
                .of("text", "address-line2")
                .value(&self.line2)
                .optional(true),
            field("postal_code", "Postcode", 20)
                .of("text", "postal-code")
                .value(&self.postal_code)
                .optional(!postal)
                .half(),
            field("city", "City", 100).of("text", "address-level2").value(&self.city).half(),
            field("phone", "Phone", 40)
                .of("tel", "tel")
                .value(&self.phone)
                .optional(true)
                .hint("For the courier, if they cannot find the door."),
        ];
        fields.into_iter().map(|field| field.told(problems)).collect()
    }

    /// What is missing; the services check the rest.
    pub(crate) fn problems(&self, country: Option<&Country>) -> Vec<FormProblem> {
        let mut problems = Vec::new();
        let mut need = |field: &str, value: &str, text: &str| {
            if value.trim().is_empty() {
                problems.push(problem(field, text));
            }
        };
        need("name", &self.name, "Enter the name of who receives it");
        need("line1", &self.line1, "Enter a street and number");
        if country.is_none_or(|country| country.postal_code_required) {
            need("postal_code", &self.postal_code, "Enter a postcode");
        }
        need("city", &self.city, "Enter a city");
        need("country", &self.country, "Choose a country");
        if country.is_some_and(|country| !country.regions.is_empty()) {
            need("region", &self.region, "Choose a state or province");
        }
        problems
    }

    pub(crate) fn address(&self) -> Address {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Address {
            name: self.name.trim().to_owned(),
            line1: self.line1.trim().to_owned(),
            line2: some(&self.line2),
            city: self.city.trim().to_owned(),
            postal_code: self.postal_code.trim().to_owned(),
            region: some(&self.region),
            country: self.country.trim().to_owned(),
            phone: some(&self.phone),
        }
    }
}

/// The countries to choose from.
pub(crate) fn countries(all: &[Country], chosen: &str) -> Vec<Choice> {
    let choice = |country: &Country| Choice {
        value: country.code.clone(),
        label: country.name.clone(),
        on: country.code == chosen,
    };
    all.iter().map(choice).collect()
}

/// The states or provinces to choose from; empty when the country needs none.
pub(crate) fn regions(country: Option<&Country>, chosen: &str) -> Vec<Choice> {
    let Some(country) = country.filter(|country| !country.regions.is_empty()) else {
        return Vec::new();
    };
    let none =
        Choice { value: String::new(), label: "Please choose".to_owned(), on: chosen.is_empty() };
    let choice = |region: &emart_pricing_api::Region| Choice {
        value: region.code.clone(),
        label: region.name.clone(),
        on: region.code == chosen,
    };
    std::iter::once(none).chain(country.regions.iter().map(choice)).collect()
}

/// A body's problem pointers (`/shipping_address/city`) as the fields of a form.
pub(crate) fn pointed(errors: &[emart_types::FieldError]) -> Vec<FormProblem> {
    let one = |error: &emart_types::FieldError| {
        let field = error.pointer.rsplit('/').next().unwrap_or_default();
        problem(field, crate::error::sentence(&error.detail))
    };
    errors.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_all_that_is_missing_at_once() {
        let missing = AddressForm::default().problems(None);
        let fields: Vec<&str> = missing.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["name", "line1", "postal_code", "city", "country"]);
    }

    #[test]
    fn e_mail_addresses_are_told_from_other_texts() {
        for (text, is) in
            [("ada@example.com", true), ("ada@", false), ("ada", false), ("a b@c.de", false)]
        {
            assert_eq!(is_email(text), is, "{text}");
        }
    }
}
