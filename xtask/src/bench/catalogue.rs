//! A catalogue to measure with: so many products, a third of them with variants, in Shopify's CSV format.

use std::fmt::Write as _;

const THINGS: [&str; 20] = [
    "Lamp", "Chair", "Kettle", "Mug", "Backpack", "Notebook", "Candle", "Blanket", "Jacket",
    "Scarf", "Knife", "Pan", "Bottle", "Tent", "Clock", "Vase", "Shelf", "Cushion", "Basket",
    "Mirror",
];
const MANNERS: [&str; 16] = [
    "Oak", "Linen", "Copper", "Walnut", "Ceramic", "Woollen", "Enamel", "Steel", "Leather",
    "Glass", "Cotton", "Marble", "Bamboo", "Felt", "Cork", "Brass",
];
const VENDORS: [&str; 12] = [
    "Aster", "Birk", "Cobalt", "Dune", "Ember", "Fjord", "Grove", "Harbour", "Isle", "Juniper",
    "Kiln", "Loom",
];
const SIZES: [&str; 3] = ["S", "M", "L"];

/// Writes the file; returns it and its number of rows.
pub(crate) fn csv(products: usize) -> (String, usize) {
    let mut csv = "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,\
         Option1 name,Option1 value,Price,Compare-at price,Charge tax,Inventory tracker,Inventory quantity,\
         Continue selling when out of stock,Weight value (grams),Requires shipping\n"
        .to_owned();
    let mut rows = 0;
    for n in 0..products {
        let (thing, manner) = (THINGS[n % 20], MANNERS[n / 20 % 16]);
        let (vendor, category) = (VENDORS[n % 12], THINGS[n % 6]);
        let (title, handle) = (format!("{manner} {thing} {n}"), format!("product-{n}"));
        let text = format!(
            "<p>A {manner} {thing} made by {vendor} with care. Number {n} of a series that is repaired for life.</p>"
        );
        let price = 500 + n * 37 % 20_000;
        let price = format!("{}.{:02}", price / 100, price % 100);
        let variants: &[&str] = if n % 3 == 0 { &SIZES } else { &["Default Title"] };
        for (at, size) in variants.iter().enumerate() {
            let option = if variants.len() > 1 { "Size" } else { "Title" };
            let head = if at == 0 {
                format!(
                    "{title},{handle},\"{text}\",{vendor},Home > {category},{thing},\"{manner}, {thing}\",TRUE,active"
                )
            } else {
                format!(",{handle},,,,,,,")
            };
            let _ = writeln!(
                csv,
                "{head},SKU-{n}-{at},{option},{size},{price},,TRUE,shopify,1000000,DENY,350,TRUE"
            );
            rows += 1;
        }
    }
    (csv, rows)
}
