//! Search: what shoppers type, and what they narrow it to. It is derived from the read model and follows it within a
//! fraction of a second.

mod columns;
mod document;
mod facets;
mod follow;
mod highlight;
mod index;
mod keeper;
mod matching;
mod order;
mod query;
pub(crate) mod routes;
mod suggest;
mod text;
mod view;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use follow::Search;
