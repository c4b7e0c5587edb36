#!/usr/bin/env bash
# The end to end test on a Kubernetes node: builds the images, imports them, and runs the test on the node.
#
#   NODE    a command in front of which others run on the node, with KUBECONFIG, kubectl and helm; empty for this machine itself
#   IMPORT  the command that imports an image archive there (default: ctr -n k8s.io image import)
#   OUT     a folder that the node sees, too (default: a new one)
#
# Arguments go to the test: deploy/e2e/run.sh -test.run QuickStart
set -euo pipefail
cd "$(dirname "$0")"
export GOWORK=off
out=${OUT:-$(mktemp -d)}
[ -n "${IMAGES_ARE_THERE:-}" ] || go run ./images -o "$out/images"
go test -c -o "$out/e2e.test" .
for image in "$out"/images/*.tar; do
  [ -n "${IMAGES_ARE_THERE:-}" ] || ${NODE:-} ${IMPORT:-ctr -n k8s.io image import} "$image" >/dev/null
done
exec ${NODE:-} env PUENTE_E2E_IMAGES="$out/images" PUENTE_E2E_SOURCE="$PWD" "$out/e2e.test" -test.v -test.failfast -test.timeout 40m "$@"
