//! What a gift card must look like, how codes are written, and what tokens open.

use emart_http::Seal;
use emart_payments_api::{
    GiftCard, GiftCardId, GiftCardState, NewGiftCard, NewGiftCardAdjustment, PutGiftCard,
};
use emart_types::{Currency, Invalid, Money, Timestamp};

/// As much as a gift card holds.
const MOST_MINOR: i64 = 100_000_000;
/// How long a token pays.
const TOKEN_MS: i64 = 2 * 3600 * 1000;
/// No letter or digit that is taken for another.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const LETTERS: usize = 16;

/// A gift card as the database holds it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Card {
    pub(crate) id: GiftCardId,
    pub(crate) last4: String,
    pub(crate) initial: Money,
    pub(crate) balance: Money,
    pub(crate) active: bool,
    pub(crate) recipient_email: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
}

impl Card {
    pub(crate) fn state(&self, now: Timestamp) -> GiftCardState {
        if !self.active {
            GiftCardState::Disabled
        } else if self.expires_at.is_some_and(|end| end <= now) {
            GiftCardState::Expired
        } else if self.balance.is_zero() {
            GiftCardState::Spent
        } else {
            GiftCardState::Active
        }
    }

    /// As staff see it.
    pub(crate) fn shown(self, now: Timestamp) -> GiftCard {
        GiftCard {
            state: self.state(now),
            id: self.id,
            last4: self.last4,
            active: self.active,
            initial: self.initial,
            balance: self.balance,
            recipient_email: self.recipient_email,
            expires_at: self.expires_at,
            note: self.note,
            version: self.version,
            created_at: self.created_at,
        }
    }
}

/// The code that is issued under a key: the same again for the same key, and nobody's guess.
pub(crate) fn code(seal: &Seal, key: &str) -> String {
    let random = seal.token(&format!("gift card code {key}"));
    let letter = |pair: &[u8]| {
        let mixed = usize::from(pair[0]) * 31 + usize::from(*pair.get(1).unwrap_or(&0)) * 7;
        char::from(ALPHABET[mixed % ALPHABET.len()])
    };
    random.as_bytes().chunks(2).take(LETTERS).map(letter).collect()
}

/// A code as people read it.
pub(crate) fn grouped(code: &str) -> String {
    let groups = code.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join("-")
}

/// A code as it is compared, however it was typed; `None` when none is written like that.
pub(crate) fn plain(typed: &str) -> Option<String> {
    let plain: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let known = plain.bytes().all(|byte| ALPHABET.contains(&byte));
    (plain.len() == LETTERS && known).then_some(plain)
}

/// What pays with a card from now on, for a while.
pub(crate) fn token(seal: &Seal, id: &GiftCardId, now: Timestamp) -> String {
    let until = now.as_millis() + TOKEN_MS;
    let opened = format!("{id}.{until}");
    format!("{opened}.{}", seal.token(&opened))
}

/// The card a token pays with now.
pub(crate) fn opened(seal: &Seal, token: &str, now: Timestamp) -> Option<GiftCardId> {
    let (opened, sealed) = token.rsplit_once('.')?;
    let (id, until) = opened.split_once('.')?;
    let until: i64 = until.parse().ok()?;
    let id = id.parse().ok()?;
    (seal.opens(opened, sealed) && now.as_millis() < until).then_some(id)
}

/// Says all that is wrong at once.
pub(crate) fn check_new(
    new: &NewGiftCard,
    currency: Currency,
    now: Timestamp,
) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    let fits = (1..=MOST_MINOR).contains(&new.amount.amount_minor);
    invalid.require(fits, "/amount/amount_minor", "must be from 1 to 100000000");
    check_currency(&mut invalid, new.amount, currency);
    let later = new.expires_at.is_none_or(|end| end > now);
    invalid.require(later, "/expires_at", "must be in the future");
    check_words(&mut invalid, new.recipient_email.as_deref(), new.note.as_deref());
    invalid.finish()
}

/// The same of a change.
pub(crate) fn check_put(put: &PutGiftCard) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    check_words(&mut invalid, put.recipient_email.as_deref(), put.note.as_deref());
    invalid.finish()
}

/// The same of an adjustment.
pub(crate) fn check_adjustment(
    new: &NewGiftCardAdjustment,
    currency: Currency,
) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    let minor = new.amount.amount_minor;
    let fits = minor != 0 && (-MOST_MINOR..=MOST_MINOR).contains(&minor);
    let detail = "must be from -100000000 to 100000000, and not 0";
    invalid.require(fits, "/amount/amount_minor", detail);
    check_currency(&mut invalid, new.amount, currency);
    invalid.require(!new.note.trim().is_empty(), "/note", "must say why");
    check_words(&mut invalid, None, Some(&new.note));
    invalid.finish()
}

fn check_currency(invalid: &mut Invalid, amount: Money, currency: Currency) {
    if amount.currency != currency {
        invalid.push("/amount/currency", format!("this store takes {currency}"));
    }
}

fn check_words(invalid: &mut Invalid, email: Option<&str>, note: Option<&str>) {
    let is_email = |text: &str| {
        text.len() <= 254
            && !text.chars().any(|c| c.is_control() || c.is_whitespace())
            && text
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    };
    invalid.require(email.is_none_or(is_email), "/recipient_email", "must be an e-mail address");
    let plain = |text: &str| {
        text.chars().count() <= 500
            && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\r')
    };
    invalid.require(note.is_none_or(plain), "/note", "must be at most 500 characters");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_for_the_same_key_and_reads_however_it_is_typed() {
        let seal = Seal::new(b"secret");
        let first = code(&seal, "key");
        assert_eq!(first, code(&seal, "key"));
        assert_ne!(first, code(&seal, "other"));
        assert_ne!(first, code(&Seal::new(b"another"), "key"));
        let written = grouped(&first);
        assert_eq!(written.len(), 19);
        for typed in [written.clone(), written.to_lowercase(), format!(" {first} ")] {
            assert_eq!(plain(&typed).as_deref(), Some(first.as_str()), "{typed}");
        }
        for odd in ["", "ABCD", "0000-0000-0000-0000", &first[1..]] {
            assert_eq!(plain(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_token_pays_for_two_hours_and_with_its_own_card() {
        let seal = Seal::new(b"secret");
        let (id, now) = (GiftCardId::new(), Timestamp::from_millis(1_000_000));
        let token = token(&seal, &id, now);
        assert_eq!(opened(&seal, &token, now), Some(id));
        let later = Timestamp::from_millis(1_000_000 + TOKEN_MS);
        assert_eq!(opened(&seal, &token, later), None);
        let other = token.replacen("gft_0", "gft_1", 1);
        assert_eq!(opened(&seal, &other, now), None);
        assert_eq!(opened(&Seal::new(b"another"), &token, now), None);
        for odd in ["", ".", "gft_x.1.x", "a.b.c.d"] {
            assert_eq!(opened(&seal, odd, now), None);
        }
    }
}
