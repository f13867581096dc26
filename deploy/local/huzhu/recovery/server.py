"""The database of one server (Compose) made anew from its archive, in a container that holds both volumes."""

import socket
from pathlib import Path

from huzhu.home import Home, HomeInUse
from huzhu.parts.archive import Archive, log_word

from .bases import Base, way_to
from .restore import lay_out, moment_of

PORT = 5432


def restore_database(folder: Path, data: Path, *, until: str | None, host: str) -> Base:
    """Lay a stopped database out anew; it replays its log at the next start. What is there is put aside.

    Returns the base from which it starts. Raises NoBackup, NoMoment, HomeInUse while somebody answers at `host`.
    """
    if _answers(host):
        raise HomeInUse(f"{host} 上的数据库在运行，请先停止平台。It is running: stop the platform first.")
    archive = Archive(Home(), folder)
    moment = moment_of(until) if until is not None else None
    way = way_to(archive, moment)
    data.parent.mkdir(parents=True, exist_ok=True)
    settings = {
        "restore_command": _command(archive),
        "recovery_target_timeline": str(way.timeline),
        "recovery_target_action": "promote",
        # Else it would answer, and count as healthy, while it still replays and refuses every write.
        "hot_standby": "off",
        **({"recovery_target_time": moment.isoformat(sep=" ")} if moment else {}),
    }
    # They take effect beside recovery.signal only, which PostgreSQL removes; the next restore writes them anew.
    lay_out(way, data, moment, settings)
    return way.base


def _command(archive: Archive) -> str:
    """Bring a file of the log, compressed or not; one that is damaged ends the recovery (>125), it is not its end."""
    kept = f"{log_word(archive)}/%f"
    return f"if test -f {kept}.gz; then gzip -dc {kept}.gz >%p || exit 126; else cp {kept} %p; fi"


def _answers(host: str) -> bool:
    try:
        with socket.create_connection((host, PORT), timeout=3):
            return True
    except OSError:
        return False
