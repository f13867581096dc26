"""A union whose members apply alone: a member, the chair, finance, and an approved faculty union."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from common.auth import Actor, ActorKind
from common.contracts.identity import PersonFact, UnitFact
from common.ids import new_id
from common.testing import Client, TestTenant
from enrollment.copies.repository import CopyRepository

from .world import id_number

CRITICAL, WOMEN = "critical-illness", "women-special"
MEMBER = ("enrollment.application.write", "enrollment.dues.pay", "enrollment.policy.read")
CHAIR = ("enrollment.application.read", "enrollment.order.review", "enrollment.order.read")
FINANCE = (
    "enrollment.application.read",
    "enrollment.payment.confirm",
    "enrollment.receipt.issue",
    "enrollment.order.read",
)


def number_of(sex: str, serial: int = 0, *, born: date = date(1985, 3, 12)) -> str:
    """A valid ID number of a person of a sex."""
    return id_number(serial * 2 + (0 if sex == "female" else 1), born=born)


@dataclass
class Campus:
    """One tenant with one unit."""

    client: Client
    tenant: TestTenant
    unit_id: UUID = field(default_factory=new_id)

    def __post_init__(self) -> None:
        mint = self.client.mint
        self.chair = mint.actor(self.tenant, *CHAIR, roles=frozenset({"chair"}))
        self.finance = mint.actor(self.tenant, *FINANCE, roles=frozenset({"finance"}))

    async def open(self) -> "Campus":
        unit = UnitFact(
            unit_id=self.unit_id,
            name="计算机学院分工会",
            credit_code="81110108MC0000003Q",
            org_path="/",
            status="approved",
        )
        async with self.client.context.db.transaction(self.tenant.id) as session:
            await CopyRepository(session, self.tenant.id).take_units([unit])
        return self

    async def member(
        self, sex: str = "female", serial: int = 0, *, born: date = date(1985, 3, 12), **changes: Any
    ) -> Actor:
        """A confirmed member with an app account."""
        keys, number = self.tenant.keys, number_of(sex, serial, born=born)
        values: dict[str, Any] = {
            "person_id": keys.person_id("resident_id", number), "document_kind": "resident_id", "state": "confirmed",
            "document_number": keys.sealed(number, context="person.document", kind="document"),
            "name": keys.sealed("王芳" if sex == "female" else "李雷", context="person.name"),
            "mobile": keys.sealed("13812345678", context="person.mobile", kind="mobile"),
            "effective_on": date(2023, 1, 1), "unit_id": self.unit_id, "version": 1,
            "member_number": f"BIT{serial:05d}",
            "work_number": keys.sealed(f"2023{serial:04d}", context="work_number", kind="work_number"),
        }  # fmt: skip
        fact = PersonFact(**(values | changes))
        async with self.client.context.db.transaction(self.tenant.id) as session:
            await CopyRepository(session, self.tenant.id).take_persons([fact])
        return self.client.mint.actor(
            self.tenant, *MEMBER, kind=ActorKind.MEMBER, person_id=fact.person_id, roles=frozenset({"member"})
        )

    async def begin(self, member: Actor, product: str = CRITICAL, **answers: str) -> Any:
        return await self.client.post("/applications", member, json={"product": product, "answers": answers})

    async def drafted(self, member: Actor, product: str = CRITICAL, **answers: str) -> str:
        answer = await self.begin(member, product, **({"shares": "1", "healthy": "yes"} | answers))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def submitted(self, member: Actor, product: str = CRITICAL, **answers: str) -> str:
        application = await self.drafted(member, product, **answers)
        answer = await self.client.post(f"/applications/{application}/submit", member)
        assert answer.status_code == 200, answer.text
        return application

    async def approved(self, member: Actor, product: str = CRITICAL, **answers: str) -> str:
        application = await self.submitted(member, product, **answers)
        answer = await self.client.post(f"/applications/{application}/approve", self.chair, json={})
        assert answer.status_code == 200, answer.text
        return application

    async def start_paying(self, member: Actor, path: str, mode: str = "qr") -> dict[str, Any]:
        answer = await self.client.post(f"{path}/payment", member, json={"mode": mode})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def press(self, payment: dict[str, Any], decision: str = "paid") -> Any:
        """Press a button of the sandbox's page."""
        path = f"/sandbox/payments/{self.tenant.id}/{payment['number']}/{decision}"
        return await self.client.post(path)

    async def paid(self, member: Actor, product: str = CRITICAL, **answers: str) -> str:
        application = await self.approved(member, product, **answers)
        page = await self.press(await self.start_paying(member, f"/applications/{application}"))
        assert page.status_code == 200 and "已支付" in page.text, page.text
        return application

    async def look(self, application: str, actor: Actor) -> dict[str, Any]:
        answer = await self.client.get(f"/applications/{application}", actor)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
