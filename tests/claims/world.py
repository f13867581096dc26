"""A tenant with covered people, their documents as ocr would tell them, and the staff who decide and pay."""

import asyncio
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select

from claims.consumers import SUBSCRIPTIONS
from claims.feed.job import decide_feed, read_files
from common.auth import Actor, ActorKind
from common.bus.interface import Record, TopicPartition
from common.clock import today
from common.consumer.runtime import Runtime
from common.contracts.enrollment import ContributionReceived, PoliciesIssued, PolicyFact
from common.contracts.identity import (
    MembersAdmitted,
    PersonFact,
    StaffChanged,
    StaffFact,
    UnitApproved,
    UnitFact,
)
from common.contracts.ocr import DocumentRecognized, DocumentStored
from common.crypto import parse_link_key, sign
from common.db import TenantRepository
from common.events import Envelope, Event
from common.events.contract import Sealed
from common.events.models import OutboxEvent
from common.events.outbox import wrap
from common.identifiers import id_check_digit, luhn_digit
from common.ids import new_id
from common.sheets import SheetWriter
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


def money(amount: Decimal | str) -> str:
    return f"{Decimal(amount):.2f}"


def receipt(
    name: str, number: str, *, admitted: date, days: int = 10, cash: str = "3000.00"
) -> dict[str, str]:
    """What stands on a hospital receipt whose figures agree."""
    total = Decimal(cash) + Decimal("2000.00")
    return {
        "交款人": name, "票据号码": number, "票据代码": "32060125", "医疗机构": "无锡市人民医院",
        "入院日期": admitted.isoformat(), "出院日期": (admitted + timedelta(days=days)).isoformat(),
        "金额合计小写": money(total), "医保统筹基金支付": "2000.00", "其他支付": "0.00", "个人账户支付": "0.00",
        "个人现金支付": money(cash),
    }  # fmt: skip


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
class World:
    """One tenant of the claims service."""

    client: Client
    tenant: TestTenant
    unit_id: UUID = field(default_factory=new_id)
    started: date = field(default_factory=lambda: today() - timedelta(days=200))
    _serial: int = 0

    def role(self, code: str, **scope: Any) -> Actor:
        """Staff with a role of the tenant's own pack and its permissions."""
        permissions = self.tenant.pack.role(code).permissions
        return self.client.mint.actor(self.tenant, *permissions, roles=frozenset({code}), **scope)

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

    async def paper(self, owner: Actor, name: str = "许晓霞", kind: str = "other", **fields: str) -> str:
        """A scanned paper that is no receipt."""
        return await self.upload(owner, {"交款人": name, **fields} if kind != "other" else {}, kind=kind)

    async def ask(self, actor: Actor, kind: str, **body: Any) -> Any:
        return await self.client.post("/claims", actor, json={"kind": kind, **body})

    async def send_in(self, actor: Actor, claim: dict[str, Any]) -> Any:
        return await self.client.post(f"/claims/{claim['id']}/submit", actor)

    async def fill(self, actor: Actor, claim: dict[str, Any], **body: Any) -> Any:
        version = {"If-Match": str(claim["version"])}
        return await self.client.send(
            "PATCH", f"/claims/{claim['id']}/fields", actor, json=body, headers=version
        )

    async def hand_in(self, actor: Actor, claim: dict[str, Any], *documents: Any) -> dict[str, Any]:
        path = f"/claims/{claim['id']}/documents"
        answer = await self.client.post(path, actor, json={"documents": list(documents)})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def preview(self, actor: Actor, claim: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.get(f"/claims/{claim['id']}/preview", actor)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def lodged(
        self, person: Any, claim: dict[str, Any], kind: str = "complaint", words: str = "办理时间太长了"
    ) -> Any:
        """An appeal or complaint about a claim."""
        body = {"kind": kind, "words": words}
        return await self.client.post(f"/claims/{claim['id']}/appeals", person.actor, json=body)

    def staff(self, role: str, **scope: Any) -> Actor:
        return self.client.mint.actor(self.tenant, *STAFF[role], roles=frozenset({role}), **scope)

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

    async def fund(self, amount: str = "100000.00") -> ContributionReceived:
        event = ContributionReceived(
            contribution_id=new_id(), order_id=new_id(), order_number="20260101000001", fund=FUND,
            product_code=PRODUCT, unit_id=self.unit_id, amount=Decimal(amount), received_on=today(),
        )  # fmt: skip
        await self.tell(event)
        return event

    def receipt_token(self, owner: Actor, document_id: UUID, sha256: str) -> str:
        key = parse_link_key(self.client.context.settings.link_key.get_secret_value())
        claims = {
            "document_id": str(document_id), "tenant_id": str(self.tenant.id), "owner_id": str(owner.id),
            "person_id": str(owner.person_id) if owner.person_id else None, "sha256": sha256,
        }  # fmt: skip
        return sign("document-receipt", claims, key, timedelta(hours=1))

    def recognized(
        self, owner: Actor, fields: dict[str, str], *, document_id: UUID, sha256: str, kind: str = "e_receipt",
        verified: bool = True, confidence: float = 0.99, failed: Sequence[str] = (), phash: str | None = None,
    ) -> DocumentRecognized:  # fmt: skip
        read = {
            name: {"value": value, "confidence": confidence, "source": "print", "verified": verified}
            for name, value in fields.items()
        }
        checks = [{"code": code, "passed": False} for code in failed]
        checks = checks or [{"code": "amount.words_match", "passed": True}]
        text = orjson.dumps({"fields": read, "checks": checks}).decode()
        return DocumentRecognized(
            document_id=document_id, owner_id=owner.id, person_id=owner.person_id, outcome="recognized",
            document_type=kind, sha256=sha256, phash=phash,
            recognition=self.tenant.keys.sealed(text, context="ocr.recognition"),
        )  # fmt: skip

    async def upload(self, owner: Actor, fields: dict[str, str], **options: Any) -> str:
        """Store and recognise a document; return its signed receipt."""
        document_id = new_id()
        sha256 = options.pop("sha256", None) or hashlib.sha256(document_id.bytes).hexdigest()
        stored = DocumentStored(
            document_id=document_id, owner_id=owner.id, person_id=owner.person_id, media_type="image/jpeg",
            size=1, sha256=sha256,
        )  # fmt: skip
        await self.tell(
            stored, self.recognized(owner, fields, document_id=document_id, sha256=sha256, **options)
        )
        return self.receipt_token(owner, document_id, sha256)

    async def draft(
        self, person: Person, *tokens: str, kind: str = "hospital", **body: Any
    ) -> dict[str, Any]:
        answer = await self.client.post(
            "/claims", person.actor, json={"kind": kind, "documents": list(tokens), **body}
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def hospital(self, person: Person, number: str = "7141957131", **options: Any) -> dict[str, Any]:
        """A draft of a hospital claim with one receipt."""
        verified = options.pop("verified", True)
        options.setdefault("admitted", today() - timedelta(days=30))
        token = await self.upload(person.actor, receipt(person.name, number, **options), verified=verified)
        return await self.draft(person, token)

    async def submit(self, person: Person, claim: dict[str, Any]) -> Any:
        return await self.client.post(f"/claims/{claim['id']}/submit", person.actor)

    async def submitted(self, person: Person, number: str = "7141957131", **options: Any) -> dict[str, Any]:
        answer = await self.submit(person, await self.hospital(person, number, **options))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def decide(
        self, actor: Actor, claim: dict[str, Any], node: str, action: str = "agree", **body: Any
    ) -> Any:
        body = {"node": node, "action": action, "opinion": "同意" if action == "agree" else "请补正", **body}
        return await self.client.post(f"/claims/{claim['id']}/decisions", actor, json=body)

    async def approved(self, person: Person, number: str = "7141957131", **options: Any) -> dict[str, Any]:
        claim = await self.submitted(person, number, verified=False, **options)
        for role, node in (("claims_checker", "first-check"), ("claims_reviewer", "review")):
            answer = await self.decide(self.staff(role), claim, node)
            assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def batch(self, purpose: str = "claim") -> dict[str, Any]:
        body = {"fund": FUND, "purpose": purpose}
        answer = await self.client.post("/payout-batches", self.staff("payout_maker"), json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def released(self, purpose: str = "claim") -> dict[str, Any]:
        batch = await self.batch(purpose)
        answer = await self.client.post(
            f"/payout-batches/{batch['id']}/release", self.staff("payout_checker")
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def result_rows(self, batch: dict[str, Any]) -> list[list[str]]:
        """Payout number, account and amount of each line of a released batch, from the bank's own file."""
        answer = await self.client.get(
            f"/payout-batches/{batch['id']}/file?format=csv", self.staff("payout_maker")
        )
        assert answer.status_code == 200, answer.text
        lines = answer.content.decode("utf-8-sig").splitlines()[1:]
        return [[cells[1], cells[3], cells[5]] for cells in (line.split(",") for line in lines)]

    def result_file(self, rows: list[list[str]], status: str = "成功", reason: str = "") -> bytes:
        heading = "付款编号,收款账号,金额,处理结果,失败原因,银行流水号,记账日期"
        lines = [
            f"{n},{account},{amount},{status},{reason},S{n},{today():%Y%m%d}" for n, account, amount in rows
        ]
        return "\r\n".join([heading, *lines]).encode("gb18030")

    async def send_result(self, batch: dict[str, Any], data: bytes) -> Any:
        path = f"/payout-batches/{batch['id']}/results"
        return await self.client.post(
            path, self.staff("payout_maker"), content=data, headers={"Content-Type": "text/csv"}
        )

    def statement(
        self, *lines: tuple[str, str, str], opening: str = "0.00", day: date | None = None
    ) -> bytes:
        """A bank's statement of a day: serial, signed amount and memo of each line."""
        balance, data = Decimal(opening), io.BytesIO()
        with SheetWriter(data) as sheet:
            sheet.row(["江苏银行账户明细"])
            sheet.row(
                ["交易日期", "收入金额", "支出金额", "账户余额", "对方户名", "对方账号", "交易流水号", "摘要"]
            )
            for serial, amount, memo in lines:
                signed = Decimal(amount)
                balance += signed
                income, expense = (money(signed), "") if signed > 0 else ("", money(-signed))
                sheet.row(
                    [
                        f"{day or today():%Y-%m-%d}",
                        income,
                        expense,
                        money(balance),
                        "许晓霞",
                        "",
                        serial,
                        memo,
                    ]
                )
        return data.getvalue()

    async def send_statement(self, data: bytes, **options: Any) -> Any:
        actor = options.pop("actor", None) or self.staff("finance")
        path = f"/reconciliation/statements?fund={FUND}"
        return await self.client.post(
            path, actor, content=data, headers={"Content-Type": "application/octet-stream"}, **options
        )

    async def bank_difference(self, side: str) -> str:
        """The id of a line at the bank alone, or of an entry of the books alone ("lines", "entries")."""
        answer = await self.send_statement(self.statement(("S-alone", "1.23", "结息")))
        assert answer.status_code == 201, answer.text
        found = await self.client.get(f"/reconciliation/{side}?fund={FUND}", self.staff("finance"))
        return str(found.json()["items"][0]["id"])

    async def ledger(self) -> dict[str, Any]:
        answer = await self.client.get("/ledger/funds", self.staff("payout_maker"))
        assert answer.status_code == 200, answer.text
        fund = answer.json()[0]
        assert fund["difference"] == "0.00"
        return dict(fund)

    async def read(self, actor: Actor, claim: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.get(f"/claims/{claim['id']}", actor)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def send_feed(self, data: bytes, *, once: str | None = None, actor: Actor | None = None) -> Any:
        return await self.client.post(
            "/feed/files", actor or self.staff("claims_checker"), content=data, once=once,
            headers={"Content-Type": "text/csv"},
        )  # fmt: skip

    async def feed(self, data: bytes, **options: Any) -> Any:
        """Send a settlement file and let the worker read it; the answer to a look at it, or the refusal."""
        answer = await self.send_feed(data, **options)
        if answer.status_code != 201:
            return answer
        await read_files(self.client.context, self.tenant.id)
        return await self.client.get(f"/feed/files/{answer.json()['id']}", self.staff("claims_checker"))

    async def decide_feed(self) -> None:
        await decide_feed(self.client.context, self.tenant.id)

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


def errors(answer: Any) -> set[str]:
    """The codes of all that a refusal lists."""
    return {error["code"] for error in answer.json().get("errors", [])}


def fields(**values: str) -> list[dict[str, str]]:
    return [{"code": code, "value": value} for code, value in values.items()]


async def together(*calls: Any) -> list[Any]:
    return list(await asyncio.gather(*calls))
