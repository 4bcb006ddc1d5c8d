-- What staff call the shop; one row at most. Before, the settings count.
CREATE TABLE shop (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL
);
