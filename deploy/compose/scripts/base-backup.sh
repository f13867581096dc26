#!/usr/bin/env bash
# Inside the container `postgres`: a base backup into the archive; older ones beyond KEEP go, and the log that only they needed.
set -euo pipefail
archive=${ARCHIVE:-/archive} keep=${KEEP:-7}
half=$archive/bases/.half
rm -rf "$half"
mkdir -m 700 "$half" # from here on keep-segment.sh keeps the log
trap 'rm -rf "$half"' EXIT
PGPASSWORD=$POSTGRES_PASSWORD pg_basebackup -D "$half" -h "${PGHOST:-127.0.0.1}" -p "${PGPORT:-5432}" -U "${POSTGRES_USER:-postgres}" \
  --checkpoint=fast --wal-method=fetch --no-password
sync -f "$half"
whole=$archive/bases/$(date -u +%Y%m%dT%H%M%S%6N)
mv "$half" "$whole"
find "$archive/bases" -mindepth 1 -maxdepth 1 -name '2*' | sort | head -n "-$keep" | xargs -r rm -rf
# The oldest segment that any kept base needs; its first eight digits are the timeline.
oldest=$(grep -h '^START WAL LOCATION' "$archive"/bases/2*/backup_label | sed -E 's/.*\(file ([0-9A-F]{24})\).*/\1/' | sort -k1.9 | head -n 1)
pg_archivecleanup --clean-backup-history --strip-extension=.gz "$archive/log" "$oldest"
echo "备份完成 backup taken: $whole"
