-- Pictures: one row for each content and text; the files are named by the content's hash and shared.
CREATE TABLE images (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    alt TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    sources TEXT NOT NULL, -- JSON: [{"width": 320, "url": "/images/…"}], narrowest first
    created_at BIGINT NOT NULL,
    UNIQUE (hash, alt)
);

CREATE TABLE categories (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    parent_id TEXT REFERENCES categories (id),
    image_id TEXT REFERENCES images (id),
    position BIGINT NOT NULL
);

-- What is read and written whole (tags, names of options) is JSON.
CREATE TABLE products (
    id {{text}} PRIMARY KEY, -- in the order they were made
    handle TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    description_html TEXT NOT NULL, -- sanitised
    vendor TEXT,
    product_type TEXT,
    tags TEXT NOT NULL,
    status TEXT NOT NULL, -- draft, active, archived
    options TEXT NOT NULL,
    seo_title TEXT,
    seo_description TEXT,
    extra TEXT NOT NULL, -- JSON object: columns of an imported file that mean nothing here
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE variants (
    product_id {{text}} NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    option_values TEXT NOT NULL,
    sku TEXT,
    barcode TEXT,
    price BIGINT NOT NULL CHECK (price >= 0), -- minor units of the store's currency
    compare_at_price BIGINT,
    weight_grams BIGINT NOT NULL,
    taxable BOOLEAN NOT NULL,
    requires_shipping BOOLEAN NOT NULL,
    stock_item_id TEXT NOT NULL,
    track_stock BOOLEAN NOT NULL,
    sell_when_out BOOLEAN NOT NULL,
    imported_on_hand BIGINT, -- the count the last imported file had: only another one sets the stock again
    image_id TEXT REFERENCES images (id),
    image_source TEXT NOT NULL, -- where an import said the picture is
    extra TEXT NOT NULL,
    PRIMARY KEY (product_id, position)
);

CREATE TABLE product_images (
    product_id {{text}} NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    image_id TEXT REFERENCES images (id), -- none while a picture of an import could not be fetched
    alt TEXT NOT NULL,
    source TEXT NOT NULL, -- where an import said it is; empty for an upload
    extra TEXT NOT NULL,
    PRIMARY KEY (product_id, position)
);

CREATE TABLE product_categories (
    product_id {{text}} NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    category_id TEXT NOT NULL REFERENCES categories (id) ON DELETE CASCADE,
    PRIMARY KEY (product_id, position)
);

CREATE INDEX product_categories_by_category ON product_categories (category_id);

-- Handles that were changed: links to them still lead to the product.
CREATE TABLE old_handles (
    handle TEXT PRIMARY KEY,
    product_id {{text}} NOT NULL REFERENCES products (id) ON DELETE CASCADE
);

-- What `inventory` has told of.
CREATE TABLE stock_levels (
    item_id TEXT PRIMARY KEY,
    tracked BOOLEAN NOT NULL,
    sell_when_out BOOLEAN NOT NULL,
    available BIGINT NOT NULL
);

-- What `inventory` is still to be told: written with the product, gone when it has been told.
CREATE TABLE stock_puts (
    item_id TEXT PRIMARY KEY,
    put TEXT NOT NULL -- JSON
);
