"""SQL of the people on orders and of roster imports."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Select, and_, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, unscoped
from common.events.models import TenantKey
from common.http import Cursor

from ..orders.models import IN_PROGRESS
from .models import OrderPerson, RosterImport, StagedRow
from .tasks import COLUMNS

STAGE = unscoped(
    text(
        f"""CREATE TEMPORARY TABLE staged_person ON COMMIT DROP AS
           SELECT {", ".join(COLUMNS)}, note_token AS raw_token FROM order_person LIMIT 0"""
    ),
    why="COPY into a table with row-level security is refused, so rows are staged first; it takes no row",
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
_PLACED = "tenant_id, created_at, order_id, import_id, document_kind, action"
_VALUES = ":tenant, :now, :order_id, :import_id, :kind, :action"
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
CHANGED = unscoped(
    text(
        """SELECT placed.id, cover.covered_until, other.number
           FROM order_person placed
           LEFT JOIN cover ON cover.tenant_id = placed.tenant_id AND cover.person_id = placed.person_id
             AND cover.product_code = :product AND cover.covered_until >= :blocks
           LEFT JOIN LATERAL (
             SELECT o.number FROM order_person p JOIN enrolment_order o
               ON o.tenant_id = p.tenant_id AND o.id = p.order_id
             WHERE p.tenant_id = placed.tenant_id AND p.person_id = placed.person_id AND p.insurable
               AND o.id <> placed.order_id AND o.product_code = :product
               AND o.status = ANY(CAST(:in_progress AS text[]))
             LIMIT 1) other ON true
           WHERE placed.tenant_id = :tenant AND placed.order_id = :order_id AND placed.insurable
             AND (cover.id IS NOT NULL OR other.number IS NOT NULL)"""
    ),
    why="joins three tables; the tenant is in every condition",
)


class Counts(NamedTuple):
    """How many people of an order can be covered and how many cannot."""

    insurable: int
    not_insurable: int


class Changed(NamedTuple):
    """A person whom another order got meanwhile."""

    id: UUID
    covered_until: date | None
    order: str | None


class PeopleRepository(TenantRepository):
    """People on orders of one tenant."""

    async def counts(self, order_id: UUID, import_id: UUID | None = None) -> Counts:
        """Count the people of an order, or of one import."""
        statement = self.select_columns(OrderPerson, OrderPerson.insurable, func.count())
        statement = statement.where(OrderPerson.order_id == order_id)
        if import_id is not None:
            statement = statement.where(OrderPerson.import_id == import_id)
        found = {
            row[0]: row[1] for row in await self.session.execute(statement.group_by(OrderPerson.insurable))
        }
        return Counts(found.get(True, 0), found.get(False, 0))

    async def people_by_shares(self, order_id: UUID) -> dict[int, int]:
        """Return how many insurable people of an order have how many shares."""
        statement = self.select_columns(OrderPerson, OrderPerson.shares, func.count())
        statement = statement.where(OrderPerson.order_id == order_id, OrderPerson.insurable)
        return {row[0]: row[1] for row in await self.session.execute(statement.group_by(OrderPerson.shares))}

    async def page(
        self,
        order_id: UUID,
        cursor: Cursor,
        *,
        insurable: bool | None,
        document_indexes: Sequence[str] | None = None,
        name_indexes: Sequence[str] | None = None,
    ) -> Sequence[OrderPerson]:
        """Return a page of an order's people in the order they were added."""
        statement = self._of(order_id, insurable)
        if document_indexes is not None:
            statement = statement.where(OrderPerson.document_index.in_(document_indexes))
        if name_indexes is not None:
            statement = statement.where(OrderPerson.name_index.in_(name_indexes))
        return await self.batch(statement, after=cursor.after, limit=cursor.limit + 1)

    def of_order(self, order_id: UUID, insurable: bool | None) -> Select[OrderPerson]:
        """The people of an order, for `batch`."""
        return self._of(order_id, insurable)

    async def batch(
        self, statement: Select[OrderPerson], *, after: UUID | None, limit: int
    ) -> Sequence[OrderPerson]:
        """Return the next people, oldest first."""
        if after is not None:
            statement = statement.where(OrderPerson.id > after)
        return await self.all(statement.order_by(OrderPerson.id).limit(limit))

    def _of(self, order_id: UUID, insurable: bool | None) -> Select[OrderPerson]:
        statement = self.select(OrderPerson).where(OrderPerson.order_id == order_id)
        return statement if insurable is None else statement.where(OrderPerson.insurable == insurable)

    async def nobody_on(self, order_id: UUID) -> bool:
        """Whether an order has no insurable people yet."""
        statement = self.select(OrderPerson).where(OrderPerson.order_id == order_id, OrderPerson.insurable)
        return await self.first(statement) is None

    async def is_on_order(self, order_id: UUID, person_id: UUID) -> bool:
        """Whether a person is on an order and insurable."""
        statement = self.select(OrderPerson).where(
            OrderPerson.order_id == order_id, OrderPerson.person_id == person_id, OrderPerson.insurable
        )
        return await self.first(statement) is not None

    async def delete_people(
        self, order_id: UUID, *, ids: Sequence[UUID] | None, insurable: bool | None
    ) -> int:
        """Delete people of an order by id, or all of a kind; return how many."""
        statement = self.delete(OrderPerson).where(OrderPerson.order_id == order_id)
        if ids is not None:
            statement = statement.where(OrderPerson.id.in_(ids))
        if insurable is not None:
            statement = statement.where(OrderPerson.insurable == insurable)
        removed = await self.session.execute(
            statement.returning(OrderPerson.id).execution_options(synchronize_session=False)
        )
        return len(removed.all())

    async def forget_empty_imports(self, order_id: UUID) -> None:
        """Forget the files of which nobody is left, so that they can be uploaded again."""
        left = self.select_columns(OrderPerson, OrderPerson.import_id).where(
            OrderPerson.order_id == order_id, OrderPerson.import_id.is_not(None)
        )
        await self.session.execute(
            self.delete(RosterImport)
            .where(
                RosterImport.order_id == order_id, RosterImport.state == "done", RosterImport.id.not_in(left)
            )
            .execution_options(synchronize_session=False)
        )

    async def delete_order_rows(self, order_id: UUID) -> None:
        """Delete the people and imports of an order."""
        for model in (OrderPerson, StagedRow, RosterImport):
            await self.session.execute(self.delete(model).where(model.order_id == order_id))

    async def changed(self, order_id: UUID, *, product: str, blocks: date) -> list[Changed]:
        """Return the insurable people of an order who are covered beyond `blocks` or on another order in progress."""
        values = {
            "tenant": self.tenant_id,
            "order_id": order_id,
            "product": product,
            "blocks": blocks,
            "in_progress": [state.value for state in IN_PROGRESS],
        }
        return [Changed(*row) for row in await self.session.execute(CHANGED, values)]

    async def refuse_people(self, reasons: dict[UUID, list[dict[str, Any]]]) -> None:
        """Make people not insurable for the reasons given."""
        if not reasons:
            return
        common = {"tenant_id": self.tenant_id, "insurable": False}
        rows = [common | {"id": key, "reasons": why} for key, why in reasons.items()]
        await self.session.execute(update(OrderPerson), rows)

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

    async def wrapped_keys(self) -> dict[int, bytes]:
        """Return the tenant's keys, wrapped, for the roster processes."""
        statement = unscoped(
            select(TenantKey.version, TenantKey.wrapped).where(TenantKey.tenant_id == self.tenant_id),
            why="scoped to the tenant here; TenantKey has no id of its own",
        )
        return {row.version: row.wrapped for row in await self.session.execute(statement)}

    async def stage(self) -> None:
        """Make the place through which the parts of a file go; it ends with the transaction."""
        await self.session.execute(STAGE)

    async def place_part(
        self,
        lines: bytes,
        *,
        order_id: UUID,
        import_id: UUID | None,
        kind: str,
        double: list[dict[str, Any]] | None,
        keep_raw: bool = False,
        action: str = "add",
    ) -> int:
        """Bring checked rows onto an order, or beside it where a second person accepts them.

        People on the order already are placed with the reasons `double`; return how many those were.
        """
        connection = await self.session.connection()
        driver = (await connection.get_raw_connection()).driver_connection
        if driver is None:
            raise RuntimeError("the connection was closed")
        columns = [*COLUMNS, "raw_token"] if keep_raw else COLUMNS
        await driver.copy_to_table("staged_person", source=io.BytesIO(lines), columns=columns)
        values = {"tenant": self.tenant_id, "order_id": order_id}
        refused = 0
        if double is not None:
            reasons = orjson.dumps(double).decode()
            double_rows = await self.session.execute(REFUSE_DOUBLE, values | {"reasons": reasons})
            refused = len(double_rows.all())
        more = {"now": now(), "import_id": import_id, "kind": kind, "action": action}
        await self.session.execute(KEEP if keep_raw else PLACE, values | more)
        await self.session.execute(UNSTAGE)
        return refused

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
