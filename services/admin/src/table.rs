//! Lists of things: the table, what narrows it, what is done with many at once, and the way on. Most lists need no
//! template of their own: `Listing` is a whole page.

use askama::Template;
use axum::response::Response;

use crate::asked::Asked;
use crate::error::Error;
use crate::forms::Choice;
use crate::frame::{self, Frame};
use crate::view::{Badge, Link, Tab};

/// A list's page.
#[derive(Template)]
#[template(path = "list.html", whitespace = "minimize")]
pub(crate) struct Listing {
    pub(crate) frame: Frame,
    /// What can be done beside looking: the first stands out.
    pub(crate) actions: Vec<Link>,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) filters: Option<Filters>,
    pub(crate) table: Table,
    pub(crate) pager: Pager,
}

impl Listing {
    pub(crate) fn new(frame: Frame, table: Table, pager: Pager) -> Self {
        Self { frame, actions: Vec::new(), tabs: Vec::new(), filters: None, table, pager }
    }

    pub(crate) fn action(mut self, href: &str, label: &str) -> Self {
        self.actions.push(Link { href: href.to_owned(), label: label.to_owned() });
        self
    }

    pub(crate) fn page(&self) -> Result<Response, Error> {
        frame::html(self)
    }
}

/// A table, as `ui::table` prints it. On narrow screens each row becomes a card, headed by its first cell.
#[derive(Default)]
pub(crate) struct Table {
    /// What it lists, for those who cannot see it.
    pub(crate) caption: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    pub(crate) bulk: Option<Bulk>,
    pub(crate) empty: Empty,
}

pub(crate) struct Column {
    pub(crate) label: String,
    pub(crate) number: bool,
    /// Where the list is in the other order.
    pub(crate) sort: Option<String>,
    /// `ascending`, `descending`, or nothing.
    pub(crate) sorted: &'static str,
}

impl Column {
    pub(crate) fn new(label: &str) -> Self {
        Self { label: label.to_owned(), number: false, sort: None, sorted: "" }
    }

    /// Holds numbers: set to the right.
    pub(crate) fn number(mut self) -> Self {
        self.number = true;
        self
    }

    /// Can be sorted by, with `?sort=key` and `?sort=-key`.
    pub(crate) fn sort(mut self, asked: &Asked, key: &str) -> Self {
        let (down, now) = (format!("-{key}"), asked.get("sort"));
        self.sorted = match now {
            _ if now == key => "ascending",
            _ if now == down => "descending",
            _ => "",
        };
        let next = if now == key { &down } else { key };
        self.sort = Some(asked.with("sort", next));
        self
    }
}

#[derive(Default)]
pub(crate) struct Row {
    /// What a bulk action calls it; empty where it cannot be chosen.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
    pub(crate) cells: Vec<Cell>,
}

impl Row {
    pub(crate) fn new(id: impl Into<String>, name: impl Into<String>, cells: Vec<Cell>) -> Self {
        Self { id: id.into(), name: name.into(), cells }
    }
}

/// What stands in one place of a table.
#[derive(Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) href: String,
    /// A second, quieter line.
    pub(crate) note: String,
    /// The address of a small picture.
    pub(crate) picture: String,
    pub(crate) badges: Vec<Badge>,
    pub(crate) number: bool,
    pub(crate) quiet: bool,
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn quiet(text: impl Into<String>) -> Self {
        Self { text: text.into(), quiet: true, ..Self::default() }
    }

    pub(crate) fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: true, ..Self::default() }
    }

    pub(crate) fn link(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self { href: href.into(), text: text.into(), ..Self::default() }
    }

    pub(crate) fn badge(badge: Badge) -> Self {
        Self { badges: vec![badge], ..Self::default() }
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub(crate) fn picture(mut self, address: impl Into<String>) -> Self {
        self.picture = address.into();
        self
    }

    pub(crate) fn with(mut self, badge: Badge) -> Self {
        self.badges.push(badge);
        self
    }
}

