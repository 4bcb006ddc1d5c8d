//! Postal addresses as they are kept. Which fields a country needs is for `pricing` to say when one is used.

use emart_identity_api::Address;
use emart_types::Invalid;

use super::text;

/// The most entries an address book has.
pub(crate) const LIMIT: u32 = 50;

/// The address as it is kept: without blanks around its parts, empty parts left out, the country in capitals.
pub(crate) fn checked(address: &Address) -> Result<Address, Invalid> {
    let mut invalid = Invalid::new();
    let mut optional = |pointer: &str, value: &Option<String>, max| {
        let value = text(&mut invalid, pointer, value.as_deref().unwrap_or_default(), (0, max));
        (!value.is_empty()).then_some(value)
    };
    let line2 = optional("/address/line2", &address.line2, 200);
    let region = optional("/address/region", &address.region, 60);
    let phone = optional("/address/phone", &address.phone, 40);
    let checked = Address {
        name: text(&mut invalid, "/address/name", &address.name, (1, 100)),
        line1: text(&mut invalid, "/address/line1", &address.line1, (1, 200)),
        line2,
        city: text(&mut invalid, "/address/city", &address.city, (1, 100)),
        postal_code: text(&mut invalid, "/address/postal_code", &address.postal_code, (0, 20)),
        region,
        country: address.country.trim().to_ascii_uppercase(),
        phone,
    };
    let country = checked.country.as_bytes();
    let is_code = country.len() == 2 && country.iter().all(u8::is_ascii_uppercase);
    invalid.require(is_code, "/address/country", "two letters, such as DE");
    invalid.finish().map(|()| checked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address {
            name: " Ada Lovelace ".to_owned(),
            line1: "12 St James's Square".to_owned(),
            line2: Some("  ".to_owned()),
            city: "London".to_owned(),
            postal_code: "SW1Y 4JH".to_owned(),
            country: "gb".to_owned(),
            ..Address::default()
        }
    }

    #[test]
    fn an_address_is_kept_tidy() {
        let kept = checked(&address()).unwrap();
        assert_eq!((&*kept.name, kept.line2, &*kept.country), ("Ada Lovelace", None, "GB"));
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let bad = Address {
            name: String::new(),
            city: "Lon\ndon".to_owned(),
            country: "GBR".to_owned(),
            phone: Some("1".repeat(41)),
            ..address()
        };
        let Invalid(errors) = checked(&bad).unwrap_err();
        let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            ["/address/phone", "/address/name", "/address/city", "/address/country"]
        );
    }
}
