//! What is found, in which order, and what is marked.

use super::*;
use crate::search::highlight;

fn shop() -> Vec<Item> {
    vec![
        Item::new("Desk Lamp Oslo")
            .of("Nordlys")
            .described("<p>A lamp for reading. Brass and steel.</p>"),
        Item::new("Lamp").of("Nordlys"),
        Item::new("Bamboo Shade").described("Fits every <b>lamp</b> of ours."),
        Item::new("Crème Brûlée Set").tagged("kitchen").described("Six bowls &amp; a torch."),
        Item::new("Running Shoes Aria")
            .of("Fleet")
            .coded("RUN-001/42")
            .coded("4006381333931")
            .in_variants("Size Color", &[("42 Red", 8900, true), ("43 Blue", 8900, false)]),
        Item::new("Men's T-Shirt")
            .of("Fleet")
            .in_variants("Size Color", &[("M Black", 1900, true)]),
        Item::new("Comfortable Leather Armchair").tagged("living room"),
        Item::new("Wool Blanket").tagged("lamp").described("Warm."),
        Item::new("日本の茶碗"),
    ]
}

fn found(q: &str) -> Vec<String> {
    let items = shop();
    titles(&items, &view(&items).search(&text(q), Currency::EUR).unwrap())
}

#[test]
fn the_title_counts_most_then_the_head_then_the_description() {
    assert_eq!(found("lamp"), ["Lamp", "Desk Lamp Oslo", "Wool Blanket", "Bamboo Shade"]);
}

#[test]
fn all_words_must_be_somewhere_and_may_be_in_different_places() {
    assert_eq!(found("nordlys reading"), ["Desk Lamp Oslo"]);
    assert_eq!(found("red running 42"), ["Running Shoes Aria"]);
    assert_eq!(found("lamp for the desk"), ["Desk Lamp Oslo"]);
}

#[test]
fn when_no_product_has_all_words_the_one_with_most_comes_first() {
    assert_eq!(found("brass oslo zzzzzzz")[0], "Desk Lamp Oslo");
    assert_eq!(found("wool leather blanket")[0], "Wool Blanket");
    assert!(found("qqqqqqqq").is_empty());
}

#[test]
fn forms_of_a_word_find_each_other() {
    assert_eq!(found("lamps")[0], "Lamp");
    assert_eq!(found("run")[0], "Running Shoes Aria");
    assert_eq!(found("mens tshirts"), ["Men's T-Shirt"]);
    assert_eq!(found("men t-shirt"), ["Men's T-Shirt"]);
    assert_eq!(found("shirt"), ["Men's T-Shirt"]);
}

#[test]
fn accents_and_case_make_no_difference() {
    for q in ["creme brulee", "CRÈME", "Bru\u{302}le\u{301}e", "crème brulee"] {
        assert_eq!(found(q), ["Crème Brûlée Set"], "{q}");
    }
    assert_eq!(found("茶碗"), ["日本の茶碗"]);
}

#[test]
fn the_last_word_may_be_only_begun() {
    assert_eq!(found("comf"), ["Comfortable Leather Armchair"]);
    assert_eq!(found("leather arm"), ["Comfortable Leather Armchair"]);
    assert_eq!(found("des"), ["Desk Lamp Oslo"]);
}

#[test]
fn a_typo_is_forgiven_and_said() {
    let items = shop();
    let view = view(&items);
    for (q, title, corrected) in [
        ("lmap", "Lamp", "lamp"),
        ("leathr", "Comfortable Leather Armchair", "leather"),
        ("comfrtable armchiar", "Comfortable Leather Armchair", "comfortable armchair"),
        ("desk lapm", "Desk Lamp Oslo", "desk lamp"),
        ("runing shoos", "Running Shoes Aria", "running shoes"),
        ("comfrota", "Comfortable Leather Armchair", "comfortable"),
    ] {
        let found = view.search(&text(q), Currency::EUR).unwrap();
        assert_eq!(titles(&items, &found)[0], title, "{q}");
        assert_eq!(found.corrected.as_deref(), Some(corrected), "{q}");
    }
    assert_eq!(view.search(&text("lamp"), Currency::EUR).unwrap().corrected, None);
    assert_eq!(view.search(&text("lam"), Currency::EUR).unwrap().corrected, None);
}

