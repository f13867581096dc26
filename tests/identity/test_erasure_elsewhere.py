"""Services blank what they hold of an erased person, once, and say so (row N.07)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from common.clock import now
from common.consumer import ConsumerContext
from common.contracts.erasure import ERASURE_DONE
from common.contracts.identity import MemberBound, MembersAdmitted, PersonErased, PreferencesChanged
from common.contracts.language import LanguageChosen
from common.contracts.wechat import WechatLinked
from common.events import Envelope
from common.events.models import OutboxEvent
from common.events.outbox import wrap
from common.ids import new_id
from common.testing import Client, TestTenant
from enrollment.copies.models import PersonCopy
from notify.copies.models import LanguageCopy, Preference, Recipient, WechatCopy
from notify.messages.models import Message

pytestmark = pytest.mark.feature("N.07")


async def deliver(client: Client, tenant: TestTenant, event: Any, subscriptions: Any) -> None:
    context = ConsumerContext(client.context, wrap(event, tenant.id))
    for subscription in [s for s in subscriptions if s.event is type(event)]:
        async with client.context.db.transaction(tenant.id) as session:
            await subscription.handler(session, event, context)


async def said(client: Client, tenant: TestTenant, service: str) -> list[Any]:
    kind = ERASURE_DONE[service]
    statement = select(OutboxEvent.envelope).where(OutboxEvent.tenant_id == tenant.id)
    async with client.context.db.transaction(tenant.id) as session:
        envelopes = [Envelope.decode(raw) for raw in (await session.execute(statement)).scalars()]
    return [kind.model_validate(e.data) for e in envelopes if e.type == kind.wire]


def member(tenant: TestTenant, person_id: UUID) -> MembersAdmitted:
    from common.clock import today
    from common.contracts.identity import PersonFact

    keys = tenant.keys
    fact = PersonFact(
        person_id=person_id, document_kind="resident_id", state="confirmed", effective_on=today(),
        document_number=keys.sealed("110105199001010000", context="person.document", kind="document"),
        name=keys.sealed("王小京", context="person.name"),
        mobile=keys.sealed("13912345678", context="person.mobile", kind="mobile"),
    )  # fmt: skip
    return MembersAdmitted(batch_id=new_id(), members=[fact])


async def test_enrollment(enrollment: Client, new_tenant: Any) -> None:
    from enrollment.consumers import SUBSCRIPTIONS

    tenant, person = await new_tenant(enrollment.context), new_id()
    await deliver(enrollment, tenant, member(tenant, person), SUBSCRIPTIONS)
    erased = PersonErased(request_id=new_id(), person_id=person)
    await deliver(enrollment, tenant, erased, SUBSCRIPTIONS)
    async with enrollment.context.db.transaction(tenant.id) as session:
        copy = (await session.execute(select(PersonCopy).where(PersonCopy.id == person))).scalar_one()
    assert tenant.keys.open(copy.name_token, context="person.name") == "已删除"
    assert copy.document_index == f"erased:{person}"
    (done,) = await said(enrollment, tenant, "enrollment")
    assert (done.request_id, done.person_id) == (erased.request_id, person) and done.rows >= 1


async def test_claims(claims: Client, new_tenant: Any) -> None:
    from claims.consumers import SUBSCRIPTIONS
    from claims.copies.models import PersonCopy as ClaimsCopy

    tenant, person = await new_tenant(claims.context), new_id()
    await deliver(claims, tenant, member(tenant, person), SUBSCRIPTIONS)
    await deliver(claims, tenant, PersonErased(request_id=new_id(), person_id=person), SUBSCRIPTIONS)
    async with claims.context.db.transaction(tenant.id) as session:
        copy = (await session.execute(select(ClaimsCopy).where(ClaimsCopy.id == person))).scalar_one()
    assert tenant.keys.open(copy.name, context="person.name") == "已删除" and copy.mobile is None
    assert len(await said(claims, tenant, "claims")) == 1


async def test_notify(notify: Client, new_tenant: Any) -> None:
    from notify.consumers import SUBSCRIPTIONS

    tenant, person, account = await new_tenant(notify.context), new_id(), new_id()
    await deliver(notify, tenant, member(tenant, person), SUBSCRIPTIONS)
    fact = member(tenant, person).members[0].model_copy(update={"version": 2, "account_id": account})
    open_id = tenant.keys.sealed("o-wang", context="wechat.open_id")
    others = new_id()
    for event in (
        MemberBound(member=fact, account_id=account),
        WechatLinked(account_id=account, changed_at=now(), open_id=open_id),
        WechatLinked(account_id=others, changed_at=now(), open_id=open_id),
        LanguageChosen(account_id=account, language="en", chosen_at=now()),
        PreferencesChanged(person_id=person, version=1, enrolment_sms=False, service_notices=False),
    ):
        await deliver(notify, tenant, event, SUBSCRIPTIONS)
    await deliver(notify, tenant, PersonErased(request_id=new_id(), person_id=person), SUBSCRIPTIONS)
    async with notify.context.db.transaction(tenant.id) as session:
        copy = (await session.execute(select(Recipient).where(Recipient.id == person))).scalar_one()
        assert (await session.execute(select(WechatCopy.id))).scalars().all() == [others]
        for model in (LanguageCopy, Preference, Message):
            assert (await session.execute(select(model))).first() is None, model.__tablename__
    assert tenant.keys.open(copy.name, context="person.name") == "已删除" and copy.mobile is None
    assert len(await said(notify, tenant, "notify")) == 1


async def test_ocr(ocr: Client, new_tenant: Any) -> None:
    from ocr.consumers import SUBSCRIPTIONS

    tenant, person = await new_tenant(ocr.context), new_id()
    await deliver(ocr, tenant, PersonErased(request_id=new_id(), person_id=person), SUBSCRIPTIONS)
    (done,) = await said(ocr, tenant, "ocr")
    assert done.person_id == person
