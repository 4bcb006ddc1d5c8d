-- Checkouts that bought nothing are forgotten after a while.
CREATE INDEX checkouts_failed ON checkouts (updated_at) WHERE state = 'failed';
