"""Use cases of consents: ask with papers, grant, refuse."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.contracts.pack import Product
from common.crypto import TenantKeys, seal_words
from common.errors import NotFound
from common.http import Cursor
from common.tenancy import pack_of_version

from ..orders.errors import NotYourNode
from ..orders.models import Order, OrderStatus
from ..orders.repository import OrderRepository
from ..payments.papers import PaperKind, own_paper
from ..people.context import check_context
from ..people.models import OrderPerson
from ..people.reading import opened
from ..people.repository import PeopleRepository
from ..people.schemas import PersonEdit
from ..people.sealing import DOCUMENT_KIND
from ..people.service import NO_FILE_LIMIT, edit_person, order_of
from ..register.known import entries_of
from ..register.repository import KnowledgeRepository
from ..rosters import RegisterEntry, RosterRules
from ..rosters.eligibility import consent_may_help
from .errors import AskedByYou, ConsentGiven, ConsentNotNeeded, ConsentNotOffered, NeverCovered, PapersMissing
from .models import OverAgeConsent
from .papers import CONSENT_PAPER
from .repository import ConsentRepository
from .schemas import ConsentAsk


async def ask_consent(
    session: AsyncSession,
    *,
    actor: Actor,
    order_id: UUID,
    person_row: UUID,
    body: ConsentAsk,
    keys: TenantKeys,
    link_key: bytes,
) -> OverAgeConsent:
    """Ask the agency to cover a person over age; never beyond the absolute limit, never without the papers."""
    order = await order_of(session, actor=actor, order_id=order_id, draft=True)
    person = await PeopleRepository(session, actor.tenant_id).person(order.id, person_row)
    if person is None:
        raise NotFound
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
    entries: dict[UUID, RegisterEntry] = {}
    if person.person_id is not None and person.document_kind != DOCUMENT_KIND:
        knowledge = KnowledgeRepository(session, actor.tenant_id)
        entries = entries_of(await knowledge.holders([person.person_id]), keys)
    person_id = _check(person, keys, check.product, check.rules, entries)
    papers = _papers(body, check.product, actor, link_key)
    repository = ConsentRepository(session, actor.tenant_id)
    known = await repository.of_person(order.id, person_id)
    if known is None:
        known = repository.add(
            OverAgeConsent(
                order_id=order.id,
                unit_id=order.unit_id,
                person_id=person_id,
                papers=papers,
                note=seal_words(keys, body.note) if body.note else None,
                asked_by=actor.id,
                asked_human=actor.human,
            )
        )
        await session.flush()
    elif known.state == "refused":
        known.ask_again(by=actor, papers=papers, note=seal_words(keys, body.note) if body.note else None)
    else:
        raise ConsentGiven
    await record(session, actor_id=actor.id, action="consent.asked", subject=f"consent:{known.id}")
    return known


def _check(
    person: OrderPerson,
    keys: TenantKeys,
    product: Product,
    rules: RosterRules,
    entries: Mapping[UUID, RegisterEntry],
) -> UUID:
    """Return the person's id if a consent could help."""
    over_age = product.eligibility.over_age
    if over_age is None:
        raise ConsentNotOffered
    if person.person_id is None or "age.over" not in {reason["code"] for reason in person.reasons}:
        raise ConsentNotNeeded
    number = opened(person, keys).document.upper()
    if not consent_may_help(number, rules, entries.get(person.person_id)):
        raise NeverCovered(limit=over_age.absolute)
    return person.person_id


def _papers(body: ConsentAsk, product: Product, actor: Actor, key: bytes) -> list[dict[str, Any]]:
    over_age = product.eligibility.over_age
    wanted = over_age.documents if over_age else ()
    given = {paper.code for paper in body.papers}
    if missing := [code for code in wanted if code not in given]:
        raise PapersMissing(papers="、".join(missing))
    kind: PaperKind = CONSENT_PAPER
    return [
        {
            "code": paper.code,
            "document_id": str(own_paper(paper.receipt, actor=actor, kind=kind, key=key)),
        }
        for paper in body.papers
    ]


async def decide_consent(
    session: AsyncSession,
    *,
    actor: Actor,
    consent_id: UUID,
    granted: bool,
    reason: str | None,
    keys: TenantKeys,
) -> OverAgeConsent:
    """Grant or refuse a consent; only the role the product names, never who asked. The person is judged again at once.

    NotYourNode, AskedByYou.
    """
    repository = ConsentRepository(session, actor.tenant_id)
    consent = await repository.visible(actor, consent_id)
    if consent is None:
        raise NotFound
    # The order first, as everywhere: whoever changes its people holds it.
    order = await OrderRepository(session, actor.tenant_id).visible(actor, consent.order_id, lock=True)
    consent = await repository.visible(actor, consent_id, lock=True)
    if order is None or consent is None:
        raise NotFound
    await _check_role(session, actor, order)
    if Eyes.of(actor).are(consent.asker):
        raise AskedByYou
    consent.decide(granted=granted, by=actor.id, reason=seal_words(keys, reason) if reason else None)
    action = "consent.granted" if granted else "consent.refused"
    await record(session, actor_id=actor.id, action=action, subject=f"consent:{consent.id}")
    await session.flush()
    if granted and order.status == OrderStatus.DRAFT:
        await _judge_again(session, actor, order, consent, keys)
    return consent


async def _judge_again(
    session: AsyncSession, actor: Actor, order: Order, consent: OverAgeConsent, keys: TenantKeys
) -> None:
    """The person becomes insurable if nothing else was wrong."""
    people = PeopleRepository(session, actor.tenant_id)
    row = await people.row_of_person(order.id, consent.person_id)
    if row is not None:
        await edit_person(
            session, actor=actor, order_id=order.id, person_row=row.id, keys=keys, body=PersonEdit()
        )


async def _check_role(session: AsyncSession, actor: Actor, order: Order) -> None:
    pack = await pack_of_version(session, order.pack_version)
    over_age = pack.product(order.product_code).eligibility.over_age
    if over_age is None:
        raise ConsentNotOffered
    if over_age.consent_role not in actor.roles:
        title = pack.role(over_age.consent_role).title
        raise NotYourNode(node_zh=title.zh, node_en=title.en)


async def list_consents(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, state: str | None
) -> Sequence[OverAgeConsent]:
    """Return a page of the consents in the caller's scope."""
    return await ConsentRepository(session, actor.tenant_id).page(actor, cursor, state=state)


async def find_consent(session: AsyncSession, *, actor: Actor, consent_id: UUID) -> OverAgeConsent:
    """Return a consent in the caller's scope; NotFound otherwise. Looking at its papers is in the audit log."""
    found = await ConsentRepository(session, actor.tenant_id).visible(actor, consent_id)
    if found is None:
        raise NotFound
    await record(session, actor_id=actor.id, action="consent.opened", subject=f"consent:{found.id}")
    return found
