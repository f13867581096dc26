"""Use case of a local run's demo accounts: what is missing is made, what is there stays as it is."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now, today
from common.contracts.identity import MembersAdmitted
from common.contracts.pack import TenantPack
from common.contracts.pack.demo import DemoPerson, DemoStaff, DemoUnit
from common.crypto import TenantKeys
from common.events import emit
from common.http import ServiceContext
from common.ids import new_id
from common.tenancy import current_pack

from ..accounts.models import Account
from ..accounts.repository import AccountRepository
from ..members.admission.applicants import facts_of
from ..members.admission.rules import RESIDENT_ID, Applicant
from ..members.facts import fact_of
from ..members.repository import MemberRepository
from ..members.rules import needs_admission
from ..sso.work_numbers import learn_work_number
from ..staff.passwords import hash_password
from ..staff.schemas import StaffCreate
from ..staff.service import create_staff
from ..units.entering import enter_unit
from ..units.models import Unit
from ..units.repository import UnitRepository
from ..units.schemas import HandlerCreate, UnitEnter
from .schemas import DemoPut, DemoRead


async def put_demo(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: DemoPut
) -> DemoRead:
    """Make the staff, units, handlers and members of a demo that the union has not yet."""
    staff = units = members = 0
    for person in asked.demo.staff:
        staff += await _staff(session, actor, context, person, asked.password)
    for unit in asked.demo.units:
        made, row = await _unit(session, actor, context, unit, asked.password)
        units += made
        if row is not None:
            members += await _members(session, actor, context, row, unit.people)
    return DemoRead(staff=staff, units=units, members=members)


async def _staff(
    session: AsyncSession, actor: Actor, context: ServiceContext, person: DemoStaff, password: str
) -> bool:
    if await AccountRepository.of(session).of_user_name(person.username):
        return False
    asked = StaffCreate(
        user_name=person.username, name=person.name, mobile=person.mobile, roles=list(person.roles),
        branch=person.branch, password=password,
    )  # fmt: skip
    await create_staff(session, actor=actor, context=context, asked=asked, password_due=False)
    return True


async def _unit(
    session: AsyncSession, actor: Actor, context: ServiceContext, unit: DemoUnit, password: str
) -> tuple[bool, Unit | None]:
    """Return whether the unit was made just now, and the unit; none where somebody else has its handler's mobile."""
    units, accounts = UnitRepository.of(session), AccountRepository.of(session)
    if (known := await units.of_credit_code(unit.credit_code)) is not None:
        return False, known
    keys = await context.keyring.for_tenant(session)
    if await accounts.of_mobile(["handler"], keys.blinds("mobile", unit.handler_mobile)):
        return False, None
    handler = HandlerCreate(
        name=unit.handler_name, mobile=unit.handler_mobile, user_name=unit.handler_username
    )
    asked = UnitEnter(
        name=unit.name, credit_code=unit.credit_code, org_node=unit.branch, medical_code=None, handler=handler
    )
    entered = await enter_unit(session, actor=actor, context=context, asked=asked)
    account = await accounts.find(Account, entered.handler.account_id, lock=True)
    if account is not None and account.user_name is not None:
        account.set_password(await hash_password(password), due=False)
    return True, await units.of_credit_code(unit.credit_code)


async def _members(
    session: AsyncSession, actor: Actor, context: ServiceContext, unit: Unit, people: Sequence[DemoPerson]
) -> int:
    """Enter a unit's members as confirmed, where the union admits people before they come in."""
    pack = await current_pack(session)
    if not people or not needs_admission(pack):
        return 0
    members, keys = MemberRepository.of(session), await context.keyring.for_tenant(session)
    rows = {keys.person_id(RESIDENT_ID, p.id_number): _row(p, unit, pack, actor, keys) for p in people}
    known = await members.people(list(rows))
    new = await members.register_new([row for person_id, row in rows.items() if person_id not in known])
    entered = await members.locked(list(new))
    members.remember(entered, reason="confirmed", by=actor.id)
    await session.flush()
    for person in people:
        person_id = keys.person_id(RESIDENT_ID, person.id_number)
        if person.work_number and person_id in new:
            await learn_work_number(
                session, keys=keys, person_id=person_id, number=person.work_number, told=True
            )
    if entered:
        emit(session, MembersAdmitted(batch_id=new_id(), members=[fact_of(person) for person in entered]))
    return len(entered)


def _row(
    person: DemoPerson, unit: Unit, pack: TenantPack, actor: Actor, keys: TenantKeys
) -> dict[str, object]:
    applicant = Applicant(
        document_kind=RESIDENT_ID, number=person.id_number, name=person.name, mobile=person.mobile, sex=None, born=None
    )  # fmt: skip
    return {
        "id": keys.person_id(RESIDENT_ID, person.id_number), "created_at": now(), "version": 1, "state": "confirmed",
        "unit_id": unit.id, "effective_on": today(), "pack_version": pack.version, "entered_by": actor.id,
        "entered_human": actor.human, **facts_of(applicant, keys),
    }  # fmt: skip
