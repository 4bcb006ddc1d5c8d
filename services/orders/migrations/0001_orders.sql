CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value {{bytes}} NOT NULL
);

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

-- A checkout is its saga's state: what was asked, what was found out on the way, and where it stands.
CREATE TABLE checkouts (
    id TEXT PRIMARY KEY,
    scope TEXT NOT NULL, -- whose idempotency keys these are: a customer's id, or 'guest'
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    cart_id TEXT NOT NULL,
    cart_version BIGINT NOT NULL,
    state TEXT NOT NULL, -- running, requires_action, placed, completed, compensating, failed
    progress TEXT NOT NULL, -- JSON
    version BIGINT NOT NULL, -- of two drivers at once only one writes
    lease_until BIGINT NOT NULL, -- until then nobody else drives it
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (scope, idempotency_key)
);

-- A cart in the state that was seen can be bought once.
CREATE UNIQUE INDEX checkouts_by_cart ON checkouts (cart_id, cart_version) WHERE state <> 'failed';
CREATE INDEX checkouts_open ON checkouts (lease_until)
    WHERE state IN ('running', 'requires_action', 'placed', 'compensating');

CREATE TABLE orders (
    id {{text}} PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    checkout_id TEXT NOT NULL UNIQUE,
    customer_id TEXT,
    email TEXT NOT NULL,
    state TEXT NOT NULL,
    item_count BIGINT NOT NULL,
    body TEXT NOT NULL, -- the order as JSON
    placed_at BIGINT NOT NULL
);

CREATE INDEX orders_by_customer ON orders (customer_id, id);
CREATE INDEX orders_by_email ON orders (email, id);
