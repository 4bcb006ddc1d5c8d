-- Words by which people are found: their address, and the words of their name, in lower case.
CREATE TABLE people_words (
    word {{text}} NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (word, user_id)
);
CREATE INDEX people_words_user ON people_words (user_id, word);
INSERT INTO people_words (word, user_id) SELECT email, id FROM users;
INSERT INTO people_words (word, user_id) SELECT lower(name), id FROM users WHERE name IS NOT NULL
    ON CONFLICT DO NOTHING;

-- What the shop notes about its customers.
CREATE TABLE customer_tags (
    tag {{text}} NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, user_id)
);
CREATE INDEX customer_tags_user ON customer_tags (user_id);
ALTER TABLE users ADD COLUMN note TEXT;
