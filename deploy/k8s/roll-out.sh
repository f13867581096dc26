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

# Waits for a part; says what its operator says of it where it does not come.
ready() {
  kubectl -n $namespace wait --for=condition=Ready "$1" --timeout="$2" && return
  echo "$1 未就绪，其 operator 的说明如下；处理后重新运行 is not ready, its operator says (mend it, then call this again):" >&2
  kubectl -n $namespace get "$1" -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\n"}{end}' >&2
  return 1
}

# What keeps pods of these labels from coming, one a line: images, settings, a process that ends, no node with room.
troubles() {
  kubectl -n $namespace get pod -l "$1" -o jsonpath='{range .items[*]}{.metadata.name}: {range .status.conditions[?(@.status=="False")]}{.reason} {.message} {end}{range .status.containerStatuses[*]}{.state.waiting.reason} {.state.waiting.message}{end}{"\n"}{end}' |
    grep -E ': .*(Err|BackOff|Invalid|Unschedulable)' | sed -E 's/(ContainersNotReady [^]]*\] )+//' || true
}

# Says it where it is about other pods than before: the words of one change from moment to moment.
tell() {
  test -z "$1" || test "$(sed 's/: .*//' <<<"$1")" = "$(sed 's/: .*//' <<<"$2")" || echo "受阻 kept from coming:"$'\n'"$1" >&2
}

# Each migration's job and its conditions, one a line.
jobs() {
  kubectl -n $namespace get job -l huzhu.io/step=migrate \
    -o jsonpath='{range .items[*]}{.metadata.name}{range .status.conditions[*]} {.type}={.status}{end}{"\n"}{end}'
}

# Waits until every migration is done; a failed one ends it at once, with its log. Nothing was replaced then: what ran, runs.
migrated() {
  local end=$((SECONDS + ${MIGRATE_SECONDS:-1800})) states waiting='' failed one told='' now
  while :; do
    states=$(jobs) || states='' # the cluster's API may be away for a moment
    failed=$(sed -n 's/ .*Failed=True.*//p' <<<"$states")
    if [ -n "$failed" ] || [ $SECONDS -ge $end ]; then
      for one in ${failed:-$(sed -n '/Complete=True/!s/ .*//;/Complete=True/!p' <<<"$states")}; do
        echo "✗ $one 未完成 has not ended well (kubectl -n $namespace logs job/$one):" >&2
        kubectl -n $namespace logs "job/$one" --tail=30 >&2 || true
      done
      echo "迁移失败，未替换任何进程；处理后重新运行 a migration failed, no process was replaced: mend it, then call this again" >&2
      return 1
    fi
    grep -qv 'Complete=True' <<<"$states" || return 0
    if [ "$waiting" != "$(grep -v 'Complete=True' <<<"$states")" ]; then
      waiting=$(grep -v 'Complete=True' <<<"$states")
      echo "等待 waiting for: ${waiting//$'\n'/ }"
    fi
    now=$(troubles app.kubernetes.io/component=migrate)
    tell "$now" "$told"
    told=$now
    sleep 2
  done
}

# Processes that are not replaced yet, one a line: fewer new ones than wanted, old ones left, or new ones not ready.
unreplaced() {
  kubectl -n $namespace get deployment -l "$workloads" -o jsonpath='{range .items[*]}{.metadata.name}|{.metadata.generation}|{.status.observedGeneration}|{.spec.replicas}|{.status.updatedReplicas}|{.status.replicas}|{.status.availableReplicas}{"\n"}{end}' |
    awk -F'|' '$2 + 0 > $3 + 0 || $5 + 0 < $4 + 0 || $6 + 0 > $5 + 0 || $7 + 0 < $5 + 0 {print $1}'
}

# Waits until a new process stands in the place of each old one, and says meanwhile what keeps them. An old one leaves only
# when a new one is ready: whatever happens here, the platform runs.
replaced() {
  local end=$((SECONDS + ${REPLACE_SECONDS:-900})) left='' told='' now one
  while :; do
    left=$(unreplaced) || left='?' # the cluster's API may be away for a moment
    test -n "$left" || return 0
    now=$(troubles "$workloads")
    tell "$now" "$told"
    told=$now
    if [ $SECONDS -ge $end ]; then
      for one in $(sed -n 's/:.*CrashLoopBackOff.*//p' <<<"$now"); do
        kubectl -n $namespace logs "$one" --previous --tail=20 >&2 || true
      done
      echo "未替换完 not replaced: ${left//$'\n'/ }" >&2
      echo "旧进程仍在运行；处理后重新运行，或换回原来的镜像再运行 the old ones run on: mend it, then call this again, or go back to the images before and call it" >&2
      return 1
    fi
    sleep 3
  done
}

kubectl kustomize "$overlay" >"$made"
workloads='app.kubernetes.io/component in (api, worker, recognition, web)'
kubectl apply --server-side --force-conflicts -f "$made" -l "huzhu.io/step!=migrate,app.kubernetes.io/component notin (api, worker, recognition, web)"
ready cluster.postgresql.cnpg.io/huzhu-db 15m
ready kafka/huzhu 15m
kubectl -n $namespace wait --for=condition=Ready kafkatopic --all --timeout=5m
kubectl -n $namespace wait --for=condition=Ready externalsecret --all --timeout=5m
test $parts = no || exit 0
kubectl -n $namespace delete job -l huzhu.io/step=migrate --ignore-not-found --wait
kubectl apply --server-side --force-conflicts -f "$made" -l huzhu.io/step=migrate
migrated
kubectl apply --server-side --force-conflicts -f "$made" -l "$workloads"
replaced
echo "已换成新版 rolled out: $(grep -c . <<<"$(kubectl -n $namespace get deployment -l "$workloads" -o name)")"
