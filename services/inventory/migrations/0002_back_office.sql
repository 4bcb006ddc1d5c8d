-- What people look for: kept in lower case beside what they wrote.
ALTER TABLE items ADD COLUMN title TEXT;
ALTER TABLE items ADD COLUMN title_key {{text}};
ALTER TABLE items ADD COLUMN sku_key {{text}};
UPDATE items SET sku_key = lower(sku) WHERE sku IS NOT NULL;

-- From how many pieces on an item is low. Those without one of their own follow the setting, which is kept below.
ALTER TABLE items ADD COLUMN low_at BIGINT NOT NULL DEFAULT 5;
ALTER TABLE items ADD COLUMN low_own BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX items_by_title ON items (title_key, id) WHERE title_key IS NOT NULL;
CREATE INDEX items_by_sku_key ON items (sku_key, id) WHERE sku_key IS NOT NULL;
-- `tracked` first, so that SQLite prefers them to the primary key.
CREATE INDEX items_low ON items (tracked, id) WHERE tracked AND on_hand - reserved - low_at <= 0;
CREATE INDEX items_out ON items (tracked, id) WHERE tracked AND on_hand - reserved <= 0;

CREATE TABLE applied (
    setting TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO applied (setting, value) VALUES ('low_stock', 5);

CREATE INDEX movements_by_time ON movements (at, id);
CREATE INDEX movements_by_kind ON movements (kind, at, id);

-- Pieces that somebody has ordered from a supplier.
CREATE TABLE incoming (
    id {{text}} PRIMARY KEY,
    item_id {{text}} NOT NULL REFERENCES items (id),
    quantity BIGINT NOT NULL,
    expected_on {{text}} NOT NULL, -- 2026-12-24
    reference TEXT NOT NULL,
    state TEXT NOT NULL, -- open, received, cancelled
    received BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE INDEX incoming_by_state ON incoming (state, expected_on, id);
CREATE INDEX incoming_by_item ON incoming (item_id) WHERE state = 'open';
