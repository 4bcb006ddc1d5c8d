-- When a product goes on sale and comes off it by itself.
ALTER TABLE products ADD COLUMN publish_at BIGINT;
ALTER TABLE products ADD COLUMN unpublish_at BIGINT;
CREATE INDEX products_to_publish ON products (publish_at) WHERE publish_at IS NOT NULL;
CREATE INDEX products_to_unpublish ON products (unpublish_at) WHERE unpublish_at IS NOT NULL;

-- What is read and written whole (rules, products chosen by hand, in order) is JSON.
CREATE TABLE collections (
    id {{text}} PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    description_html TEXT NOT NULL, -- sanitised
    published BOOLEAN NOT NULL,
    rules TEXT, -- none: chosen by hand
    product_ids TEXT NOT NULL,
    image_id TEXT REFERENCES images (id),
    seo_title TEXT,
    seo_description TEXT,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Answers to bulk edits, so that one sent twice counts once.
CREATE TABLE bulk_keys (
    caller TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL, -- JSON; empty only inside the transaction that makes it
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, idempotency_key)
);

-- Imports that go on by themselves. One that was under way when its process ended is simply run again.
CREATE TABLE import_runs (
    id {{text}} PRIMARY KEY,
    caller TEXT NOT NULL, -- as whom it runs
    file_name TEXT NOT NULL,
    content {{bytes}} NOT NULL, -- empty once it is not needed any more
    dry_run BOOLEAN NOT NULL,
    state TEXT NOT NULL, -- running, done, failed
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    report TEXT, -- JSON
    problem TEXT, -- JSON
    created_at BIGINT NOT NULL
);
CREATE INDEX import_runs_running ON import_runs (id) WHERE state = 'running';
CREATE INDEX import_runs_by_time ON import_runs (created_at);

-- How far products have been gone through to tell `inventory` what people call their items; none: done.
CREATE TABLE titles_told (after_id {{text}} NOT NULL);
INSERT INTO titles_told (after_id) SELECT '' WHERE EXISTS (SELECT 1 FROM products);
