"""Individual applications as responses show them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.pack import Product, TenantPack
from common.contracts.pack.forms import FormField
from common.crypto import TenantKeys, open_words
from common.forms import Fault, condition_holds, options_of
from common.identifiers import mask_bank_card, mask_id_number, mask_mobile, mask_name
from common.tenancy import current_pack, pack_of_version
from common.text import Text

from ..orders.rules import amount_due, first_day, last_day
from ..policies.repository import PolicyRepository
from . import rules
from .answers import Person, all_answers, fields_of, load_person, shown_names, typed_answers
from .models import Application, ApplicationStatus, ApplicationStep
from .repository import ApplicationRepository
from .schemas import (
    ApplicationRead,
    ApplicationSummary,
    EventRead,
    FaultRead,
    FormFieldRead,
    NodeRead,
    OfferRead,
    OptionRead,
    PreviewRead,
)
from .service import faults_of, offered_to_members

MASKS = {"id_number": mask_id_number, "mobile": mask_mobile, "bank_card": mask_bank_card, "name": mask_name}
ANSWERS = {"yes": Text("是", "yes"), "no": Text("否", "no")}


def read_fault(fault: Fault) -> FaultRead:
    """Return a fault."""
    return FaultRead(field=fault.field, code=fault.code, message=fault.text.in_language())


async def read_summaries(
    session: AsyncSession, applications: Sequence[Application], keys: TenantKeys
) -> list[ApplicationSummary]:
    """Return applications as lists show them."""
    versions = {application.pack_version for application in applications}
    packs = {version: await pack_of_version(session, version) for version in versions}
    names = await shown_names(session, {row.person_id for row in applications}, keys)
    return [
        ApplicationSummary(
            **_summary(row, packs[row.pack_version], keys), person_name=names.get(row.person_id, "")
        )
        for row in applications
    ]


def _summary(application: Application, pack: TenantPack, keys: TenantKeys) -> dict[str, Any]:
    columns = {
        name: getattr(application, name) for name in ApplicationSummary.model_fields if name in COLUMNS
    }
    return columns | {
        "reason": open_words(keys, application.reason),
        "product": application.product_code,
        "product_title": pack.product(application.product_code).title.text().in_language(),
        "status_text": application.status_words.in_language(),
    }


COLUMNS = {column.name for column in Application.__table__.columns}


async def read_application(
    session: AsyncSession, application: Application, keys: TenantKeys
) -> ApplicationRead:
    """Return an application with its form, every node of the chain and its history."""
    await session.flush()
    pack = await pack_of_version(session, application.pack_version)
    person = await load_person(session, application.person_id, keys)
    steps = await ApplicationRepository(session, application.tenant_id).steps(application.id)
    number = None
    if application.order_id is not None:
        policies = PolicyRepository(session, application.tenant_id)
        number = await policies.number_of_order(application.order_id)
    product = pack.product(application.product_code)
    return ApplicationRead(
        **_summary(application, pack, keys),
        person_name=mask_name(person.name),
        unit_name=person.unit.name,
        fields=read_fields(product, pack, typed_answers(application, keys), person),
        nodes=_nodes(application, pack, steps, keys),
        history=[_event(step, pack, keys) for step in steps],
        policy_number=number,
        declaration=_declaration(product),
    )


def _declaration(product: Product) -> str | None:
    """Return the health declaration that a member confirms, in the language of the request."""
    declaration = product.eligibility.health_declaration
    return declaration.text.text().in_language() if declaration else None


def _nodes(
    application: Application, pack: TenantPack, steps: Sequence[ApplicationStep], keys: TenantKeys
) -> list[NodeRead]:
    facts = [
        rules.Step(s.round, s.node, s.decision, open_words(keys, s.opinion), s.created_at) for s in steps
    ]
    # A returned draft shows the round that was returned until it is handed in again.
    returned = application.status == ApplicationStatus.DRAFT and application.round > 1
    states = rules.node_states(
        pack.chains.orders.review,
        facts,
        node=application.node,
        round_number=application.round - 1 if returned else application.round,
    )
    return [
        NodeRead(
            code=state.code,
            title=state.title.in_language(),
            state=state.state,
            opinion=state.opinion,
            at=state.at,
        )
        for state in states
    ]


def _event(step: ApplicationStep, pack: TenantPack, keys: TenantKeys) -> EventRead:
    title = pack.chains.orders.review.node(step.node).title.text().in_language() if step.node else None
    return EventRead(
        decision=step.decision,
        node=step.node,
        title=title,
        opinion=open_words(keys, step.opinion),
        at=step.created_at,
    )


def read_fields(
    product: Product, pack: TenantPack, typed: Mapping[str, str], person: Person
) -> list[FormFieldRead]:
    """Return the fields of a product's form with what stands in them."""
    answers = all_answers(product, typed, person)
    return [_field(field, pack, answers, person) for field in fields_of(product)]


