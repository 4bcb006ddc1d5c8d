#!/bin/sh
# Builds the image once and publishes it under the tags of the services that have changed. What a tag names is always
# the same program; a service's tag moves only when something of that service has.
#
#   deploy/publish.sh REPOSITORY BASE [VERSION]
#
# REPOSITORY:sha-<commit>                    the image
# REPOSITORY:<service>-<commit>, <service>   for each changed service
# REPOSITORY:VERSION, latest                 when there is a VERSION: for all services
set -eu
cd "$(dirname "$0")/.."
repository="${1:?publish.sh REPOSITORY BASE [VERSION]}" base="${2:?publish.sh REPOSITORY BASE [VERSION]}" version="${3:-}"
commit=$(git rev-parse --short=12 HEAD)
[ -z "$version" ] || base=--all
services=$(deploy/changed-services.sh "$base")
if [ -z "$services" ]; then
    echo "no service has changed"
    exit
fi

set -- --tag "$repository:sha-$commit"
for service in $services; do
    echo "changed: $service"
    set -- "$@" --tag "$repository:$service-$commit" --tag "$repository:$service"
done
[ -z "$version" ] || set -- "$@" --tag "$repository:$version" --tag "$repository:latest"

# BUILD_OPTIONS: such as --cache-from type=gha; words are meant to be split.
# shellcheck disable=SC2086
docker buildx build --file deploy/Dockerfile --push --provenance=mode=max --sbom=true \
    --platform "${PLATFORMS:-linux/amd64}" --build-arg "VERSION=${version:-$commit}" --build-arg "REVISION=$(git rev-parse HEAD)" \
    ${BUILD_OPTIONS:-} "$@" .
