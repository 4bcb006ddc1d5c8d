-- Passkeys, by the id that the device gave them. What verifies them, and how often they were used, is JSON.
CREATE TABLE passkeys (
    id {{text}} PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    credential TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkeys_user ON passkeys (user_id, id);

-- What browsers were asked and have not answered: by somebody for a new passkey, by nobody yet for a sign-in.
CREATE TABLE passkey_questions (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX passkey_questions_user ON passkey_questions (user_id);
CREATE INDEX passkey_questions_expiry ON passkey_questions (expires_at);

-- When somebody who signed in so gave a second factor: a passkey is two in one.
ALTER TABLE sessions ADD COLUMN second_factor_at BIGINT;
