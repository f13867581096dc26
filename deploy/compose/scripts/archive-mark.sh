# Sourced by sh and bash: whether the archive is this database's own. Its mark lies in the folder of the base backups, and beside the
# data stands which mark that is: an empty folder where a disk should be, or another disk, is not taken for the archive.
# Uses: archive. HUZHU_NEW_ARCHIVE=1 (archive-folders in compose.yaml) forgets what stands beside the data.
mark=$archive/bases/.huzhu
known=${KNOWN:-/var/lib/postgresql/.archive}

# Fails, with words, where the archive's folders are away or are another's.
archive_is_there() {
  if [ -d "$archive/log" ] && [ -d "$archive/bases" ] && { [ ! -e "$known" ] || cmp -s "$known" "$mark"; }; then
    return 0
  fi
  echo "$archive 不是本库的存档（磁盘未挂载，或换了一块），未存档：请挂载后 docker compose restart postgres；换新存档见 deploy/compose/README.md。" \
    "It is not this database's archive (its disk is not mounted, or it is another): nothing was archived; mount it, then" \
    "docker compose restart postgres." >&2
  return 1
}

# From here on this archive is the database's. A mark that is there stays: whoever else makes one at the same moment has won.
take_archive() {
  [ ! -e "$known" ] || return 0
  if [ ! -e "$mark" ]; then
    cat /proc/sys/kernel/random/uuid >"$mark.$$"
    ln "$mark.$$" "$mark" 2>/dev/null || [ -e "$mark" ]
    rm -f "$mark.$$"
  fi
  cp "$mark" "$known.$$"
  sync "$known.$$"
  mv "$known.$$" "$known"
}
