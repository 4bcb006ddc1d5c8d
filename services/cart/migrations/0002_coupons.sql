-- Codes for promotions, as JSON.
ALTER TABLE carts ADD COLUMN coupons TEXT NOT NULL DEFAULT '[]';
CREATE INDEX carts_newest ON carts (updated_at, id);
