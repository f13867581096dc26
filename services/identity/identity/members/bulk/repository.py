"""SQL of bulk admission: rows arrive by COPY, the register is asked and grows set by set."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Text, Uuid, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from common.auth import Actor, Eyes
from common.clock import now, today
from common.db import among, unscoped
from common.db.scope import seen_by
from common.events.models import TenantKey
from common.http import Cursor
from common.identifiers import Fault

from ...units.models import Unit
from ..admission.repository import AdmissionRepository
from ..admission.rules import ALREADY_HERE, NAME_MISMATCH, OTHER_UNIT
from .checking import COLUMNS
from .models import AdmissionBatch, AdmissionRow
from .rules import Reason

NAMES = ", ".join(COLUMNS)
STAGE = unscoped(
    text(
        f"CREATE TEMPORARY TABLE staged_row ON COMMIT DROP AS SELECT {NAMES} FROM admission_row WITH NO DATA"
    ),
    why="COPY into a table with row-level security is refused, so rows are staged first; it takes no row",
)
PLACE = unscoped(
    text(f"INSERT INTO admission_row ({NAMES}) SELECT {NAMES} FROM staged_row"),
    why="the staged rows carry the tenant's id, and row-level security checks it",
)
KNOWN = unscoped(
    text(
        """WITH wanted AS MATERIALIZED (
             SELECT w.id, looked.number
             FROM admission_row w CROSS JOIN LATERAL unnest(w.document_lookups) AS looked (number)
             WHERE w.tenant_id = :tenant AND w.batch_id = :batch AND w.state IN ('good', 'bad')
               AND (CAST(:ids AS uuid[]) IS NULL OR w.id = ANY (:ids))),
           known AS MATERIALIZED (
             SELECT DISTINCT ON (wanted.id) wanted.id, q.unit_id, q.name_index
             FROM wanted JOIN person q ON q.document_index = wanted.number
             WHERE q.tenant_id = :tenant AND q.state <> 'left' ORDER BY wanted.id, q.id)
           UPDATE admission_row r SET state = :state,
             reasons = r.reasons
               || CASE WHEN p.unit_id = :unit THEN CAST(:here AS jsonb)
                       WHEN p.unit_id IS NOT NULL THEN CAST(:elsewhere AS jsonb) ELSE '[]'::jsonb END
               || CASE WHEN r.name_lookups IS NOT NULL AND p.name_index IS NOT NULL
                            AND NOT p.name_index = ANY (r.name_lookups)
                       THEN CAST(:renamed AS jsonb) ELSE '[]'::jsonb END
           FROM known p
           WHERE r.tenant_id = :tenant AND r.id = p.id
             AND (p.unit_id IS NOT NULL OR (p.name_index IS NOT NULL AND NOT p.name_index = ANY (r.name_lookups)))"""
    ).bindparams(bindparam("ids", type_=ARRAY(Uuid()))),
    why="one statement for every size of batch; the tenant is a parameter",
)
# While a large batch enters, the statistics of the table still say that it is small, and the planner would look through
# it once for every row: 3.4 s for a thousand rows among five thousand persons. Joined by a hash it reads it once.
BY_HASH = unscoped(
    text("SELECT set_config('enable_nestloop', :nestloop, true)"),
    why="a setting of this transaction; reads no row",
)
ENTER = unscoped(
    text(
        """WITH entered AS (
           INSERT INTO person (tenant_id, id, created_at, version, state, unit_id, document_kind, document_sealed,
             document_index, name_sealed, name_index, mobile_sealed, mobile_index, effective_on, pack_version,
             member_number, entered_by, entered_human, batch_id)
           SELECT r.tenant_id, r.person_id, :now, 1, 'new', :unit, r.document_kind, r.document_sealed,
             r.document_index, r.name_sealed, r.name_index, r.mobile_sealed, r.mobile_index, :today, :pack,
             given.number, :by, CAST(:human AS uuid), r.batch_id
           FROM admission_row r JOIN unnest(:ids, :numbers) AS given (id, number) ON given.id = r.id
           WHERE r.tenant_id = :tenant AND r.id = ANY (:ids) AND r.state = 'good'
           ON CONFLICT (tenant_id, id) DO NOTHING RETURNING *),
         remembered AS (
           INSERT INTO person_record (tenant_id, id, created_at, person_id, number, reason, changed_by, state, unit_id,
             document_kind, document_sealed, document_index, name_sealed, name_index, mobile_sealed, mobile_index,
             effective_on, pack_version)
           SELECT tenant_id, uuidv7(), created_at, id, version, 'admitted', :by, state, unit_id, document_kind,
             document_sealed, document_index, name_sealed, name_index, mobile_sealed, mobile_index, effective_on,
             pack_version
           FROM entered),
         done AS (
           UPDATE admission_row r SET state = 'admitted' FROM entered
           WHERE r.tenant_id = :tenant AND r.id = ANY (:ids) AND r.state = 'good' AND r.person_id = entered.id)
         SELECT count(*) FROM entered"""
    ).bindparams(bindparam("ids", type_=ARRAY(Uuid())), bindparam("numbers", type_=ARRAY(Text()))),
    why="one statement for every size of batch; the tenant is a parameter",
)


class RowCounts(NamedTuple):
    """Rows of a batch by what became of them."""

    good: int
    bad: int
    admitted: int
    failed: int


def stored(fault: Fault, field: str) -> str:
    """Return one reason as a JSON array."""
    return orjson.dumps([Reason.of(fault, field).as_json()]).decode()


class BulkRepository(AdmissionRepository):
    """Uploaded sheets of one tenant."""

    async def batch_of(self, batch_id: UUID, actor: Actor, *, lock: bool = False) -> AdmissionBatch | None:
        """Return a batch that the caller may see."""
        statement = self.select(AdmissionBatch).where(
            AdmissionBatch.id == batch_id, seen_by(actor, unit=AdmissionBatch.unit_id, units=Unit)
        )
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await self.first(statement)

    async def batches(self, actor: Actor, cursor: Cursor) -> Sequence[AdmissionBatch]:
        """Return the batches a caller may see, newest first."""
        statement = self.select(AdmissionBatch).where(seen_by(actor, unit=AdmissionBatch.unit_id, units=Unit))
        return await self.all(cursor.apply(statement, AdmissionBatch))

    async def same_file(self, unit_id: UUID, sha256: str) -> AdmissionBatch | None:
        """Return the batch of the same file for the same unit that is not done."""
        statement = self.select(AdmissionBatch).where(
            AdmissionBatch.unit_id == unit_id,
            AdmissionBatch.sha256 == sha256,
            AdmissionBatch.state != "done",
            AdmissionBatch.object_key.is_not(None),
        )
        return await self.first(statement.order_by(AdmissionBatch.id.desc()))

    async def with_old_file(
        self, *, done_before: datetime, before: datetime, limit: int
    ) -> Sequence[AdmissionBatch]:
        """Lock and return batches whose stored file is needed no more: done, or uploaded too long ago."""
        over = or_(AdmissionBatch.finished_at < done_before, AdmissionBatch.created_at < before)
        statement = self.select(AdmissionBatch).where(AdmissionBatch.object_key.is_not(None), over)
        statement = statement.order_by(AdmissionBatch.id).limit(limit).with_for_update(skip_locked=True)
        return await self.all(statement)

    async def wrapped(self) -> dict[int, bytes]:
        """Return the tenant's keys as they are stored, for another process to unwrap."""
        statement = unscoped(
            select(TenantKey).where(TenantKey.tenant_id == self.tenant_id),
            why="scoped to the tenant here; a key row has no id of its own",
        )
        return {row.version: row.wrapped for row in (await self.session.execute(statement)).scalars()}

    async def place(self, batch_id: UUID, path: Path) -> None:
        """Bring checked rows in; those of an earlier check go."""
        await self.session.execute(self.delete(AdmissionRow).where(AdmissionRow.batch_id == batch_id))
        await self.session.execute(STAGE)
        connection = await self.session.connection()
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.copy_to_table("staged_row", source=path, columns=list(COLUMNS))
        await self.session.execute(PLACE)

    async def mark_known(
        self, batch: AdmissionBatch, *, state: str, ids: Sequence[UUID] | None = None
    ) -> None:
        """Add what the register says against rows; `state` is what those rows become."""
        await self.session.execute(BY_HASH, {"nestloop": "off"})
        await self.session.execute(
            KNOWN,
            {
                "tenant": self.tenant_id, "batch": batch.id, "unit": batch.unit_id, "state": state,
                "ids": list(ids) if ids is not None else None, "here": stored(ALREADY_HERE, "id_number"),
                "elsewhere": stored(OTHER_UNIT, "id_number"), "renamed": stored(NAME_MISMATCH, "name"),
            },
        )  # fmt: skip
        await self.session.execute(BY_HASH, {"nestloop": "on"})

    async def counts(self, batch_id: UUID) -> RowCounts:
        """Count the rows of a batch by state."""
        statement = self.select_columns(AdmissionRow, AdmissionRow.state, func.count())
        statement = statement.where(AdmissionRow.batch_id == batch_id).group_by(AdmissionRow.state)
        found = {row[0]: row[1] for row in await self.session.execute(statement)}
        return RowCounts(*(found.get(name, 0) for name in RowCounts._fields))

    async def next_good(self, batch_id: UUID, *, after: int, limit: int) -> Sequence[tuple[UUID, int]]:
        """Return ids and sheet rows of the next good rows, in the sheet's order."""
        statement = self.select_columns(AdmissionRow, AdmissionRow.id, AdmissionRow.sheet_row).where(
            AdmissionRow.batch_id == batch_id, AdmissionRow.state == "good", AdmissionRow.sheet_row > after
        )
        rows = await self.session.execute(statement.order_by(AdmissionRow.sheet_row).limit(limit))
        return [(row[0], row[1]) for row in rows]

    async def enter(self, batch: AdmissionBatch, ids: Sequence[UUID], *, by: Eyes) -> int:
        """Admit good rows as new persons with numbers and history, in one statement; return how many.

        The others stay good.
        """
        numbers = await self.allot_numbers(len(ids))
        values = {
            "tenant": self.tenant_id, "ids": list(ids), "numbers": numbers, "now": now(), "today": today(),
            "unit": batch.unit_id, "pack": batch.pack_version, "by": by.account_id,
            "human": by.human,
        }  # fmt: skip
        await self.session.execute(BY_HASH, {"nestloop": "off"})
        entered = int((await self.session.execute(ENTER, values)).scalar_one())
        await self.session.execute(BY_HASH, {"nestloop": "on"})
        return entered

    async def still_good(self, ids: Sequence[UUID]) -> Sequence[AdmissionRow]:
        """Return rows that could not simply be entered."""
        statement = self.select(AdmissionRow).where(among(AdmissionRow.id, ids), AdmissionRow.state == "good")
        return await self.all(statement.execution_options(populate_existing=True))

    async def failing(self, batch_id: UUID, *, after: int, limit: int) -> Sequence[AdmissionRow]:
        """Return rows that are not admitted, in the sheet's order."""
        statement = self.select(AdmissionRow).where(
            AdmissionRow.batch_id == batch_id, AdmissionRow.state.in_(("bad", "failed")),
            AdmissionRow.sheet_row > after,
        )  # fmt: skip
        return await self.all(statement.order_by(AdmissionRow.sheet_row).limit(limit))