#[test]
fn a_word_that_is_there_is_not_taken_for_a_typo_unless_nothing_else_fits() {
    let items = [Item::new("Lamp Stand"), Item::new("Lamb Roast"), Item::new("Short Shirt")];
    let view = view(&items);
    assert_eq!(titles(&items, &find(&view, "q=lamp")), ["Lamp Stand"]);
    let found = find(&view, "q=lamb stand");
    assert_eq!(titles(&items, &found), ["Lamp Stand"]);
    assert_eq!(found.corrected.as_deref(), Some("lamp stand"));
}

#[test]
fn a_sku_or_barcode_comes_before_everything() {
    let mut items = shop();
    items.push(Item::new("run 001 42 manual run 001 42"));
    let view = view(&items);
    for q in ["RUN-001/42", "run00142", "run 001 42", " 4006381333931 "] {
        assert_eq!(titles(&items, &find(&view, &format!("q={q}")))[0], "Running Shoes Aria", "{q}");
    }
    assert_eq!(titles(&items, &find(&view, "q=RUN-001/42 shoes"))[0], "Running Shoes Aria");
}

fn marked(pieces: &[emart_catalog_api::Highlight]) -> String {
    let piece = |piece: &emart_catalog_api::Highlight| {
        if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }
    };
    pieces.iter().map(piece).collect()
}

#[test]
fn matches_are_marked_also_through_stems_typos_and_beginnings() {
    let items = shop();
    let view = view(&items);
    let title = |q: &str, title: &str| {
        let found = view.search(&text(q), Currency::EUR).unwrap();
        marked(&highlight::marked(title, &found.marks))
    };
    assert_eq!(title("lamps", "Desk Lamp Oslo"), "Desk [Lamp] Oslo");
    assert_eq!(title("creme", "Crème Brûlée Set"), "[Crème] Brûlée Set");
    assert_eq!(title("lmap", "Desk Lamp Oslo"), "Desk [Lamp] Oslo");
    assert_eq!(title("desk lam", "Desk Lamp Oslo"), "[Desk] [Lamp] Oslo");
    assert_eq!(title("tshirt", "Men's T-Shirt"), "Men's [T-Shirt]");
    assert_eq!(title("", "Desk Lamp"), "Desk Lamp");
}

#[test]
fn a_snippet_is_plain_text_around_the_first_match() {
    let items = [Item::new("Thing").described(&format!(
        "<p>{}</p><p>Then &lt;b&gt; a <i>needle</i> in it.</p>{}",
        "hay ".repeat(100),
        "<p>stack</p>".repeat(100)
    ))];
    let view = view(&items);
    let found = find(&view, "q=needle");
    let snippet = highlight::snippet(&items[0].html, &found.marks);
    let text = marked(&snippet);
    assert!(
        text.starts_with("… hay hay") && text.contains("Then <b> a [needle] in it. stack"),
        "{text}"
    );
    assert!(text.ends_with("stack …") && text.len() < 200, "{text}");
    assert!(highlight::snippet(&items[0].html, &find(&view, "q=thing").marks).is_empty());
}

#[test]
fn suggestions_continue_what_is_typed() {
    let items = [
        Item::new("Leather Armchair"),
        Item::new("Leather Belt"),
        Item::new("Lemon Crème").described("legendary"),
        Item::new("Leash"),
    ];
    let view = view(&items);
    let proposed = view.suggest("le").unwrap();
    assert_eq!(proposed.ids.len(), 4);
    assert_eq!(proposed.queries, ["leather", "leash", "lemon"]);
    assert_eq!(view.suggest("leather b").unwrap().queries, ["leather belt"]);
    assert_eq!(view.suggest("laether b").unwrap().queries, ["leather belt"]);
    assert_eq!(view.suggest("armhca").unwrap().queries, ["armchair"]);
    assert!(view.suggest("").unwrap().ids.is_empty());
    let spelled = crate::search::suggest::spelled("lemon creme", &["Lemon Crème"]);
    assert_eq!(spelled, "lemon crème");
}
