#!/usr/bin/env bash
# Inside the container `postgres`: a base backup into the archive; older ones go (forget-older.sh).
set -euo pipefail
archive=${ARCHIVE:-/archive}
. "$(dirname "$0")/archive-mark.sh"
archive_is_there
take_archive
half=$archive/bases/.half
rm -rf "$half"
mkdir -m 700 "$half" # from here on keep-segment.sh keeps the log
trap 'rm -rf "$half"' EXIT
PGPASSWORD=$POSTGRES_PASSWORD pg_basebackup -D "$half" -h "${PGHOST:-127.0.0.1}" -p "${PGPORT:-5432}" -U "${POSTGRES_USER:-postgres}" \
  --checkpoint=fast --wal-method=fetch --no-password
sync -f "$half"
whole=$archive/bases/$(date -u +%Y%m%dT%H%M%S%6N)
mv "$half" "$whole"
bash "$(dirname "$0")/forget-older.sh"
echo "备份完成 backup taken: $whole"
