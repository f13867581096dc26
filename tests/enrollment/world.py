"""A unit with its handler and the staff who decide, and what they hand in."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from common.auth import Actor, ActorKind
from common.contracts.identity import PersonFact, UnitFact
from common.crypto import parse_link_key, sign
from common.identifiers import id_check_digit, luhn_digit
from common.ids import new_id
from common.sheets import SheetWriter
from common.testing import Client, TestTenant
from enrollment.copies.repository import CopyRepository
from enrollment.rosters import rules_of
from enrollment.rosters.template import numbered, widths, write_heading

WRITE = (
    "enrollment.order.write", "enrollment.order.read", "enrollment.payment.report", "enrollment.policy.read",
    "enrollment.export",
)  # fmt: skip
REVIEW = ("enrollment.order.read", "enrollment.order.review", "enrollment.policy.read")
FINANCE = ("enrollment.order.read", "enrollment.payment.confirm", "enrollment.policy.read")
PRODUCT = "three-in-one"


def id_number(serial: int, *, born: date = date(1985, 3, 12)) -> str:
    """A valid ID number of Wuxi's Binhu district; another for every serial below a million."""
    day = born + timedelta(days=serial // 1000)
    head = f"320211{day:%Y%m%d}{serial % 1000:03d}"
    return head + id_check_digit(head)


def card_number(serial: int) -> str:
    head = f"622845{serial:012d}"
    return head + luhn_digit(head)


def person(serial: int, **changes: str) -> dict[str, str]:
    """A roster row without fault."""
    surname = "赵钱孙李周吴郑王"[serial % 8]
    row = {
        "name": surname + "".join(chr(0x4E00 + int(digit) + 100) for digit in str(serial)),
        "id_number": id_number(serial),
        "social_card": card_number(serial),
        "bank_name": "无锡农村商业银行",
        "mobile": f"138{serial:08d}",
        "note": "",
    }
    return row | changes


@dataclass
class World:
    """One tenant with one approved unit."""

    client: Client
    tenant: TestTenant
    unit_id: UUID = field(default_factory=new_id)

    def __post_init__(self) -> None:
        mint = self.client.mint
        self.handler = mint.actor(self.tenant, *WRITE, kind=ActorKind.HANDLER, unit_id=self.unit_id)
        self.reviewer = mint.actor(self.tenant, *REVIEW, roles=frozenset({"reviewer"}))
        self.finance = mint.actor(self.tenant, *FINANCE, roles=frozenset({"finance"}))
        self.rules = rules_of(self.tenant.pack, self.tenant.pack.product(PRODUCT))

    async def approve_unit(self, **changes: Any) -> None:
        await self.tell_units([self.unit(**changes)])

    def unit(self, **changes: Any) -> UnitFact:
        values: dict[str, Any] = {
            "unit_id": self.unit_id, "name": "无锡测试机械有限公司", "credit_code": "91320211MA1WXYZ12X",
            "org_path": "/binhu/", "status": "approved", "version": 1, "handler_account_id": self.handler.id,
        }  # fmt: skip
        return UnitFact(**(values | changes))

    async def tell_units(self, facts: Sequence[UnitFact]) -> None:
        async with self.client.context.db.transaction(self.tenant.id) as session:
            await CopyRepository(session, self.tenant.id).take_units(facts)

    async def tell_persons(self, facts: Sequence[PersonFact]) -> None:
        async with self.client.context.db.transaction(self.tenant.id) as session:
            await CopyRepository(session, self.tenant.id).take_persons(facts)

    def person_fact(self, number: str, name: str, **changes: Any) -> PersonFact:
        keys = self.tenant.keys
        values: dict[str, Any] = {
            "person_id": keys.person_id("resident_id", number), "document_kind": "resident_id", "state": "confirmed",
            "document_number": keys.sealed(number, context="person.document", kind="document"),
            "name": keys.sealed(name, context="person.name"), "effective_on": date(2023, 1, 1),
            "unit_id": self.unit_id, "version": 1,
        }  # fmt: skip
        return PersonFact(**(values | changes))

    def roster(self, rows: Sequence[dict[str, str]]) -> bytes:
        """A roster in the product's layout."""
        assert self.rules is not None
        out = io.BytesIO()
        with SheetWriter(out, widths=widths(self.rules)) as sheet:
            write_heading(sheet, self.rules)
            for number, row in enumerate(rows, start=1):
                sheet.row(numbered(self.rules, number, row))
        return out.getvalue()

    async def order(self) -> str:
        answer = await self.client.post("/orders", self.handler, json={"product": PRODUCT})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def upload(self, order: str, rows: Sequence[dict[str, str]], **options: Any) -> Any:
        return await self.upload_file(order, self.roster(rows), **options)

    async def upload_file(self, order: str, content: bytes, **options: Any) -> Any:
        headers = {"Content-Type": "application/octet-stream"}
        path = f"/orders/{order}/roster"
        return await self.client.post(path, self.handler, content=content, headers=headers, **options)

    async def submitted(self, rows: Sequence[dict[str, str]]) -> str:
        order = await self.order()
        answer = await self.upload(order, rows)
        assert answer.status_code == 200, answer.text
        answer = await self.submit(order)
        assert answer.status_code == 200, answer.text
        return order

    async def submit(self, order: str, **body: Any) -> Any:
        return await self.client.post(f"/orders/{order}/submit", self.handler, json=body)

    async def approved(self, rows: Sequence[dict[str, str]]) -> str:
        order = await self.submitted(rows)
        answer = await self.client.post(f"/orders/{order}/approve", self.reviewer, json={})
        assert answer.status_code == 200, answer.text
        return order

    def receipt(self, media_type: str, *, owner: UUID | None = None, tenant: UUID | None = None) -> str:
        key = parse_link_key(self.client.context.settings.link_key.get_secret_value())
        claims = {
            "document_id": new_id(), "owner_id": owner or self.handler.id, "tenant_id": tenant or self.tenant.id,
            "media_type": media_type, "sha256": "00" * 32,
        }  # fmt: skip
        return sign("document-receipt", claims, key, timedelta(minutes=10))

    def payment(self, amount: Decimal | str) -> dict[str, Any]:
        return {
            "amount": str(amount),
            "voucher": self.receipt("image/jpeg"),
            "papers": [self.receipt("application/pdf")],
        }

    async def pay(self, order: str, amount: Decimal | str) -> Any:
        return await self.client.post(f"/orders/{order}/payment", self.handler, json=self.payment(amount))

    async def paid(self, rows: Sequence[dict[str, str]]) -> str:
        order = await self.approved(rows)
        answer = await self.pay(order, Decimal(120) * len(rows))
        assert answer.json()["status"] == "payment_review", answer.text
        answer = await self.client.post(f"/orders/{order}/payment/confirm", self.finance)
        assert answer.status_code == 200, answer.text
        return order

    async def state(self, order: str, actor: Actor | None = None) -> dict[str, Any]:
        answer = await self.client.get(f"/orders/{order}", actor or self.handler)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
