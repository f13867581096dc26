"""Where a home's backups lie: base backups, the log of the database as it goes, and the objects.

The keys are not among them: secrets.json is kept apart, or whoever finds the archive can read it all.
"""

import os
import shlex
import subprocess
from pathlib import Path

from huzhu.home import Home
from huzhu.parts.postgres_cluster import binary, unprivileged_user

ARCHIVE_TIMEOUT = "60s"
"""What may be lost at most; each switch costs a segment of 16 MB, in quiet hours none."""


class NoBackup(RuntimeError):
    """There is nothing to restore from."""


class Archive:
    """The archive of one home, or the folder in which a server keeps the like."""

    def __init__(self, home: Home, path: Path | None = None) -> None:
        self.home = home
        self.path = path or home.path / "archive"
        self.bases, self.log, self.objects = self.path / "bases", self.path / "log", self.path / "objects"
        self._mark = home.path / "archiving"

    def open(self) -> None:
        """Make the folders; a running database hands its log over from its next segment on."""
        for folder in (self.path, self.bases, self.log, self.objects):
            folder.mkdir(parents=True, exist_ok=True, mode=0o711 if folder == self.path else 0o700)
        give_away(self.log)
        self._mark.touch(mode=0o644)

    def settings(self) -> dict[str, str]:
        """What PostgreSQL is told: a segment is there as a whole and on the disk, or not at all.

        A kill between the handing over and PostgreSQL's note of it makes it hand the same segment over again:
        what is there and the same is done; what is there and different is another database's and stays.
        Before the first backup there is no mark, and the log is not kept. From the mark on it is, without a restart;
        a disk of the archive that is away stops the handing over and nothing is lost.
        """
        if self.log.is_dir():  # by a version that knew no mark
            self._mark.touch(mode=0o644)
        log, mark = log_word(self), _word(self._mark)
        whole, half = f"{log}/%f", f"{log}/.%f"
        command = (
            f"test ! -f {mark} && exit 0; if test -f {whole};"
            f" then cmp -s %p {whole}; else cp %p {half} && sync {half} && mv {half} {whole}; fi"
            f" && sync {log}"
        )
        return {"archive_mode": "on", "archive_command": command, "archive_timeout": ARCHIVE_TIMEOUT}

    def forget_log_before(self, segment: str) -> None:
        """Remove the log that no kept base needs, on every timeline."""
        argv = [str(binary("pg_archivecleanup")), "--clean-backup-history", str(self.log), segment]
        subprocess.run(argv, check=True, capture_output=True)  # noqa: S603


def log_word(archive: Archive) -> str:
    """The folder of the log as a word of a command that PostgreSQL runs."""
    return _word(archive.log)


def _word(path: Path) -> str:
    return shlex.quote(str(path)).replace("%", "%%")


def give_away(folder: Path) -> None:
    """Give a folder, with what is in it, to the user as whom PostgreSQL runs."""
    user = unprivileged_user()
    if user is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, *user, follow_symlinks=False)
