-- The copies of this service that run. Each raises its own number again and again; whose number stands still for as
-- long as a lease lasts is deleted by another, and is dead from then on.
CREATE TABLE copies (
    id TEXT PRIMARY KEY,
    beat BIGINT NOT NULL,
    wants TEXT NOT NULL -- the leases it would share with the others, one a line
);

-- Which copy does what only one may do. A holder that is no copy any more holds nothing.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL
);
