"""Use cases of the chain: pass, return, reject (row A.07). After the last node an order waits for the payment."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.clock import now
from common.contracts.enrollment import ApplicationDecided, ApplicationFact
from common.contracts.pack import Product, TenantPack
from common.contracts.pack.chains import Node
from common.crypto import TenantKeys, seal_words
from common.errors import Conflict
from common.events import emit
from common.ids import new_id
from common.tenancy import pack_of_version

from ..orders.errors import FourEyes
from ..orders.models import Order, OrderStatus
from ..orders.reviewing import check_decider
from ..orders.rules import StepFact, next_node
from ..people.models import OrderPerson
from ..people.sealing import DOCUMENT_KIND, MOBILE
from ..slots.repository import SlotRepository
from .answers import Person, fields_of, load_person, typed_answers
from .errors import DecisionNotAllowed
from .matters import tell_application
from .models import Application, ApplicationStatus
from .paying import open_individual_cover
from .repository import ApplicationRepository
from .service import faults_of, find_application, require_eligible


async def approve_application(
    session: AsyncSession, *, actor: Actor, application_id: UUID, opinion: str | None, keys: TenantKeys
) -> Application:
    """Pass the node at which the application stands; NotEligible if the person no longer may join."""
    application, node, pack = await _at_node(session, actor, application_id)
    person = await load_person(session, application.person_id, keys)
    product = pack.product(application.product_code)
    require_eligible(await faults_of(session, product, person, application=application))
    following = next_node(pack.chains.orders.review, node.code)
    order = None if following else await _order_of(session, application, product, person, keys)
    _record(session, application, node, "passed", actor, opinion, keys)
    application.pass_node(next_node=following, order_id=order.id if order else None)
    await session.flush()
    if order is not None and not await SlotRepository(session, actor.tenant_id).take(order):
        # Another order got the person since the look above.
        require_eligible(await faults_of(session, product, person, application=application))
        raise Conflict
    if order is not None and application.amount_due == 0:
        await open_individual_cover(session, application, order)
    await _tell(session, actor, application, "passed", opinion, keys)
    return application


async def return_application(
    session: AsyncSession, *, actor: Actor, application_id: UUID, reason: str, keys: TenantKeys
) -> Application:
    """Give an application back to the member with the reason; it is a draft again."""
    application, node, _ = await _at_node(session, actor, application_id)
    if not node.may_return:
        raise DecisionNotAllowed(node_zh=node.title.zh, node_en=node.title.en)
    _record(session, application, node, "returned", actor, reason, keys)
    application.return_for_correction(reason=seal_words(keys, reason))
    await _tell(session, actor, application, "returned", reason, keys)
    return application


async def reject_application(
    session: AsyncSession, *, actor: Actor, application_id: UUID, reason: str, keys: TenantKeys
) -> Application:
    """Refuse an application for good, with the reason."""
    application, node, _ = await _at_node(session, actor, application_id)
    if not node.may_reject:
        raise DecisionNotAllowed(node_zh=node.title.zh, node_en=node.title.en)
    _record(session, application, node, "rejected", actor, reason, keys)
    application.reject(reason=seal_words(keys, reason))
    await _tell(session, actor, application, "rejected", reason, keys)
    return application


async def _at_node(
    session: AsyncSession, actor: Actor, application_id: UUID
) -> tuple[Application, Node, TenantPack]:
    """Lock an application under review and return it with its node; checks role and four eyes."""
    application = await find_application(session, actor=actor, application_id=application_id, lock=True)
    application.require(ApplicationStatus.SUBMITTED)
    pack = await pack_of_version(session, application.pack_version)
    node = pack.chains.orders.review.node(application.node or "")
    if application.person_id == actor.person_id or application.applicant.are(Eyes.of(actor)):
        raise FourEyes(node_zh=node.title.zh, node_en=node.title.en)
    steps = await ApplicationRepository(session, actor.tenant_id).steps(application.id)
    passed = [
        StepFact(step.node, Eyes(step.actor_id, step.human))
        for step in steps
        if step.round == application.round and step.decision == "passed" and step.node
    ]
    check_decider(actor, node, passed=passed, submitters=[application.applicant])
    return application, node, pack


def _record(
    session: AsyncSession,
    application: Application,
    node: Node,
    decision: str,
    actor: Actor,
    opinion: str | None,
    keys: TenantKeys,
) -> None:
    repository, words = (
        ApplicationRepository(session, actor.tenant_id),
        seal_words(keys, opinion) if opinion else None,
    )
    repository.record(application, node=node.code, decision=decision, by=Eyes.of(actor), opinion=words)


async def _tell(
    session: AsyncSession,
    actor: Actor,
    application: Application,
    decision: str,
    opinion: str | None,
    keys: TenantKeys,
) -> None:
    await session.flush()
    await record(
        session, actor_id=actor.id, action=f"application.{decision}", subject=f"application:{application.id}"
    )
    fact = ApplicationFact(
        version=application.version,
        application_id=application.id,
        number=application.number,
        person_id=application.person_id,
        unit_id=application.unit_id,
        product_code=application.product_code,
        pack_version=application.pack_version,
        status=application.status,
        amount_due=application.amount_due,
    )
    words = keys.sealed_words(opinion) if opinion else None
    emit(session, ApplicationDecided(application=fact, decision=decision, reason=words))
    tell_application(session, application)


async def _order_of(
    session: AsyncSession, application: Application, product: Product, person: Person, keys: TenantKeys
) -> Order:
    """Make the order that carries an approved application to its policy."""
    repository = ApplicationRepository(session, application.tenant_id)
    order = repository.add(
        Order(
            id=new_id(),
            number=application.number,
            unit_id=application.unit_id,
            product_code=application.product_code,
            pack_version=application.pack_version,
            ordered_by="member",
            status=OrderStatus.TO_PAY.value,
            created_by=application.account_id,
            created_human=application.human,
            people=1,
            shares=application.shares,
            amount_due=application.amount_due,
            submitted_by=application.account_id,
            submitted_human=application.human,
            submitted_at=application.submitted_at,
            approved_at=now(),
            paper_ids=[],
        )
    )
    typed = typed_answers(application, keys)
    # Whom the register has no mobile of has typed it into the field that is meant for it.
    codes = [field.code for field in fields_of(product) if field.from_register == "mobile"]
    mobile = next((typed[code] for code in codes if code in typed), "")
    await session.flush()  # The order is there before who stands on it.
    repository.add(_order_person(application, order, person, keys, mobile=mobile))
    return order


def _order_person(
    application: Application, order: Order, person: Person, keys: TenantKeys, *, mobile: str
) -> OrderPerson:
    copy = person.copy
    known = copy.mobile_token is not None
    return OrderPerson(
        order_id=order.id,
        import_id=None,
        sheet_row=None,
        person_id=copy.id,
        document_kind=copy.document_kind or DOCUMENT_KIND,
        document_token=copy.document_token,
        document_index=copy.document_index or keys.blind("document", person.document),
        name_token=copy.name_token,
        name_index=keys.blind("name", person.name),
        mobile_token=copy.mobile_token if known else _sealed(keys, mobile),
        mobile_index=copy.mobile_index if known else (keys.blind("mobile", mobile) if mobile else None),
        card_token=None,
        card_index=None,
        bank_name=None,
        note_token=None,
        shares=application.shares,
        insurable=True,
        reasons=[],
    )


def _sealed(keys: TenantKeys, mobile: str) -> str | None:
    return keys.seal(mobile, context=MOBILE) if mobile else None
