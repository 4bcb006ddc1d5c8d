-- For several copies of the service on one server. On SQLite there is one copy, and what says so stays as it is made here.

-- What was changed, for the copies that did not do it themselves.
CREATE TABLE changes (
    id {{sequence}},
    xid BIGINT NOT NULL, -- the server's number of the transaction
    tag TEXT NOT NULL, -- by which a copy knows its own; empty when everybody is to look
    what TEXT NOT NULL, -- JSON: ids
    noted_at BIGINT NOT NULL
);

CREATE INDEX changes_by_xid ON changes (xid);
CREATE INDEX changes_by_time ON changes (noted_at);

-- One row. Whoever writes holds it until the commit: copies write one after the other.
CREATE TABLE turn (
    id BIGINT PRIMARY KEY,
    forgotten_before BIGINT NOT NULL -- changes noted earlier than that are forgotten
);

INSERT INTO turn (id, forgotten_before) VALUES (1, 0);

-- The files of pictures, by name; on SQLite they are in the directory alone.
CREATE TABLE picture_files (
    name TEXT PRIMARY KEY,
    content {{bytes}} NOT NULL
);

-- Until then another copy is telling it.
ALTER TABLE stock_puts ADD COLUMN told_until BIGINT NOT NULL DEFAULT 0;

CREATE INDEX old_handles_by_product ON old_handles (product_id);
