//! The copies of a service that live, as one of them sees it.

use std::collections::HashMap;

use emart_store::{Error, vals};
use tokio::time::Instant;

use super::keeper::Keeper;
use crate::route::hash;

/// What this copy knows of itself and has seen of the others.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// This copy, once it is known to the others.
    pub(super) me: Option<Me>,
    /// The others' numbers, and since when they stand.
    seen: HashMap<String, (i64, Instant)>,
    pub(super) left: bool,
}

/// This copy as the others see it.
#[derive(Debug, Clone)]
pub(super) struct Me {
    pub(super) copy: String,
    wants: String,
    /// When its number was raised last; counted from before the statement was sent, so the others saw it later.
    pub(super) raised: Instant,
}

/// A row of `copies`.
pub(super) type Copy = (String, i64, String);

impl Keeper {
    /// Says that this copy lives, under a new name if it was taken for dead.
    pub(super) async fn live(&self, look: &mut Look) -> Result<Me, Error> {
        let (wants, raised) = (self.shared_wants(), Instant::now());
        if let Some(me) = &mut look.me {
            if me.wants == wants && raised.duration_since(me.raised) < self.time / 3 {
                return Ok(me.clone());
            }
            let sql = "UPDATE copies SET beat = beat + 1, wants = $2 WHERE id = $1";
            if self.db.exec(sql, vals![me.copy.as_str(), wants.as_str()]).await? == 1 {
                (me.wants, me.raised) = (wants, raised);
                return Ok(me.clone());
            }
            self.begin_anew(look);
        }
        let copy = format!("{:016x}", rand::random::<u64>());
        let sql = "INSERT INTO copies (id, beat, wants) VALUES ($1, 0, $2)";
        self.db.exec(sql, vals![copy.as_str(), wants.as_str()]).await?;
        Ok(look.me.insert(Me { copy, wants, raised }).clone())
    }

    pub(super) fn begin_anew(&self, look: &mut Look) {
        tracing::warn!(db = ?self.db, "this copy was taken for dead by another; it begins anew");
        look.me = None;
        self.lose_all();
        self.changed.notify_one();
    }

    /// Deletes copies that have not moved for a lease's time; returns those that live.
    pub(super) async fn bury(
        &self,
        look: &mut Look,
        me: &str,
        copies: Vec<Copy>,
    ) -> Result<Vec<Copy>, Error> {
        let now = Instant::now();
        look.seen.retain(|id, _| copies.iter().any(|(copy, ..)| copy == id));
        let mut living = Vec::new();
        for copy in copies {
            let (beat, since) = look.seen.entry(copy.0.clone()).or_insert((copy.1, now));
            if *beat != copy.1 {
                (*beat, *since) = (copy.1, now);
            }
            if copy.0 != me && now.duration_since(*since) >= self.time {
                let sql = "DELETE FROM copies WHERE id = $1 AND beat = $2";
                if self.db.exec(sql, vals![copy.0.as_str(), copy.1]).await? == 1 {
                    tracing::warn!(db = ?self.db, copy = copy.0, "a copy has not been heard of; others take over");
                    // Its leases are free at the next look, which sees them without it.
                    self.changed.notify_one();
                }
                continue;
            }
            living.push(copy);
        }
        Ok(living)
    }
}

/// Whether this copy comes first, by chance that is the same everywhere, among those that want a shared lease.
pub(super) fn is_for(name: &str, me: &str, living: &[Copy]) -> bool {
    let others =
        living.iter().filter(|(id, _, wants)| id != me && wants.lines().any(|n| n == name));
    let rank = |id: &str| hash(&[name, id]);
    others.map(|(id, ..)| rank(id)).max().is_none_or(|other| rank(me) > other)
}
