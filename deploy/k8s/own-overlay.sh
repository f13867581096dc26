#!/usr/bin/env bash
# Copies overlays/production into a folder of yours, outside this repository: own-overlay.sh FOLDER [GIT-URL REF]
# The copy builds on this checkout (a submodule of yours, say), or on a version of the repository that Git fetches.
set -euo pipefail
folder=${1:?folder to make, e.g. ../ours/production}
here=$(cd "$(dirname "$0")" && pwd)
if [ -e "$folder" ]; then
  echo "$folder 已存在，未作改动 is there already, nothing was changed" >&2
  exit 1
fi
mkdir -p "$folder"
cp "$here"/overlays/production/*.yaml "$folder"
front=$(realpath --relative-to="$folder" "$here") back=
if [ $# -ge 2 ]; then
  front=$2//deploy/k8s back="?ref=${3:?the version, e.g. v0.1.0}"
fi
sed -i -E "s#- \.\./\.\./(\S+)#- $front/\1$back#" "$folder/kustomization.yaml"
echo "$folder: 请填写 put your names into installation.yaml；然后 then $here/roll-out.sh $folder"
