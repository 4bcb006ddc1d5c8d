//! By which words an order is found.

use std::collections::BTreeSet;

use emart_identity_api::Address;
use emart_orders_api::Order;

/// No order has more terms.
const MOST_TERMS: usize = 400;
/// The longest term, in characters.
const LONGEST: usize = 60;
/// A search has at most so many words.
const MOST_WORDS: usize = 6;

/// Everything an order is found by: its number, names, addresses, products, SKUs, tracking numbers, and its tags
/// behind a `#`.
pub(crate) fn terms(order: &Order, tags: &[String]) -> BTreeSet<String> {
    let mut terms: BTreeSet<String> = tags.iter().map(|tag| tag_term(tag)).collect();
    terms.insert(order.number.to_string());
    let mut add = |text: &str| {
        for term in words_of(text) {
            if terms.len() < MOST_TERMS {
                terms.insert(term);
            }
        }
    };
    add(&order.email);
    for address in [&order.shipping_address, &order.billing_address] {
        texts_of(address).into_iter().for_each(&mut add);
    }
    for fulfilment in &order.fulfilments {
        add(fulfilment.tracking.number.as_deref().unwrap_or_default());
    }
    for line in &order.lines {
        add(line.sku.as_deref().unwrap_or_default());
        add(&line.title);
        add(&line.variant_title);
    }
    terms
}

fn texts_of(address: &Address) -> [&str; 5] {
    let phone = address.phone.as_deref().unwrap_or_default();
    [&address.name, &address.line1, &address.city, &address.postal_code, phone]
}

/// The term of a tag.
pub(crate) fn tag_term(tag: &str) -> String {
    format!("#{}", tag.to_lowercase())
}

/// The words of a search.
pub(crate) fn words(search: &str) -> Vec<String> {
    search.split_whitespace().filter_map(whole).take(MOST_WORDS).collect()
}

/// A text's words as they are written, and the parts of those with something between: `TEA-1` is `tea-1`, `tea`, `1`.
fn words_of(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().flat_map(|word| {
        let parts = word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        let parts = parts.map(|part| cut(&part.to_lowercase()));
        whole(word).into_iter().chain(parts)
    })
}

/// A word without what stands around it.
fn whole(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    (!word.is_empty()).then(|| cut(&word.to_lowercase()))
}

fn cut(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// Tags as they are kept: without blanks around, each once, in order. What is wrong with them otherwise.
pub(crate) fn tags(wanted: &[String]) -> Result<Vec<String>, &'static str> {
    let tags: BTreeSet<String> = wanted.iter().map(|tag| tag.trim().to_lowercase()).collect();
    let plain = |tag: &String| {
        (1..=40).contains(&tag.chars().count()) && !tag.chars().any(|c| c.is_control() || c == ',')
    };
    if wanted.len() > 20 {
        return Err("must be at most 20");
    }
    if !tags.iter().all(plain) {
        return Err("must each be 1 to 40 characters, without commas");
    }
    Ok(tags.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whole_and_by_its_parts() {
        let words: Vec<String> = words_of("(Green) TEA-1").collect();
        assert_eq!(words, ["green", "green", "tea-1", "tea", "1"]);
    }

    #[test]
    fn a_search_is_read_as_people_type_it() {
        assert_eq!(words("  #1001, Ada@Example.com "), ["1001", "ada@example.com"]);
        assert!(words("# - !").is_empty());
    }

    #[test]
    fn tags_are_kept_once_however_they_were_written() {
        let tags = tags(&["VIP ".to_owned(), "vip".to_owned(), "gift".to_owned()]);
        assert_eq!(tags.unwrap(), ["gift", "vip"]);
        assert!(super::tags(&["a,b".to_owned()]).is_err());
        assert!(super::tags(&[" ".to_owned()]).is_err());
    }
}
