//! What stands in the editor's fields: as the product has it, or as somebody typed it.

use std::collections::HashMap;

use emart_catalog_api::{PutProduct, Status};
use emart_types::{Currency, Timestamp};

use super::list::read_status;
use super::variants::{VariantDraft, read_drafts};
use crate::sent::Sent;

/// The fields of the editor.
pub(super) struct Draft {
    fields: HashMap<String, String>,
    pub(super) status: Status,
    pub(super) categories: Vec<String>,
    pub(super) variants: Vec<VariantDraft>,
}

/// The fields that are one line or text each.
pub(super) const FIELDS: [&str; 10] = [
    "title",
    "description_html",
    "vendor",
    "product_type",
    "tags",
    "handle",
    "seo.title",
    "seo.description",
    "publish_at",
    "unpublish_at",
];

impl Draft {
    /// A product that is not there yet, with one variant.
    pub(super) fn empty(_: Currency) -> Self {
        let (fields, categories) = (HashMap::new(), Vec::new());
        Self {
            fields,
            status: Status::Draft,
            categories,
            variants: vec![VariantDraft::fresh("new-0")],
        }
    }

    pub(super) fn of(put: &PutProduct) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let moment = |at: Option<Timestamp>| at.map(local).unwrap_or_default();
        let values = [
            put.title.clone(),
            put.description_html.clone(),
            text(&put.vendor),
            text(&put.product_type),
            put.tags.join(", "),
            text(&put.handle),
            text(&put.seo.title),
            text(&put.seo.description),
            moment(put.publish_at),
            moment(put.unpublish_at),
        ];
        let mut fields: HashMap<_, _> =
            FIELDS.iter().map(|name| (*name).to_owned()).zip(values).collect();
        for (at, option) in put.options.iter().enumerate() {
            fields.insert(format!("option.{at}"), option.clone());
        }
        Self {
            fields,
            status: put.status,
            categories: put.category_ids.iter().map(ToString::to_string).collect(),
            variants: put.variants.iter().filter_map(VariantDraft::of).collect(),
        }
    }

    /// What a form sent; variants that it did not have room for are the product's.
    pub(super) fn typed(sent: &Sent, before: Option<&PutProduct>) -> Self {
        let mut fields: HashMap<_, _> =
            FIELDS.iter().map(|name| ((*name).to_owned(), sent.get(name).to_owned())).collect();
        for at in 0..3 {
            let name = format!("option.{at}");
            fields.insert(name.clone(), sent.get(&name).to_owned());
        }
        Self {
            fields,
            status: read_status(sent.get("status")).unwrap_or_default(),
            categories: sent.all("category").map(ToOwned::to_owned).collect(),
            variants: read_drafts(sent, before),
        }
    }

    /// A field's value.
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// A moment as a field for one shows it.
fn local(at: Timestamp) -> String {
    at.to_jiff().to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// A moment as such a field sends it; an error when it is none.
pub(super) fn moment(typed: &str) -> Result<Option<Timestamp>, ()> {
    if typed.is_empty() {
        return Ok(None);
    }
    let at = typed.parse::<jiff::civil::DateTime>().map_err(|_| ())?;
    let at = at.to_zoned(jiff::tz::TimeZone::system()).map_err(|_| ())?;
    Ok(Some(Timestamp::from_millis(at.timestamp().as_millisecond())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_shown() {
        let at = Timestamp::from_millis(1_795_400_040_000);
        assert_eq!(moment(&local(at)), Ok(Some(at)));
        assert_eq!(moment(""), Ok(None));
        assert!(moment("tomorrow").is_err());
    }
}
