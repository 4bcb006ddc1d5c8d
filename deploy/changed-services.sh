#!/bin/sh
# Which services differ from a commit, one a line: those whose own code has changed, those who use a contract that has,
# and all of them when something shared has.
#
#   deploy/changed-services.sh BASE            since the commit BASE
#   deploy/changed-services.sh --all
set -eu
cd "$(dirname "$0")/.."

all() { for toml in services/*/Cargo.toml; do basename "$(dirname "$toml")"; done; }

base="${1:?changed-services.sh BASE}"
# A first push, or a history that was rewritten, has nothing to compare with.
if [ "$base" = --all ] || ! git cat-file -e "$base^{commit}" 2>/dev/null; then
    all
    exit
fi

git diff --name-only "$base" HEAD | while read -r path; do
    case "$path" in
        *.md | */tests/* | */openapi.json) ;;
        services/*/api/*)
            service=${path#services/} service=${service%%/*}
            grep -l "^emart-$service-api\b" services/*/Cargo.toml services/*/api/Cargo.toml | cut -d/ -f2
            echo "$service"
            ;;
        services/*)
            service=${path#services/}
            echo "${service%%/*}"
            ;;
        # The binary, the shared crates, the compiler's settings, how the image is made.
        emart/* | crates/* | Cargo.toml | Cargo.lock | rust-toolchain* | .cargo/* | deploy/Dockerfile*) all ;;
    esac
done | sort -u | while read -r service; do
    # A service that was removed has no image.
    [ ! -f "services/$service/Cargo.toml" ] || echo "$service"
done
