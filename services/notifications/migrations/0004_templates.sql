-- What staff have made of an e-mail's template; the defaults are in the program.
CREATE TABLE email_templates (
    kind TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- The order an e-mail is about.
ALTER TABLE emails ADD COLUMN order_id TEXT;

CREATE INDEX emails_by_order ON emails (order_id, id) WHERE order_id IS NOT NULL;

-- The mail server that staff have set; one row at most.
CREATE TABLE mail_server (
    id BIGINT PRIMARY KEY,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    security TEXT NOT NULL, -- tls, starttls, none
    username TEXT NOT NULL,
    password TEXT NOT NULL,
    sender TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
