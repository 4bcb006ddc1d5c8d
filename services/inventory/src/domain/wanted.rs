//! What a reservation asks for, checked and added up by item: two lines on one item are one claim.

use std::collections::BTreeMap;

use emart_inventory_api::{NewReservation, ReservationLine, StockItemId};
use emart_types::{FieldError, Invalid};
use serde::{Deserialize, Serialize};

const MOST_LINES: usize = 1000;
const MOST_PIECES_A_LINE: u32 = 1_000_000;
const LONGEST_TTL: u32 = 86_400;
const LONGEST_REFERENCE: usize = 100;

/// So many pieces of an item, as kept with a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) item_id: StockItemId,
    pub(crate) quantity: u32,
    /// Whether the pieces were taken from the count: those of an item that is not tracked are not.
    pub(crate) counted: bool,
}

/// A checked request.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) reference: String,
    /// One an item, sorted by item: the order in which items are locked.
    pub(crate) claims: Vec<Claim>,
    pub(crate) ttl_seconds: u32,
    lines: Vec<ReservationLine>,
}

/// An item of which there is not enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shortage {
    pub(crate) item_id: StockItemId,
    pub(crate) wanted: u32,
    pub(crate) available: i64,
}

impl Wanted {
    pub(crate) fn new(new: NewReservation) -> Result<Self, Invalid> {
        let mut invalid = Invalid::new();
        if let Err(detail) = check_reference(&new.reference) {
            invalid.push("/reference", detail);
        }
        let ttl = 1..=LONGEST_TTL;
        invalid.require(ttl.contains(&new.ttl_seconds), "/ttl_seconds", "must be from 1 to 86400");
        let count = 1..=MOST_LINES;
        invalid.require(count.contains(&new.lines.len()), "/lines", "must be 1 to 1000 lines");
        let mut pieces = BTreeMap::<&StockItemId, u32>::new();
        for (at, line) in new.lines.iter().enumerate() {
            if !(1..=MOST_PIECES_A_LINE).contains(&line.quantity) {
                invalid.push(format!("/lines/{at}/quantity"), "must be from 1 to 1000000");
            }
            let sum = pieces.entry(&line.item_id).or_default();
            *sum = sum.saturating_add(line.quantity);
        }
        invalid.finish()?;
        let claim = |(item_id, quantity): (&StockItemId, u32)| Claim {
            item_id: item_id.clone(),
            quantity,
            counted: true,
        };
        let claims = pieces.into_iter().map(claim).collect();
        let (reference, ttl_seconds) = (new.reference, new.ttl_seconds);
        Ok(Self { reference, claims, ttl_seconds, lines: new.lines })
    }

    /// Whether an earlier reservation asked for the same.
    pub(crate) fn is_same_as(&self, earlier: &[Claim]) -> bool {
        let same = |(a, b): (&Claim, &Claim)| (&a.item_id, a.quantity) == (&b.item_id, b.quantity);
        self.claims.len() == earlier.len() && self.claims.iter().zip(earlier).all(same)
    }

    /// Every line that cannot be had, with what there is.
    pub(crate) fn refusals(&self, shortages: &[Shortage]) -> Vec<FieldError> {
        let lines = self.lines.iter().enumerate();
        let short = lines.filter_map(|(at, line)| {
            let shortage = shortages.iter().find(|shortage| shortage.item_id == line.item_id)?;
            let pointer = format!("/lines/{at}");
            let detail = format!("{} available, {} wanted", shortage.available, shortage.wanted);
            Some(FieldError { pointer, detail })
        });
        short.collect()
    }
}

/// References are part of paths.
pub(crate) fn check_reference(reference: &str) -> Result<(), &'static str> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-.:".contains(&b);
    let fits = (1..=LONGEST_REFERENCE).contains(&reference.len());
    if fits && reference.bytes().all(allowed) {
        return Ok(());
    }
    Err("must be 1 to 100 letters, digits and _ - . :")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(item_id: &StockItemId, quantity: u32) -> ReservationLine {
        ReservationLine { item_id: item_id.clone(), quantity }
    }

    fn wanted(lines: Vec<ReservationLine>) -> Result<Wanted, Invalid> {
        Wanted::new(NewReservation { reference: "chk_1".to_owned(), lines, ttl_seconds: 60 })
    }

    #[test]
    fn lines_on_one_item_are_one_claim_and_claims_are_sorted() {
        let (first, second) = (StockItemId::new(), StockItemId::new());
        let lines = vec![line(&second, 1), line(&first, 2), line(&second, 3)];
        let wanted = wanted(lines).unwrap();
        let claims: Vec<_> =
            wanted.claims.iter().map(|c| (c.item_id.clone(), c.quantity)).collect();
        assert_eq!(claims, [(first, 2), (second, 4)]);
    }

    #[test]
    fn every_line_of_a_short_item_is_named() {
        let (a, b) = (StockItemId::new(), StockItemId::new());
        let wanted = wanted(vec![line(&b, 1), line(&a, 2), line(&b, 3)]).unwrap();
        let short = Shortage { item_id: b, wanted: 4, available: 3 };
        let refusals = wanted.refusals(&[short]);
        let pointers: Vec<_> = refusals.iter().map(|refusal| &*refusal.pointer).collect();
        assert_eq!(pointers, ["/lines/0", "/lines/2"]);
        assert_eq!(refusals[0].detail, "3 available, 4 wanted");
    }

    #[test]
    fn nothing_too_much_and_odd_references_are_refused() {
        let item = StockItemId::new();
        assert!(wanted(vec![]).is_err());
        assert!(wanted(vec![line(&item, 0)]).is_err());
        assert!(wanted(vec![line(&item, 1_000_001)]).is_err());
        for bad in ["", "a b", "a/b", "ü"] {
            assert!(check_reference(bad).is_err(), "{bad}");
        }
    }
}
