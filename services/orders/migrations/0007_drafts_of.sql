-- Whose draft it is, so that a person can be told what is kept of them, and be forgotten. The address is in lower case, and
-- empty when there is none; it is NULL in what a version before this one wrote.
ALTER TABLE drafts ADD COLUMN email TEXT;
ALTER TABLE drafts ADD COLUMN customer_id TEXT;
CREATE INDEX drafts_of_email ON drafts (email, id);
CREATE INDEX drafts_of_customer ON drafts (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX drafts_of_order ON drafts (order_id) WHERE order_id IS NOT NULL;
