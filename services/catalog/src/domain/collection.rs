//! A collection as it is kept, and what one that people write must be like.

use std::collections::HashSet;

use emart_catalog_api::{
    CollectionId, Condition, ImageId, ProductId, PutCollection, Relation, RuleField, Rules, Seo,
};
use emart_types::{Currency, Invalid, Money, Timestamp};

use super::check::{
    LONGEST_DESCRIPTION, LONGEST_SEO_DESCRIPTION, LONGEST_SEO_TITLE, LONGEST_TEXT, line, optional,
};
use super::handle;

const MOST_CONDITIONS: usize = 50;
const MOST_PRODUCTS: usize = 2000;

/// A collection as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CollectionRecord {
    pub(crate) id: CollectionId,
    pub(crate) handle: String,
    pub(crate) title: String,
    pub(crate) description_html: String,
    pub(crate) published: bool,
    /// None: chosen by hand.
    pub(crate) rules: Option<Rules>,
    pub(crate) product_ids: Vec<ProductId>,
    pub(crate) image_id: Option<ImageId>,
    pub(crate) seo: Seo,
    pub(crate) version: i64,
    pub(crate) updated_at: Timestamp,
}

/// What a collection may refer to.
pub(crate) struct Known<'a> {
    pub(crate) currency: Currency,
    pub(crate) has_image: &'a dyn Fn(&ImageId) -> bool,
    pub(crate) has_product: &'a dyn Fn(&ProductId) -> bool,
    pub(crate) has_category: &'a dyn Fn(&str) -> bool,
}

/// Checks a collection and makes the record of it; `before` is what it replaces.
pub(crate) fn check(
    put: PutCollection,
    before: Option<&CollectionRecord>,
    known: &Known<'_>,
    now: Timestamp,
) -> Result<CollectionRecord, Invalid> {
    let mut invalid = Invalid::new();
    let title = line(&mut invalid, "/title", &put.title, 1, LONGEST_TEXT);
    let handle = put.handle.unwrap_or_else(|| match before {
        Some(before) => before.handle.clone(),
        None => handle::slug(&title, "collection", handle::LONGEST),
    });
    let detail = "must be 1 to 255 lower-case letters, digits and dashes";
    invalid.require(handle::is_handle(&handle, handle::LONGEST), "/handle", detail);
    let fits = put.description_html.len() <= LONGEST_DESCRIPTION;
    invalid.require(fits, "/description_html", "at most 64 KiB");
    if let Some(image) = &put.image_id {
        invalid.require((known.has_image)(image), "/image_id", "there is no such picture");
    }
    let rules = put.rules.map(|rules| checked_rules(&mut invalid, rules, known));
    if rules.is_some() && !put.product_ids.is_empty() {
        invalid.push("/product_ids", "a collection has either rules or products chosen by hand");
    }
    products(&mut invalid, &put.product_ids, known);
    let seo = Seo {
        title: optional(&mut invalid, "/seo/title", put.seo.title, LONGEST_SEO_TITLE),
        description: optional(
            &mut invalid,
            "/seo/description",
            put.seo.description,
            LONGEST_SEO_DESCRIPTION,
        ),
    };
    invalid.finish()?;
    Ok(CollectionRecord {
        id: before.map_or_else(CollectionId::new, |before| before.id.clone()),
        handle,
        title,
        description_html: emart_html::sanitise(&put.description_html),
        published: put.published,
        rules,
        product_ids: put.product_ids,
        image_id: put.image_id,
        seo,
        version: before.map_or(1, |before| before.version + 1),
        updated_at: now,
    })
}

fn products(invalid: &mut Invalid, ids: &[ProductId], known: &Known<'_>) {
    invalid.require(ids.len() <= MOST_PRODUCTS, "/product_ids", "at most 2000");
    let mut seen = HashSet::new();
    for (at, id) in ids.iter().enumerate() {
        let pointer = format!("/product_ids/{at}");
        invalid.require((known.has_product)(id), &pointer, "there is no such product");
        invalid.require(seen.insert(id), &pointer, "is there twice");
    }
}

fn checked_rules(invalid: &mut Invalid, rules: Rules, known: &Known<'_>) -> Rules {
    let fits = (1..=MOST_CONDITIONS).contains(&rules.conditions.len());
    invalid.require(fits, "/rules/conditions", "must be 1 to 50");
    let mut checked = Rules { matching: rules.matching, conditions: Vec::new() };
    for (at, condition) in rules.conditions.into_iter().enumerate() {
        let pointer = format!("/rules/conditions/{at}");
        let text = format!("{pointer}/value");
        let value = line(invalid, &text, &condition.value, 1, LONGEST_TEXT);
        let fits = relations(condition.field).contains(&condition.relation);
        let detail = "does not go with this field";
        invalid.require(fits, &format!("{pointer}/relation"), detail);
        match condition.field {
            RuleField::Price => {
                let amount = Money::parse(&value, known.currency);
                invalid.require(amount.is_ok(), &text, "must be an amount such as 12.50");
            }
            RuleField::Stock => {
                let is_word = matches!(value.as_str(), "in_stock" | "out_of_stock");
                invalid.require(is_word, &text, "must be in_stock or out_of_stock");
            }
            RuleField::Category => {
                invalid.require((known.has_category)(&value), &text, "there is no such category");
            }
            RuleField::Tag | RuleField::Vendor | RuleField::ProductType | RuleField::Title => {}
        }
        checked.conditions.push(Condition { value, ..condition });
    }
    checked
}

const fn relations(field: RuleField) -> &'static [Relation] {
    match field {
        RuleField::Tag | RuleField::Category => &[Relation::Is, Relation::IsNot],
        RuleField::Vendor | RuleField::ProductType | RuleField::Title => {
            &[Relation::Is, Relation::IsNot, Relation::Contains]
        }
        RuleField::Price => &[Relation::AtLeast, Relation::AtMost],
        RuleField::Stock => &[Relation::Is],
    }
}
