CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value {{bytes}} NOT NULL
);

-- A cart's lines are one JSON document: a cart is read and written whole, by one conditional update on its version.
CREATE TABLE carts (
    id TEXT PRIMARY KEY,
    customer_id TEXT, -- NULL: a guest's, opened by its token
    lines TEXT NOT NULL,
    version BIGINT NOT NULL,
    consumed TEXT NOT NULL, -- references of the orders that have taken their lines out
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX carts_by_customer ON carts (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX carts_by_updated_at ON carts (updated_at);
