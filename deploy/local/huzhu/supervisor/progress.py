"""What a person sees while the platform sets itself up: one line a step, plain where there is no terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TextIO

from rich.console import Console


class Progress(Protocol):
    """Where steps and remarks are shown."""

    def step(self, text: str) -> AbstractContextManager[None]:
        """Shows that a step goes on, and at its end how long it took."""

    def say(self, text: str) -> None:
        """Shows one line."""


class PlainProgress:
    """Lines without colour or movement, for logs and pipes."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """One line when the step has ended well, one when it failed."""
        started = time.monotonic()
        try:
            yield
        except BaseException:
            self.say(f"  failed  {text}")
            raise
        self.say(f"  ok      {text} ({time.monotonic() - started:.1f} s)")

    def say(self, text: str) -> None:
        """Shows one line."""
        self._stream.write(f"{text}\n")
        self._stream.flush()


class RichProgress:
    """A spinner for the steps that go on, a tick for those done."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._running: list[str] = []
        self._status = self._console.status("")

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Adds the step to the spinner's line while it goes on; steps may overlap."""
        started = time.monotonic()
        self._running.append(text)
        self._show()
        mark = "[red]✗[/red]"
        try:
            yield
            mark = "[green]✓[/green]"
        finally:
            self._running.remove(text)
            self._show()
            self._console.print(
                f"{mark} {text} [dim]{time.monotonic() - started:.1f} s[/dim]", highlight=False
            )

    def say(self, text: str) -> None:
        """Shows one line."""
        self._console.print(text, highlight=False, markup=False)

    def _show(self) -> None:
        if self._running:
            self._status.update(" · ".join(self._running))
            self._status.start()
        else:
            self._status.stop()


def progress_for(stream: TextIO | None = None) -> Progress:
    """The spinner on a terminal, plain lines elsewhere."""
    chosen = stream or sys.stdout
    return RichProgress(Console(file=chosen)) if chosen.isatty() else PlainProgress(chosen)
