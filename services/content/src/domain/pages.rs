//! What a page must be like, and what becomes of its text.

use emart_content_api::{NewPage, Page, PagePatch};
use emart_types::Invalid;

use super::profile::is_line;

/// The longest text, in characters.
const LONGEST: usize = 200_000;

/// Puts a page in order: blanks around texts go, and from its HTML whatever acts.
pub(crate) fn checked(mut new: NewPage) -> Result<NewPage, Invalid> {
    let mut invalid = Invalid::new();
    for text in [&mut new.handle, &mut new.title, &mut new.seo_title, &mut new.seo_description] {
        *text = text.trim().to_owned();
    }
    let detail = "must be 1 to 80 of a to z, 0 to 9 and -, with a letter or digit at both ends";
    invalid.require(is_handle(&new.handle), "/handle", detail);
    let title = !new.title.is_empty() && is_line(&new.title, 120);
    invalid.require(title, "/title", "must be 1 to 120 characters on one line");
    let seo_title = is_line(&new.seo_title, 120);
    invalid.require(seo_title, "/seo_title", "must be at most 120 characters on one line");
    let seo = is_line(&new.seo_description, 320);
    invalid.require(seo, "/seo_description", "must be at most 320 characters on one line");
    let fits = new.body.chars().count() <= LONGEST;
    invalid.require(fits, "/body", "must be at most 200000 characters");
    invalid.finish()?;
    new.body = text(&new.body);
    Ok(new)
}

/// A page as a patch makes it.
pub(crate) fn patched(page: &Page, patch: PagePatch) -> Result<NewPage, Invalid> {
    checked(NewPage {
        handle: patch.handle.unwrap_or_else(|| page.head.handle.clone()),
        title: patch.title.unwrap_or_else(|| page.head.title.clone()),
        body: patch.body.unwrap_or_else(|| page.body.clone()),
        state: patch.state.unwrap_or(page.head.state),
        seo_title: patch.seo_title.unwrap_or_else(|| page.seo_title.clone()),
        seo_description: patch.seo_description.unwrap_or_else(|| page.seo_description.clone()),
    })
}

/// HTML in which nothing acts; plain text in paragraphs.
fn text(body: &str) -> String {
    let body = body.replace("\r\n", "\n");
    if body.contains('<') {
        return emart_html::sanitise(&body);
    }
    let paragraphs = body.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let paragraphs = paragraphs.map(|text| format!("<p>{}</p>", text.replace('\n', "<br>")));
    emart_html::sanitise(&paragraphs.collect::<Vec<_>>().join("\n"))
}

/// What can stand in an address: letters, digits, hyphens within.
pub(super) fn is_handle(handle: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=80).contains(&handle.len())
        && handle.bytes().all(|byte| plain(byte) || byte == b'-')
        && handle.bytes().next().is_some_and(plain)
        && handle.bytes().last().is_some_and(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> NewPage {
        let (handle, title) = ("about-us".to_owned(), "About us".to_owned());
        NewPage { handle, title, body: body.to_owned(), ..NewPage::default() }
    }

    #[test]
    fn what_acts_goes_and_what_reads_stays() {
        let body = "<h2 onclick=x()>We</h2><script>alert(1)</script><a href='javascript:x()'>y</a>";
        let kept = checked(page(body)).unwrap().body;
        assert_eq!(kept, "<h2>We</h2><a rel=\"noopener nofollow\">y</a>");
        assert_eq!(checked(page(&kept)).unwrap().body, kept);
    }

    #[test]
    fn plain_text_becomes_paragraphs() {
        let kept = checked(page("We sell tea\r\n& pots.\r\n\r\n\r\nSince 1999.")).unwrap().body;
        assert_eq!(kept, "<p>We sell tea<br>&amp; pots.</p>\n<p>Since 1999.</p>");
    }

    #[test]
    fn handles_are_addresses() {
        for wrong in ["", "About", "a b", "-a", "a-", "a/b", "ä", "a.b"] {
            let page = NewPage { handle: wrong.to_owned(), ..page("") };
            assert!(checked(page).is_err(), "{wrong}");
        }
    }
}
