//! The columns of Shopify's product files, both generations of their names.

use std::collections::BTreeSet;

use csv::StringRecord;

use super::Unreadable;

/// What a column means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Title,
    Handle,
    Description,
    Vendor,
    Category,
    Type,
    Tags,
    Published,
    Status,
    Sku,
    Barcode,
    OptionName(usize),
    OptionValue(usize),
    Price,
    CompareAt,
    Taxable,
    Tracker,
    Quantity,
    Policy,
    Grams,
    RequiresShipping,
    ImageSource,
    ImagePosition,
    ImageAlt,
    VariantImage,
    SeoTitle,
    SeoDescription,
    /// Of ours: further categories, one path a line.
    OtherCategories,
    /// Nothing here; kept with the product.
    OfProduct,
    /// Nothing here; kept with the variant.
    OfVariant,
}

/// The columns an export has, in order: today's name, earlier names, meaning.
pub(crate) const COLUMNS: [(&str, &[&str], Field); 45] = [
    ("Title", &[], Field::Title),
    ("URL handle", &["Handle"], Field::Handle),
    ("Description", &["Body (HTML)", "Body HTML", "Body"], Field::Description),
    ("Vendor", &[], Field::Vendor),
    ("Product category", &[], Field::Category),
    ("Other categories", &[], Field::OtherCategories),
    ("Type", &["Product type"], Field::Type),
    ("Tags", &[], Field::Tags),
    ("Published on online store", &["Published"], Field::Published),
    ("Status", &[], Field::Status),
    ("SKU", &["Variant SKU"], Field::Sku),
    ("Barcode", &["Variant Barcode"], Field::Barcode),
    ("Option1 name", &[], Field::OptionName(0)),
    ("Option1 value", &[], Field::OptionValue(0)),
    ("Option1 Linked To", &[], Field::OfProduct),
    ("Option2 name", &[], Field::OptionName(1)),
    ("Option2 value", &[], Field::OptionValue(1)),
    ("Option2 Linked To", &[], Field::OfProduct),
    ("Option3 name", &[], Field::OptionName(2)),
    ("Option3 value", &[], Field::OptionValue(2)),
    ("Option3 Linked To", &[], Field::OfProduct),
    ("Price", &["Variant Price"], Field::Price),
    ("Compare-at price", &["Variant Compare At Price", "Compare at price"], Field::CompareAt),
    ("Cost per item", &[], Field::OfVariant),
    ("Charge tax", &["Variant Taxable"], Field::Taxable),
    ("Tax code", &["Variant Tax Code"], Field::OfVariant),
    ("Unit price total measure", &[], Field::OfVariant),
    ("Unit price total measure unit", &[], Field::OfVariant),
    ("Unit price base measure", &[], Field::OfVariant),
    ("Unit price base measure unit", &[], Field::OfVariant),
    ("Inventory tracker", &["Variant Inventory Tracker"], Field::Tracker),
    ("Inventory quantity", &["Variant Inventory Qty"], Field::Quantity),
    ("Continue selling when out of stock", &["Variant Inventory Policy"], Field::Policy),
    ("Weight value (grams)", &["Variant Grams"], Field::Grams),
    ("Weight unit for display", &["Variant Weight Unit"], Field::OfVariant),
    ("Requires shipping", &["Variant Requires Shipping"], Field::RequiresShipping),
    ("Fulfillment service", &["Variant Fulfillment Service"], Field::OfVariant),
    ("Product image URL", &["Image Src"], Field::ImageSource),
    ("Image position", &[], Field::ImagePosition),
    ("Image alt text", &[], Field::ImageAlt),
    ("Variant image URL", &["Variant Image"], Field::VariantImage),
    (GIFT_CARD, &[], Field::OfProduct),
    ("SEO title", &[], Field::SeoTitle),
    ("SEO description", &[], Field::SeoDescription),
    ("Collection", &[], Field::OfProduct),
];

/// The column that says that a product is a gift card.
pub(crate) const GIFT_CARD: &str = "Gift card";
/// The column that names who counts; kept where it is not the usual one.
pub(crate) const TRACKER: &str = "Inventory tracker";

/// A column of a file.
#[derive(Debug, Clone)]
struct Column {
    /// Today's name; for what is unknown, the file's.
    name: String,
    /// `None`: unknown, kept with whatever its row is about.
    field: Option<Field>,
}

/// The columns of a file.
#[derive(Debug, Clone)]
pub(crate) struct Columns(Vec<Column>);

