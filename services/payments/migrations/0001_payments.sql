-- Cards as everyone but the provider knows them. No number, no security code.
CREATE TABLE card_tokens (
    token TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    card TEXT NOT NULL, -- the provider's own name for the card
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL,
    exp_month BIGINT NOT NULL,
    exp_year BIGINT NOT NULL,
    used_by TEXT, -- the reference of the payment it belongs to
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX card_tokens_by_expiry ON card_tokens (expires_at);

-- One row a reference. A cancellation that comes before its authorisation leaves a row `stopped`, which refuses it.
CREATE TABLE payments (
    id TEXT PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL, -- pending, requires_action, authorized, captured, voided, failed, refunded; stopped
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    provider TEXT NOT NULL,
    token TEXT NOT NULL,
    card TEXT NOT NULL,
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL,
    failure TEXT,
    cancel_requested_at BIGINT,
    due_at BIGINT, -- when reconciliation looks at it; NULL: nothing is open
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX payments_due ON payments (due_at) WHERE due_at IS NOT NULL;

-- The ledger: what was promised, taken and given back. One of each kind a payment: a second capture is a constraint
-- violation, whatever the program does.
CREATE TABLE payment_entries (
    payment_id TEXT NOT NULL,
    kind TEXT NOT NULL, -- authorized, captured, voided, refunded
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (payment_id, kind)
);

-- The test provider's own book: what it promised and took, as a real provider keeps it on its side.
CREATE TABLE test_provider_charges (
    reference TEXT PRIMARY KEY,
    card TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL, -- requires_action, authorized, declined, captured, voided, refunded
    promised BOOLEAN NOT NULL, -- whether it ever was authorized
    failure TEXT,
    failed_captures BIGINT NOT NULL
);
