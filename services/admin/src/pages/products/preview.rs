//! How a search engine would show a product.

use super::draft::Draft;
use crate::Admin;

/// What engines cut off, about.
const TITLE: usize = 60;
const DESCRIPTION: usize = 155;

pub(super) struct Preview {
    pub(super) title: String,
    pub(super) address: String,
    pub(super) description: String,
}

impl Preview {
    pub(super) fn of(admin: &Admin, draft: &Draft) -> Self {
        let or =
            |first: &str, second: String| if first.is_empty() { second } else { first.to_owned() };
        let title = or(draft.get("seo.title"), draft.get("title").to_owned());
        let description = or(draft.get("seo.description"), plain(draft.get("description_html")));
        let handle = or(draft.get("handle"), "…".to_owned());
        let title = format!("{} · {}", or(&title, "Title".to_owned()), admin.config.shop_name);
        Self {
            title: cut(&title, TITLE),
            address: format!("{}/p/{handle}", admin.config.shop_url.trim_end_matches('/')),
            description: cut(
                &or(&description, "The beginning of the description.".to_owned()),
                DESCRIPTION,
            ),
        }
    }
}

/// The words of HTML.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let short: String = text.chars().take(most).collect();
    format!("{}…", short.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_has_words_and_no_markup() {
        assert_eq!(plain("<p>Holds <b>tea</b>.</p>\n<p>Warm</p>"), "Holds tea . Warm");
        assert_eq!(cut("abcdef", 3), "abc…");
    }
}
