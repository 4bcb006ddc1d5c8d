//! What the first row of a product says of the product itself.

use emart_catalog_api::Status;

use super::{Draft, Note, Reader};
use crate::domain::category;
use crate::domain::check::{
    LONGEST_DESCRIPTION, LONGEST_SEO_DESCRIPTION, LONGEST_SEO_TITLE, LONGEST_TEXT, MOST_TAGS,
};
use crate::domain::product::status_of;
use crate::import::cells::{flag, one_line, path, tags};
use crate::import::columns::{Field, GIFT_CARD};
use crate::import::rows::Row;

impl Reader<'_> {
    /// What the first row says of the product itself.
    pub(super) fn head(&mut self, row: &Row) -> Result<Draft, Note> {
        let body = self.present(row, Field::Description);
        if body.as_ref().is_some_and(|body| body.len() > LONGEST_DESCRIPTION) {
            let why = "its description is longer than 64 KiB; is a quotation mark missing?";
            return Err((row.line, why.to_owned()));
        }
        let title = self.text(row, Field::Title, LONGEST_TEXT).flatten();
        let tags = self.present(row, Field::Tags).map(|cell| tags(&cell)).map(|tags| {
            let kept: Vec<_> = tags
                .into_iter()
                .filter(|tag| tag.chars().count() <= LONGEST_TEXT)
                .take(MOST_TAGS)
                .collect();
            kept
        });
        let has_images =
            self.columns.has(Field::ImageSource) || self.columns.has(Field::VariantImage);
        Ok(Draft {
            title,
            description_html: body.map(|body| emart_html::sanitise(&body)),
            vendor: self.text(row, Field::Vendor, LONGEST_TEXT),
            product_type: self.text(row, Field::Type, LONGEST_TEXT),
            tags,
            status: self.status(row),
            images: has_images.then(Vec::new),
            category: self.category(row),
            other_categories: self
                .present(row, Field::OtherCategories)
                .map(|cell| cell.lines().map(path).filter(|path| !path.is_empty()).collect()),
            seo_title: self.text(row, Field::SeoTitle, LONGEST_SEO_TITLE),
            seo_description: self.text(row, Field::SeoDescription, LONGEST_SEO_DESCRIPTION),
            ..Draft::default()
        })
    }

    /// `Status` and `Published` together: what is not published is a draft. A gift card would be sold without being
    /// one, so it is a draft too.
    fn status(&mut self, row: &Row) -> Option<Status> {
        let is_gift = self
            .columns
            .kept(&row.cells)
            .any(|k| k.name == GIFT_CARD && flag(k.value) == Some(true));
        if is_gift {
            self.note(row.line, "gift cards are not sold yet: imported as a draft");
            return Some(Status::Draft);
        }
        let (status, published) =
            (self.present(row, Field::Status), self.present(row, Field::Published));
        if status.is_none() && published.is_none() {
            return None;
        }
        let word = status.unwrap_or_default();
        let status = status_of(&word).unwrap_or_else(|| {
            if !word.is_empty() {
                self.note(row.line, format!("unknown status `{word}`: imported as active"));
            }
            Status::Active
        });
        let hidden = published.is_some_and(|cell| flag(&cell) == Some(false));
        Some(if status == Status::Active && hidden { Status::Draft } else { status })
    }

    /// The product's place in the tree; without one of its own, its type is one.
    fn category(&mut self, row: &Row) -> Option<Vec<String>> {
        if !self.columns.has(Field::Category) && !self.columns.has(Field::Type) {
            return None;
        }
        let cell = self.columns.cell(&row.cells, Field::Category);
        let mut names = path(cell);
        // A lone `>` says that it hangs nowhere.
        if cell.is_empty() {
            let name = one_line(self.columns.cell(&row.cells, Field::Type)).replace('>', "/");
            names.extend((!name.is_empty()).then_some(name));
        }
        if names.len() > category::DEEPEST {
            self.note(row.line, "the category is deeper than five levels: cut");
            names.truncate(category::DEEPEST);
        }
        for name in &mut names {
            *name = name.chars().take(category::LONGEST_NAME).collect::<String>().trim().to_owned();
        }
        Some(names)
    }
}
