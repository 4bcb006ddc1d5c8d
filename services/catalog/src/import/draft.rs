//! From a product's rows to what the file says of it; nothing of the store is known here.

mod head;
mod variant;

use std::collections::{BTreeMap, HashMap};

use emart_catalog_api::Status;
use emart_types::Currency;

use super::cells::one_line;
use super::columns::{Columns, Field, Kept};
use super::rows::{Group, Row};
use crate::domain::check::{MOST_IMAGES, MOST_VARIANTS};
use crate::domain::product::Extra;
use crate::routes::media::LONGEST_ALT;

/// A text that may be missing; the outer `None`: the file has no such column.
type Text = Option<Option<String>>;

/// What a file says of a product. `None` is what it does not speak of.
#[derive(Debug, Default, Clone)]
pub(super) struct Draft {
    pub(super) line: u64,
    pub(super) handle: String,
    pub(super) title: Option<String>,
    pub(super) description_html: Option<String>,
    pub(super) vendor: Text,
    pub(super) product_type: Text,
    pub(super) tags: Option<Vec<String>>,
    pub(super) status: Option<Status>,
    pub(super) options: Vec<String>,
    pub(super) variants: Vec<DraftVariant>,
    pub(super) images: Option<Vec<DraftImage>>,
    /// The first place in the tree, and the others.
    pub(super) category: Option<Vec<String>>,
    pub(super) other_categories: Option<Vec<Vec<String>>>,
    pub(super) seo_title: Text,
    pub(super) seo_description: Text,
    pub(super) extra: Extra,
}

/// What a file says of a variant.
#[derive(Debug, Default, Clone)]
pub(super) struct DraftVariant {
    pub(super) line: u64,
    pub(super) option_values: Vec<String>,
    pub(super) sku: Text,
    pub(super) barcode: Text,
    pub(super) price: Option<i64>,
    pub(super) compare_at_price: Option<Option<i64>>,
    pub(super) weight_grams: Option<u32>,
    pub(super) taxable: Option<bool>,
    pub(super) requires_shipping: Option<bool>,
    pub(super) track_stock: Option<bool>,
    pub(super) sell_when_out: Option<bool>,
    pub(super) on_hand: Option<i64>,
    pub(super) image_source: Option<String>,
    pub(super) extra: Extra,
}

/// What a file says of a picture.
#[derive(Debug, Clone)]
pub(super) struct DraftImage {
    pub(super) source: String,
    pub(super) alt: String,
    position: u64,
    pub(super) extra: Extra,
}

/// Something to be said about a line.
pub(super) type Note = (u64, String);

/// Reads a product's rows. An error is why it is left out, with the line that is to blame.
pub(super) fn read(
    group: &Group,
    columns: &Columns,
    currency: Currency,
    notes: &mut Vec<Note>,
) -> Result<Draft, Note> {
    let first = &group.rows[0];
    let mut reader = Reader { columns, currency, notes };
    let mut draft = reader.head(first)?;
    draft.line = first.line;
    draft.handle.clone_from(&group.handle);
    let title = columns.cell(&first.cells, Field::Title);
    let (options, is_plain) = reader.options(group);
    let mut seen: HashMap<Vec<String>, u64> = HashMap::new();
    for (at, row) in group.rows.iter().enumerate() {
        let other = columns.cell(&row.cells, Field::Title);
        if at > 0 && !other.is_empty() && other != title {
            let why = format!("another product, on line {}, has the same handle", first.line);
            reader.left_out(row.line, &why);
            continue;
        }
        if row.cells.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty()) {
            reader.note(
                row.line,
                "the row has more cells than there are columns: the last were left out",
            );
        }
        let extra = reader.extra(row, at == 0, &mut draft.extra);
        let is_variant = at == 0 || reader.is_variant(row);
        let mut extra = Some(extra);
        if is_variant && let Some(mut variant) = reader.variant(row, &options, is_plain, &mut seen)
        {
            variant.extra = extra.take().unwrap_or_default();
            reader.tracker(row, &mut variant);
            draft.variants.push(variant);
        }
        if let Some(images) = &mut draft.images {
            reader.image(row, images, extra.unwrap_or_default());
        }
    }
    if draft.variants.is_empty() {
        return Err((first.line, "none of its rows could be used".to_owned()));
    }
    draft.options = if is_plain { Vec::new() } else { options };
    if let Some(images) = &mut draft.images {
        finish_images(images, &draft.variants, &mut reader, first.line);
    }
    if draft.variants.len() > MOST_VARIANTS {
        return Err((first.line, format!("more than {MOST_VARIANTS} variants")));
    }
    Ok(draft)
}

