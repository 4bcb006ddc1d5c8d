-- What this service has to tell. A row is written in the transaction that made it true, and goes when every
-- consumer has it.
CREATE TABLE outbox (
    seq {{sequence}},
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    event TEXT NOT NULL, -- the CloudEvents envelope
    emitted_at BIGINT NOT NULL
);

-- What this service was told: 'done'; 'pending', because a try failed or an earlier event of its subject is held up;
-- or 'parked', given up until someone looks. Only the first event of a subject that is not done is ever tried.
CREATE TABLE inbox (
    seq {{sequence}},
    consumer TEXT NOT NULL,
    event_id TEXT NOT NULL,
    source TEXT NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    event TEXT NOT NULL, -- the envelope; empty once done
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    error TEXT,
    next_try_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    done_at BIGINT,
    UNIQUE (consumer, event_id)
);

CREATE INDEX inbox_open ON inbox (consumer, seq) WHERE state <> 'done';
CREATE INDEX inbox_held ON inbox (consumer, source, subject, seq) WHERE state <> 'done';
CREATE INDEX inbox_done ON inbox (done_at) WHERE state = 'done';
