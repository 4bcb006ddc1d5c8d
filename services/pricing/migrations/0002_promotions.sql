-- The columns beside the body are what is searched, counted and claimed by.
CREATE TABLE promotions (
    id {{text}} PRIMARY KEY,
    code TEXT UNIQUE, -- NULL: it counts by itself
    active BOOLEAN NOT NULL,
    most_uses BIGINT, -- NULL: no limit
    uses BIGINT NOT NULL CHECK (uses >= 0),
    orders BIGINT NOT NULL,
    given_minor BIGINT NOT NULL,
    revenue_minor BIGINT NOT NULL,
    body TEXT NOT NULL, -- PutPromotion as JSON
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX promotions_automatic ON promotions (id) WHERE code IS NULL AND active;

-- One row a checkout. A release that comes first stays, and stops the claim that is still on its way.
CREATE TABLE promotion_checkouts (
    reference TEXT PRIMARY KEY,
    released_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE promotion_claims (
    promotion_id TEXT NOT NULL,
    reference {{text}} NOT NULL,
    customer_id TEXT,
    email TEXT,
    order_id TEXT, -- NULL: there is no order yet
    order_number BIGINT,
    given_minor BIGINT,
    total_minor BIGINT,
    placed_at BIGINT,
    PRIMARY KEY (promotion_id, reference)
);

CREATE INDEX promotion_claims_by_reference ON promotion_claims (reference);
CREATE INDEX promotion_claims_by_customer ON promotion_claims (customer_id, promotion_id) WHERE customer_id IS NOT NULL;
CREATE INDEX promotion_claims_by_email ON promotion_claims (email, promotion_id) WHERE email IS NOT NULL;

-- Who has ordered before: accounts and e-mail addresses.
CREATE TABLE buyers (
    name TEXT PRIMARY KEY,
    orders BIGINT NOT NULL
);

-- The version of what people edit.
ALTER TABLE tax_rates ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE shipping_methods ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
-- A change of the rate that is known before it comes.
ALTER TABLE tax_rates ADD COLUMN next_rate_ppm BIGINT CHECK (next_rate_ppm BETWEEN 0 AND 1000000);
ALTER TABLE tax_rates ADD COLUMN next_from TEXT;
