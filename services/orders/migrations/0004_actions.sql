-- What gives money back: refunds, cancellations, edits. Each is a saga of its own; an order has one at a time.
CREATE TABLE order_actions (
    id {{text}} PRIMARY KEY,
    order_id TEXT NOT NULL,
    kind TEXT NOT NULL, -- refund, cancel, edit
    state TEXT NOT NULL, -- running, done, failed
    progress TEXT NOT NULL, -- JSON: what was asked, what it comes to, who asked
    failure TEXT,
    version BIGINT NOT NULL, -- of two drivers at once only one writes
    lease_until BIGINT NOT NULL, -- until then nobody else drives it
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX order_actions_of ON order_actions (order_id, id);
CREATE UNIQUE INDEX order_actions_running ON order_actions (order_id) WHERE state = 'running';
CREATE INDEX order_actions_open ON order_actions (lease_until) WHERE state = 'running';

-- Answers to what staff do, so that what is sent twice is done once.
CREATE TABLE order_keys (
    caller TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    made TEXT NOT NULL, -- the id of what was made
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, idempotency_key)
);

CREATE TABLE order_notes (
    id {{text}} PRIMARY KEY,
    order_id TEXT NOT NULL,
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX order_notes_of ON order_notes (order_id, id);