/// The pictures in order, those that only variants name at the end.
fn finish_images(
    images: &mut Vec<DraftImage>,
    variants: &[DraftVariant],
    reader: &mut Reader<'_>,
    line: u64,
) {
    images.sort_by_key(|image| image.position);
    for source in variants.iter().filter_map(|variant| variant.image_source.as_deref()) {
        if !source.is_empty() && !images.iter().any(|image| image.source == source) {
            let (source, extra) = (source.to_owned(), BTreeMap::new());
            images.push(DraftImage { source, alt: String::new(), position: u64::MAX, extra });
        }
    }
    if images.len() > MOST_IMAGES {
        reader.note(line, format!("only its first {MOST_IMAGES} pictures were taken"));
        images.truncate(MOST_IMAGES);
    }
}

struct Reader<'a> {
    columns: &'a Columns,
    currency: Currency,
    notes: &'a mut Vec<Note>,
}

impl Reader<'_> {
    /// A row that could not be used.
    fn left_out(&mut self, line: u64, why: &str) {
        self.note(line, format!("row left out: {why}"));
    }

    fn note(&mut self, line: u64, what: impl Into<String>) {
        self.notes.push((line, what.into()));
    }

    /// A cell, unless the file has no such column.
    fn present(&self, row: &Row, field: Field) -> Option<String> {
        self.columns.has(field).then(|| self.columns.cell(&row.cells, field).to_owned())
    }

    /// A line of text, cut where it is too long.
    fn text(&mut self, row: &Row, field: Field, most: usize) -> Text {
        let cell = one_line(&self.present(row, field)?);
        if cell.chars().count() > most {
            self.note(row.line, format!("{field:?}: cut to {most} characters"));
        }
        let kept: String = cell.chars().take(most).collect();
        let kept = kept.trim().to_owned();
        Some((!kept.is_empty()).then_some(kept))
    }

    fn image(&mut self, row: &Row, images: &mut Vec<DraftImage>, extra: Extra) {
        let source = self.columns.cell(&row.cells, Field::ImageSource).to_owned();
        if source.is_empty() {
            return;
        }
        if images.iter().any(|image| image.source == source) {
            return;
        }
        let alt = one_line(self.columns.cell(&row.cells, Field::ImageAlt));
        let alt: String = alt.chars().take(LONGEST_ALT).collect();
        let position = self.columns.cell(&row.cells, Field::ImagePosition).parse();
        let position = position.unwrap_or(images.len() as u64 + 1);
        images.push(DraftImage { source, alt: alt.trim().to_owned(), position, extra });
    }

    /// What means nothing here: to the product where it is of the product or stands in its first row, else with the
    /// row's variant or picture.
    fn extra(&self, row: &Row, first: bool, product: &mut Extra) -> Extra {
        let mut of_row = Extra::new();
        for Kept { name, field, value } in self.columns.kept(&row.cells) {
            let of_product = match field {
                Some(Field::OfProduct) => true,
                Some(_) => false,
                None => first,
            };
            let extra = if of_product { &mut *product } else { &mut of_row };
            extra.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
        of_row
    }
}