/// A cell that means nothing here.
pub(super) struct Kept<'a> {
    pub(super) name: &'a str,
    pub(super) field: Option<Field>,
    pub(super) value: &'a str,
}

impl Columns {
    /// Understands a header, in any order and any case.
    pub(super) fn read(header: &StringRecord) -> Result<Self, Unreadable> {
        let mut seen = BTreeSet::new();
        let mut columns = Vec::with_capacity(header.len());
        for cell in header {
            let name = cell.trim();
            let known = COLUMNS.iter().find(|(today, earlier, _)| {
                today.eq_ignore_ascii_case(name)
                    || earlier.iter().any(|name_then| name_then.eq_ignore_ascii_case(name))
            });
            let column = match known {
                Some((today, _, field)) => {
                    Column { name: (*today).to_owned(), field: Some(*field) }
                }
                None => Column { name: name.to_owned(), field: of_variant(name) },
            };
            if !column.name.is_empty() && !seen.insert(column.name.to_lowercase()) {
                return Err(Unreadable::ColumnTwice(column.name));
            }
            columns.push(column);
        }
        let columns = Self(columns);
        let missing: Vec<_> = [(Field::Handle, "URL handle (or Handle)"), (Field::Title, "Title")]
            .into_iter()
            .filter(|(field, _)| !columns.has(*field))
            .map(|(_, name)| name)
            .collect();
        if missing.is_empty() { Ok(columns) } else { Err(Unreadable::Columns(missing.join(", "))) }
    }

    /// Whether the file has this column at all; what it does not have, an import leaves alone.
    pub(super) fn has(&self, field: Field) -> bool {
        self.0.iter().any(|column| column.field == Some(field))
    }

    /// A row's cell, trimmed; empty where the row is short.
    pub(super) fn cell<'a>(&self, row: &'a StringRecord, field: Field) -> &'a str {
        let place = self.0.iter().position(|column| column.field == Some(field));
        place.and_then(|place| row.get(place)).unwrap_or_default().trim()
    }

    /// How many columns the header names.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// A row's cells that mean nothing here and are not empty.
    pub(super) fn kept<'a>(&'a self, row: &'a StringRecord) -> impl Iterator<Item = Kept<'a>> {
        self.0.iter().zip(row).filter_map(|(column, value)| {
            let meaningless =
                matches!(column.field, None | Some(Field::OfProduct | Field::OfVariant));
            let value = value.trim();
            (meaningless && !value.is_empty() && !column.name.is_empty()).then_some(Kept {
                name: &column.name,
                field: column.field,
                value,
            })
        })
    }
}

/// Prices per market and metafields of variants belong to the variant.
fn of_variant(name: &str) -> Option<Field> {
    let lower = name.to_lowercase();
    let starts = ["price /", "compare-at price /", "variant "];
    let is = starts.iter().any(|start| lower.starts_with(start)) || lower.contains("(variant.");
    is.then_some(Field::OfVariant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &[&str]) -> Result<Columns, Unreadable> {
        Columns::read(&StringRecord::from(header.to_vec()))
    }

    #[test]
    fn both_generations_in_any_case_and_order_are_understood() {
        for header in [["variant price", "TITLE", "handle"], ["Price", "title", "url Handle"]] {
            let columns = columns(&header).unwrap();
            let row = StringRecord::from(vec![" 9.50 ", "Mug", "mug"]);
            assert_eq!(columns.cell(&row, Field::Price), "9.50");
            assert_eq!(columns.cell(&row, Field::Handle), "mug");
            assert!(!columns.has(Field::Vendor));
        }
    }

    #[test]
    fn missing_and_doubled_columns_are_named() {
        let missing = columns(&["Name", "Price"]).unwrap_err().to_string();
        assert!(missing.contains("URL handle (or Handle), Title"), "{missing}");
        let twice = columns(&["Handle", "URL handle", "Title"]).unwrap_err().to_string();
        assert!(twice.contains("URL handle"), "{twice}");
    }

    #[test]
    fn what_means_nothing_here_is_kept() {
        let columns =
            columns(&["Handle", "Title", "Price / Japan", "Care", "Cost per item"]).unwrap();
        let row = StringRecord::from(vec!["a", "A", "900", "wash cold", ""]);
        let kept: Vec<_> = columns.kept(&row).map(|kept| (kept.name, kept.field)).collect();
        assert_eq!(kept, [("Price / Japan", Some(Field::OfVariant)), ("Care", None)]);
    }
}
