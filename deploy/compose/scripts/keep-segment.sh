#!/bin/sh
# PostgreSQL's archive_command: keep-segment.sh PATH NAME. A segment is in the archive as a whole and on the disk, or not at all; one
# that is handed over again after a kill is left, a different one of the same name (another database's) is refused.
# Segments are compressed: one that is switched early is mostly zeros. Before the first base backup begins none is kept, since
# nothing could be replayed from it.
set -eu
archive=${ARCHIVE:-/archive}
log=$archive/log
[ -d "$log" ] && [ -d "$archive/bases" ]
[ -n "$(find "$archive/bases" -mindepth 1 -maxdepth 1 -print -quit)" ] || exit 0
whole=$log/$2
if [ -f "$whole" ]; then
  exec cmp -s "$1" "$whole"
fi
case $2 in
  *.history | *.backup) half=$log/.$2 && cp "$1" "$half" ;;
  *)
    whole=$whole.gz half=$log/.$2.gz
    if [ -f "$whole" ]; then
      gzip -dc "$whole" | cmp -s "$1" -
      exit
    fi
    gzip -1 <"$1" >"$half"
    ;;
esac
sync "$half"
mv "$half" "$whole"
sync "$log"
