-- Ids that things had in an original store before they were moved here. All others are made from ours.
CREATE TABLE ids (
    kind TEXT NOT NULL,
    hex TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE UNIQUE INDEX ids_by_hex ON ids (kind, hex);

-- What the original knows of people and `identity` does not.
CREATE TABLE people (
    user_id TEXT PRIMARY KEY,
    card_id TEXT NOT NULL UNIQUE,
    fname TEXT NOT NULL,
    lname TEXT NOT NULL,
    city TEXT NOT NULL,
    street TEXT NOT NULL
);

-- Where a person's cart stands; what is in it, `cart` knows.
CREATE TABLE carts (
    user_id TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('new', 'open', 'pending', 'closed')),
    created_at BIGINT,
    changed_at BIGINT NOT NULL
);
