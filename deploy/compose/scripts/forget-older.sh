#!/usr/bin/env bash
# Which base backups stay: of each of the last KEEP_DAYS days the first, the one that those days begin with, and the newest. The
# others go, and the log that only they needed.
set -euo pipefail
archive=${ARCHIVE:-/archive}
since=$(date -u -d "-${KEEP_DAYS:-7} days" +%Y%m%dT%H%M%S%6N)
mapfile -t bases < <(find "$archive/bases" -mindepth 1 -maxdepth 1 -name '2*' -printf '%f\n' | LC_ALL=C sort)
begin='' day=''
for base in "${bases[@]}"; do
  [[ $base > $since ]] || begin=$base
done
for base in "${bases[@]::${#bases[@]}-1}"; do
  if [[ $base < $begin || ${base:0:8} == "$day" ]]; then
    rm -rf "${archive:?}/bases/$base"
  else
    day=${base:0:8}
  fi
done
# The oldest segment that any kept base needs; its first eight digits are the timeline.
oldest=$(grep -h '^START WAL LOCATION' "$archive"/bases/2*/backup_label | sed -E 's/.*\(file ([0-9A-F]{24})\).*/\1/' | sort -k1.9 | head -n 1)
pg_archivecleanup --clean-backup-history --strip-extension=.gz "$archive/log" "$oldest"
