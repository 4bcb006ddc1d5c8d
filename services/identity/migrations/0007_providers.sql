-- Who an OpenID Connect provider's subject is here. A person has one subject at an issuer, so that an address given to
-- somebody else there opens no account.
CREATE TABLE linked_subjects (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    linked_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE UNIQUE INDEX linked_subjects_user ON linked_subjects (user_id, issuer);

-- Sign-ins on their way to a provider and back. The state and the browser's secret by their SHA-256.
CREATE TABLE provider_sign_ins (
    state_hash TEXT PRIMARY KEY,
    binding_hash TEXT NOT NULL,
    provider TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX provider_sign_ins_expiry ON provider_sign_ins (expires_at);

-- Those whom a provider knows by the address of an account, and who have yet to give its password.
CREATE TABLE offered_links (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    second_factor_met BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX offered_links_user ON offered_links (user_id);
CREATE INDEX offered_links_expiry ON offered_links (expires_at);

-- What is linked once the code that is owed was given.
ALTER TABLE challenges ADD COLUMN link_issuer TEXT;
ALTER TABLE challenges ADD COLUMN link_subject TEXT;
