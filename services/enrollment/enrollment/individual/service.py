"""Use cases of an individual application up to its submission, and its withdrawal."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.clock import today
from common.contracts.pack import Product, TenantPack
from common.crypto import TenantKeys
from common.errors import NotFound
from common.forms import Fault
from common.http import Cursor, check_version
from common.tenancy import current_pack, pack_of_version
from common.text import Text

from ..numbering.repository import NumberRepository
from ..online_payments.service import stop_paying
from ..orders.rules import amount_due, first_day, first_node
from ..slots.repository import SlotRepository
from . import rules
from .answers import (
    Person,
    all_answers,
    checked_answers,
    fields_of,
    load_person,
    sealed_answers,
    typed_answers,
)
from .errors import AlreadyUnderWay, AnswersInvalid, MemberRequired, NotEligible, ProductNotOffered
from .matters import tell_application
from .models import Application, ApplicationStatus
from .repository import ApplicationRepository


def offered_to_members(product: Product) -> bool:
    """Whether members can apply for a product today."""
    begun = product.offered_from is None or product.offered_from <= today()
    ended = product.offered_until is not None and product.offered_until < today()
    return "member" in product.ordered_by and begun and not ended


def member_of(actor: Actor) -> UUID:
    """Return the person a caller is; MemberRequired for anybody but a bound member."""
    if actor.person_id is None:
        raise MemberRequired
    return actor.person_id


async def faults_of(
    session: AsyncSession, product: Product, person: Person, *, application: Application | None = None
) -> list[Fault]:
    """Return every reason why a person cannot join a product, if cover began as soon as it can."""
    repository = ApplicationRepository(session, session.info["tenant_id"])
    slots = SlotRepository(session, session.info["tenant_id"])
    own = application.order_id if application else None
    applicant = rules.Applicant(
        id_number=person.document,
        entry=person.entry,
        covered_until=await repository.covered_until(person.copy.id, product.code),
        on_order=await slots.holder(person.copy.id, product.code, but=own),
    )
    starts_on = first_day(product.effective, confirmed_on=today(), requested=None)
    return rules.eligibility_faults(applicant, product, starts_on=starts_on)


def require_eligible(faults: Sequence[Fault]) -> None:
    """Raise NotEligible with every fault unless there is none."""
    if faults:
        sentences = Text("；".join(f.text.zh for f in faults), "; ".join(f.text.en for f in faults))
        errors = [fault.as_error() for fault in faults]
        raise NotEligible(rules_zh=sentences.zh, rules_en=sentences.en, errors=errors)


async def begin_application(
    session: AsyncSession, *, actor: Actor, product_code: str, answers: Mapping[str, str], keys: TenantKeys
) -> Application:
    """Begin a draft, or return the caller's draft for the product so that another device goes on with it.

    ProductNotOffered, NotEligible with the rule, AlreadyUnderWay, AnswersInvalid.
    """
    person = await load_person(session, member_of(actor), keys)
    pack = await current_pack(session)
    product = next((p for p in pack.products if p.code == product_code and offered_to_members(p)), None)
    if product is None:
        raise ProductNotOffered(product=product_code)
    repository = ApplicationRepository(session, actor.tenant_id)
    known = await repository.open_one(person.copy.id, product.code)
    if known is not None and known.status != ApplicationStatus.DRAFT:
        raise AlreadyUnderWay(number=known.number, application_id=str(known.id))
    require_eligible(await faults_of(session, product, person))
    application = known or await _new_draft(session, actor, person, product, pack)
    if answers or application.answers_token is None:
        _keep(application, answers, product, pack, person, keys)
    await session.flush()
    return application


async def _new_draft(
    session: AsyncSession, actor: Actor, person: Person, product: Product, pack: TenantPack
) -> Application:
    day = today()
    serial = await NumberRepository(session, actor.tenant_id).take(f"application:{day:%Y%m%d}")
    # Whoever takes a number waits for the one before: of two taps the second finds the first one's draft.
    repository = ApplicationRepository(session, actor.tenant_id)
    if known := await repository.open_one(person.copy.id, product.code):
        return known
    application = Application(
        number=f"GR{day:%Y%m%d}{serial:06d}",
        person_id=person.copy.id,
        account_id=actor.id,
        human=actor.human,
        unit_id=person.unit.id,
        product_code=product.code,
        pack_version=pack.version,
    )
    repository.add(application)
    await session.flush()
    return application


def _keep(
    application: Application,
    answers: Mapping[str, str],
    product: Product,
    pack: TenantPack,
    person: Person,
    keys: TenantKeys,
) -> None:
    kept = checked_answers(answers, product, pack, person)
    application.keep_answers(sealed_answers(kept, keys), shares=rules.shares_of(kept))


async def find_application(
    session: AsyncSession, *, actor: Actor, application_id: UUID, lock: bool = False
) -> Application:
    """Return an application that the caller may see; NotFound otherwise."""
    repository = ApplicationRepository(session, actor.tenant_id)
    application = await repository.visible(actor, application_id, lock=lock)
    if application is None:
        raise NotFound
    return application


async def own_application(session: AsyncSession, *, actor: Actor, application_id: UUID) -> Application:
    """Return the caller's own application, locked; NotFound for anybody else's."""
    application = await find_application(session, actor=actor, application_id=application_id, lock=True)
    if application.person_id != member_of(actor):
        raise NotFound
    return application


async def edit_application(
    session: AsyncSession,
    *,
    actor: Actor,
    application_id: UUID,
    answers: Mapping[str, str],
    version: int,
    keys: TenantKeys,
) -> Application:
    """Keep a draft's answers; PreconditionFailed if another device changed it since it was read."""
    application = await own_application(session, actor=actor, application_id=application_id)
    check_version(application, version)
    application.require(ApplicationStatus.DRAFT)
    person = await load_person(session, application.person_id, keys)
    pack = await pack_of_version(session, application.pack_version)
    _keep(application, answers, pack.product(application.product_code), pack, person, keys)
    await session.flush()
    return application


