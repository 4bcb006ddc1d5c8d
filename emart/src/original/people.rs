//! People: accounts with the passwords they have, what else the original knows of them, and what is in their carts.

use std::collections::{HashMap, HashSet};

use anyhow::ensure;
use emart_cart_api::{MovedCart, MovedLine};
use emart_classic_api::{IdSearch, Kind, KnownCart, KnownId, PutPerson};
use emart_http::Role;
use emart_identity_api::{AccountImport, AccountOutcome, MovedAccount, UserId};
use emart_types::Money;
use serde_json::Value;

use super::goods::variant_of;
use super::json::{self, Record};
use super::report::Tally;
use super::{BATCH, Move};

/// Carts that are sent at once: each may hold a hundred things.
const CARTS: usize = 50;

/// Somebody whose orders can be moved in.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: UserId,
    pub(super) email: String,
    pub(super) name: String,
}

/// People by the id they had.
pub(super) type People = HashMap<String, Person>;

/// A record, read.
struct Draft {
    number: usize,
    hex: String,
    account: MovedAccount,
    person: PutPerson,
    lines: Vec<MovedLine>,
}

impl Move<'_> {
    /// Moves people in.
    pub(super) async fn people(&mut self, records: &[Record]) -> anyhow::Result<()> {
        let mut tally = Tally::of("users");
        let mut seen = HashSet::new();
        let own: HashSet<UserId> =
            records.iter().filter_map(Record::id).map(|hex| user_of(&hex)).collect();
        for batch in records.chunks(BATCH) {
            let mut drafts = Vec::new();
            for record in batch {
                match self.draft_person(record) {
                    Ok(draft) if seen.insert(draft.hex.clone()) => drafts.push(draft),
                    Ok(draft) => self.skip(&mut tally, "user", &draft, "is there twice"),
                    Err(why) => {
                        tally.skipped += 1;
                        let id = record.id().unwrap_or_default();
                        self.report.say("user", record.number, &id, format!("skipped: {why}"));
                    }
                }
            }
            self.take_people(drafts, &own, &mut tally).await?;
            self.bar.inc(batch.len() as u64);
        }
        self.report.add(tally);
        Ok(())
    }

    fn skip(&mut self, tally: &mut Tally, what: &str, draft: &Draft, why: &str) {
        tally.skipped += 1;
        self.report.say(what, draft.number, &draft.hex, format!("skipped: {why}"));
    }

    fn draft_person(&mut self, record: &Record) -> Result<Draft, &'static str> {
        let hex = record.id().ok_or("its _id cannot be read")?;
        let field = |name| json::text(record.get(name)).trim().to_owned();
        let email = field("email");
        let (fname, lname) = (field("fname"), field("lname"));
        let was_admin = record.get("role") == &serde_json::json!(1)
            || json::count(record.get("role")) == Some(1);
        let is_admin = self.admins.contains(&email.to_lowercase());
        if was_admin && !is_admin {
            let said =
                "was an administrator there and is a customer here; --admin lets them stay one";
            self.report.say("user", record.number, &hex, format!("{email} {said}"));
        }
        let hash = field("password");
        let can_move = is_hash(&hash);
        if !can_move {
            let said = "has no password that can be moved: they ask for a link to set one";
            self.report.say("user", record.number, &hex, said);
        }
        let id = user_of(&hex);
        let account = MovedAccount {
            id: id.clone(),
            email,
            name: Some(format!("{fname} {lname}").trim().to_owned()),
            role: if is_admin { Role::Admin } else { Role::Customer },
            password_hash: can_move.then_some(hash),
            created_at: json::born(&hex),
        };
        let (card_id, city, street) = (field("cardId"), field("city"), field("street"));
        let (cart, lines) = self.cart_of(record);
        let person = PutPerson { user_id: id, card_id, fname, lname, city, street, cart };
        Ok(Draft { number: record.number, hex, account, person, lines })
    }

    fn cart_of(&self, record: &Record) -> (Option<KnownCart>, Vec<MovedLine>) {
        let cart = record.get("cart");
        let status = json::text(&cart["status"]);
        let known = ["new", "open", "pending", "closed"].contains(&&*status);
        let known = known.then(|| KnownCart { status, created: json::date(&cart["created"]) });
        let items = cart["items"].as_array().map_or(&[][..], Vec::as_slice);
        let line = |item: &Value| {
            let quantity = json::count(&item["quantity"])?;
            let total = json::money(&item["prod_total"], self.currency)?;
            let each = total.amount_minor / i64::from(quantity);
            let seen_price = Money::new(each, self.currency);
            let variant_id = variant_of(&json::oid(&item["productId"])?);
            Some(MovedLine { variant_id, quantity, seen_price })
        };
        (known, items.iter().filter_map(line).collect())
    }

    async fn take_people(
        &mut self,
        mut drafts: Vec<Draft>,
        own: &HashSet<UserId>,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        if drafts.is_empty() {
            return Ok(());
        }
        let accounts = drafts.iter().map(|draft| draft.account.clone()).collect();
        let import = AccountImport { accounts, dry_run: self.dry_run };
        let outcomes = self.identity.import_accounts(&import).await?;
        ensure!(outcomes.len() == drafts.len(), "`identity` did not answer for every account");
        let (mut ids, mut here) = (Vec::new(), Vec::new());
        for (mut draft, outcome) in drafts.drain(..).zip(outcomes) {
            let mut has_own_id = true;
            match outcome {
                AccountOutcome::Created => tally.created += 1,
                AccountOutcome::Unchanged => tally.unchanged += 1,
                AccountOutcome::Taken { user_id } => {
                    tally.unchanged += 1;
                    has_own_id = !own.contains(&user_id);
                    let said = "has another account with the same address, which stays as it is and gets their orders";
                    self.report.say("user", draft.number, &draft.hex, said);
                    draft.person.user_id = user_id;
                }
                AccountOutcome::Refused { reason } => {
                    self.skip(tally, "user", &draft, &reason);
                    continue;
                }
            }
            let id = draft.person.user_id.clone();
            let person = Person {
                id: id.clone(),
                email: draft.account.email.trim().to_lowercase(),
                name: draft.account.name.clone().unwrap_or_default(),
            };
            self.people.insert(draft.hex.clone(), person);
            if has_own_id {
                ids.push(KnownId { kind: Kind::User, hex: draft.hex.clone(), id: id.to_string() });
                here.push(draft);
            }
        }
        if self.dry_run {
            return Ok(());
        }
        self.classic.put_ids(&ids).await?;
        self.tell_of_people(&here).await?;
        let filled = here.into_iter().filter(|draft| !draft.lines.is_empty());
        self.carts.extend(filled.map(|draft| MovedCart {
            customer_id: draft.person.user_id.to_string(),
            lines: draft.lines,
            // A cart is kept for a while from now on, however long ago it was filled.
            updated_at: self.now,
        }));
        Ok(())
    }

    async fn tell_of_people(&mut self, drafts: &[Draft]) -> anyhow::Result<()> {
        let mut people = Vec::new();
        for draft in drafts {
            if draft.person.card_id.is_empty() {
                let said = "has no personal ID: city and street are not kept";
                self.report.say("user", draft.number, &draft.hex, said);
            } else {
                people.push((draft, draft.person.clone()));
            }
        }
        let all: Vec<PutPerson> = people.iter().map(|(_, person)| person.clone()).collect();
        match self.classic.put_people(&all).await {
            Err(error) if error.is("card-id-taken") => {}
            done => return Ok(done?),
        }
        for (draft, person) in people {
            match self.classic.put_people(&[person]).await {
                Err(error) if error.is("card-id-taken") => {
                    let said = "has the personal ID of somebody else: city and street are not kept";
                    self.report.say("user", draft.number, &draft.hex, said);
                }
                done => done?,
            }
        }
        Ok(())
    }

    /// Fills the carts of those who have none here: after the products are there.
    pub(super) async fn fill_carts(&mut self) -> anyhow::Result<()> {
        let carts = std::mem::take(&mut self.carts);
        let mut tally = Tally::of("carts with something in them");
        for batch in carts.chunks(CARTS) {
            for taken in self.cart.import_carts(batch).await? {
                if taken {
                    tally.created += 1;
                } else {
                    tally.unchanged += 1;
                }
            }
        }
        if !carts.is_empty() {
            self.report.add(tally);
        }
        Ok(())
    }

    /// Finds people who are not in this import's file: those of an earlier one.
    pub(super) async fn find_people(&mut self, hexes: &HashSet<String>) -> anyhow::Result<()> {
        let unknown: Vec<String> =
            hexes.iter().filter(|hex| !self.people.contains_key(*hex)).cloned().collect();
        for hexes in unknown.chunks(BATCH) {
            let search = IdSearch { kind: Kind::User, hexes: hexes.to_vec() };
            for known in self.classic.known_ids(&search).await? {
                let Ok(id) = known.id.parse::<UserId>() else { continue };
                let Some(user) = self.identity.user(&id).await? else { continue };
                let name = user.name.unwrap_or_default();
                self.people.insert(known.hex, Person { id, email: user.email, name });
            }
        }
        Ok(())
    }
}

/// Who a person is here.
fn user_of(hex: &str) -> UserId {
    UserId::derived(json::born(hex), json::name_of("user", hex))
}

/// Whether a text is a bcrypt hash; `identity` looks closer.
fn is_hash(text: &str) -> bool {
    text.len() == 60 && text.starts_with("$2")
}
