CREATE TABLE emails (
    id {{text}} PRIMARY KEY,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    state TEXT NOT NULL, -- queued, sent, failed
    tries BIGINT NOT NULL,
    error TEXT,
    next_try_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);

CREATE INDEX emails_due ON emails (next_try_at) WHERE state = 'queued';
CREATE INDEX emails_by_recipient ON emails (recipient, id);
