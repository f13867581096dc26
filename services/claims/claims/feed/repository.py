"""SQL of the settlement feed: lines come by COPY, each of the source's ids counts once."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, text, true
from sqlalchemy.orm import aliased

from common.auth import Actor
from common.auth.scope import sees_whole_tenant
from common.clock import now
from common.db import TenantRepository, unscoped
from common.db.scope import seen_by
from common.http import Cursor

from ..copies.models import PersonCopy, PolicyCopy, UnitCopy
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from .models import FeedFile, FeedLine

WHY = "rows of a temporary table of this transaction go into this tenant's table; the tenant stands in it"
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
BAD = unscoped(
    text(
        INSERT.format(counted="false", state="'bad'", reasons="n.reasons", where="n.state = 'bad'", tail="")
    ),
    why=WHY,
)
NEW = unscoped(
    text(
        INSERT.format(
            counted="true",
            state="'new'",
            reasons="n.reasons",
            where="n.state = 'new'",
            tail="ORDER BY n.line_no ON CONFLICT (tenant_id, source_id) WHERE counted DO NOTHING",
        )
    ),
    why=WHY,
)
NEEDS_WORK = ("unmatched", "bad", "differs", "failed")
"""States of lines that stay as they are until somebody does something about them."""
NOBODYS = ("bad", "differs", "unmatched")
"""States of lines of which it is not known whom they concern."""
LOST = "('unmatched', 'not_covered', 'failed')"
SAME = "EXISTS (SELECT FROM feed_line l WHERE l.tenant_id = :tenant AND l.source_id = n.source_id AND l.counted AND {})"
DIFFERS = unscoped(
    text(
        INSERT.format(
            counted="false",
            state="'differs'",
            reasons="CAST(:reasons AS jsonb)",
            where="n.state = 'new' AND "
            + SAME.format(f"l.id <> n.id AND l.digest <> n.digest AND l.state NOT IN {LOST}"),
            tail="",
        )
    ),
    why=WHY,
)
# A line of which no claim came is looked at again as it is told now: name, number and figures may be corrected.
AGAIN = text(f"""
UPDATE feed_line SET state = 'new', reasons = '[]', decided_at = NULL, facts = n.facts,
  document_index = n.document_index, digest = n.digest
FROM feed_line_new n
WHERE feed_line.tenant_id = :tenant AND feed_line.counted AND feed_line.claim_id IS NULL
  AND feed_line.state IN {LOST} AND n.state = 'new' AND n.source_id = feed_line.source_id AND n.id <> feed_line.id
""")
WAKE = text("""
UPDATE feed_line SET state = 'new', reasons = '[]', decided_at = NULL
WHERE tenant_id = :tenant AND counted AND claim_id IS NULL AND state IN ('unmatched', 'not_covered')
  AND document_index = ANY(:indexes)
