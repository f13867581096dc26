#!/usr/bin/env bash
# Rolls a version out: parts first, then migrations, then processes. `roll-out.sh overlays/production`
# Schemas are only ever expanded, so what runs now goes on working while the migrations run, and can be rolled back to.
set -euo pipefail
overlay=${1:?overlay folder, e.g. overlays/production}
here=$(cd "$(dirname "$0")" && pwd)
namespace=huzhu
made=$(mktemp)
trap 'rm -f "$made"' EXIT
kubectl kustomize "$here/$overlay" >"$made"
workloads='app.kubernetes.io/component in (api, worker, recognition, web)'
kubectl apply --server-side -f "$made" -l "huzhu.io/step!=migrate,app.kubernetes.io/component notin (api, worker, recognition, web)"
kubectl -n $namespace wait --for=condition=Ready cluster.postgresql.cnpg.io/huzhu-db --timeout=15m
kubectl -n $namespace wait --for=condition=Ready kafka/huzhu --timeout=15m
kubectl -n $namespace wait --for=condition=Ready kafkatopic --all --timeout=5m
kubectl -n $namespace wait --for=condition=Ready externalsecret --all --timeout=5m
kubectl -n $namespace delete job -l huzhu.io/step=migrate --ignore-not-found --wait
kubectl apply --server-side -f "$made" -l huzhu.io/step=migrate
kubectl -n $namespace wait --for=condition=Complete job -l huzhu.io/step=migrate --timeout=30m
kubectl apply --server-side -f "$made" -l "$workloads"
for workload in $(kubectl -n $namespace get deployment -l "$workloads" -o name); do
  kubectl -n $namespace rollout status "$workload" --timeout=10m
done
