//! What staff write in HTML (descriptions, pages): whatever comes in, what goes out is formatting, lists, tables and links.

#![warn(missing_docs)]

use std::sync::LazyLock;

use ammonia::Builder;

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .url_schemes(["https", "http", "mailto", "tel"].into())
        .link_rel(Some("noopener nofollow"))
        // Pages show pictures of the store's own only; one from elsewhere would be an empty frame.
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("img", "src") => value.starts_with("/images/").then(|| value.into()),
            _ => Some(value.into()),
        });
    builder
});

const MENDINGS: usize = 10;

/// Takes out scripts, styles, frames, forms, classes and whatever else is not for reading.
#[must_use]
pub fn sanitise(html: &str) -> String {
    if !html.contains(['<', '&', '>']) && !html.contains('\u{a0}') {
        return html.replace("\r\n", "\n").trim().to_owned();
    }
    let mut clean = html.replace("\r\n", "\n");
    // Broken HTML is mended a step at a time; what comes out must come out of itself.
    for _ in 0..MENDINGS {
        let again = SANITISER.clean(&clean).to_string().trim().to_owned();
        if again == clean {
            break;
        }
        clean = again;
    }
    clean
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_describes_stays_and_what_acts_goes() {
        let hostile = concat!(
            r#"<p class="a" style="color:red" onclick="x()">A <b>good</b> <a href="https://e.org">cup</a></p>"#,
            r#"<script>alert(1)</script><style>p{}</style><iframe src="https://e.org"></iframe>"#,
            r#"<form action="/x"><input name="q"></form><a href="javascript:x()">y</a>"#,
            r#"<img src="https://e.org/x.png" onerror="x()" alt="chart"><img src="/images/a-1.png">"#,
            r#"<svg><a xlink:href="javascript:x()"></a></svg><table><tr><td>1</td></tr></table>"#,
        );
        assert_eq!(
            sanitise(hostile),
            concat!(
                r#"<p>A <b>good</b> <a href="https://e.org" rel="noopener nofollow">cup</a></p>"#,
                r#"<a rel="noopener nofollow">y</a>"#,
                r#"<img alt="chart"><img src="/images/a-1.png">"#,
                r#"<table><tbody><tr><td>1</td></tr></tbody></table>"#,
            )
        );
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(sanitise(" Two lines\r\nof text "), "Two lines\nof text");
    }

    proptest! {
        #[test]
        fn sanitising_twice_changes_nothing(html in r#"(<(/)?(p|b|a href="x"|script|svg|table|li|math|!--)>|[a-z&<> "]){0,20}"#) {
            let once = sanitise(&html);
            prop_assert_eq!(sanitise(&once), once);
        }
    }
}
