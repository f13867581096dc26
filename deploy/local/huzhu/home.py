"""The layout of HUZHU_HOME, and the lock that keeps two platforms from sharing one."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huzhu.secret_file import Secrets, load_or_create

SERVICES = ("identity", "enrollment", "claims", "notify", "ocr", "activities")
DEFAULT_HOME = Path(".huzhu")
# Where these exist, the secrets must exist too.
_KEYED_DATA = ("postgres/PG_VERSION", "seaweed/filerldb2")


class HomeInUse(RuntimeError):
    """Another platform runs on this home; says which process holds it."""


class Home:
    """The folder in which a platform keeps everything: data, logs, run files and secrets."""

    def __init__(self, path: Path | str | None = None) -> None:
        chosen = path if path is not None else os.environ.get("HUZHU_HOME") or DEFAULT_HOME
        self.path = Path(chosen).expanduser().resolve()
        self._secrets: Secrets | None = None

    @property
    def data(self) -> Path:
        """One folder for each part's data."""
        return self.path / "data"

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.path / "logs"

    @property
    def run(self) -> Path:
        """Which processes run and on which ports."""
        return self.path / "run"

    @property
    def secrets_path(self) -> Path:
        """The file with every password and key, mode 0600."""
        return self.path / "secrets.json"

    def create(self) -> "Home":
        """Makes the folders. Others may pass home and data, not list them: PostgreSQL may be another user."""
        for folder, mode in ((self.path, 0o711), (self.data, 0o711), (self.logs, 0o700), (self.run, 0o700)):
            folder.mkdir(
                parents=True, exist_ok=True, mode=mode
            )  # an existing folder's rights are its owner's
        return self

    def data_of(self, part: str) -> Path:
        """The data folder of one part, made when missing, closed to others."""
        folder = self.create().data / part
        folder.mkdir(exist_ok=True, mode=0o700)
        return folder

    def log_of(self, name: str) -> Path:
        """The log file of one process."""
        return self.create().logs / f"{name}.log"

    @property
    def secrets(self) -> Secrets:
        """The secrets, made at random at the first start."""
        if self._secrets is None:
            self.create()
            used = any((self.data / marker).exists() for marker in _KEYED_DATA)
            self._secrets = load_or_create(self.secrets_path, SERVICES, data_exists=used)
        return self._secrets

    @property
    def stack(self) -> "Home":
        """The home of `make run-stack` inside this one: its data lie on another bus."""
        return Home(self.path / "stack")

    def is_running(self) -> bool:
        """Whether a platform holds this home now."""
        if not (self.path / "run").is_dir():
            return False
        try:
            with self.lock():
                return False
        except HomeInUse:
            return True

    def is_starting(self) -> bool:
        """Whether a platform holds this home that has not said yet that everything is there (unions included)."""
        if not self.is_running():
            return False
        return _words_of(self.run / "lock") != _words_of(self.run / "announced")

    def announced(self) -> None:
        """Notes that the platform that holds this home has started and loaded its unions."""
        (self.run / "announced").write_text(f"{os.getpid()}\n")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the home; the kernel lets go of it when the process ends, however it ends.

        Raises HomeInUse at once when another platform holds it.
        """
        path = self.create().run / "lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = path.read_text().strip() or "unknown"
                raise HomeInUse(
                    f"{self.path} is in use: a platform already runs on it (process {holder}). "
                    "Stop that one first, or choose another folder with HUZHU_HOME=."
                ) from None
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(descriptor)


def _words_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""
