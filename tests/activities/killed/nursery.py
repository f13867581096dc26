"""A warm process that forks api processes of activities; one dies at a commit when it is told to.

A process of the role "stockless" gives codes without looking at the stock: what the stock costs is seen beside it.
"""

import json
import os
from datetime import date
from typing import Any
from uuid import UUID

import uvicorn
from sqlalchemy import event
from sqlalchemy.orm import Session

from activities.app import create_app
from activities.stock.repository import Given, StockRepository
from tests.claims.killed.nursery import JWKS, KILL, die_if, flushed
from tests.faults.nursery import HOST, live, main

SEALED = "HUZHU_TEST_SEALED_CODE"
__all__ = ["JWKS", "KILL", "SEALED"]


async def give_nothing(self: StockRepository, campaign_id: UUID, *, reward_id: UUID, on: date) -> Given:
    """Give a code that is no row."""
    return Given(os.environ[SEALED], None, None)


def run(job: dict[str, Any]) -> None:
    """Be an api process."""
    event.listen(Session, "before_commit", lambda session: flushed(session))
    event.listen(Session, "after_commit", lambda session: die_if("after"))
    if job["role"] == "stockless":
        StockRepository.take = give_nothing  # type: ignore[method-assign, assignment]
    app = create_app()
    app.state.context.verifier.use_keys(json.loads(os.environ[JWKS]))
    uvicorn.run(app, host=HOST, port=int(os.environ["PORT"]), access_log=False, log_config=None, backlog=4096)


if __name__ == "__main__":
    main(lambda job: live(job, run))