""")


def lines_of_person(tenant_id: UUID, person_id: UUID) -> Any:
    """Return the condition of a person's lines: those of their claims, and those that bear their number.

    The number is the register's or that of a policy; it is in several copies, so lines without a claim are found too.
    """
    claims = select(Claim.id).where(Claim.tenant_id == tenant_id, Claim.person_id == person_id)
    known = select(PersonCopy.document_index).where(
        PersonCopy.tenant_id == tenant_id, PersonCopy.id == person_id
    )
    covered = select(PolicyCopy.document_index).where(
        PolicyCopy.tenant_id == tenant_id, PolicyCopy.person_id == person_id
    )
    theirs = or_(
        FeedLine.claim_id.in_(claims),
        FeedLine.document_index.in_(known),
        FeedLine.document_index.in_(covered),
    )
    return (FeedLine.tenant_id == tenant_id) & theirs


def select_lines_of_person(tenant_id: UUID, person_id: UUID) -> Any:
    """Return the statement of a person's lines with all columns, in the order they came."""
    lines = select(*FeedLine.__table__.columns).where(lines_of_person(tenant_id, person_id))
    return unscoped(lines.order_by(FeedLine.id), why="scoped to the tenant of the keys")


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

        A line that was here before is looked at again if nobody could be found for it.
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
        statement = self.select(FeedLine).where(FeedLine.state == "new", FeedLine.facts.is_not(None))
        if only is not None:
            statement = statement.where(FeedLine.id == only)
        return await self.all(statement.order_by(FeedLine.id).limit(most).with_for_update(skip_locked=True))

    async def waiting(self, most: int) -> list[UUID]:
        """Return ids of lines to be decided."""
        statement = self.select_columns(FeedLine, FeedLine.id).where(
            FeedLine.state == "new", FeedLine.facts.is_not(None)
        )
        return list((await self.session.execute(statement.order_by(FeedLine.id).limit(most))).scalars())

    async def unread(self) -> FeedFile | None:
        """Lock and return the oldest file that nobody reads."""
        waiting = self.select(FeedFile).where(
            FeedFile.state.in_(["received", "reading"]),
            or_(FeedFile.leased_until.is_(None), FeedFile.leased_until < now()),
        )
        return await self.first(waiting.order_by(FeedFile.id).with_for_update(skip_locked=True))

    async def wake(self, indexes: Sequence[str]) -> None:
        """Let lines be looked at again whose people were not covered when they came."""
        statement = unscoped(WAKE, why="the tenant stands in the statement")
        await self.session.execute(statement, {"tenant": self.tenant_id, "indexes": list(indexes)})

    def _visible(self, actor: Actor) -> ColumnElement[bool]:
        """The condition that a caller may see a line.

        Staff of a branch see the lines of its claims, those of people whom a policy of its units covers, and what
        they brought themselves; lines whose people could not be found belong to nobody's branch.
        """
        if sees_whole_tenant(actor):
            return true()
        claims = ClaimRepository(self.session, self.tenant_id).visible(actor).with_only_columns(Claim.id)
        within = seen_by(actor, unit=PolicyCopy.unit_id, units=UnitCopy)
        people = self.select_columns(PolicyCopy, PolicyCopy.document_index).where(within)
        own = self.select_columns(FeedFile, FeedFile.id).where(FeedFile.imported_by == actor.id)
        known = FeedLine.claim_id.is_(None) & FeedLine.state.not_in(NOBODYS)
        return or_(
            FeedLine.claim_id.in_(claims),
            known & FeedLine.document_index.in_(people),
            FeedLine.file_id.in_(own),
        )

    def _files(self, actor: Actor) -> Select[FeedFile]:
        """SELECT the files that a caller brought, or of which they may see a line."""
        statement = self.select(FeedFile)
        if sees_whole_tenant(actor):
            return statement
        lines = self.select_columns(FeedLine, FeedLine.id).where(self._visible(actor))
        seen = lines.where(FeedLine.file_id == FeedFile.id).correlate(FeedFile).exists()
        return statement.where(or_(FeedFile.imported_by == actor.id, seen))

    async def find_visible(self, actor: Actor, file_id: UUID) -> FeedFile | None:
        """Return a file that the caller may see, or None."""
        return await self.first(self._files(actor).where(FeedFile.id == file_id))

    async def page_of_states(self, actor: Actor, cursor: Cursor, states: Sequence[str]) -> Sequence[FeedLine]:
        """Return lines of all files in some states, the newest first; one more than the page has."""
        statement = self.select(FeedLine).where(FeedLine.state.in_(list(states)), self._visible(actor))
        return await self.all(cursor.apply(statement, FeedLine))

    async def needing_work(self, actor: Actor, cursor: Cursor) -> Sequence[FeedLine]:
        """Return lines that somebody must do something about, the newest first; one more than the page has.

        A bad line is done with once its settlement has come in a line that can be read. Of a file that was handed in
        again the lines that could not be taken stand there once, as of the last time.
        """
        read = aliased(FeedLine)
        came = (
            select(read.id)
            .where(read.tenant_id == self.tenant_id, read.source_id == FeedLine.source_id, read.counted)
            .exists()
        )
        statement = self.select(FeedLine).where(
            FeedLine.state.in_(NEEDS_WORK),
            or_(FeedLine.state != "bad", ~came),
            or_(FeedLine.counted, ~self._came_again(actor)),
            self._visible(actor),
        )
        return await self.all(cursor.apply(statement, FeedLine))

    def _came_again(self, actor: Actor) -> ColumnElement[bool]:
        """The condition that the line's file was handed in again, and the caller sees what came of it."""
        again, file, same = aliased(FeedLine), aliased(FeedFile), aliased(FeedFile)
        mine = true() if sees_whole_tenant(actor) else same.imported_by == actor.id
        return (
            select(again.id)
            .join(same, (same.tenant_id == again.tenant_id) & (same.id == again.file_id))
            .join(file, (file.tenant_id == same.tenant_id) & (file.sha256 == same.sha256))
            .where(
                again.tenant_id == self.tenant_id,
                file.id == FeedLine.file_id,
                again.line_no == FeedLine.line_no,
                again.state == FeedLine.state,
                again.id > FeedLine.id,
                mine,
            )
            .exists()
        )

    async def states_of(self, actor: Actor, file_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
        """Count the lines of several files that the caller may see, by state."""
        columns = (FeedLine.file_id, FeedLine.state, func.count().label("lines"))
        statement = self.select_columns(FeedLine, *columns).where(FeedLine.file_id.in_(list(file_ids)))
        statement = statement.where(self._visible(actor))
        found: dict[UUID, dict[str, int]] = {file_id: {} for file_id in file_ids}
        for row in await self.session.execute(statement.group_by(FeedLine.file_id, FeedLine.state)):
            found[row.file_id][row.state] = row.lines
        return found

    async def lines(
        self, actor: Actor, cursor: Cursor, file_id: UUID, states: Iterable[str]
    ) -> Sequence[FeedLine]:
        """Return lines of a file in some states; one more than the page has."""
        statement = self.select(FeedLine).where(FeedLine.file_id == file_id, self._visible(actor))
        wanted = list(states)
        if wanted:
            statement = statement.where(FeedLine.state.in_(wanted))
        return await self.all(cursor.apply(statement, FeedLine))

    async def files(self, actor: Actor, cursor: Cursor) -> Sequence[FeedFile]:
        """Return files, the newest first; one more than the page has."""
        return await self.all(cursor.apply(self._files(actor), FeedFile))
