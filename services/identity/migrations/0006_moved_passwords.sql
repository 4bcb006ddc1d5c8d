-- Accounts that were moved here have bcrypt hashes until their owners sign in. The index finds them, the costliest last.
CREATE INDEX credentials_moved ON credentials (substr(password_hash, 5, 2)) WHERE substr(password_hash, 1, 2) = '$2';

-- The digest of the bcrypt hash that the present one took the place of, while the password is the same.
ALTER TABLE credentials ADD COLUMN moved_from TEXT;
