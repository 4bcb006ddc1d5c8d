-- What staff may do: named sets of permissions. Those that are built in follow the program and are refreshed at each
-- start; what they hold here is for the time until then.
CREATE TABLE staff_roles (
    id {{text}} PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    permissions TEXT NOT NULL,
    built_in BOOLEAN NOT NULL,
    version BIGINT NOT NULL
);
INSERT INTO staff_roles (id, name, permissions, built_in, version)
VALUES ('rol_00000000000000000000000002', 'Staff', '-', TRUE, 0);

-- The version counts changes of what a person may do.
ALTER TABLE users ADD COLUMN staff_role_id TEXT REFERENCES staff_roles (id);
ALTER TABLE users ADD COLUMN deactivated_at BIGINT;
ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX users_staff ON users (id) WHERE role <> 'customer';
CREATE INDEX users_staff_role ON users (staff_role_id) WHERE staff_role_id IS NOT NULL;
UPDATE users SET staff_role_id = 'rol_00000000000000000000000002' WHERE role = 'staff';
