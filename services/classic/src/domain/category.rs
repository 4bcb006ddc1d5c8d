//! The category form.

use super::fields::{Fields, fits};

/// What may stand in a name of a category or product: no markup, which a client of the original puts on its pages.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.contains(['<', '>'])
}

/// The name, or what is wrong with it.
pub(crate) fn name(fields: &Fields) -> Result<&str, &'static str> {
    let name = fields.text("cat_name");
    if name.is_empty() {
        return Err("Category field is required");
    }
    if !fits(name, 2, 30) {
        return Err("Category must be between 2 and 30 characters");
    }
    if is_plain(name) { Ok(name.trim()) } else { Err("Category must not contain < or >") }
}
