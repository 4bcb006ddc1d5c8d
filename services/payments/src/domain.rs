//! The rules of payments: what a card must look like, what a payment is, and how it follows its provider.

pub(crate) mod card;
pub(crate) mod gift_card;
pub(crate) mod payment;

const LONGEST_REFERENCE: usize = 100;

/// References are part of paths.
pub(crate) fn check_reference(reference: &str) -> Result<(), &'static str> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-.:".contains(&b);
    let fits = (1..=LONGEST_REFERENCE).contains(&reference.len());
    if fits && reference.bytes().all(allowed) {
        return Ok(());
    }
    Err("must be 1 to 100 letters, digits and _ - . :")
}
