"""Where a home's backups lie: base backups, the log of the database as it goes, and the objects.

The keys are not among them: secrets.json is kept apart, or whoever finds the archive can read it all.
"""

import os
import shutil
from pathlib import Path

from huzhu.home import Home
from huzhu.parts.postgres_cluster import unprivileged_user


class NoBackup(RuntimeError):
    """There is nothing to restore from."""


class Archive:
    """The archive of one home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.path = home.path / "archive"
        self.bases, self.log, self.objects = self.path / "bases", self.path / "log", self.path / "objects"

    @property
    def is_open(self) -> bool:
        """Whether the database hands its log over."""
        return self.log.is_dir()

    def open(self) -> None:
        """Make the folders; the database hands its log over from its next start on."""
        for folder in (self.path, self.bases, self.log, self.objects):
            folder.mkdir(parents=True, exist_ok=True, mode=0o711 if folder == self.path else 0o700)
        give_away(self.log)

    def settings(self) -> dict[str, str]:
        """What PostgreSQL is told; a segment is there as a whole or not at all, and handed over every ten seconds."""
        command = (
            f"test ! -f '{self.log}/%f' && cp '%p' '{self.log}/.%f' && mv '{self.log}/.%f' '{self.log}/%f'"
        )
        return {"archive_mode": "on", "archive_command": command, "archive_timeout": "10s"}

    def recovery(self, until: str | None) -> str:
        """What PostgreSQL reads to come back: to the end of the log, or to a moment (with its time zone)."""
        lines = [
            f'restore_command = \'cp "{self.log}/%f" "%p"\'',
            "recovery_target_action = 'promote'",
            "hot_standby = off",
        ]
        if until is not None:
            lines.append(f"recovery_target_time = '{until}'")
        return "".join(f"{line}\n" for line in lines)

    def newest_base(self) -> Path:
        """The newest whole base backup. Raises NoBackup."""
        found = sorted(path for path in self.bases.glob("2*") if (path / "PG_VERSION").is_file())
        if not found:
            raise NoBackup(f"{self.bases} 里没有备份。There is no backup.")
        return found[-1]


def give_away(folder: Path) -> None:
    """Give a folder, with what is in it, to the user as whom PostgreSQL runs."""
    user = unprivileged_user()
    if user is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, *user, follow_symlinks=False)


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder, whole or not at all."""
    half = target.with_name(f"{target.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(source, half, symlinks=True)
    half.rename(target)
