"""First half: a unit registers, is approved, enrols its people and pays; policies come into force."""

import asyncio
import time
from decimal import Decimal

from huzhu.people.rosters import with_faults, write_rows

from .caller import Refused, until
from .world import World

CODES = "/api/identity/verification-codes"
SPOILT = ("id.checksum", "name.space", "mobile.format")


async def register_unit(world: World) -> str:
    """C.01: a number that is not registered gets no sign-in code; registration with a code."""
    handler, mobile = world.handler, world.unit.mobile
    try:
        await handler.post(CODES, {"purpose": "sign_in", "mobile": mobile, "account_kind": "handler"})
    except Refused as refused:
        told = refused.code
    else:
        raise AssertionError("an unregistered number got a sign-in code")
    since = time.time() - 1
    await handler.post(CODES, {"purpose": "register", "mobile": mobile, "account_kind": "handler"})
    code = await handler.sms_code(mobile, since=since)
    body = {"name": world.unit.name, "credit_code": world.unit.credit_code, "mobile": mobile, "code": code}
    answer = await handler.post("/api/identity/units", body)
    handler.token = answer["tokens"]["access_token"]
    world.facts["unit_id"] = answer["unit_id"]
    return f"{world.unit.name}（未注册先登录：{told}）"


async def submit_profile(world: World) -> str:
    """C.02: the commitment must be open for 15 seconds; papers are uploaded; three visible steps."""
    handler = world.handler
    paper = world.paper("工会法人资格证书", world.unit.name, f"统一社会信用代码：{world.unit.credit_code}")
    document = await handler.upload(
        "/api/ocr/documents", paper, name="certificate.jpg", params={"recognize": "false"}
    )
    branches = (await handler.get("/api/identity/organisation"))["nodes"]
    level = world.pack.organisation.levels[-2].code
    leaf = next(node for node in branches if node["level"] == level)
    person = world.people[0]
    certificate = world.pack.registration.profile_documents[0]
    opened, commitment = time.monotonic(), await handler.get("/api/identity/commitment")
    body = {
        "org_node": leaf["code"],
        "medical_code": world.unit.insurance_code,
        "handler_name": person.name,
        "handler_id_number": person.id_number,
        "documents": [{"code": certificate.code, "receipt": document["receipt"]}],
    }
    version = (await handler.get("/api/identity/units/me"))["version"]
    # Opened last: on a slow machine the seconds pass while papers are sent.
    commitment = await handler.get("/api/identity/commitment")
    body["commitment_opening_id"] = commitment["commitment_opening_id"]
    try:
        unit = await handler.put("/api/identity/units/me/profile", body, version=version)
    except Refused as refused:
        early = refused.code
        await asyncio.sleep(commitment["read_seconds"])
        unit = await handler.put("/api/identity/units/me/profile", body, version=version)
    else:
        early = "—"
        if time.monotonic() - opened < commitment["read_seconds"]:
            raise AssertionError("the commitment was accepted before it was read")
    states, seconds = [step["state"] for step in unit["steps"]], commitment["read_seconds"]
    return f"{leaf['name']}，步骤 {states}（未读满 {seconds} 秒：{early}）"


async def approve_unit(world: World) -> str:
    """The back office approves the unit."""
    reviewer = await world.staff("reviewer")
    unit = await reviewer.get(f"/api/identity/units/{world.facts['unit_id']}")
    headers = {"If-Match": f'"{unit["version"]}"'}
    unit = await reviewer.post(f"/api/identity/units/{unit['id']}/approve", {}, headers=headers)
    return f"状态 {unit['status']}"


