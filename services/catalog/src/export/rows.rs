//! The rows of a product: its first has what is of the product, each has a variant, a picture or both.

use emart_catalog_api::{CategoryId, ImageId, Status};
use emart_types::{Currency, Money};

use super::Counts;
use crate::domain::product::{Extra, Picture, Record, VariantRecord};
use crate::import::columns::{COLUMNS, Field, TRACKER};
use crate::model::Tree;

/// What the rows are made with.
pub(super) struct Context<'a> {
    pub(super) currency: Currency,
    pub(super) unknown: &'a [String],
    pub(super) counts: &'a Counts,
    pub(super) tree: &'a Tree,
    /// The name of a picture's own file.
    pub(super) file_name: &'a (dyn Fn(&ImageId) -> Option<String> + Sync),
}

/// What stands in a row.
struct Row<'a> {
    product: &'a Record,
    first: bool,
    variant: Option<&'a VariantRecord>,
    picture: Option<(usize, &'a Picture)>,
}

impl Context<'_> {
    pub(super) fn header(&self) -> impl Iterator<Item = &str> {
        COLUMNS.iter().map(|(name, ..)| *name).chain(self.unknown.iter().map(String::as_str))
    }

    pub(super) fn rows(&self, product: &Record) -> impl Iterator<Item = Vec<String>> {
        let count = product.variants.len().max(product.images.len());
        (0..count).map(move |at| {
            let row = Row {
                product,
                first: at == 0,
                variant: product.variants.get(at),
                picture: product.images.get(at).map(|picture| (at, picture)),
            };
            let known = COLUMNS.iter().map(|(name, _, field)| self.cell(&row, name, *field));
            known.chain(self.unknown.iter().map(|name| kept(&row, name))).collect()
        })
    }

    fn cell(&self, row: &Row<'_>, name: &str, field: Field) -> String {
        match field {
            Field::Handle => row.product.handle.clone(),
            Field::OfProduct | Field::OfVariant => kept(row, name),
            Field::OptionName(place) if row.first => option_name(row.product, place),
            Field::OptionValue(place) => {
                row.variant.map_or_else(String::new, |variant| option_value(row, variant, place))
            }
            Field::ImageSource | Field::ImagePosition | Field::ImageAlt => {
                row.picture.map_or_else(String::new, |(at, p)| self.picture_cell(at, p, field))
            }
            Field::Sku
            | Field::Barcode
            | Field::Price
            | Field::CompareAt
            | Field::Taxable
            | Field::Tracker
            | Field::Quantity
            | Field::Policy
            | Field::Grams
            | Field::RequiresShipping
            | Field::VariantImage => row
                .variant
                .map_or_else(String::new, |variant| self.variant_cell(row.product, variant, field)),
            _ if row.first => self.product_cell(row.product, field),
            _ => String::new(),
        }
    }

    fn product_cell(&self, product: &Record, field: Field) -> String {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        match field {
            Field::Title => product.title.clone(),
            Field::Description => product.description_html.clone(),
            Field::Vendor => text(&product.vendor),
            Field::Type => text(&product.product_type),
            Field::Tags => product.tags.join(", "),
            Field::Published => flag(product.status == Status::Active),
            Field::Status => match product.status {
                Status::Active => "Active".to_owned(),
                Status::Draft => "Draft".to_owned(),
                Status::Archived => "Archived".to_owned(),
            },
            Field::Category => {
                let path = product.category_ids.first().and_then(|id| self.path(id));
                // Without a category, and with a type that would become one.
                let none = if product.product_type.is_some() { ">" } else { "" };
                path.unwrap_or_else(|| none.to_owned())
            }
            Field::OtherCategories => {
                let others = product.category_ids.iter().skip(1).filter_map(|id| self.path(id));
                others.collect::<Vec<_>>().join("\n")
            }
            Field::SeoTitle => text(&product.seo.title),
            Field::SeoDescription => text(&product.seo.description),
            _ => String::new(),
        }
    }

    fn variant_cell(&self, product: &Record, variant: &VariantRecord, field: Field) -> String {
        let money = |minor: i64| Money::new(minor, self.currency).to_decimal();
        match field {
            Field::Sku => with_apostrophe(variant.sku.as_deref()),
            Field::Barcode => with_apostrophe(variant.barcode.as_deref()),
            Field::Price => money(variant.price),
            Field::CompareAt => variant.compare_at_price.map(money).unwrap_or_default(),
            Field::Taxable => flag(variant.taxable),
            Field::RequiresShipping => flag(variant.requires_shipping),
            Field::Tracker if variant.track_stock => {
                variant.extra.get(TRACKER).cloned().unwrap_or_else(|| "shopify".to_owned())
            }
            Field::Quantity => {
                self.counts.get(&variant.stock_item_id).map(ToString::to_string).unwrap_or_default()
            }
            Field::Policy if variant.sell_when_out => "CONTINUE".to_owned(),
            Field::Policy => "DENY".to_owned(),
            Field::Grams => variant.weight_grams.to_string(),
            Field::VariantImage => self.variant_picture(product, variant),
            _ => String::new(),
        }
    }

    fn variant_picture(&self, product: &Record, variant: &VariantRecord) -> String {
        if !variant.image_source.is_empty() || variant.image_id.is_none() {
            return variant.image_source.clone();
        }
        let is_it = |picture: &&Picture| picture.image_id == variant.image_id;
        let picture = product.images.iter().find(is_it);
        picture.map(|picture| self.source(picture)).unwrap_or_default()
    }

    fn picture_cell(&self, at: usize, picture: &Picture, field: Field) -> String {
        match field {
            Field::ImageSource => self.source(picture),
            Field::ImagePosition => (at + 1).to_string(),
            _ => picture.alt.clone(),
        }
    }

    /// Where a picture came from; for an upload, the file in the directory of pictures.
    fn source(&self, picture: &Picture) -> String {
        if !picture.source.is_empty() {
            return picture.source.clone();
        }
        picture.image_id.as_ref().and_then(self.file_name).unwrap_or_default()
    }

    fn path(&self, id: &CategoryId) -> Option<String> {
        let names: Vec<_> = self.tree.path(id)?.into_iter().map(|category| category.name).collect();
        Some(names.join(" > "))
    }
}

