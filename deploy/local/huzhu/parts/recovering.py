"""What a recovering PostgreSQL is told, and for how long.

It stands in recovery.signal, which PostgreSQL removes as it promotes, and is passed on the command line: no setting
outlives its recovery, none gets into a later base backup, and what an older version left in a file is overruled.
"""

import json
from pathlib import Path

from .archive import Archive, log_word

_SIGNAL = "recovery.signal"
_SETTINGS = ("restore_command", "recovery_", "hot_standby")


def write_recovery(data: Path, *, until: str, timeline: str) -> None:
    """Let the next start of this folder recover; until: empty for the end of the log."""
    settings = data / "postgresql.auto.conf"
    lines = settings.read_text().splitlines(keepends=True) if settings.exists() else []
    settings.write_text("".join(line for line in lines if not line.startswith(_SETTINGS)))
    (data / _SIGNAL).write_text(json.dumps({"until": until, "timeline": timeline}))


def recovery_settings(archive: Archive, data: Path) -> dict[str, str]:
    """The settings of the next start, each of them always set."""
    signal = data / _SIGNAL
    wanted = json.loads(signal.read_text()) if signal.is_file() else None
    return {
        "restore_command": f"cp {log_word(archive)}/%f %p" if wanted else "",
        "recovery_target": "",
        "recovery_target_time": wanted["until"] if wanted else "",
        "recovery_target_timeline": wanted["timeline"] if wanted else "latest",
        "recovery_target_action": "promote",
        "hot_standby": "off" if wanted else "on",
    }
