"""A warm process that forks the api and the workers, so that a killed one is back in milliseconds.

Each line on its standard input is a child to start: {"name", "role", "env", "log"}. It answers with JSON lines,
{"started": name, "pid"} and later {"ended": name, "pid", "status"}. When it ends, its children are killed.
"""

import asyncio
import ctypes
import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import asyncpg
import uvicorn
from sqlalchemy.dialects.postgresql import asyncpg as dialect
from sqlalchemy.orm import configure_mappers

from common.consumer import run_workers

from . import sample

WARM = (asyncpg, dialect)
"""Imported by the engine on its first use: here once for all children."""
PR_SET_PDEATHSIG = 1
HOST = "127.0.0.1"


def be(job: dict[str, Any]) -> None:
    """What a child does; never returns."""
    live(job, run_sample)


def run_sample(job: dict[str, Any]) -> None:
    if job["role"] == "api":
        port = int(job["env"]["PORT"])
        uvicorn.run(sample.create_app(), host=HOST, port=port, access_log=False, log_config=None)
    else:
        asyncio.run(run_workers([sample.create_worker()]))


def live(job: dict[str, Any], run: Callable[[dict[str, Any]], None]) -> None:
    """Be a process of its own with its log and environment, dying with its parent; never returns."""
    status = 1
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.environ.update(job["env"])
        run(job)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def say(**words: Any) -> None:
    print(json.dumps(words), flush=True)


def reap(names: dict[int, str]) -> None:
    """Report the children that have ended."""
    while names:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        say(ended=names.pop(pid), pid=pid, status=os.waitstatus_to_exitcode(status))


def main(child: Callable[[dict[str, Any]], None] = be) -> None:
    """Fork a `child` for each line; it never returns."""
    configure_mappers()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    names: dict[int, str] = {}
    say(ready=True)
    while True:
        ready, _, _ = select.select([0, reading], [], [])
        if reading in ready:
            os.read(reading, 4096)
            reap(names)
        if 0 in ready:
            line = sys.stdin.buffer.raw.readline()  # type: ignore[attr-defined]
            if not line:
                break
            job = json.loads(line)
            pid = os.fork()
            if pid == 0:
                os.close(reading)
                os.close(writing)
                child(job)
            names[pid] = job["name"]
            say(started=job["name"], pid=pid)
    for pid in names:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