/// The only variant of a product without options has the name that Shopify gives it.
fn option_name(product: &Record, place: usize) -> String {
    match product.options.get(place) {
        Some(name) => name.clone(),
        None if place == 0 && product.options.is_empty() => "Title".to_owned(),
        None => String::new(),
    }
}

fn option_value(row: &Row<'_>, variant: &VariantRecord, place: usize) -> String {
    match variant.option_values.get(place) {
        Some(value) => value.clone(),
        None if place == 0 && row.product.options.is_empty() => "Default Title".to_owned(),
        None => String::new(),
    }
}

/// What an import kept under this name.
fn kept(row: &Row<'_>, name: &str) -> String {
    let of_product = Some(&row.product.extra).filter(|_| row.first);
    let of_variant = row.variant.map(|variant| &variant.extra);
    let of_picture = row.picture.map(|(_, picture)| &picture.extra);
    let get = |extra: Option<&Extra>| extra.and_then(|extra| extra.get(name)).cloned();
    get(of_product).or_else(|| get(of_variant)).or_else(|| get(of_picture)).unwrap_or_default()
}

/// An import takes one apostrophe away.
fn with_apostrophe(text: Option<&str>) -> String {
    let text = text.unwrap_or_default();
    if text.starts_with(['\'', '’']) { format!("'{text}") } else { text.to_owned() }
}

fn flag(value: bool) -> String {
    if value { "TRUE" } else { "FALSE" }.to_owned()
}
