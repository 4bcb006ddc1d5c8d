-- Where the last try of a saga did not work, and why: for those who look after the store. Both are empty while it goes well.
ALTER TABLE checkouts ADD COLUMN step TEXT;
ALTER TABLE checkouts ADD COLUMN trouble TEXT;
ALTER TABLE checkouts ADD COLUMN ended TEXT; -- why nothing was bought: refused, payment, given_up
ALTER TABLE order_actions ADD COLUMN step TEXT;
ALTER TABLE order_actions ADD COLUMN trouble TEXT;

-- A checkout that goes well is in none of these.
CREATE INDEX checkouts_stuck ON checkouts (created_at, id)
    WHERE state IN ('running', 'requires_action', 'placed', 'compensating') AND trouble IS NOT NULL;
CREATE INDEX checkouts_ended ON checkouts (ended, updated_at, id) WHERE state = 'failed';
CREATE INDEX order_actions_stuck ON order_actions (created_at, id) WHERE state = 'running' AND trouble IS NOT NULL;
CREATE INDEX order_actions_failed ON order_actions (updated_at, id) WHERE state = 'failed';
