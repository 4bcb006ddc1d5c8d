#!/bin/sh
# Makes the secrets of a store that runs as services, once: what is there stays. A folder for each of those who need
# some, holding what it needs and nothing else:
#
#   DIR/<service>/mesh_secret     signs the calls between services; the same for all
#   DIR/<service>/postgres_url    with the password of the service's own role, for those with a database
#   DIR/<service>/nats_url        with the password, for the same
#   DIR/nats/password, DIR/postgres/{password,roles/<service>}
#
#   secrets.sh DIR                            make them
#   secrets.sh DIR --kubernetes | kubectl -n emart apply -f -      make them and print them as Secrets
set -eu

# Services with a database, and those without, which have nothing to do with events either.
with_database="identity inventory catalog pricing cart payments orders notifications books content classic"
without_database="gateway storefront admin"
postgres="${POSTGRES_HOST:-postgres}:5432"
nats="${NATS_HOST:-nats}:4222"

dir="${1:?secrets.sh DIR [--kubernetes]}"
umask 077

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# put FILE OWNER WORD...: writes a file unless it is there, whole or not at all.
put() {
    file="$dir/$1" owner="$2"
    shift 2
    [ -s "$file" ] && return
    mkdir -p "$(dirname "$file")"
    printf '%s' "$*" >"$file.new"
    chmod 0400 "$file.new"
    # Only root can give a file away, and only root has to: inside compose.
    [ "$(id -u)" != 0 ] || [ -z "$owner" ] || chown "$owner" "$file.new"
    mv "$file.new" "$file"
}

# Numbers of the users in our image, in PostgreSQL's and in NATS's; see compose.yaml.
app="${APP_OWNER:-}" db="${POSTGRES_OWNER:-}" bus="${NATS_OWNER:-}"

put postgres/password "$db" "p$(random)"
# A letter first: NATS would read 1e5… as a number.
put nats/password "$bus" "n$(random)"
put gateway/mesh_secret "$app" "$(random)$(random)"

for service in $with_database; do
    put "postgres/roles/$service" "$db" "p$(random)"
    password=$(cat "$dir/postgres/roles/$service")
    put "$service/postgres_url" "$app" "postgres://$service:$password@$postgres/$service"
    put "$service/nats_url" "$app" "nats://emart:$(cat "$dir/nats/password")@$nats"
done
for service in $with_database $without_database; do
    put "$service/mesh_secret" "$app" "$(cat "$dir/gateway/mesh_secret")"
done
# What protects them is their own mode; the folders must let their readers through.
chmod 0755 "$dir"/*/ "$dir/postgres/roles"

[ "${2:-}" = --kubernetes ] || exit 0

# secret NAME FOLDER: one Secret with a key for each file.
secret() {
    printf -- '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  labels: {app.kubernetes.io/part-of: emart}\nstringData:\n' "$1"
    for file in "$dir/$2"/*; do
        [ ! -f "$file" ] || printf '  %s: "%s"\n' "$(basename "$file")" "$(cat "$file")"
    done
}
for service in $with_database $without_database; do
    secret "$service" "$service"
done
secret nats nats
secret postgres postgres
secret postgres-roles postgres/roles
