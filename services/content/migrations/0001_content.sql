-- What staff have set; one row at most. Before, the settings count.
CREATE TABLE profile (
    id BIGINT PRIMARY KEY,
    content TEXT NOT NULL, -- JSON
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE pages (
    id {{text}} PRIMARY KEY,
    handle TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL, -- HTML in which nothing acts
    state TEXT NOT NULL, -- draft, published
    seo_title TEXT NOT NULL,
    seo_description TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX pages_by_handle ON pages (handle);
CREATE INDEX pages_published ON pages (state, id);

CREATE TABLE menus (
    name TEXT PRIMARY KEY, -- header, footer
    items TEXT NOT NULL, -- JSON
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
