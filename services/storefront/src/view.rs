//! What the templates print: plain texts and numbers, already worded and formatted, shared by several pages.

use std::sync::Arc;

/// The frame around every page.
pub(crate) struct Layout {
    pub(crate) shop: Arc<Shop>,
    pub(crate) assets: &'static Names,
    pub(crate) title: String,
    pub(crate) description: String,
    /// The page's own path, for the canonical link; without the query.
    pub(crate) path: String,
    /// Kept out of search engines: carts, orders, accounts, errors.
    pub(crate) private: bool,
    /// What stands in the search box.
    pub(crate) query: String,
    /// The slug of the top category the page belongs to, or nothing.
    pub(crate) category: String,
    /// How many pieces the cart holds, as far as the browser's cookie tells.
    pub(crate) badge: u32,
    pub(crate) signed_in: bool,
}

/// What all pages of a shop share; replaced every few seconds.
pub(crate) struct Shop {
    pub(crate) name: String,
    pub(crate) headline: String,
    pub(crate) tagline: String,
    pub(crate) contact: String,
    pub(crate) phone: String,
    /// Whether there is a way to the books.
    pub(crate) books: bool,
    pub(crate) language: String,
    /// `https://shop.example`, without a slash at the end.
    pub(crate) origin: String,
    pub(crate) menu: Vec<MenuEntry>,
    /// At the top instead of the categories, unless it is empty.
    pub(crate) header: Vec<Link>,
    /// At the foot.
    pub(crate) footer: Vec<Link>,
    /// Instead of the name in letters.
    pub(crate) sign: Option<Sign>,
    /// The shop's own colours as a stylesheet, or nothing.
    pub(crate) theme: String,
    pub(crate) theme_href: Option<String>,
}

/// An entry of a menu that staff have made.
pub(crate) struct Link {
    pub(crate) label: String,
    pub(crate) href: String,
}

/// The picture of the shop's name.
pub(crate) struct Sign {
    pub(crate) src: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

pub(crate) struct MenuEntry {
    pub(crate) slug: String,
    pub(crate) name: String,
}

/// The content-hashed addresses of the static files.
pub(crate) struct Names {
    pub(crate) css: String,
    pub(crate) icon: String,
    pub(crate) shop: String,
    pub(crate) listing: String,
    pub(crate) product: String,
    pub(crate) cart: String,
    pub(crate) checkout: String,
    pub(crate) passkey: String,
}

pub(crate) struct Picture {
    pub(crate) src: String,
    pub(crate) srcset: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) alt: String,
}

pub(crate) struct Price {
    pub(crate) now: String,
    pub(crate) was: Option<String>,
    /// The cheapest of several prices.
    pub(crate) from: bool,
}

/// A product among others.
pub(crate) struct Card {
    pub(crate) handle: String,
    pub(crate) title: String,
    /// The title with the words that were searched for marked: escaped HTML.
    pub(crate) marked: Option<String>,
    pub(crate) vendor: String,
    pub(crate) picture: Option<Picture>,
    pub(crate) price: Price,
    pub(crate) cut: Option<u32>,
    pub(crate) sold_out: bool,
}

/// A step of the way from the home page to here.
pub(crate) struct Crumb {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) here: bool,
}

/// One text field of a form.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    pub(crate) autocomplete: &'static str,
    pub(crate) inputmode: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) error: Option<String>,
    pub(crate) optional: bool,
    /// Said again only: it cannot be changed.
    pub(crate) fixed: bool,
    pub(crate) wide: bool,
    pub(crate) max: u32,
}

/// One line of the summary above a form that could not be taken; `field` is what it points to.
#[derive(Clone)]
pub(crate) struct FormProblem {
    pub(crate) field: String,
    pub(crate) text: String,
}

/// One entry of a list to choose from.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) on: bool,
}

/// A code for a promotion in the cart.
pub(crate) struct CouponRow {
    pub(crate) code: String,
    /// Why it does not count; empty when it does.
    pub(crate) why: String,
}

pub(crate) struct Totals {
    pub(crate) rows: Vec<TotalRow>,
    pub(crate) total: String,
}

pub(crate) struct TotalRow {
    pub(crate) label: String,
    pub(crate) value: String,
    /// Informative: not a part of the sum.
    pub(crate) quiet: bool,
}

/// A line of a cart, a checkout, an order or a receipt.
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) variant: String,
    pub(crate) picture: Option<Picture>,
    pub(crate) quantity: u32,
    pub(crate) each: String,
    pub(crate) total: String,
    pub(crate) notes: Vec<Note>,
}

pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) bad: bool,
}

/// A short state in words with the colour class it is shown in.
pub(crate) struct Status {
    pub(crate) text: String,
    pub(crate) class: &'static str,
}

/// A label with its value.
pub(crate) struct Detail {
    pub(crate) label: &'static str,
    pub(crate) value: String,
}

/// The products of a category or a search, with the ways to narrow and order them.
pub(crate) struct Listing {
    pub(crate) action: String,
    pub(crate) query: String,
    pub(crate) total: u64,
    pub(crate) cards: Vec<Card>,
    pub(crate) facets: Vec<FacetGroup>,
    pub(crate) chips: Vec<Chip>,
    /// The address with no filter at all.
    pub(crate) clear: String,
    pub(crate) sorts: Vec<Choice>,
    pub(crate) earlier: Option<String>,
    pub(crate) next: Option<String>,
}

pub(crate) struct FacetGroup {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) values: Vec<FacetValue>,
}

pub(crate) struct FacetValue {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) count: u32,
    pub(crate) on: bool,
}

pub(crate) struct Chip {
    pub(crate) label: String,
    pub(crate) href: String,
}
