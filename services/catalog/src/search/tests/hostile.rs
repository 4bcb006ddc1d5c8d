//! Whatever is typed, search answers.

use proptest::prelude::*;

use super::*;
use crate::search::highlight;

fn shop() -> Arc<View> {
    view(&[
        Item::new("Desk Lamp").of("Nordlys").coded("A-1").described("<p>brass &amp; steel</p>"),
        Item::new("🎉 Party Set \u{202e}").tagged("title:x"),
    ])
}

#[test]
fn no_query_is_an_error_and_none_is_a_command() {
    let view = shop();
    let long = "lamp ".repeat(2000);
    let longer = "x".repeat(10_000);
    for q in [
        "\"",
        "'",
        "lamp\"",
        "title:lamp",
        "lamp AND NOT desk",
        "+lamp -desk",
        "lamp~2",
        "lam*",
        "[a TO z]",
        "(lamp",
        "lamp^3",
        "\\",
        "a\0b",
        "\u{7}\u{1b}",
        "🎉",
        "\u{202e}lamp",
        "%",
        "<script>",
        "lamp OR",
        "*",
        "?",
        "/",
        "{}",
        "null",
        "&",
        "\u{300}\u{301}",
        "ﬀ",
        "İ",
        "ß",
        &long,
        &longer,
    ] {
        let found = view.search(&text(q), Currency::EUR).unwrap();
        assert!(found.total <= 2, "{q}");
        view.suggest(q).unwrap();
    }
    assert_eq!(view.search(&text(" \t\n"), Currency::EUR).unwrap().total, 2);
    assert_eq!(view.search(&text("!!!"), Currency::EUR).unwrap().total, 0);
    assert_eq!(view.search(&text("\"desk\" lamp"), Currency::EUR).unwrap().total, 1);
}

proptest! {
    #[test]
    fn any_query_over_any_text_is_answered(title in any::<String>(), html in any::<String>(), q in any::<String>()) {
        let mut item = Item::new(&title).described(&html).coded(&q);
        item.vendor = Some(q.clone());
        let view = view(&[item]);
        for q in [&q, &title, &html] {
            let found = view.search(&text(q), Currency::EUR).unwrap();
            let joined: String = highlight::marked(&title, &found.marks).iter().map(|piece| piece.text.as_str()).collect();
            prop_assert_eq!(&joined, &title);
            highlight::snippet(&html, &found.marks);
            view.suggest(q).unwrap();
        }
    }
}
