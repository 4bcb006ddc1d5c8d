CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value {{bytes}} NOT NULL
);

-- Codes and the keys they were issued under are kept as HMACs. What is on a card never falls below nothing.
CREATE TABLE gift_cards (
    id {{text}} PRIMARY KEY,
    code_hash TEXT NOT NULL UNIQUE,
    issued_under TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    last4 TEXT NOT NULL,
    initial_minor BIGINT NOT NULL,
    balance_minor BIGINT NOT NULL CHECK (balance_minor >= 0),
    currency TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    recipient_email TEXT,
    note TEXT,
    expires_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX gift_cards_by_last4 ON gift_cards (last4, id);
CREATE INDEX gift_cards_by_email ON gift_cards (recipient_email, id);

-- The ledger of gift cards: written, never changed; the sum of a card's lines is what is on it.
CREATE TABLE gift_card_entries (
    id {{sequence}},
    gift_card_id TEXT NOT NULL,
    kind TEXT NOT NULL, -- issued, redeemed, returned, adjusted
    reference TEXT NOT NULL, -- what it was for: a payment, a refund, a key
    amount_minor BIGINT NOT NULL,
    payment_id TEXT,
    note TEXT,
    at BIGINT NOT NULL,
    UNIQUE (gift_card_id, kind, reference)
);

CREATE INDEX gift_card_entries_by_payment ON gift_card_entries (payment_id) WHERE payment_id IS NOT NULL;

-- What of a payment gift cards pay; the card pays the rest.
ALTER TABLE payments ADD COLUMN gift_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE payments ADD COLUMN gift_last4 TEXT NOT NULL DEFAULT '';

-- What of a refund goes to the card; the rest goes to gift cards. NULL: all of it.
ALTER TABLE refunds ADD COLUMN card_minor BIGINT CHECK (card_minor >= 0 AND card_minor <= amount_minor);
