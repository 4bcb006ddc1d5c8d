-- Whatever is counted. `on_hand` may be below zero where back-orders were sold; `reserved` never is.
CREATE TABLE items (
    id {{text}} PRIMARY KEY,
    sku TEXT,
    tracked BOOLEAN NOT NULL,
    when_out TEXT NOT NULL, -- deny, continue
    on_hand BIGINT NOT NULL,
    reserved BIGINT NOT NULL CHECK (reserved >= 0),
    count_key TEXT, -- of the last count that came with one
    version BIGINT NOT NULL, -- one more with every change
    updated_at BIGINT NOT NULL
);

CREATE INDEX items_by_sku ON items (sku) WHERE sku IS NOT NULL;

-- The ledger: written, never changed. The deltas of an item add up to its `on_hand` and `reserved`.
CREATE TABLE movements (
    item_id {{text}} NOT NULL,
    version BIGINT NOT NULL, -- the item's, after this movement
    id TEXT NOT NULL,
    kind TEXT NOT NULL, -- adjusted, reserved, released, sold
    on_hand_delta BIGINT NOT NULL,
    reserved_delta BIGINT NOT NULL,
    reference TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (item_id, version)
);

-- One row a checkout. A release that comes before its reservation leaves a row without lines, which stops it.
CREATE TABLE reservations (
    reference TEXT PRIMARY KEY,
    state TEXT NOT NULL, -- held, committed, released (given up), expired (ran out; may be taken again)
    lines TEXT NOT NULL, -- JSON, by item: a reservation is read and written whole
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX reservations_held ON reservations (expires_at) WHERE state = 'held';

-- Answers to adjustments, so that one sent twice counts once.
CREATE TABLE adjustment_keys (
    caller TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL, -- JSON; empty only inside the transaction that makes it
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, idempotency_key)
);
