"""SQL of the settlement feed: lines come by COPY, each of the source's ids counts once."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, text

from common.clock import now
from common.db import TenantRepository, unscoped
from common.http import Cursor

from .models import FeedFile, FeedLine

COLUMNS = ("id", "line_no", "source_id", "state", "reasons", "facts", "document_index", "digest")
TEMPORARY = text("""
CREATE TEMPORARY TABLE feed_line_new (id uuid, line_no int, source_id text, state text, reasons jsonb, facts text,
  document_index text, digest text) ON COMMIT DROP""")
INSERT = """
INSERT INTO feed_line (tenant_id, id, created_at, file_id, line_no, source_id, counted, state, reasons, facts,
  document_index, digest)
SELECT :tenant, n.id, :moment, :file, n.line_no, n.source_id, {counted}, {state}, {reasons}, n.facts,
  n.document_index, n.digest
FROM feed_line_new n WHERE {where} {tail}"""
BAD = text(
    INSERT.format(counted="false", state="'bad'", reasons="n.reasons", where="n.state = 'bad'", tail="")
)
NEW = text(
    INSERT.format(
        counted="true",
        state="'new'",
        reasons="n.reasons",
        where="n.state = 'new'",
        tail="ORDER BY n.line_no ON CONFLICT (tenant_id, source_id) WHERE counted DO NOTHING",
    )
)
SAME = "EXISTS (SELECT FROM feed_line l WHERE l.tenant_id = :tenant AND l.source_id = n.source_id AND l.counted AND {})"
DIFFERS = text(
    INSERT.format(
        counted="false",
        state="'differs'",
        reasons="CAST(:reasons AS jsonb)",
        where="n.state = 'new' AND " + SAME.format("l.id <> n.id AND l.digest <> n.digest"),
        tail="",
    )
)
AGAIN = text("""
UPDATE feed_line SET state = 'new', reasons = '[]', decided_at = NULL
WHERE tenant_id = :tenant AND counted AND state IN ('unmatched', 'not_covered', 'failed') AND EXISTS (
  SELECT FROM feed_line_new n
  WHERE n.state = 'new' AND n.source_id = feed_line.source_id AND n.digest = feed_line.digest)
""")
WHY = "rows of a temporary table of this transaction go into this tenant's table; the tenant stands in it"


class FeedRepository(TenantRepository):
    """Files and lines of one tenant."""

    async def begin_lines(self) -> None:
        """Make the temporary table that COPY fills (COPY into a table with row-level security is refused)."""
        await self.session.execute(unscoped(TEMPORARY, why=WHY))

    async def copy_lines(self, records: Sequence[tuple[Any, ...]]) -> None:
        """COPY lines, in the order of COLUMNS."""
        connection = await (await self.session.connection()).get_raw_connection()
        driver: Any = connection.driver_connection
        await driver.copy_records_to_table("feed_line_new", records=records, columns=COLUMNS)

    async def end_lines(self, file_id: UUID, *, differing: str) -> tuple[int, int, int]:
        """Move the copied lines into the file: how many were bad, new, and known with other content.

        A line that was here before, with the same content, is looked at again if nobody could be found for it.
        """
        values = {"tenant": self.tenant_id, "file": file_id, "moment": now()}
        bad = await self._count(BAD, values)
        new = await self._count(NEW, values)
        differs = await self._count(DIFFERS, {**values, "reasons": differing})
        await self.session.execute(unscoped(AGAIN, why=WHY), {"tenant": self.tenant_id})
        return bad, new, differs

    async def _count(self, statement: Any, values: dict[str, Any]) -> int:
        result: Any = await self.session.execute(unscoped(statement, why=WHY), values)
        return int(result.rowcount)

    async def take(self, most: int, *, only: UUID | None = None) -> Sequence[FeedLine]:
        """Lock and return lines to be decided; those that another worker has are left to it."""
        statement = self.select(FeedLine).where(FeedLine.state == "new")
        if only is not None:
            statement = statement.where(FeedLine.id == only)
        return await self.all(statement.order_by(FeedLine.id).limit(most).with_for_update(skip_locked=True))

    async def waiting(self, most: int) -> list[UUID]:
        """Return ids of lines to be decided."""
        statement = self.select_columns(FeedLine, FeedLine.id).where(FeedLine.state == "new")
        return list((await self.session.execute(statement.order_by(FeedLine.id).limit(most))).scalars())

    async def states(self, file_id: UUID) -> dict[str, int]:
        """Count a file's lines by state."""
        statement = self.select_columns(FeedLine, FeedLine.state, func.count().label("lines"))
        statement = statement.where(FeedLine.file_id == file_id).group_by(FeedLine.state)
        return {row.state: row.lines for row in await self.session.execute(statement)}

    async def lines(self, cursor: Cursor, file_id: UUID, states: Iterable[str]) -> Sequence[FeedLine]:
        """Return lines of a file in some states; one more than the page has."""
        statement = self.select(FeedLine).where(FeedLine.file_id == file_id)
        wanted = list(states)
        if wanted:
            statement = statement.where(FeedLine.state.in_(wanted))
        return await self.all(cursor.apply(statement, FeedLine))

    async def files(self, cursor: Cursor) -> Sequence[FeedFile]:
        """Return files, the newest first; one more than the page has."""
        return await self.all(cursor.apply(self.select(FeedFile), FeedFile))
