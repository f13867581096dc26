#!/usr/bin/env bash
# Makes the environment of the deployment checks: install.sh FOLDER BIN. What cannot be had is said, its checks are
# skipped, and the next call tries again; kustomize comes with kubectl, by Go's module proxy, or from Debian.
set -uo pipefail
folder=$(realpath -m "$1") bin=$2
version=v5.7.1 whole=yes

absent() {
    echo "无法安装，相关检查将跳过 cannot be had here, its checks will be skipped: $1"
    whole=no
}

kustomize_is_there() {
    local program
    for program in "$folder/bin/kustomize" kustomize; do
        timeout 30 "$program" version 2>/dev/null | grep -q 'v5\.' && return
    done
    timeout 30 kubectl version --client 2>/dev/null | grep -q 'Kustomize Version: v5\.'
}

by_go() {
    command -v go >/dev/null && GOBIN="$folder/bin" timeout 600 go install "sigs.k8s.io/kustomize/kustomize/v5@$version"
}

from_debian() {
    command -v apt-get >/dev/null && test "$(id -u)" = 0 || return
    export DEBIAN_FRONTEND=noninteractive
    timeout 300 apt-get update -qq
    timeout 600 apt-get install -y -qq kubectl || timeout 600 apt-get install -y -qq golang-go
}

echo "安装部署检查工具 installing the tools of the checks …"
test -x "$folder/bin/python" || timeout 120 "$bin/uv" venv --quiet --python "$bin/python" "$folder"
timeout 900 "$bin/uv" pip install --quiet --python "$folder/bin/python" --require-hashes -r deploy/checks/tools.lock ||
    absent "deploy/checks/tools.lock"
kustomize_is_there || by_go >/dev/null 2>&1 || { from_debian && { kustomize_is_there || by_go; }; } >/dev/null 2>&1
kustomize_is_there || absent "kustomize 5"
test "$whole" = yes && touch "$folder/.installed"
exit 0
