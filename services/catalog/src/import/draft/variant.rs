//! What a row says of a variant.

use std::collections::HashMap;

use emart_types::Money;

use super::{DraftVariant, Reader, Text};
use crate::domain::check::{
    HEAVIEST, HIGHEST_PRICE, LONGEST_BARCODE, LONGEST_OPTION, LONGEST_TEXT, LONGEST_VALUE,
    MOST_OPTIONS, MOST_PIECES,
};
use crate::domain::product::Extra;
use crate::import::cells::{count, flag, grams, one_line, without_apostrophe};
use crate::import::columns::{Field, TRACKER};
use crate::import::rows::{Group, Row};

impl Reader<'_> {
    /// The names of the options, and whether the product has but its `Default Title`.
    pub(super) fn options(&mut self, group: &Group) -> (Vec<String>, bool) {
        let first = &group.rows[0];
        let used = |place| {
            let field = Field::OptionValue(place);
            group.rows.iter().any(|row| !self.columns.cell(&row.cells, field).is_empty())
        };
        let mut names: Vec<String> = Vec::new();
        for place in (0..MOST_OPTIONS).take_while(|place| used(*place)) {
            let rows = group.rows.iter();
            let name = rows.map(|row| self.columns.cell(&row.cells, Field::OptionName(place)));
            let name = name.map(one_line).find(|name| !name.is_empty());
            let mut name: String = name.unwrap_or_default().chars().take(LONGEST_OPTION).collect();
            let twice = names.iter().any(|other| other.to_lowercase() == name.to_lowercase());
            if name.is_empty() || twice {
                name = format!("Option {}", place + 1);
            }
            names.push(name);
        }
        let value = self.columns.cell(&first.cells, Field::OptionValue(0));
        let name = self.columns.cell(&first.cells, Field::OptionName(0));
        let is_plain = names.is_empty()
            || (names.len() == 1
                && (name.is_empty() || name.eq_ignore_ascii_case("Title"))
                && value.eq_ignore_ascii_case("Default Title")
                && group.rows.iter().skip(1).all(|row| !self.is_variant(row)));
        (names, is_plain)
    }

    /// Whether a row below the first is about a variant, and not only about a picture.
    pub(super) fn is_variant(&self, row: &Row) -> bool {
        [
            Field::OptionValue(0),
            Field::OptionValue(1),
            Field::OptionValue(2),
            Field::Sku,
            Field::Price,
            Field::Barcode,
        ]
        .iter()
        .any(|field| !self.columns.cell(&row.cells, *field).is_empty())
    }

    pub(super) fn variant(
        &mut self,
        row: &Row,
        options: &[String],
        is_plain: bool,
        seen: &mut HashMap<Vec<String>, u64>,
    ) -> Option<DraftVariant> {
        let values = match self.option_values(row, options, is_plain) {
            Ok(values) => values,
            Err(why) => {
                self.left_out(row.line, &why);
                return None;
            }
        };
        let key = values.iter().map(|value| value.to_lowercase()).collect();
        if let Some(line) = seen.get(&key) {
            self.left_out(row.line, &format!("the same option values as on line {line}"));
            return None;
        }
        let price = match self.price(row, Field::Price) {
            Ok(price) => price.flatten(),
            Err(why) => {
                self.left_out(row.line, &format!("price: {why}"));
                return None;
            }
        };
        if price.is_none() && self.columns.has(Field::Price) {
            self.left_out(row.line, "it has no price");
            return None;
        }
        let compare_at_price = self.price(row, Field::CompareAt).unwrap_or_else(|why| {
            self.note(row.line, format!("compare-at price left out: {why}"));
            Some(None)
        });
        seen.insert(key, row.line);
        Some(DraftVariant {
            line: row.line,
            option_values: values,
            sku: self.number(row, Field::Sku, LONGEST_TEXT),
            barcode: self.number(row, Field::Barcode, LONGEST_BARCODE),
            price,
            // 0 is how some exports write that there is none.
            compare_at_price: compare_at_price.map(|price| price.filter(|price| *price > 0)),
            weight_grams: self.weight(row),
            taxable: self.flag(row, Field::Taxable),
            requires_shipping: self.flag(row, Field::RequiresShipping),
            sell_when_out: self.present(row, Field::Policy).map(|policy| {
                policy.eq_ignore_ascii_case("continue") || flag(&policy) == Some(true)
            }),
            track_stock: self.present(row, Field::Tracker).map(|tracker| !tracker.is_empty()),
            on_hand: self.quantity(row),
            image_source: self.present(row, Field::VariantImage),
            extra: Extra::new(),
        })
    }

    fn option_values(
        &self,
        row: &Row,
        options: &[String],
        is_plain: bool,
    ) -> Result<Vec<String>, String> {
        if is_plain {
            return Ok(Vec::new());
        }
        let mut values = Vec::with_capacity(options.len());
        for (place, name) in options.iter().enumerate() {
            let value = one_line(self.columns.cell(&row.cells, Field::OptionValue(place)));
            if value.is_empty() {
                return Err(format!("it has no value for the option `{name}`"));
            }
            if value.chars().count() > LONGEST_VALUE {
                return Err(format!(
                    "the value of `{name}` is longer than {LONGEST_VALUE} characters"
                ));
            }
            values.push(value);
        }
        Ok(values)
    }

    /// The outer `None`: no such column; the inner: an empty cell.
    fn price(&self, row: &Row, field: Field) -> Result<Option<Option<i64>>, String> {
        let Some(cell) = self.present(row, field) else { return Ok(None) };
        if cell.is_empty() {
            return Ok(Some(None));
        }
        let money = Money::parse(&cell, self.currency).map_err(|error| error.to_string())?;
        match money.amount_minor {
            minor @ 0..=HIGHEST_PRICE => Ok(Some(Some(minor))),
            minor if minor < 0 => Err(format!("{cell} is below zero")),
            _ => Err(format!("{cell} is too high")),
        }
    }

    fn number(&mut self, row: &Row, field: Field, most: usize) -> Text {
        let text = self.text(row, field, most)?;
        let bare = text.map(|text| without_apostrophe(&text).to_owned());
        Some(bare.filter(|text| !text.is_empty()))
    }

    fn flag(&mut self, row: &Row, field: Field) -> Option<bool> {
        let cell = self.present(row, field)?;
        if flag(&cell).is_none() && !cell.is_empty() {
            self.note(
                row.line,
                format!("{field:?}: `{cell}` is neither true nor false: taken as true"),
            );
        }
        Some(flag(&cell).unwrap_or(true))
    }

    fn weight(&mut self, row: &Row) -> Option<u32> {
        let cell = self.present(row, Field::Grams)?;
        let grams = grams(&cell).filter(|grams| *grams <= HEAVIEST);
        if grams.is_none() && !cell.is_empty() {
            self.note(row.line, format!("`{cell}` is no weight: taken as 0"));
        }
        Some(grams.unwrap_or(0))
    }

    fn quantity(&mut self, row: &Row) -> Option<i64> {
        let cell = self.present(row, Field::Quantity).filter(|cell| !cell.is_empty())?;
        let pieces = count(&cell).filter(|n| (-MOST_PIECES..=MOST_PIECES).contains(n));
        if pieces.is_none() {
            self.note(row.line, format!("`{cell}` is no quantity: left as it is"));
        }
        pieces
    }

    /// Who counts is remembered where it is not the usual one.
    pub(super) fn tracker(&self, row: &Row, variant: &mut DraftVariant) {
        let tracker = self.columns.cell(&row.cells, Field::Tracker);
        if !tracker.is_empty() && tracker != "shopify" {
            variant.extra.insert(TRACKER.to_owned(), tracker.to_owned());
        }
    }
}
