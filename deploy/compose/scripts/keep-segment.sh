#!/bin/sh
# PostgreSQL's archive_command: keep-segment.sh PATH NAME. A segment is in the archive as a whole and on the disk, or not at all; one
# that is handed over again after a kill is left, a different one of the same name (another database's) is refused.
# Segments are compressed: one that is switched early is mostly zeros. Before the first base backup begins none is kept, since
# nothing could be replayed from it; an archive that is away is refused (archive-mark.sh), and the log stays with the database.
set -eu
archive=${ARCHIVE:-/archive}
log=$archive/log
. "$(dirname "$0")/archive-mark.sh"
archive_is_there || exit 1
begun=$(find "$archive/bases" -mindepth 1 -maxdepth 1 ! -name '.huzhu*' -print -quit)
[ -n "$begun" ] || exit 0
take_archive
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
