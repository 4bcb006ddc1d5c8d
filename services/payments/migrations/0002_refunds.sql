-- Given back, or being given back: never more than was taken, by constraint.
ALTER TABLE payments ADD COLUMN refunded_minor BIGINT NOT NULL DEFAULT 0
    CHECK (refunded_minor >= 0 AND refunded_minor <= amount_minor);
UPDATE payments SET refunded_minor = amount_minor WHERE state = 'refunded';

-- Money that goes back in parts. One row a reference.
CREATE TABLE refunds (
    id TEXT PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    payment_id TEXT NOT NULL,
    state TEXT NOT NULL, -- pending, succeeded, failed
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    failure TEXT,
    due_at BIGINT, -- when reconciliation looks at it; NULL: nothing is open
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX refunds_of ON refunds (payment_id, created_at);
CREATE INDEX refunds_due ON refunds (due_at) WHERE due_at IS NOT NULL;

-- The ledger now has an entry for each refund; all else is still there once a payment.
CREATE TABLE entries_with_references (
    payment_id TEXT NOT NULL,
    kind TEXT NOT NULL, -- authorized, captured, voided, refunded
    reference TEXT NOT NULL, -- the refund's; else empty
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (payment_id, kind, reference)
);
INSERT INTO entries_with_references (payment_id, kind, reference, amount_minor, currency, at)
    SELECT payment_id, kind, '', amount_minor, currency, at FROM payment_entries;
DROP TABLE payment_entries;
ALTER TABLE entries_with_references RENAME TO payment_entries;

-- The test provider's own book of what it gave back.
ALTER TABLE test_provider_charges ADD COLUMN refunded_minor BIGINT NOT NULL DEFAULT 0;
UPDATE test_provider_charges SET refunded_minor = amount_minor WHERE state = 'refunded';
CREATE TABLE test_provider_refunds (
    reference TEXT PRIMARY KEY,
    charge TEXT NOT NULL,
    amount_minor BIGINT NOT NULL
);