def _field(field: FormField, pack: TenantPack, answers: Mapping[str, str], person: Person) -> FormFieldRead:
    value = answers.get(field.code)
    registered = bool(person.registered(field.from_register))
    options = options_of(field, pack)
    return FormFieldRead(
        code=field.code,
        title=field.title.text().in_language(),
        type=field.type,
        required=field.required,
        help=field.help.text().in_language() if field.help else None,
        options=[OptionRead(code=code, title=text.in_language()) for code, text in options.items()],
        when_field=field.when.field if field.when else None,
        when_values=list(field.when.is_one_of) if field.when else [],
        minimum=str(field.minimum) if field.minimum is not None else None,
        maximum=str(field.maximum) if field.maximum is not None else None,
        must_be=field.must_be,
        registered=registered,
        applies=condition_holds(field.when, answers),
        value=None if registered else value,
        shown=_shown(field, value, options),
    )


def _shown(field: FormField, value: str | None, options: Mapping[str, Text]) -> str | None:
    if not value:
        return None
    mask = MASKS.get(field.from_register or "") or MASKS.get(field.type)
    if mask:
        return mask(value)
    titles = {**ANSWERS, **options} if field.type == "yes_no" else options
    return titles[value].in_language() if value in titles else value


async def read_offers(session: AsyncSession, *, person_id: UUID, keys: TenantKeys) -> list[OfferRead]:
    """Return what members can apply for, and for each whether this member may and why not."""
    pack = await current_pack(session)
    person = await load_person(session, person_id, keys)
    return [
        await _offer(session, pack, product, person)
        for product in pack.products
        if offered_to_members(product)
    ]


async def _offer(session: AsyncSession, pack: TenantPack, product: Product, person: Person) -> OfferRead:
    repository = ApplicationRepository(session, session.info["tenant_id"])
    known = await repository.open_one(person.copy.id, product.code, lock=False)
    faults = [] if known else await faults_of(session, product, person)
    article = pack.article(product.introduction) if product.introduction else None
    return OfferRead(
        product=product.code,
        title=product.title.text().in_language(),
        kind=product.kind,
        price_per_share=product.contribution.per_share,
        share_limit=product.contribution.share_limit,
        term_months=product.term_months,
        waiting_days=product.waiting_days,
        declaration=_declaration(product),
        introduction=article.body.text().in_language() if article else None,
        eligible=not faults,
        reasons=[read_fault(fault) for fault in faults],
        application_id=known.id if known else None,
        application_status=known.status if known else None,
        fields=read_fields(product, pack, {}, person),
    )


async def read_preview(session: AsyncSession, application: Application, keys: TenantKeys) -> PreviewRead:
    """Return the form as it would be handed in, what it costs and everything that is still wrong."""
    pack = await pack_of_version(session, application.pack_version)
    product = pack.product(application.product_code)
    person = await load_person(session, application.person_id, keys)
    typed = typed_answers(application, keys)
    answers = all_answers(product, typed, person)
    faults = rules.form_faults(fields_of(product), answers, product)
    faults += await faults_of(session, product, person, application=application)
    shares = rules.shares_of(answers)
    starts_on = first_day(product.effective, confirmed_on=today(), requested=None)
    return PreviewRead(
        application_id=application.id,
        version=application.version,
        product_title=product.title.text().in_language(),
        fields=[field for field in read_fields(product, pack, typed, person) if field.applies],
        declaration=_declaration(product),
        shares=shares,
        amount_due=amount_due({shares: 1}, price=product.contribution, rounding=pack.rounding),
        starts_on=starts_on,
        ends_on=last_day(starts_on, product.term_months),
        faults=[read_fault(fault) for fault in faults],
        ready=not faults,
    )
