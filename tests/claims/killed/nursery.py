"""A warm process that forks the api and the worker of the claims service; each kills itself when it is told to.

While the first line of the file HUZHU_TEST_KILL is "before" or "after", the process dies with SIGKILL right before or
right after its next commit: its client has no answer, and nobody can clean up. Further lines are for the next deaths.
"""

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import event
from sqlalchemy.orm import Session

from claims.app import create_app
from claims.worker import create_worker
from common.consumer import run_workers
from tests.faults.nursery import HOST, live, main

JWKS = "HUZHU_TEST_JWKS"
KILL = "HUZHU_TEST_KILL"


def die_if(moment: str) -> None:
    """Die if this is the moment; the order is used up first, so that the next process lives."""
    order = Path(os.environ[KILL])
    try:
        first, *later = order.read_text().splitlines() or [""]
        if first != moment:
            return
        if later:
            rest = order.with_suffix(f".{os.getpid()}")
            rest.write_text("\n".join(later))
            rest.replace(order)
        else:
            order.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def run(job: dict[str, Any]) -> None:
    """Be the api or the worker."""
    event.listen(Session, "before_commit", lambda session: flushed(session))
    event.listen(Session, "after_commit", lambda session: die_if("after"))
    if job["role"] == "worker":
        asyncio.run(run_workers([create_worker()]))
        return
    app = create_app()
    app.state.context.verifier.use_keys(json.loads(os.environ[JWKS]))
    uvicorn.run(app, host=HOST, port=int(os.environ["PORT"]), access_log=False, log_config=None)


def flushed(session: Session) -> None:
    """Everything is written to the database and nothing is committed."""
    session.flush()
    die_if("before")


if __name__ == "__main__":
    main(lambda job: live(job, run))
