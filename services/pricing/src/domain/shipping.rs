//! Ways to send a cart: which there are for it, and what each costs.

use emart_pricing_api::{PutShippingMethod, ShippingMethod, ShippingOption, ShippingPrice};
use emart_types::Money;

/// What the price of sending depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parcel<'a> {
    pub(crate) country: &'a str,
    pub(crate) region: &'a str,
    pub(crate) grams: u64,
    /// What the goods cost, as prices are shown.
    pub(crate) subtotal: Money,
}

/// The ways a parcel can be sent, the cheapest first.
pub(crate) fn options(methods: &[ShippingMethod], parcel: Parcel<'_>) -> Vec<ShippingOption> {
    let mut options: Vec<ShippingOption> =
        methods.iter().filter_map(|method| option(method, parcel)).collect();
    sort(&mut options);
    options
}

/// The cheapest first.
pub(crate) fn sort(options: &mut [ShippingOption]) {
    options.sort_by(|a, b| (a.price.amount_minor, &a.name).cmp(&(b.price.amount_minor, &b.name)));
}

fn option(method: &ShippingMethod, parcel: Parcel<'_>) -> Option<ShippingOption> {
    let body = &method.body;
    if !body.active || !reaches(body, parcel) {
        return None;
    }
    let (amount, free_over) = match &body.price {
        ShippingPrice::Flat { amount, free_over } => (*amount, *free_over),
        ShippingPrice::ByWeight { brackets, free_over } => {
            let bracket = brackets.iter().find(|bracket| parcel.grams <= bracket.up_to_grams)?;
            (bracket.amount, *free_over)
        }
    };
    let missing = free_over
        .and_then(|over| over.checked_sub(parcel.subtotal).ok())
        .filter(|missing| missing.amount_minor > 0);
    let free = free_over.is_some() && missing.is_none();
    Some(ShippingOption {
        id: method.id.clone(),
        name: body.name.clone(),
        description: body.description.clone(),
        price: if free { Money::zero(amount.currency) } else { amount },
        full_price: None,
        free_over_missing: missing,
    })
}

fn reaches(method: &PutShippingMethod, parcel: Parcel<'_>) -> bool {
    let within = |code: &String| {
        code.split_once('-')
            .is_some_and(|(country, region)| (country, region) == (parcel.country, parcel.region))
    };
    (method.countries.is_empty() && method.regions.is_empty())
        || method.countries.iter().any(|country| country == parcel.country)
        || method.regions.iter().any(within)
}

#[cfg(test)]
mod tests {
    use emart_pricing_api::{ShippingMethodId, WeightBracket};
    use emart_types::Currency;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn method(name: &str, countries: &[&str], price: ShippingPrice) -> ShippingMethod {
        ShippingMethod {
            id: ShippingMethodId::new(),
            version: 1,
            body: PutShippingMethod {
                name: name.to_owned(),
                description: String::new(),
                countries: countries.iter().map(|c| (*c).to_owned()).collect(),
                regions: Vec::new(),
                price,
                active: true,
            },
        }
    }

    fn parcel(grams: u64, subtotal: i64) -> Parcel<'static> {
        Parcel { country: "DE", region: "", grams, subtotal: eur(subtotal) }
    }

    #[test]
    fn a_flat_price_ends_where_it_is_free() {
        let price = ShippingPrice::Flat { amount: eur(490), free_over: Some(eur(5000)) };
        let methods = [method("Standard", &[], price)];
        let under = &options(&methods, parcel(0, 4999))[0];
        assert_eq!((under.price, under.free_over_missing), (eur(490), Some(eur(1))));
        let over = &options(&methods, parcel(0, 5000))[0];
        assert_eq!((over.price, over.free_over_missing), (eur(0), None));
    }

    #[test]
    fn weight_chooses_the_bracket_and_too_heavy_cannot_be_sent() {
        let brackets = vec![
            WeightBracket { up_to_grams: 1000, amount: eur(400) },
            WeightBracket { up_to_grams: 5000, amount: eur(900) },
        ];
        let methods = [method("Post", &[], ShippingPrice::ByWeight { brackets, free_over: None })];
        assert_eq!(options(&methods, parcel(1000, 1))[0].price, eur(400));
        assert_eq!(options(&methods, parcel(1001, 1))[0].price, eur(900));
        assert!(options(&methods, parcel(5001, 1)).is_empty());
    }

    #[test]
    fn only_ways_that_reach_the_country_are_offered_cheapest_first() {
        let flat = |amount| ShippingPrice::Flat { amount: eur(amount), free_over: None };
        let methods = [
            method("Express", &["DE"], flat(990)),
            method("Standard", &[], flat(490)),
            method("Swiss", &["CH"], flat(100)),
        ];
        let names: Vec<_> =
            options(&methods, parcel(0, 1)).into_iter().map(|option| option.name).collect();
        assert_eq!(names, ["Standard", "Express"]);
    }

    #[test]
    fn a_way_may_reach_some_regions_of_a_country_only() {
        let price = ShippingPrice::Flat { amount: eur(490), free_over: None };
        let mut bike = method("Bike", &["DE"], price);
        bike.body.regions = vec!["US-CA".to_owned()];
        let to = |country, region| Parcel { country, region, ..parcel(0, 1) };
        let methods = [bike];
        for (there, ways) in [(to("US", "CA"), 1), (to("US", "NY"), 0), (to("DE", ""), 1)] {
            assert_eq!(options(&methods, there).len(), ways, "{there:?}");
        }
    }
}
