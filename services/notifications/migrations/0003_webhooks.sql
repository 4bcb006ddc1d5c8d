CREATE TABLE webhooks (
    id {{text}} PRIMARY KEY,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    events TEXT NOT NULL, -- JSON: ["order.placed", …]
    enabled BOOLEAN NOT NULL,
    off_because TEXT, -- why it was turned off by itself
    failing_since BIGINT, -- since when nothing went through
    secret TEXT NOT NULL, -- whsec_…
    old_secret TEXT, -- the one before, as long as it signs too
    old_secret_until BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE webhook_deliveries (
    id {{text}} PRIMARY KEY,
    webhook_id {{text}} NOT NULL,
    message_id TEXT NOT NULL, -- the event's id: the receiver tells repetitions by it
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL, -- queued, delivered, failed
    tries BIGINT NOT NULL,
    status BIGINT,
    answer TEXT,
    error TEXT,
    took_ms BIGINT,
    next_try_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    tried_at BIGINT
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_try_at) WHERE state = 'queued';
CREATE INDEX webhook_deliveries_next ON webhook_deliveries (next_try_at) WHERE state = 'queued';
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_old ON webhook_deliveries (created_at);
