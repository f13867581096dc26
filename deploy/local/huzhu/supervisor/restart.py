"""Starting again what has crashed, slower each time."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
STEADY_AFTER_S = 60.0


class Unit(Protocol):
    """A part or a child."""

    @property
    def name(self) -> str:
        """Its name."""

    async def start(self) -> None:
        """Starts it."""

    async def stop(self) -> None:
        """Stops it."""

    async def ready(self) -> None:
        """Waits until it works."""

    async def wait(self) -> int:
        """Waits until it ends."""


def delay_after(crashes: int) -> float:
    """Seconds to wait before the next start after so many crashes in a row (1: the first)."""
    return float(min(FIRST_DELAY_S * 2 ** (crashes - 1), LONGEST_DELAY_S))


async def keep_running(unit: Unit, say: Callable[[str], None]) -> None:
    """Waits for the end of a started unit and starts it again, until cancelled."""
    crashes = 0
    while True:
        since = time.monotonic()
        code = await unit.wait()
        ended = time.monotonic()
        crashes = 1 if ended - since > STEADY_AFTER_S else crashes + 1
        while True:
            delay = delay_after(crashes)
            say(f"{unit.name} ended ({_why(code)}); starting again in {delay:g} s")
            await asyncio.sleep(delay)
            try:
                await unit.stop()  # its descendants, its record
                await unit.start()
                await unit.ready()
                say(f"{unit.name} is back after {time.monotonic() - ended:.1f} s")
                break
            except (OSError, RuntimeError) as error:
                crashes += 1
                say(f"{unit.name} could not be started: {error}")


def _why(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
