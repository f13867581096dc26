"""The ground of the claims tests: a tenant, the staff and people in it, and events told to the service."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from claims.consumers import SUBSCRIPTIONS
from common.auth import Actor, ActorKind
from common.bus.interface import Record, TopicPartition
from common.clock import today
from common.consumer.runtime import Runtime
from common.contracts.enrollment import PoliciesIssued, PolicyFact
from common.contracts.identity import (
    MembersAdmitted,
    PersonFact,
    StaffChanged,
    StaffFact,
    UnitApproved,
    UnitFact,
)
from common.db import TenantRepository
from common.events import Envelope, Event
from common.events.contract import Sealed
from common.events.models import OutboxEvent
from common.events.outbox import wrap
from common.identifiers import id_check_digit, luhn_digit
from common.ids import new_id
from common.testing import Client, TestTenant

MEMBER = ("claims.claim.submit", "claims.claim.read_own")
STAFF = {
    "claims_checker": (
        "claims.claim.read",
        "claims.claim.check",
        "claims.claim.counter",
        "claims.feed.import",
    ),
    "claims_reviewer": (
        "claims.claim.read",
        "claims.claim.review",
        "claims.claim.approve",
        "claims.statistics.read",
    ),
    "report_reviewer": ("claims.claim.read", "claims.claim.report_review", "claims.claim.approve"),
    "finance": (
        "claims.ledger.read",
        "claims.ledger.reconcile",
        "claims.ledger.post",
        "claims.statistics.read",
    ),
    "payout_maker": (
        "claims.claim.read",
        "claims.payout.prepare",
        "claims.payout.import_result",
        "claims.ledger.read",
    ),
    "payout_checker": (
        "claims.claim.read",
        "claims.payout.release",
        "claims.ledger.read",
        "claims.ledger.approve",
    ),
}
FUND = PRODUCT = "three-in-one"


def id_number(serial: int) -> str:
    head = f"320211{date(1985, 3, 12) + timedelta(days=serial // 1000):%Y%m%d}{serial % 1000:03d}"
    return head + id_check_digit(head)


def card_number(serial: int) -> str:
    head = f"622845{serial:012d}"
    return head + luhn_digit(head)


@dataclass
class Person:
    """A covered person with an app account."""

    serial: int
    name: str
    actor: Actor
    policy: PolicyFact

    @property
    def id(self) -> UUID:
        return self.policy.person_id


@dataclass
class Member:
    """A person of the register with an app account."""

    serial: int
    name: str
    actor: Actor
    id: UUID

    @property
    def number(self) -> str:
        return id_number(self.serial)

    @property
    def card(self) -> str:
        return card_number(self.serial)


@dataclass
class Ground:
    """One tenant of the claims service with its unit and people."""

    client: Client
    tenant: TestTenant
    unit_id: UUID = field(default_factory=new_id)
    started: date = field(default_factory=lambda: today() - timedelta(days=200))
    _serial: int = 0

    def role(self, code: str, **scope: Any) -> Actor:
        """Staff with a role of the tenant's own pack and its permissions."""
        permissions = self.tenant.pack.role(code).permissions
        return self.client.mint.actor(self.tenant, *permissions, roles=frozenset({code}), **scope)

    def staff(self, role: str, **scope: Any) -> Actor:
        return self.client.mint.actor(self.tenant, *STAFF[role], roles=frozenset({role}), **scope)

    async def employ(self, *staff: Actor, status: str = "active") -> None:
        """Let the service know staff accounts as identity would tell them."""
        self._serial += 1
        facts = [
            StaffFact(
                version=self._serial, account_id=one.id, roles=sorted(one.roles), org_path=one.org_path,
                status=status, name=self.tenant.keys.sealed("沈丽华", context="person.name"),
            )
            for one in staff
        ]  # fmt: skip
        await self.tell(*(StaffChanged(staff=fact) for fact in facts))

    async def tell(self, *events: Event, times: int = 1) -> list[Envelope]:
        """Deliver events through the consumer runtime."""
        envelopes = [wrap(event, self.tenant.id) for event in events]
        runtime = Runtime(self.client.context, SUBSCRIPTIONS, None)  # type: ignore[arg-type]
        for _ in range(times):
            for envelope in envelopes:
                topic = envelope.type.split(".", 1)[0]
                record = Record(topic, 0, envelope.subject.encode(), envelope.encode(), 0)
                await runtime.handle({TopicPartition(topic, 0): [record]})
        return envelopes

    async def approve_unit(self, path: str = "/binhu/") -> None:
        fact = UnitFact(
            unit_id=self.unit_id, name="无锡测试机械", credit_code="X", org_path=path, status="approved"
        )
        await self.tell(UnitApproved(unit=fact))

    def policy(self, serial: int, name: str, **changes: Any) -> PolicyFact:
        keys = self.tenant.keys
        number = id_number(serial)
        values: dict[str, Any] = {
            "policy_id": new_id(), "number": f"B{serial:08d}", "person_id": new_id(), "unit_id": self.unit_id,
            "order_id": new_id(), "product_code": PRODUCT, "pack_version": 1, "shares": 1,
            "contribution": Decimal("120.00"), "starts_on": self.started,
            "ends_on": self.started + timedelta(days=364), "status": "in_force",
            "document_number": keys.sealed(number, context="person.document", kind="document"),
            "name": keys.sealed(name, context="person.name"),
            "mobile": keys.sealed(f"138{serial:08d}", context="person.mobile", kind="mobile"),
            "bank_card": keys.sealed(card_number(serial), context="person.card", kind="card"),
            "bank_name": "无锡农村商业银行",
        }  # fmt: skip
        return PolicyFact(**(values | changes))

    async def cover(self, name: str = "许晓霞", **changes: Any) -> Person:
        """Cover one more person."""
        self._serial += 1
        fact = self.policy(self._serial, name, **changes)
        await self.tell(PoliciesIssued(batch_id=new_id(), policies=[fact]))
        actor = self.client.mint.actor(self.tenant, *MEMBER, kind=ActorKind.MEMBER, person_id=fact.person_id)
        return Person(self._serial, name, actor, fact)

    async def admit(self, name: str = "许晓霞", **changes: Any) -> Member:
        """Enter one more person into the register, with an app account."""
        self._serial += 1
        keys, account = self.tenant.keys, new_id()
        number = id_number(self._serial)
        values: dict[str, Any] = {
            "person_id": new_id(), "document_kind": "resident_id", "state": "confirmed",
            "effective_on": self.started, "unit_id": self.unit_id, "account_id": account,
            "document_number": keys.sealed(number, context="person.document", kind="document"),
            "name": keys.sealed(name, context="person.name"),
            "mobile": keys.sealed(f"138{self._serial:08d}", context="person.mobile", kind="mobile"),
        }  # fmt: skip
        fact = PersonFact(**(values | changes))
        await self.tell(MembersAdmitted(batch_id=new_id(), members=[fact]))
        actor = self.client.mint.actor(
            self.tenant, *MEMBER, kind=ActorKind.MEMBER, person_id=fact.person_id, actor_id=account
        )
        return Member(self._serial, name, actor, fact.person_id)

    async def count(self, model: Any, *where: Any) -> int:
        async with self.client.context.db.transaction(self.tenant.id) as session:
            repository = TenantRepository(session, self.tenant.id)
            statement = repository.select_columns(model, func.count()).where(*where)
            return int((await session.execute(statement)).scalar_one())

    async def events(self, wire: str) -> list[Envelope]:
        """Events of a type in the outbox, oldest first."""
        async with self.client.context.db.transaction(self.tenant.id) as session:
            statement = select(OutboxEvent.envelope).where(OutboxEvent.tenant_id == self.tenant.id)
            rows = (await session.execute(statement.order_by(OutboxEvent.seq))).scalars()
            return [envelope for raw in rows if (envelope := Envelope.decode(raw)).type == wire]

    def words(self, sealed: dict[str, Any]) -> str:
        """What a person wrote, as an event carries it."""
        return self.tenant.keys.open_words(Sealed.model_validate(sealed))
