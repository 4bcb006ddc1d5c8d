#!/bin/sh
# Gives every service a database and a role of its own. May run any number of times, and again when services are added.
# Needs psql's PGHOST, PGUSER and PGPASSWORD (or PGPASSWORD_FILE) of an administrator, and PASSWORDS: a folder with a
# file for each service that holds the password of its role.
set -eu

if [ -n "${PGPASSWORD_FILE:-}" ]; then
    PGPASSWORD=$(cat "$PGPASSWORD_FILE")
    export PGPASSWORD
fi
export PGDATABASE="${PGDATABASE:-postgres}"

until pg_isready --quiet; do
    echo "waiting for PostgreSQL at $PGHOST"
    sleep 1
done

# From here on only what is granted is allowed.
psql --quiet --set ON_ERROR_STOP=1 --command 'REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC'

for file in "$PASSWORDS"/*; do
    # The password goes through the environment: a command line can be read by every process.
    password=$(cat "$file")
    export password
    psql --quiet --set ON_ERROR_STOP=1 --set service="$(basename "$file")" <<'SQL'
\getenv password password
SELECT format('CREATE ROLE %I', :'service')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'service') \gexec
ALTER ROLE :"service" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'service', :'service')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
    echo "database $(basename "$file") is there"
done
