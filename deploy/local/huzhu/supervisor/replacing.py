"""What `huzhu replace` asks of a running platform: a file says which services, a signal that it is there."""

import os
import signal
from collections.abc import Sequence

from huzhu.home import SERVICES, Home

REPLACE_SIGNAL = signal.SIGUSR1
_FILE = "replace"


def ask_to_replace(home: Home, services: Sequence[str]) -> None:
    """Ask the platform of this home, which must run, to replace the processes of these services."""
    waiting = take_asked(home)
    asked = home.run / f"{_FILE}.{os.getpid()}"
    asked.write_text(" ".join(name for name in SERVICES if name in {*services, *waiting}))
    asked.replace(home.run / _FILE)
    os.kill(int((home.run / "lock").read_text()), REPLACE_SIGNAL)


def take_asked(home: Home) -> tuple[str, ...]:
    """Return the services that are asked for, once; none where nothing is asked for."""
    taken = home.run / f"{_FILE}.taken.{os.getpid()}"
    try:
        (home.run / _FILE).replace(taken)  # at once: what is asked for at this moment stays for the next time
    except FileNotFoundError:
        return ()
    asked = taken.read_text().split()
    taken.unlink()
    return tuple(name for name in SERVICES if name in asked)