async def list_applications(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, status: str | None, product: str | None
) -> Sequence[Application]:
    """Return a page of the applications that the caller may see."""
    repository = ApplicationRepository(session, actor.tenant_id)
    return await repository.page(actor, cursor, status=status, product=product)


async def delete_draft(session: AsyncSession, *, actor: Actor, application_id: UUID) -> None:
    """Delete the caller's draft."""
    application = await own_application(session, actor=actor, application_id=application_id)
    application.require(ApplicationStatus.DRAFT)
    await ApplicationRepository(session, actor.tenant_id).remove_draft(application)


async def submit_application(
    session: AsyncSession, *, actor: Actor, application_id: UUID, keys: TenantKeys
) -> Application:
    """Hand a draft in at the first node of the chain; AnswersInvalid or NotEligible with every fault."""
    application = await own_application(session, actor=actor, application_id=application_id)
    application.require(ApplicationStatus.DRAFT)
    person = await load_person(session, application.person_id, keys)
    pack = await pack_of_version(session, application.pack_version)
    product = pack.product(application.product_code)
    answers = all_answers(product, typed_answers(application, keys), person)
    faults = rules.form_faults(fields_of(product), answers, product)
    if faults:
        raise AnswersInvalid(errors=[fault.as_error() for fault in faults])
    require_eligible(await faults_of(session, product, person, application=application))
    shares = rules.shares_of(answers)
    due = amount_due({shares: 1}, price=product.contribution, rounding=pack.rounding)
    application.unit_id = person.unit.id
    application.submit(node=first_node(pack.chains.orders.review), shares=shares, amount_due=due)
    repository = ApplicationRepository(session, actor.tenant_id)
    repository.record(application, node=None, decision="submitted", by=Eyes.of(actor))
    await session.flush()
    tell_application(session, application)
    return application


async def withdraw_application(session: AsyncSession, *, actor: Actor, application_id: UUID) -> Application:
    """Take an application back before it is paid; a payment that arrives afterwards is given back."""
    application = await own_application(session, actor=actor, application_id=application_id)
    repository = ApplicationRepository(session, actor.tenant_id)
    order = await repository.order_of(application, lock=True)
    application.withdraw()
    if order is not None:
        await repository.remove_order(order)
    await stop_paying(session, tenant_id=actor.tenant_id, purpose="cover", subject_id=application.id)
    repository.record(application, node=None, decision="withdrawn", by=Eyes.of(actor))
    subject = f"application:{application.id}"
    await record(session, actor_id=actor.id, action="application.withdrawn", subject=subject)
    await session.flush()
    tell_application(session, application)
    return application
