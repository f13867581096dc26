"""SQL of payouts and batches."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, text
from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.auth.scope import sees_whole_tenant
from common.clock import now
from common.db import TenantRepository, among, unscoped
from common.db.scope import seen_by
from common.http import Cursor
from common.ids import new_id

from ..copies.models import UnitCopy
from ..intake.models import Claim, ClaimStep
from ..intake.repository import ClaimRepository
from .batches.models import PayoutBatch, PayoutItem, PayoutSlot
from .models import Payout

NUMBER = text("SELECT next_numbers('batch', 1)")
REFUND_NUMBER = text("SELECT next_numbers('refund', 1)")
BULK = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class PayoutFilter:
    """Which payouts a list shows."""

    status: str | None = None
    fund: str | None = None
    batch_id: UUID | None = None
    number: str | None = None
    purpose: str | None = None


def _waits(fund: str, purpose: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Payout.fund == fund,
        Payout.purpose == purpose,
        Payout.status == "waiting",
        Payout.card.is_not(None),
        Payout.stopped_at.is_(None),
    )


class PayoutRepository(TenantRepository):
    """Payouts of one tenant."""

    async def take_waiting(
        self, fund: str, purpose: str, most: int, *, only: Collection[UUID] | None = None
    ) -> Sequence[Payout]:
        """Lock and return waiting payouts of a fund, or `only` these; what another batch is taking is left to it."""
        statement = self.select(Payout).where(*_waits(fund, purpose))
        if only is not None:
            statement = statement.where(among(Payout.id, only))
        return await self.all(statement.order_by(Payout.id).limit(most).with_for_update(skip_locked=True))

    async def waiting(self, fund: str, purpose: str) -> Sequence[tuple[UUID, Decimal]]:
        """Return id and amount of every payout of a fund that waits for a batch, the oldest first."""
        statement = self.select_columns(Payout, Payout.id, Payout.amount).where(*_waits(fund, purpose))
        return [(row.id, row.amount) for row in await self.session.execute(statement.order_by(Payout.id))]

    async def prepared_total(self, fund: str, purpose: str) -> Decimal:
        """Return what the batches of a fund ask for that nobody has released yet."""
        statement = self.select_columns(PayoutBatch, func.coalesce(func.sum(PayoutBatch.total), 0)).where(
            PayoutBatch.fund == fund, PayoutBatch.purpose == purpose, PayoutBatch.status == "prepared"
        )
        return Decimal("0.00") + Decimal((await self.session.execute(statement)).scalar_one())

    async def answered(self, batches: Collection[UUID]) -> dict[UUID, int]:
        """Count the lines of batches that the bank has answered; a batch without an answer is left out."""
        statement = self.select_columns(PayoutItem, PayoutItem.batch_id, func.count().label("answered"))
        mine = statement.where(
            PayoutItem.batch_id.in_(batches),
            PayoutItem.outcome.is_not(None),
            PayoutItem.outcome != "cancelled",
        )
        rows = await self.session.execute(mine.group_by(PayoutItem.batch_id))
        return {row.batch_id: row.answered for row in rows}

    async def of_claim(self, claim_id: UUID, *, lock: bool = False) -> Payout | None:
        """Return the payout of a claim or None."""
        statement = self.select(Payout).where(Payout.claim_id == claim_id)
        return await self.first(statement.with_for_update() if lock else statement)

    async def withdrawn(self, claims: Collection[UUID]) -> dict[UUID, Payout]:
        """Return the payouts of these claims that were withdrawn, by claim, locked."""
        if not claims:
            return {}
        statement = self.select(Payout).where(Payout.claim_id.in_(claims), Payout.status == "withdrawn")
        rows = await self.all(statement.order_by(Payout.id).with_for_update())
        return {row.claim_id: row for row in rows if row.claim_id is not None}

    async def stopped(self, claims: Collection[UUID]) -> set[UUID]:
        """Return those of these claims whose payouts are stopped, and not with the bank all the same."""
        statement = self.select_columns(Payout, Payout.claim_id).where(
            Payout.claim_id.in_(claims),
            Payout.stopped_at.is_not(None),
            Payout.status.not_in(["released", "paid"]),
        )
        return {found for found in (await self.session.execute(statement)).scalars() if found is not None}

    async def steps_and_payout(self, claim_id: UUID) -> tuple[list[ClaimStep], Payout | None]:
        """Return a claim's timeline, the oldest first, and its payout: what its reader sees of it, read at once."""
        payout = and_(Payout.tenant_id == ClaimStep.tenant_id, Payout.claim_id == ClaimStep.claim_id)
        statement = self.select_columns(ClaimStep, ClaimStep, Payout).outerjoin(Payout, payout)
        mine = statement.where(ClaimStep.claim_id == claim_id).order_by(ClaimStep.id)
        rows = (await self.session.execute(mine)).all()
        return [step for step, _ in rows], rows[0][1] if rows else None

    def _visible(self, actor: Actor) -> Select[Payout]:
        """SELECT the payouts of the claims that a caller may see, and the refunds of the units in their branch."""
        statement = self.select(Payout)
        if sees_whole_tenant(actor):
            return statement
        claims = ClaimRepository(self.session, self.tenant_id).visible(actor).with_only_columns(Claim.id)
        refund = and_(Payout.purpose == "refund", seen_by(actor, unit=Payout.unit_id, units=UnitCopy))
        return statement.where(or_(Payout.claim_id.in_(claims), refund))

    async def without_card(self, person_id: UUID) -> list[tuple[Payout, Claim]]:
        """Return a person's payouts that wait for a card or another one and their claims; locked, claims first."""
        statement = self.select_columns(Claim, Payout, Claim).join(
            Payout, (Claim.tenant_id == Payout.tenant_id) & (Claim.id == Payout.claim_id)
        )
        statement = statement.where(
            Payout.person_id == person_id,
            Payout.purpose == "claim",
            Payout.status.in_(["awaiting_card", "failed"]),
        )
        rows = await self.session.execute(statement.order_by(Payout.id).with_for_update(of=[Claim, Payout]))
        return [(payout, claim) for payout, claim in rows]

    async def stuck(self, actor: Actor, person_id: UUID) -> Sequence[Payout]:
        """Return a person's payouts of claims that lack a card or failed, within the caller's scope."""
        statement = self._visible(actor).where(
            Payout.person_id == person_id,
            Payout.purpose == "claim",
            Payout.status.in_(["awaiting_card", "failed"]),
        )
        return await self.all(statement.order_by(Payout.id))

    async def refunds_without_card(self, person_id: UUID) -> Sequence[Payout]:
        """Return a member's refunds that wait for a card or another one and for nothing else, locked."""
        statement = self.select(Payout).where(
            Payout.person_id == person_id,
            Payout.purpose == "refund",
            Payout.payee == "member",
            or_(Payout.status == "failed", and_(Payout.status == "awaiting_card", Payout.failure.is_(None))),
        )
        return await self.all(statement.order_by(Payout.id).with_for_update())

    async def of_refund(self, refund_id: UUID) -> Payout | None:
        """Return the payout of a refund or None, locked."""
        return await self.first(self.select(Payout).where(Payout.refund_id == refund_id).with_for_update())

    async def account_of_unit(self, unit_id: UUID) -> Payout | None:
        """Return the last refund that reached a unit as its payee: the account that it went to is the unit's."""
        reached = self.select(Payout).where(
            Payout.purpose == "refund",
            Payout.unit_id == unit_id,
            Payout.payee == "unit",
            Payout.status == "paid",
            Payout.card.is_not(None),
        )
        return await self.first(reached.order_by(Payout.paid_on.desc(), Payout.id.desc()).limit(1))

    async def refund_number(self) -> int:
        """Return a serial number of the union for a refund that nobody else gets."""
        statement = unscoped(REFUND_NUMBER, why="the sequence is the one of the transaction's tenant")
        return int((await self.session.execute(statement)).scalar_one())

    async def find_visible(self, actor: Actor, payout_id: UUID, *, lock: bool = False) -> Payout | None:
        """Return a payout within the caller's scope or None."""
        statement = self._visible(actor).where(Payout.id == payout_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await self.first(statement)

    async def page(self, actor: Actor, cursor: Cursor, chosen: PayoutFilter) -> Sequence[Payout]:
        """Return payouts within the caller's scope, the newest first; one more than the page has."""
        statement = self._visible(actor)
        for column, value in (
            (Payout.status, chosen.status),
            (Payout.fund, chosen.fund),
            (Payout.purpose, chosen.purpose),
        ):
            if value is not None:
                statement = statement.where(column == value)
        if chosen.number is not None:
            statement = statement.where(
                or_(Payout.number == chosen.number, Payout.claim_number == chosen.number)
            )
        if chosen.batch_id is not None:
            items = self.select_columns(PayoutItem, PayoutItem.payout_id)
            statement = statement.where(Payout.id.in_(items.where(PayoutItem.batch_id == chosen.batch_id)))
        return await self.all(cursor.apply(statement, Payout))

    async def of_person(self, person_id: UUID, *, since: date) -> Sequence[Payout]:
        """Return a person's payouts asked for or paid since a day, the newest first."""
        mine = self.select(Payout).where(
            Payout.person_id == person_id, Payout.purpose == "claim", Payout.status != "withdrawn"
        )
        recent = or_(Payout.paid_on >= since, Payout.requested_on >= since, Payout.created_at >= since)
        return await self.all(mine.where(recent).order_by(Payout.id.desc()))

    async def claims_of(self, ids: Iterable[UUID]) -> list[UUID]:
        """Return the ids of the claims of payouts, without any lock: a payout never changes its claim."""
        statement = self.select_columns(Payout, Payout.claim_id).where(
            Payout.id.in_(list(ids)), Payout.claim_id.is_not(None)
        )
        return list((await self.session.execute(statement)).scalars())

    async def hold(self, ids: Iterable[UUID]) -> dict[UUID, Payout]:
        """Lock payouts and return them by id."""
        statement = self.select(Payout).where(Payout.id.in_(list(ids))).order_by(Payout.id).with_for_update()
        rows = await self.all(statement.execution_options(populate_existing=True))
        return {row.id: row for row in rows}

    async def ids_of_person(self, person_id: UUID) -> Sequence[UUID]:
        """Return all payouts of a person."""
        theirs = self.select_columns(Payout, Payout.id).where(Payout.person_id == person_id)
        return list((await self.session.execute(theirs)).scalars())

    async def mark_erased(self, person_id: UUID) -> Sequence[UUID]:
        """Note on a person's payouts that the person was erased; return their ids."""
        marked = self.update(Payout).where(Payout.person_id == person_id).values(person_erased=True)
        return (
            (await self.session.execute(marked.returning(Payout.id), execution_options=BULK)).scalars().all()
        )

    async def blank_erased(self, ids: Collection[UUID], *, name: str, card: str) -> int:
        """Blank payouts of erased people that are paid or owed no more, and their lines of batches; how many rows."""
        over = Payout.status.in_(["paid", "withdrawn"])
        paid = (Payout.id.in_(list(ids)), Payout.person_erased, over)
        of_paid = self.select_columns(Payout, Payout.id).where(*paid)
        items = self.update(PayoutItem).where(PayoutItem.payout_id.in_(of_paid))
        rows = 0
        for statement in (
            items.values(name=name, card=card, bank_name=None),
            self.update(Payout).where(*paid).values(name=name, card=None, bank_name=None),
        ):
            result = await self.session.execute(statement, execution_options=BULK)
            rows += int(getattr(result, "rowcount", 0))
        return rows

    async def batches(
        self, cursor: Cursor, *, fund: str | None, status: str | None, purpose: str | None
    ) -> Sequence[PayoutBatch]:
        """Return batches, the newest first; one more than the page has."""
        statement = self.select(PayoutBatch)
        if purpose is not None:
            statement = statement.where(PayoutBatch.purpose == purpose)
        if fund is not None:
            statement = statement.where(PayoutBatch.fund == fund)
        if status is not None:
            statement = statement.where(PayoutBatch.status == status)
        return await self.all(cursor.apply(statement, PayoutBatch))

    async def items(self, batch_id: UUID, *, lock: bool = False) -> Sequence[PayoutItem]:
        """Return the lines of a batch in their order."""
        statement = (
            self.select(PayoutItem).where(PayoutItem.batch_id == batch_id).order_by(PayoutItem.sequence)
        )
        return await self.all(statement.with_for_update() if lock else statement)

    async def item_page(self, cursor: Cursor, batch_id: UUID) -> Sequence[PayoutItem]:
        """Return lines of a batch, the last ones first; one more than the page has."""
        return await self.all(
            cursor.apply(self.select(PayoutItem).where(PayoutItem.batch_id == batch_id), PayoutItem)
        )

    async def paid_item(self, payout_id: UUID) -> PayoutItem | None:
        """Lock and return the line by which a payout was paid."""
        statement = self.select(PayoutItem).where(
            PayoutItem.payout_id == payout_id, PayoutItem.outcome == "paid"
        )
        return await self.first(statement.with_for_update())

    async def batch_number(self) -> int:
        """Return a serial number of the union for a batch that nobody else gets."""
        statement = unscoped(NUMBER, why="the sequence is the one of the transaction's tenant")
        return int((await self.session.execute(statement)).scalar_one())

    async def take_slot(self, fund: str, slot: str) -> bool:
        """Take a moment of the schedule; False if it was taken before."""
        row = {"tenant_id": self.tenant_id, "id": new_id(), "created_at": now(), "fund": fund, "slot": slot}
        statement = insert(PayoutSlot).values(row).on_conflict_do_nothing().returning(PayoutSlot.id)
        return (await self.session.execute(statement)).scalar_one_or_none() is not None

    async def waiting_by_fund(self) -> dict[str, int]:
        """Count the waiting payouts of each fund."""
        statement = self.select_columns(Payout, Payout.fund, func.count().label("payouts"))
        grouped = statement.where(Payout.status == "waiting").group_by(Payout.fund)
        return {row.fund: row.payouts for row in await self.session.execute(grouped)}