async def upload_roster(world: World) -> str:
    """C.03, C.04: the manual's own layout; insurable and not insurable, each with every reason."""
    handler = world.handler

    async def open_order() -> dict[str, str] | None:
        try:
            order: dict[str, str] = await handler.post(
                "/api/enrollment/orders", {"product": world.product.code}
            )
            return order
        except Refused as refused:
            if refused.code in {
                "unit.not_approved",
                "order.unit_not_approved",
                "copy.catching_up",
                "unit.unknown",
            }:
                return None
            raise

    order = await until(open_order, "参保申请 the order")
    world.facts["order_id"], world.facts["order_number"] = order["id"], order["number"]
    path = world.folder / "roster.xlsx"
    faults = [*[""] * (len(world.people) - len(SPOILT)), *SPOILT]
    truth = write_rows(
        path, [with_faults(p, c, seed=world.seed) for p, c in zip(world.people, faults, strict=True)]
    )
    answer = await handler.upload(
        f"/api/enrollment/orders/{order['id']}/roster", path.read_bytes(), name=path.name
    )
    wrong = await handler.get(f"/api/enrollment/orders/{order['id']}/people", params={"insurable": "false"})
    codes = sorted(reason["code"] for person in wrong["items"] for reason in person["reasons"])
    counts = answer["order"]
    world.facts["insurable"] = truth.insurable
    return f"可参保 {counts['insurable']}，不可参保 {counts['not_insurable']}：{', '.join(codes)}"


async def submit_order(world: World) -> str:
    """C.03, C.05: the not insurable are exported and removed, the order is submitted."""
    handler, order = world.handler, world.facts["order_id"]
    export = await handler.send(
        "GET", f"/api/enrollment/orders/{order}/people/export", params={"insurable": "false"}
    )
    removed = await handler.post(
        f"/api/enrollment/orders/{order}/people/delete", {"all": True, "insurable": False}
    )
    submitted = await handler.post(f"/api/enrollment/orders/{order}/submit", {})
    number = world.facts["order_number"]
    return (
        f"{number}：导出 {len(export.content)} 字节，删除 {removed['changed']} 人，状态 {submitted['status']}"
    )


async def approve_order(world: World) -> str:
    """The reviewer approves; the amount is due."""
    reviewer = await world.staff("reviewer")
    order = await reviewer.post(
        f"/api/enrollment/orders/{world.facts['order_id']}/approve", {"opinion": "同意"}
    )
    world.facts["amount_due"] = order["amount_due"]
    return f"应付 {order['amount_due']} 元，{order['people']} 人"


async def report_payment(world: World) -> str:
    """C.05: voucher and stamped roster; a wrong amount is held with a clear message."""
    handler, path = world.handler, f"/api/enrollment/orders/{world.facts['order_id']}/payment"
    due = Decimal(world.facts["amount_due"])
    plain = {"recognize": "false"}
    slip = world.paper("网上银行电子回单", f"金额：{due}")
    voucher = await handler.upload("/api/ocr/documents", slip, name="voucher.jpg", params=plain)
    form = world.paper_pdf("团体入会表和参保花名册", world.unit.name)
    stamped = await handler.upload("/api/ocr/documents", form, name="roster.pdf", params=plain)
    body = {"amount": str(due - 1), "voucher": voucher["receipt"], "papers": [stamped["receipt"]]}
    held = await handler.post(path, body)
    paid = await handler.post(path, {**body, "amount": str(due)})
    return f"少付 1 元：{held['status']}；足额：{paid['status']}"


async def confirm_payment(world: World) -> str:
    """Finance confirms; policies are issued and everybody is told."""
    finance = await world.staff("finance")
    order_id = world.facts["order_id"]
    await finance.post(f"/api/enrollment/orders/{order_id}/payment/confirm", {})

    async def done() -> str | None:
        order = await world.handler.get(f"/api/enrollment/orders/{order_id}")
        if order["status"] != "done":
            return None
        return f"{order['issued']} 份保单，{order['starts_on']} 至 {order['ends_on']}"

    result = await until(done, "保单生效 the policies")
    await world.caller().sms(world.people[1].mobile, "保障期")
    return f"{result}；参保短信已到"


STEPS = (
    ("单位注册 unit registers", register_unit),
    ("单位信息完善 profile", submit_profile),
    ("单位审核 unit approved", approve_unit),
    ("上传花名册 roster", upload_roster),
    ("提交参保 order submitted", submit_order),
    ("参保审核 order approved", approve_order),
    ("付款上报 payment reported", report_payment),
    ("财务确认 payment confirmed", confirm_payment),
)
"""What brings a unit under cover, in order, with the words for it."""
