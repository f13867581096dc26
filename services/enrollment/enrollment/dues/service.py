"""Use cases of dues: what is due, make a bill, cancel it."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.contracts.pack import TenantPack
from common.contracts.pack.money import Dues
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor
from common.ids import new_id
from common.tenancy import current_pack

from ..individual.answers import load_person
from ..individual.service import member_of
from ..numbering.repository import NumberRepository
from ..online_payments.service import stop_paying
from . import rules
from .errors import DuesNotCollected, PeriodInvalid, PeriodPaid, WageRequired
from .models import DuesBill
from .repository import DuesRepository

WAGE = "enrollment.wage"
PURPOSE = "dues"


async def tariff(session: AsyncSession) -> tuple[TenantPack, Dues]:
    """Return the pack and its dues; DuesNotCollected where it has none."""
    pack = await current_pack(session)
    if pack.dues is None:
        raise DuesNotCollected
    return pack, pack.dues


async def my_periods(session: AsyncSession, *, actor: Actor) -> tuple[Dues, dict[str, str]]:
    """Return the tariff and this year's periods of the caller: paid, open or due."""
    person_id = member_of(actor)
    _, dues = await tariff(session)
    periods = rules.periods_of(dues.period, today().year)
    held = await DuesRepository(session, actor.tenant_id).states(person_id, periods)
    return dues, {period: held[period].state if period in held else "due" for period in periods}


async def make_bill(
    session: AsyncSession, *, actor: Actor, wage: Decimal | None, periods: Sequence[str], keys: TenantKeys
) -> DuesBill:
    """Make a bill for periods of this year (none named: the present one).

    WageRequired, PeriodInvalid, PeriodPaid; a period is held by one bill until that is cancelled.
    """
    pack, dues = await tariff(session)
    person = await load_person(session, member_of(actor), keys)
    wanted = _checked(dues, periods)
    if dues.flat is None and wage is None:
        raise WageRequired
    amount = rules.dues_of(dues, wage, pack.rounding)
    serial = await NumberRepository(session, actor.tenant_id).take(f"dues:{today().year}")
    repository = DuesRepository(session, actor.tenant_id)
    bill = DuesBill(
        id=new_id(),
        number=f"HF{today().year}{serial:08d}",
        person_id=person.copy.id,
        account_id=actor.id,
        unit_id=person.unit.id,
        pack_version=pack.version,
        fund=dues.fund,
        wage_token=keys.seal(f"{wage:.2f}", context=WAGE) if wage is not None else None,
        per_period=amount,
        amount=amount * len(wanted),
        periods=wanted,
    )
    taken = await repository.hold_periods(bill)
    if taken:
        raise PeriodPaid(period="、".join(sorted(taken)))
    repository.add(bill)
    await session.flush()
    return bill


def _checked(dues: Dues, periods: Sequence[str]) -> list[str]:
    known = rules.periods_of(dues.period, today().year)
    now_due = rules.period_of(dues.period, today())
    wanted = sorted(set(periods)) or [now_due]
    for period in wanted:
        if period not in known:
            raise PeriodInvalid(period=period[:20], example=now_due)
    return wanted


async def own_bill(session: AsyncSession, *, actor: Actor, bill_id: UUID) -> DuesBill:
    """Return the caller's own bill, locked; NotFound for anybody else's."""
    bill = await DuesRepository(session, actor.tenant_id).own(member_of(actor), bill_id)
    if bill is None:
        raise NotFound
    return bill


async def cancel_bill(session: AsyncSession, *, actor: Actor, bill_id: UUID) -> DuesBill:
    """Cancel an unpaid bill; its periods are free again, and money that arrives all the same goes back."""
    bill = await own_bill(session, actor=actor, bill_id=bill_id)
    bill.cancel()
    await DuesRepository(session, actor.tenant_id).free_periods(bill)
    await stop_paying(session, tenant_id=actor.tenant_id, purpose=PURPOSE, subject_id=bill.id)
    await session.flush()
    return bill


async def list_bills(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, state: str | None
) -> Sequence[DuesBill]:
    """Return a page of the bills that the caller may see."""
    return await DuesRepository(session, actor.tenant_id).page(actor, cursor, state=state)
