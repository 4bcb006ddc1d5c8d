-- What lists are filtered and sorted by, beside the order's body. `status` is where it stands, how it is paid and how
-- much of it was sent, as one number (`store/index.rs`), so that any mix of the three is a few ranges of one index.
ALTER TABLE orders ADD COLUMN status BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN total_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'; -- JSON; for staff
ALTER TABLE orders ADD COLUMN version BIGINT NOT NULL DEFAULT 1; -- one more with every change
-- Orders that a version before this one wrote: a job fills their columns, terms and days.
ALTER TABLE orders ADD COLUMN is_indexed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX orders_to_index ON orders (number) WHERE NOT is_indexed;

CREATE INDEX orders_by_time ON orders (placed_at, number);
CREATE INDEX orders_by_status ON orders (status, number);
CREATE INDEX orders_by_status_and_total ON orders (status, total_minor, number);
CREATE INDEX orders_by_total ON orders (total_minor, number);
CREATE INDEX orders_of_customer ON orders (customer_id, number);
CREATE INDEX orders_of_email ON orders (email, number);
DROP INDEX orders_by_email;

-- Every word an order can be found by; `#` and a tag for its tags.
CREATE TABLE order_terms (
    term {{text}} NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (term, number)
);
CREATE INDEX order_terms_of ON order_terms (number, term);

-- What was sold, and given back, on a day of the shop's time zone.
CREATE TABLE order_days (
    day {{text}} PRIMARY KEY, -- 2026-01-31
    orders BIGINT NOT NULL,
    pieces BIGINT NOT NULL,
    sales_minor BIGINT NOT NULL,
    refunds_minor BIGINT NOT NULL
);
CREATE TABLE order_day_products (
    day {{text}} NOT NULL,
    variant_id TEXT NOT NULL,
    pieces BIGINT NOT NULL,
    sales_minor BIGINT NOT NULL,
    names TEXT NOT NULL, -- JSON: what it was called when it was last bought
    PRIMARY KEY (day, variant_id)
);

-- Lists that somebody comes back to.
CREATE TABLE saved_views (
    id {{text}} PRIMARY KEY,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX saved_views_of ON saved_views (owner, id);
