"""SQL of roster files: their state, and the rows that COPY brings in."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, unscoped
from common.events.models import TenantKey

from .models import RosterImport, StagedRow
from .tasks import COLUMNS

STAGE = unscoped(
    text(
        f"""CREATE TEMPORARY TABLE staged_person ON COMMIT DROP AS
           SELECT {", ".join(COLUMNS)}, note_token AS raw_token FROM order_person LIMIT 0"""
    ),
    why="COPY into a table with row-level security is refused, so rows are staged first; it takes no row",
)
AT_ONCE = unscoped(
    text("SET CONSTRAINTS ALL IMMEDIATE"), why="a setting of this transaction; it takes no row"
)
UNSTAGE = unscoped(text("TRUNCATE staged_person"), why="a temporary table of this transaction")
REFUSE_DOUBLE = unscoped(
    text(
        """UPDATE staged_person SET insurable = false, reasons = CAST(:reasons AS jsonb)
           FROM order_person placed
           WHERE staged_person.insurable AND placed.tenant_id = :tenant AND placed.order_id = :order_id
             AND placed.insurable AND placed.person_id = staged_person.person_id
           RETURNING staged_person.id"""
    ),
    why="joins the staged rows of this transaction; the tenant is in the condition",
)
_PLACED = "tenant_id, created_at, order_id, import_id, action"
_VALUES = ":tenant, :now, :order_id, :import_id, :action"
_FILE = ", ".join(COLUMNS)
PLACE = unscoped(
    text(f"INSERT INTO order_person ({_PLACED}, {_FILE}) SELECT {_VALUES}, {_FILE} FROM staged_person"),
    why="INSERT from the staged rows of this transaction; the tenant is written into every one",
)
KEEP = unscoped(
    text(
        f"""INSERT INTO staged_row ({_PLACED}, {_FILE}, raw_token)
           SELECT {_VALUES}, {_FILE}, raw_token FROM staged_person"""
    ),
    why="INSERT from the staged rows of this transaction; the tenant is written into every one",
)


ACCEPT = unscoped(
    text(
        f"""INSERT INTO order_person ({_PLACED}, {_FILE})
           SELECT tenant_id, :now, order_id, import_id, action, {_FILE} FROM staged_row
           WHERE tenant_id = :tenant AND import_id = :import_id AND decision = 'accepted'"""
    ),
    why="INSERT from the staged rows of one import; the tenant is in the condition",
)
DOUBLE_STAGED = unscoped(
    text(
        """UPDATE staged_row SET insurable = false, reasons = CAST(:reasons AS jsonb)
           FROM order_person placed
           WHERE staged_row.tenant_id = :tenant AND staged_row.import_id = :import_id AND staged_row.insurable
             AND placed.tenant_id = :tenant AND placed.order_id = staged_row.order_id AND placed.insurable
             AND placed.person_id = staged_row.person_id"""
    ),
    why="joins two tables; the tenant is in every condition",
)
REPLACE = unscoped(
    text(
        """UPDATE order_person SET insurable = staged.insurable, reasons = staged.reasons, shares = staged.shares,
             person_id = staged.person_id, document_kind = staged.document_kind
           FROM staged_person staged WHERE order_person.tenant_id = :tenant AND order_person.id = staged.id"""
    ),
    why="an update from the staged rows of this transaction; the tenant is in the condition",
)


class ImportRepository(TenantRepository):
    """Roster files of one tenant."""

    async def import_of(self, order_id: UUID, sha256: str, *, lock: bool = False) -> RosterImport | None:
        """Return the import of a file, or None if the order has not seen it."""
        statement = self.select(RosterImport).where(
            RosterImport.order_id == order_id, RosterImport.sha256 == sha256
        )
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def imports(self, order_id: UUID) -> Sequence[RosterImport]:
        """Return the imports of an order, newest first."""
        statement = self.select(RosterImport).where(RosterImport.order_id == order_id)
        return await self.all(statement.order_by(RosterImport.started_at.desc()).limit(50))

    async def begin_import(self, values: dict[str, Any]) -> RosterImport | None:
        """Add an import; None if the order has seen the file (or somebody uploads it at this moment)."""
        common = {
            "tenant_id": self.tenant_id,
            "created_at": now(),
            "state": "checking",
            "started_at": now(),
            "beat_at": now(),
        }
        counters = dict.fromkeys(("rows_done", "total", "insurable", "not_insurable", "attempts"), 0)
        statement = insert(RosterImport).values(common | counters | values).on_conflict_do_nothing()
        return (await self.session.execute(statement.returning(RosterImport))).scalar_one_or_none()

    async def progress(self, import_id: UUID, *, started_at: datetime, done: int, total: int) -> bool:
        """Note how far a check has come; False if it was cancelled or another attempt has taken over."""
        found = await self.session.execute(
            self.update(RosterImport)
            .where(
                RosterImport.id == import_id,
                RosterImport.started_at == started_at,
                RosterImport.state == "checking",
            )
            .values(rows_done=done, total=total, beat_at=now())
            .returning(RosterImport.id)
        )
        return found.scalar_one_or_none() is not None

    async def next_to_check(self, abandoned_before: datetime) -> RosterImport | None:
        """Lock and return the oldest roster that waits for a worker, or whose worker has gone."""
        statement = self.select(RosterImport).where(
            RosterImport.object_key.is_not(None),
            or_(
                RosterImport.state == "queued",
                and_(RosterImport.state == "checking", RosterImport.beat_at < abandoned_before),
            ),
        )
        statement = statement.order_by(RosterImport.id).limit(1).with_for_update(skip_locked=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def import_by_id(
        self, order_id: UUID, import_id: UUID, *, lock: bool = False
    ) -> RosterImport | None:
        """Return an import of an order, or None."""
        statement = self.select(RosterImport).where(
            RosterImport.id == import_id, RosterImport.order_id == order_id
        )
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def wrapped_keys(self) -> dict[int, bytes]:
        """Return the tenant's keys, wrapped, for the roster processes."""
        statement = unscoped(
            select(TenantKey.version, TenantKey.wrapped).where(TenantKey.tenant_id == self.tenant_id),
            why="scoped to the tenant here; TenantKey has no id of its own",
        )
        return {row.version: row.wrapped for row in await self.session.execute(statement)}

    async def check_references_at_once(self) -> None:
        """Check the references of each part with it, not those of all rows at the commit, when nothing else runs."""
        await self.session.execute(AT_ONCE)

    async def stage(self) -> None:
        """Make the place through which the parts of a file go; it ends with the transaction."""
        await self.session.execute(STAGE)

    async def place_part(
        self,
        lines: bytes,
        *,
        order_id: UUID,
        import_id: UUID | None,
        double: list[dict[str, Any]] | None,
        keep_raw: bool = False,
        action: str = "add",
    ) -> int:
        """Bring checked rows onto an order, or beside it where a second person accepts them.

        People on the order already are placed with the reasons `double`; return how many those were.
        """
        await self._copy(lines, [*COLUMNS, "raw_token"] if keep_raw else COLUMNS)
        values = {"tenant": self.tenant_id, "order_id": order_id}
        refused = 0
        if double is not None:
            reasons = orjson.dumps(double).decode()
            double_rows = await self.session.execute(REFUSE_DOUBLE, values | {"reasons": reasons})
            refused = len(double_rows.all())
        more = {"now": now(), "import_id": import_id, "action": action}
        await self.session.execute(KEEP if keep_raw else PLACE, values | more)
        await self.session.execute(UNSTAGE)
        return refused

    async def replace_part(self, lines: bytes) -> None:
        """Give people who stand on an order the result of a new check."""
        await self._copy(lines, COLUMNS)
        await self.session.execute(REPLACE, {"tenant": self.tenant_id})
        await self.session.execute(UNSTAGE)

    async def _copy(self, lines: bytes, columns: Sequence[str]) -> None:
        connection = await self.session.connection()
        driver = (await connection.get_raw_connection()).driver_connection
        if driver is None:
            raise RuntimeError("the connection was closed")
        await driver.copy_to_table("staged_person", source=io.BytesIO(lines), columns=columns)

    async def forget_staged(self, import_id: UUID) -> None:
        """Delete the rows of an earlier check of a file that is checked anew."""
        statement = self.delete(StagedRow).where(StagedRow.import_id == import_id)
        await self.session.execute(statement.execution_options(synchronize_session=False))

    async def accept(
        self, import_id: UUID, ids: Sequence[UUID] | None, *, double: list[dict[str, Any]]
    ) -> tuple[int, int]:
        """Accept rows of an import that can be covered, all or those named, and reject the others; return how many."""
        values = {"tenant": self.tenant_id, "import_id": import_id}
        await self.session.execute(DOUBLE_STAGED, values | {"reasons": orjson.dumps(double).decode()})
        mine = StagedRow.import_id == import_id
        chosen = self.update(StagedRow).where(mine, StagedRow.insurable)
        if ids is not None:
            chosen = chosen.where(StagedRow.id.in_(ids))
        quiet = {"synchronize_session": False}
        taken = chosen.values(decision="accepted").returning(StagedRow.id).execution_options(**quiet)
        accepted = len((await self.session.execute(taken)).all())
        rest = self.update(StagedRow).where(mine, StagedRow.decision.is_(None)).values(decision="rejected")
        left = rest.returning(StagedRow.id).execution_options(**quiet)
        rejected = len((await self.session.execute(left)).all())
        await self.session.execute(ACCEPT, values | {"now": now()})
        return accepted, rejected

    async def staged_page(
        self,
        import_id: UUID,
        *,
        insurable: bool | None,
        after: UUID | None,
        limit: int,
        rejected: bool = False,
    ) -> Sequence[StagedRow]:
        """Return rows that wait (or were rejected), in the order of the sheet."""
        statement = self.select(StagedRow).where(StagedRow.import_id == import_id)
        if insurable is not None:
            statement = statement.where(StagedRow.insurable == insurable)
        if rejected:
            statement = statement.where(or_(~StagedRow.insurable, StagedRow.decision == "rejected"))
        if after is not None:
            statement = statement.where(StagedRow.id > after)
        return await self.all(statement.order_by(StagedRow.id).limit(limit))
