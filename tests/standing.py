"""Says where every coroutine stands when a test has run for long: a timeout alone shows the event loop waiting."""

import asyncio
import gc
import sys
import threading
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

LONG_SECONDS = 240.0


def frames(coroutine: Any) -> Iterator[FrameType]:
    """Yield the frames of a coroutine and of what it awaits, outermost first."""
    while coroutine is not None:
        for kind in ("cr", "ag", "gi"):
            if (frame := getattr(coroutine, f"{kind}_frame", None)) is not None:
                yield frame
            if hasattr(coroutine, f"{kind}_await") or hasattr(coroutine, f"{kind}_yieldfrom"):
                coroutine = getattr(coroutine, f"{kind}_await", None) or getattr(
                    coroutine, f"{kind}_yieldfrom", None
                )
                break
        else:
            return


def standing() -> str:
    """Return the places of all tasks of this process that are not done."""
    tasks = [one for one in gc.get_objects() if isinstance(one, asyncio.Task) and not one.done()]
    places = (
        "".join(
            traceback.format_list(
                [
                    traceback.FrameSummary(f.f_code.co_filename, f.f_lineno, f.f_code.co_name)
                    for f in frames(task.get_coro())
                ]
            )
        )
        for task in tasks
    )
    return "\n".join(f"{task.get_name()}\n{place}" for task, place in zip(tasks, places, strict=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    timer = threading.Timer(
        LONG_SECONDS, lambda: print(f"{item.nodeid} stands at:\n{standing()}", file=sys.stderr)
    )
    timer.daemon = True
    timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()
