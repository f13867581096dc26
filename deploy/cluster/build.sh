#!/usr/bin/env bash
# Builds what a cluster's API is made of into FOLDER/bin (etcd, kube-apiserver, kube-controller-manager), and fetches the
# operators' kinds into FOLDER/crds: build.sh FOLDER [PROGRAM…]. What is there stays; the first time takes half an hour of one core.
# Everything comes by Go's module proxy. What cannot be had is said; the tests that need it are skipped.
set -uo pipefail
folder=$(realpath -m "${1:?folder, e.g. build/cluster}")
shift
here=$(cd "$(dirname "$0")" && pwd)
test $# -gt 0 || set -- etcd kube-apiserver kube-controller-manager

absent() {
  echo "无法得到，相关检查将跳过 cannot be had here, its checks will be skipped: $1" >&2
  exit 0
}

command -v go >/dev/null || absent "go"
cd "$here/kubernetes" || exit 1
version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes) || absent "k8s.io/kubernetes"
minor=${version#v1.}
stamp=
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  stamp+=" -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=${minor%%.*} -X $package.gitTreeState=clean"
done
mkdir -p "$folder/bin" "$folder/crds"
for program in "$@"; do
  # Built once for each version of the modules.
  cmp -s go.sum "$folder/bin/$program.sum" && continue
  echo "编译 building $program ($version) …"
  package=k8s.io/kubernetes/cmd/$program
  test "$program" != etcd || package=go.etcd.io/etcd/server/v3
  CGO_ENABLED=0 nice go build -trimpath -buildvcs=false -ldflags "-s -w$stamp" -o "$folder/bin/$program" "$package" || absent "$program"
  cp go.sum "$folder/bin/$program.sum"
done

cmp -s "$here/operators.txt" "$folder/crds/operators.txt" && exit 0
rm -f "$folder"/crds/*
while read -r module files; do
  source=$(go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  test -n "$source" || absent "$module"
  for file in "$source"/$files; do
    grep -q '^kind: CustomResourceDefinition' "$file" && cp --no-preserve=mode "$file" "$folder/crds/"
  done
done < <(grep -v '^#' "$here/operators.txt")
cp "$here/operators.txt" "$folder/crds/"
