-- People. The default address stands here, so that there can be only one; the number of addresses as well, so that
-- one conditional update keeps it under its limit.
CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT,
    role TEXT NOT NULL CHECK (role IN ('customer', 'staff', 'admin')),
    created_at BIGINT NOT NULL,
    default_address_id TEXT,
    address_count BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX users_admins ON users (role) WHERE role = 'admin';

-- What they prove themselves with. The hash is also the version: a sign-in that was checked against another hash
-- than the one that stands here when its session is made does not count.
CREATE TABLE credentials (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    password_hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Asked for over HTTP, answered the same for every address; whether there is an account is looked up later, by a job.
CREATE TABLE requests (
    id {{sequence}},
    kind TEXT NOT NULL CHECK (kind IN ('registration', 'password_reset')),
    email TEXT NOT NULL,
    name TEXT,
    password_hash TEXT,
    asked_at BIGINT NOT NULL
);

-- Accounts that wait for the link in the e-mail.
CREATE TABLE registrations (
    token_hash TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    name TEXT,
    password_hash TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX registrations_email ON registrations (email);
CREATE INDEX registrations_expiry ON registrations (expires_at);

CREATE TABLE password_resets (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX password_resets_user ON password_resets (user_id);
CREATE INDEX password_resets_expiry ON password_resets (expires_at);

-- Sessions of the pages, by the SHA-256 of their token.
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent TEXT
);
CREATE INDEX sessions_user ON sessions (user_id, created_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Each sign-in over the API begins a family of refresh tokens; the reuse of an old one ends the family.
CREATE TABLE token_families (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX token_families_user ON token_families (user_id);
CREATE INDEX token_families_expiry ON token_families (expires_at);

CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY,
    family_id TEXT NOT NULL REFERENCES token_families (id) ON DELETE CASCADE,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family_id);

-- The keys that sign access tokens; the newest signs, all verify.
CREATE TABLE signing_keys (
    generation BIGINT PRIMARY KEY,
    kid TEXT NOT NULL UNIQUE,
    pkcs8 {{bytes}} NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE addresses (
    id {{text}} PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    line1 TEXT NOT NULL,
    line2 TEXT,
    city TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    region TEXT,
    country TEXT NOT NULL,
    phone TEXT
);
CREATE INDEX addresses_user ON addresses (user_id, id);

-- Browsers a person has signed in from.
CREATE TABLE devices (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device_hash TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, device_hash)
);
CREATE INDEX devices_seen ON devices (seen_at);

-- How often something was tried, by a hash of who tried what: known and unknown addresses alike.
CREATE TABLE throttle (
    key TEXT PRIMARY KEY,
    attempts BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);
CREATE INDEX throttle_last ON throttle (last_at);

-- The one-time secret that makes the first administrator; gone once there is one.
CREATE TABLE setup (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    token TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
