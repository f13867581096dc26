"""A person's export: parts that only their export opens, and no table about persons forgotten (row N.07)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from joserfc.errors import JoseError
from sqlalchemy import select

from claims.copies.models import PersonCopy as ClaimsPerson
from common.clock import now
from common.contracts.export import EXPORT_PART, PersonExportAsked
from common.contracts.pack import TenantPack
from common.crypto import MasterKeys
from common.db import Base
from common.events import Envelope
from common.events.models import OutboxEvent
from common.export import PIECE, in_clear, new_export_key, open_part, seal_part
from common.ids import new_id
from common.testing import Client, TestTenant
from common.testing.tenants import make_tenant
from identity.privacy.exporting import TABLES as IDENTITY
from identity.privacy.repository import OWNED

from .test_erasure_elsewhere import deliver, member

pytestmark = pytest.mark.feature("N.07")
SERVICES = sorted(EXPORT_PART)
NOT_GIVEN = {
    # Slots against double cover: what they hold stands in the policy. What is told of claims stands in theirs.
    "enrollment": {"cover", "case_copy"},
    "identity": {
        "account", "consent", "person_record", "member_policy", "member_claim", "member_payout", "member_refund",
        "member_matter",
    },  # read one by one, see `identity.privacy.exporting`
}  # fmt: skip


def test_parts_that_are_sealed_in_several_threads_are_opened_all() -> None:
    def sealed_and_opened(number: int) -> bool:
        private, public = new_export_key()
        content = {"number": number, "rows": [str(new_id()) for _ in range(200)]}
        return open_part(seal_part(content, public), private) == content

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(sealed_and_opened, range(400)))


def test_a_part_is_opened_by_its_export_alone() -> None:
    private, public = new_export_key()
    stranger, _ = new_export_key()
    content = {"policy": [{"number": new_id().hex, "name": f"王{n}"} for n in range(9000)]}
    pieces = seal_part(content, public)
    assert len(pieces) > 1 and all(len(piece) < 2 * PIECE for piece in pieces), "no event is too large"
    assert open_part(pieces, private) == content
    with pytest.raises(JoseError):
        open_part(pieces, stranger)
    assert "王" not in "".join(pieces)


def test_a_row_in_clear_shows_no_index_no_key_and_no_secret(
    master: MasterKeys, wuxi_pack: TenantPack
) -> None:
    from claims.sealed import SEALED

    tenant = make_tenant(wuxi_pack, master)
    keys, row_id = tenant.keys, new_id()
    sealed = keys.sealed("110105199001010000", context="person.document", kind="document")
    row = {
        "id": row_id, "tenant_id": tenant.id, "document_number": sealed.ciphertext, "mark": sealed.index,
        "document_index": sealed.index, "name_token": keys.seal("王小京", context="person.name"),
        "form": keys.seal('[{"value": "12"}]', context="claims.form"), "object_key": "k",
        "payee": {"name": keys.seal("李梅", context="person.name"), "card": None},
        "upload": keys.seal_bytes(bytes(range(128, 160)), context="report.key"),
        "elsewhere": keys.seal("x", context="unheard.of"),
    }  # fmt: skip
    assert in_clear(row, keys, SEALED) == {
        "id": row_id, "document_number": "110105199001010000", "mark": None, "name": "王小京",
        "form": [{"value": "12"}], "payee": {"name": "李梅", "card": None}, "upload": None, "elsewhere": None,
    }  # fmt: skip


@pytest.mark.parametrize("service", ["identity", *SERVICES])
def test_every_table_about_persons_is_given(service: str) -> None:
    """A new table with a person_id is exported, or named here with the reason."""
    import_module(f"{service}.worker")
    about = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.split(".")[0] == service and "person_id" in mapper.columns
    }
    tables = IDENTITY if service == "identity" else import_module(f"{service}.export").TABLES
    given = {table.model.__tablename__ for table in tables}
    given |= set(OWNED) if service == "identity" else set()
    assert about - given == NOT_GIVEN.get(service, set())


async def part_of(client: Client, tenant: TestTenant, service: str, asked: PersonExportAsked) -> list[Any]:
    subscriptions = import_module(f"{service}.consumers").SUBSCRIPTIONS
    await deliver(client, tenant, asked, subscriptions)
    statement = select(OutboxEvent.envelope).where(OutboxEvent.tenant_id == tenant.id)
    async with client.context.db.transaction(tenant.id) as session:
        envelopes = [Envelope.decode(raw) for raw in (await session.execute(statement)).scalars()]
    kind = EXPORT_PART[service]
    return [kind.model_validate(e.data) for e in envelopes if e.type == kind.wire]


async def test_every_service_gives_its_part_sealed(
    enrollment: Client, claims: Client, notify: Client, ocr: Client, activities: Client, new_tenant: Any
) -> None:
    clients = {
        "enrollment": enrollment, "claims": claims, "notify": notify, "ocr": ocr, "activities": activities,
    }  # fmt: skip
    assert sorted(clients) == SERVICES
    tenant = await new_tenant(*(client.context for client in clients.values()))
    for service, client in clients.items():
        await gives_its_part(client, tenant, service)


async def gives_its_part(client: Client, tenant: TestTenant, service: str) -> None:
    person, stranger = new_id(), new_id()
    subscriptions = import_module(f"{service}.consumers").SUBSCRIPTIONS
    for one in (person, stranger):
        await deliver(client, tenant, member(tenant, one), subscriptions)
    private, public = new_export_key()
    late = PersonExportAsked(
        request_id=new_id(), person_id=person, public_key=public, until=now() - timedelta(seconds=1)
    )
    assert await part_of(client, tenant, service, late) == [], "too late: nobody waits for it"
    asked = late.model_copy(update={"until": now() + timedelta(hours=1)})
    (part,) = await part_of(client, tenant, service, asked)
    assert (part.request_id, part.person_id, part.number, part.of) == (asked.request_id, person, 1, 1)
    held = open_part([part.content], private)
    assert part.rows == sum(len(rows) for rows in held.values())
    assert str(stranger) not in str(held)
    if service != "ocr":
        copies = next(rows for name, rows in held.items() if name in ("person_copy", "recipient"))
        assert copies[0]["name"] == "王小京" and copies[0]["id"] == str(person)


async def test_another_unions_person_is_not_in_the_part(claims: Client, new_tenant: Any) -> None:
    mine, other, person = await new_tenant(claims.context), await new_tenant(claims.context), new_id()
    subscriptions = import_module("claims.consumers").SUBSCRIPTIONS
    await deliver(claims, other, member(other, person), subscriptions)
    private, public = new_export_key()
    asked = PersonExportAsked(
        request_id=new_id(), person_id=person, public_key=public, until=now() + timedelta(hours=1)
    )
    (part,) = await part_of(claims, mine, "claims", asked)
    assert open_part([part.content], private) == {} and part.rows == 0
    async with claims.context.db.transaction(other.id) as session:
        assert (await session.execute(select(ClaimsPerson.id))).scalars().all() == [person]


def test_a_replay_gives_no_part_again() -> None:
    for service in SERVICES:
        subscriptions = import_module(f"{service}.consumers").SUBSCRIPTIONS
        (one,) = [s for s in subscriptions if s.event is PersonExportAsked]
        assert one.acts, service
