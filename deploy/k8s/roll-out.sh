#!/usr/bin/env bash
# Rolls a version out: parts first, then migrations, then processes. `roll-out.sh [--parts] FOLDER`, a folder here
# (overlays/production) or anywhere; `--parts` ends after the parts, as a restore needs it.
# What stands in the files holds over what somebody has patched by hand.
# Schemas are only ever expanded, so what runs now goes on working while the migrations run, and can be rolled back to.
set -euo pipefail
parts=no
if [ "${1:-}" = --parts ]; then
  parts=yes
  shift
fi
overlay=${1:?overlay folder, e.g. overlays/production}
here=$(cd "$(dirname "$0")" && pwd)
test -d "$overlay" || overlay=$here/$overlay
namespace=huzhu
made=$(mktemp)
trap 'rm -f "$made"' EXIT
kubectl kustomize "$overlay" >"$made"
workloads='app.kubernetes.io/component in (api, worker, recognition, web)'
kubectl apply --server-side --force-conflicts -f "$made" -l "huzhu.io/step!=migrate,app.kubernetes.io/component notin (api, worker, recognition, web)"
kubectl -n $namespace wait --for=condition=Ready cluster.postgresql.cnpg.io/huzhu-db --timeout=15m
kubectl -n $namespace wait --for=condition=Ready kafka/huzhu --timeout=15m
kubectl -n $namespace wait --for=condition=Ready kafkatopic --all --timeout=5m
kubectl -n $namespace wait --for=condition=Ready externalsecret --all --timeout=5m
test $parts = no || exit 0
kubectl -n $namespace delete job -l huzhu.io/step=migrate --ignore-not-found --wait
kubectl apply --server-side --force-conflicts -f "$made" -l huzhu.io/step=migrate
kubectl -n $namespace wait --for=condition=Complete job -l huzhu.io/step=migrate --timeout=30m
kubectl apply --server-side --force-conflicts -f "$made" -l "$workloads"
for workload in $(kubectl -n $namespace get deployment -l "$workloads" -o name); do
  kubectl -n $namespace rollout status "$workload" --timeout=10m
done
