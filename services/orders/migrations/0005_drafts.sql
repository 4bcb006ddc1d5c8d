-- Orders that staff put together. One becomes an order by a checkout whose cart it stands for: `checkouts_by_cart` lets
-- a draft have one that has not failed.
CREATE TABLE drafts (
    id {{text}} PRIMARY KEY,
    state TEXT NOT NULL, -- open, completed
    body TEXT NOT NULL, -- JSON
    order_id TEXT,
    version BIGINT NOT NULL, -- one more with every change
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX drafts_by_state ON drafts (state, id);