/// What can be done with the chosen rows: a POST of `id` (often) and `do` (once) to `action`.
pub(crate) struct Bulk {
    pub(crate) action: String,
    pub(crate) verbs: Vec<Verb>,
}

pub(crate) struct Verb {
    /// The value of `do`.
    pub(crate) value: &'static str,
    pub(crate) label: &'static str,
    /// Takes something away: the handler asks again with `pages::confirm`.
    pub(crate) danger: bool,
}

/// What stands where a list has nothing.
#[derive(Default)]
pub(crate) struct Empty {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) action: Option<Link>,
}

impl Empty {
    pub(crate) fn new(title: &str, text: &str) -> Self {
        Self { title: title.to_owned(), text: text.to_owned(), action: None }
    }

    pub(crate) fn action(mut self, href: &str, label: &str) -> Self {
        self.action = Some(Link { href: href.to_owned(), label: label.to_owned() });
        self
    }
}

/// What narrows a list: one GET form, sent by itself where scripts run.
pub(crate) struct Filters {
    pub(crate) action: String,
    /// What is searched for, with what the box is called; no box without a name.
    pub(crate) search: (String, String),
    pub(crate) selects: Vec<FilterSelect>,
    pub(crate) dates: Vec<FilterDate>,
    /// Kept though it is no filter: how the list is sorted.
    pub(crate) sort: String,
    /// The filters in use, each with the address of the list without it.
    pub(crate) chips: Vec<Link>,
}

pub(crate) struct FilterSelect {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) choices: Vec<Choice>,
}

pub(crate) struct FilterDate {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: String,
}

impl Filters {
    /// With a search box (`?q=`) of this name, or without one.
    pub(crate) fn new(asked: &Asked, search: &str) -> Self {
        let q = asked.get("q");
        let mut chips = Vec::new();
        if !q.is_empty() {
            chips.push(Link { href: asked.with("q", ""), label: format!("“{q}”") });
        }
        Self {
            action: asked.path().to_owned(),
            search: (q.to_owned(), search.to_owned()),
            selects: Vec::new(),
            dates: Vec::new(),
            sort: asked.get("sort").to_owned(),
            chips,
        }
    }

    /// One of several: `(value, words)` each. Nothing chosen is all of them.
    pub(crate) fn select(
        mut self,
        asked: &Asked,
        name: &'static str,
        label: &'static str,
        choices: &[(&str, &str)],
    ) -> Self {
        let now = asked.get(name);
        let choice = |(value, words): &(&str, &str)| Choice::new(value, words, *value == now);
        let all = Choice::new("", &format!("{label}: all"), now.is_empty());
        let choices: Vec<Choice> = std::iter::once(all).chain(choices.iter().map(choice)).collect();
        if let Some(chosen) = choices.iter().find(|choice| choice.on && !choice.value.is_empty()) {
            let label = format!("{label}: {}", chosen.label);
            self.chips.push(Link { href: asked.with(name, ""), label });
        }
        self.selects.push(FilterSelect { name, label, choices });
        self
    }

    /// A day, as `2026-11-30`.
    pub(crate) fn date(mut self, asked: &Asked, name: &'static str, label: &'static str) -> Self {
        let value = asked.get(name).to_owned();
        if !value.is_empty() {
            let label = format!("{label} {value}");
            self.chips.push(Link { href: asked.with(name, ""), label });
        }
        self.dates.push(FilterDate { name, label, value });
        self
    }
}

/// The way through a list.
#[derive(Default)]
pub(crate) struct Pager {
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
}

impl Pager {
    /// From what the list's answer says.
    pub(crate) fn new(asked: &Asked, next_cursor: Option<&str>) -> Self {
        Self {
            first: asked.cursor().map(|_| asked.with("cursor", "")),
            next: next_cursor.map(|cursor| asked.page(cursor)),
        }
    }
}
