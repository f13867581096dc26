#!/bin/sh
# PostgreSQL's archive_command: keep-segment.sh PATH NAME. A segment is in the archive as a whole and on the disk, or not at all; one
# that is handed over again after a kill is left, a different one of the same name (another database's) is refused.
set -eu
log=${ARCHIVE:-/archive}/log
if [ -f "$log/$2" ]; then
  cmp -s "$1" "$log/$2"
else
  cp "$1" "$log/.$2"
  sync "$log/.$2"
  mv "$log/.$2" "$log/$2"
  sync "$log"
fi
