-- Invitations to work here, by the SHA-256 of the link's secret; one for an address.
CREATE TABLE invitations (
    id {{text}} PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    staff_role_id TEXT REFERENCES staff_roles (id) ON DELETE CASCADE,
    invited_by TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX invitations_inviter ON invitations (invited_by);
CREATE INDEX invitations_role ON invitations (staff_role_id);
CREATE INDEX invitations_expiry ON invitations (expires_at);

-- What makes the codes of the second step (RFC 6238). The step of the last code that was taken: none works twice.
CREATE TABLE two_factor (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret {{bytes}} NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE recovery_codes (
    code_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX recovery_codes_user ON recovery_codes (user_id);

-- Those who gave the right password and owe a code. The hash is the version of the password, as with sign-ins.
CREATE TABLE challenges (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    password_hash TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX challenges_user ON challenges (user_id);
CREATE INDEX challenges_expiry ON challenges (expires_at);

-- Keys of programs, by the SHA-256 of their secret. A key may never do more than who made it may do now.
CREATE TABLE api_keys (
    id {{text}} PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_keys_maker ON api_keys (created_by);

ALTER TABLE sessions ADD COLUMN client TEXT;
