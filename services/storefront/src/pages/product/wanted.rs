//! Which variant of a product an address or a form means.

use emart_catalog_api::{Product, Variant};

/// Which variant the visitor has in mind: `?o1=…&o2=…`, or `?variant=…`.
#[derive(Default)]
pub(crate) struct Wanted {
    options: [Option<String>; 3],
    variant: Option<String>,
}

impl Wanted {
    pub(crate) fn read(raw: &str) -> Self {
        let mut wanted = Self::default();
        for (key, value) in url::form_urlencoded::parse(raw.as_bytes()) {
            match &*key {
                "o1" => wanted.options[0] = Some(value.into_owned()),
                "o2" => wanted.options[1] = Some(value.into_owned()),
                "o3" => wanted.options[2] = Some(value.into_owned()),
                "variant" => wanted.variant = Some(value.into_owned()),
                _ => {}
            }
        }
        wanted
    }

    pub(crate) fn new(options: [Option<String>; 3], variant: Option<String>) -> Self {
        Self { options, variant }
    }

    /// One value for each option: what was asked for, and for the rest those of the variant named, or else of the
    /// first that can be bought.
    pub(super) fn values(&self, product: &Product) -> Vec<String> {
        let named = self.variant.as_deref();
        let named = named.and_then(|id| product.variants.iter().find(|v| v.id.as_str() == id));
        let fits = |variant: &&Variant| {
            let pairs = variant.option_values.iter().zip(&self.options);
            pairs.into_iter().all(|(value, wanted)| wanted.as_ref().is_none_or(|w| w == value))
        };
        let buyable = product.variants.iter().filter(|variant| variant.in_stock);
        let base = named
            .or_else(|| buyable.clone().find(fits))
            .or_else(|| product.variants.iter().find(fits))
            .or_else(|| buyable.clone().next())
            .or_else(|| product.variants.first());
        let base = base.map(|variant| variant.option_values.clone()).unwrap_or_default();
        let option = |(at, value): (usize, String)| {
            let known = product.options.get(at);
            let wanted = self.options.get(at).cloned().flatten();
            wanted.filter(|w| known.is_some_and(|known| known.values.contains(w))).unwrap_or(value)
        };
        base.into_iter().enumerate().map(option).collect()
    }

    /// The variant that is meant, if there is one.
    pub(crate) fn variant<'a>(&self, product: &'a Product) -> Option<&'a Variant> {
        let values = self.values(product);
        product.variants.iter().find(|variant| variant.option_values == values)
    }
}
