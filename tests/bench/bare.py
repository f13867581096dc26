"""A bare FastAPI endpoint that inserts one row through the same SQLAlchemy session: what any decision is beside."""

import asyncio
import os
from typing import Any
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from sqlalchemy import text

from common.db import Database, unscoped
from common.ids import new_id
from tests.claims.killed.nursery import run as run_claims
from tests.faults.nursery import HOST, live, main

TABLE = "CREATE TABLE bare (id uuid PRIMARY KEY, payload text NOT NULL); GRANT INSERT ON bare TO claims_app"
INSERT = unscoped(text("INSERT INTO bare VALUES (:id, 'a row of one request')"), why="a table of the bench")


def bare_app() -> FastAPI:
    """Return the application."""
    db, tenant = Database.connect(os.environ["CLAIMS_DATABASE_URL"]), UUID(int=1)
    app = FastAPI()

    @app.post("/rows", status_code=201)
    async def add_row() -> dict[str, str]:
        row = new_id()
        async with db.transaction(tenant) as session:
            await session.execute(INSERT, {"id": row})
        return {"id": str(row)}

    return app


def run(job: dict[str, Any]) -> None:
    """Be the bare application, or the claims service."""
    if job["role"] != "bare":
        run_claims(job)
        return
    asyncio.set_event_loop_policy(None)
    uvicorn.run(bare_app(), host=HOST, port=int(os.environ["PORT"]), access_log=False, log_config=None)


if __name__ == "__main__":
    main(lambda job: live(job, run))
