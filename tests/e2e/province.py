"""A provincial union of a test's own whose cover begins at once: a unit entered, its people covered through the API."""

import asyncio
import io
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from PIL import Image, ImageDraw
from playwright.sync_api import Page

from common.clock import today
from common.contracts.pack import load_pack, read_text
from huzhu.demo.caller import Caller, Refused, until
from huzhu.operator import Operator, load_tenant
from huzhu.people import people, units
from huzhu.people.persons import Person

from ..conftest import ROOT
from .campus import Work, let, staff_of
from .conftest import PASSWORD, Running
from .desk import open_page, sign_in

UNION = "qiantang"
CHANGES = (
    ("code: zhejiang\n", f"code: {UNION}\n"),
    ("effective: {rule: next_month}", "effective: {rule: on_confirmation}"),
    ("    fallback: contact\n", "    face_verification: true\n    attempts: 3\n    fallback: contact\n"),
)


def pack_of(folder: Path) -> Path:
    """Write the province's pack under another code: cover begins when it is paid, and who binds shows a face."""
    text = read_text(ROOT / "tenants" / "zhejiang.yaml")
    known = text.split("\n  id: ", 1)[1].split("\n", 1)[0]
    for old, new in (*CHANGES, (known, known[:-4] + "ca19")):
        assert old in text, old
        text = text.replace(old, new, 1)
    for days in (30, 90):
        text = text.replace(f"waiting_days: {days}\n", "waiting_days: 0\n")
    path = folder / f"{UNION}.yaml"
    path.write_text(text.replace('"1395710', '"1395720'), encoding="utf-8")
    return path


@dataclass
class Province:
    """The union, and people of one unit under cover who have no account yet."""

    running: Running
    pack: Path
    people: list[Person]
    tokens: dict[str, str] = field(default_factory=dict)

    def does(self, token: str, work: Work) -> Any:
        """Let somebody do something with the apps' own requests."""
        return let(self.running, token, work, tenant=UNION)

    def go(self, page: Page, path: str) -> None:
        open_page(self.running, page, path, tenant=UNION)

    def enter(self, page: Page, user: str) -> None:
        staff = {one.username: str(one.mobile) for one in load_pack(self.pack).demo.staff}
        sign_in(self.running, page, user, mobile=staff[user], tenant=UNION)


def founded(running: Running, secret: str, folder: Path) -> Province:
    """Load the union, and bring four people under cover."""
    path = pack_of(folder)
    with ThreadPoolExecutor(1) as beside:
        covered = beside.submit(lambda: asyncio.run(_cover(running, secret, path))).result()
    return Province(running, path, covered)


async def _cover(running: Running, secret: str, path: Path) -> list[Person]:
    async with Operator(running.url, "ops1", secret) as operator:
        await load_tenant(operator, path, demo_password=PASSWORD)
    seed, pack = int(time.time()), load_pack(path)
    unit, everybody = next(iter(units(1, seed=seed))), list(people(5, seed=seed, youngest=25, oldest=45))
    handler_mobile = everybody.pop().mobile
    async with httpx.AsyncClient(base_url=running.url, timeout=120, trust_env=False) as http:
        city, finance = [await staff_of(http, pack, role) for role in ("city_reviewer", "finance")]
        named = {"name": "季算", "mobile": handler_mobile}
        asked = {"name": unit.name, "credit_code": unit.credit_code, "org_node": "hangzhou"}
        await city.post("/api/identity/units/entered", {**asked, "handler": named})
        handler = await _handler(http, handler_mobile)
        order = await _order(handler, pack.products[0].code, everybody)
        await city.post(f"/api/enrollment/orders/{order}/approve", {"opinion": "同意"})
        await _pay(handler, finance, order)
    return everybody


def paper(kind: str = "JPEG", *, mark: str = "") -> bytes:
    """A small sheet with a mark of its own, as a picture or a document: it is soon looked at by machine."""
    out, sheet = io.BytesIO(), Image.new("RGB", (420, 560), "white")
    ImageDraw.Draw(sheet).text((20, 20), mark, fill="black", font_size=16)
    sheet.save(out, kind)
    return out.getvalue()


async def _handler(http: httpx.AsyncClient, mobile: str) -> Caller:
    handler, since = Caller(http, UNION), time.time() - 1
    asked = {"purpose": "sign_in", "mobile": mobile, "account_kind": "handler"}
    await handler.post("/api/identity/verification-codes", asked)
    body = {"mobile": mobile, "code": await handler.sms_code(mobile, since=since)}
    handler.token = (await handler.post("/api/identity/sessions/handler", body))["access_token"]
    return handler


async def _order(handler: Caller, product: str, everybody: list[Person]) -> str:
    async def begun() -> str | None:
        try:
            return str((await handler.post("/api/enrollment/orders", {"product": product}))["id"])
        except Refused as refused:
            if refused.code.startswith(("copy.", "unit.", "order.unit")):  # it is not known everywhere yet
                return None
            raise

    order = await until(begun, "参保申请 the order")
    for one in everybody:
        body = {"name": one.name, "document_number": one.id_number, "mobile": one.mobile}
        await handler.post(f"/api/enrollment/orders/{order}/people", body)
    await handler.post(f"/api/enrollment/orders/{order}/submit", {"employees": len(everybody)})
    return order


async def _pay(handler: Caller, finance: Caller, order: str) -> None:
    path, plain = f"/api/enrollment/orders/{order}", {"recognize": "false"}
    due = (await handler.get(path))["amount_due"]
    voucher, stamped = [
        (await handler.upload("/api/ocr/documents", data, name=name, params=plain))["receipt"]
        for data, name in ((paper(), "voucher.jpg"), (paper("PDF"), "roster.pdf"))
    ]
    await handler.post(f"{path}/payment", {"amount": due, "voucher": voucher, "papers": [stamped]})
    await finance.post(f"{path}/payment/confirm", {})

    async def done() -> bool | None:
        return (await handler.get(path))["status"] == "done" or None

    await until(done, "保单生效 the policies")


def stay(number: str, *, account: str, cash: str) -> list[dict[str, Any]]:
    """The values of one stay in a hospital, of today."""
    day = f"{today():%Y-%m-%d}"
    total = str(Decimal(account) + Decimal(cash) + 6000)
    values = {
        "hospital": "浙江大学医学院附属第一医院", "disease": "肺炎", "admission_date": day, "discharge_date": day,
        "receipt_number": number, "total_cost": total, "pooled_paid": "6000.00", "account_paid": account,
        "cash_paid": cash, "own_expense": "0.00",
    }  # fmt: skip
    return [{"code": code, "value": value, "stay": 1} for code, value in values.items()]
