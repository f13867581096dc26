#!/usr/bin/env bash
# Copies overlays/production into a folder of yours, outside this repository: own-overlay.sh FOLDER [GIT-URL REF]
# The copy builds on this checkout (a submodule of yours, say), or on a version of the repository that Git fetches.
set -euo pipefail
folder=${1:?folder to make, e.g. ../ours/production}
if [ $# -eq 2 ] || [ $# -gt 3 ]; then
  echo "用法 usage: own-overlay.sh 文件夹 FOLDER [GIT-URL REF]，例如 the version, e.g. v0.1.0" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
if [ -e "$folder" ]; then
  echo "$folder 已存在，未作改动 is there already, nothing was changed" >&2
  exit 1
fi
mkdir -p "$folder"
cp "$here"/overlays/production/*.yaml "$folder"
front=$(realpath --relative-to="$folder" "$here") back=
if [ $# -eq 3 ]; then
  front=$2//deploy/k8s back="?ref=$3"
fi
sed -i -E "s#- \.\./\.\./(\S+)#- $front/\1$back#" "$folder/kustomization.yaml"
echo "$folder: 请填写 put your names into installation.yaml；然后 then $here/roll-out.sh $folder"
