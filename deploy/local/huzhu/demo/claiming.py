"""Second half: a member hands in a photographed receipt, two people decide, the bank pays; the feed pays by itself."""

import csv
import io
import time
from decimal import Decimal
from typing import Any

from common import clock
from huzhu.papers import ReceiptValues

from .caller import Caller, Refused, until
from .world import World

MEMBER, FED = 1, 2
"""Which of the people claims, and who is in the settlement feed."""
SHOTS = 4
"""How often a receipt is photographed until it is read."""


async def register_member(world: World) -> str:
    """C.12: register with name, ID, mobile, SMS code and consent; bound to the cover that the roster made."""
    member, person = world.member, world.people[MEMBER]
    privacy = await member.get("/api/identity/privacy-statement")
    since = time.time() - 1
    await member.post(
        "/api/identity/verification-codes",
        {"purpose": "bind", "mobile": person.mobile, "account_kind": "member"},
    )
    code = await member.sms_code(person.mobile, since=since)
    body = {
        "name": person.name,
        "id_number": person.id_number,
        "mobile": person.mobile,
        "code": code,
        "consent": {"version": privacy["version"]},
    }
    answer = await member.post("/api/identity/members/register", body)
    member.token = answer["tokens"]["access_token"]

    async def covered() -> list[Any] | None:
        found: list[Any] = (await member.get("/api/enrollment/policies/mine"))["items"]
        return found or None

    policies = await until(covered, "我的参保 the cover")
    return f"{person.name[0]}** 已注册，参保 {policies[0]['number']}"


async def upload_receipt(world: World) -> str:
    """The photographed receipt is stored at once and recognised in the background."""
    document, read, values = await _read_rightly(world, world.people[MEMBER].name, "发票.jpg")
    world.facts["receipt"], world.facts["receipt_values"] = document["receipt"], values
    return f"{read['type']}，识别 {len(read['fields'])} 项，号码、金额、姓名全部正确"


async def _read_rightly(
    world: World, payer: str, name: str, *, salt: int = 0
) -> tuple[Any, Any, ReceiptValues]:
    """Hand a receipt in until number, amounts and name are read; photographed again where they are not."""
    wrong = ""
    for shot in range(SHOTS):
        values, photo = world.receipt(payer, salt=salt, shot=shot)
        document = await world.member.upload("/api/ocr/documents", photo, name=name.encode().hex() + ".jpg")
        read = await recognised(world, document["document_id"])
        wanted = {"票据号码": values.number, "交款人": values.payer} | {
            title: f"{amount:.2f}" for title, amount in _amounts(values).items()
        }
        found = {title: read["fields"].get(title, {}).get("value") for title in wanted}
        wrong = "；".join(
            f"{one} {found[one]}，应为 {right}" for one, right in wanted.items() if found[one] != right
        )
        if not wrong:
            return document, read, values
    raise AssertionError(f"{SHOTS} 张照片都有认错的字段 photographs were misread: {wrong}")


def _amounts(values: ReceiptValues) -> dict[str, Decimal]:
    return {
        "金额合计小写": values.total,
        "医保统筹基金支付": values.pooled,
        "其他支付": values.other,
        "个人账户支付": values.account,
        "个人现金支付": values.cash,
    }


async def recognised(world: World, document_id: str) -> Any:
    """Wait until a document has been read."""

    async def look() -> Any:
        read = await world.member.get(f"/api/ocr/documents/{document_id}")
        return read if read["state"] in {"recognized", "unreadable"} else None

    return await until(look, "识别 the recognition", within=180)


async def refuse_foreign_receipt(world: World) -> str:
    """A receipt of another person is refused with the reason, and nothing is lost."""
    document, _, _ = await _read_rightly(world, _stranger(world), "other.jpg", salt=7)
    claim = await world.member.post(
        "/api/claims/claims", {"kind": world.kind.code, "documents": [document["receipt"]]}
    )
    await filled(world, claim["id"])
    try:
        await world.member.post(f"/api/claims/claims/{claim['id']}/submit")
    except Refused as refused:
        draft = await world.member.get(f"/api/claims/claims/{claim['id']}")
        return f"{refused.code}；草稿仍在（{draft['status']}）"
    raise AssertionError("another person's receipt was accepted")


def _stranger(world: World) -> str:
    """Return the name of somebody whom no misread character turns into the member."""
    own = set(world.people[MEMBER].name)
    return next(one.name for one in world.people[FED + 1 :] if not own & set(one.name))


async def filled(world: World, claim_id: str) -> Any:
    """Wait until recognition has filled a claim."""

    async def look() -> Any:
        claim = await world.member.get(f"/api/claims/claims/{claim_id}")
        values = {field["code"]: field["value"] for field in claim["fields"]}
        return claim if values.get("receipt_number") else None

    return await until(look, "自动填表 the filled form")


async def submit_claim(world: World) -> str:
    """C.12: the claim is filled from the receipt, submitted, and its benefit explained."""
    member = world.member
    claim = await member.post(
        "/api/claims/claims", {"kind": world.kind.code, "documents": [world.facts["receipt"]]}
    )
    claim = await filled(world, claim["id"])
    number_of_fields = sum(field["source"] == "recognized" for field in claim["fields"])
    claim = await member.post(f"/api/claims/claims/{claim['id']}/submit")
    again = await member.post(f"/api/claims/claims/{claim['id']}/submit")
    if again["number"] != claim["number"]:
        raise AssertionError("submitted twice")
    world.facts["claim_id"] = claim["id"]
    return f"{claim['number']}：自动填 {number_of_fields} 项，状态 {claim['status']}"


async def decide_claim(world: World) -> str:
    """Two different people agree; the same one is refused."""
    path = f"/api/claims/claims/{world.facts['claim_id']}"
    checker, reviewer = await world.staff("claims_checker"), await world.staff("claims_reviewer")
    first, second = world.nodes
    await checker.post(f"{path}/decisions", {"node": first, "action": "agree", "opinion": "材料齐全"})
    try:
        await checker.post(f"{path}/decisions", {"node": second, "action": "agree", "opinion": "同意"})
    except Refused as refused:
        told = refused.code
    else:
        raise AssertionError("one person decided two nodes")
    claim = await reviewer.post(f"{path}/decisions", {"node": second, "action": "agree", "opinion": "同意"})
    lines = "；".join(str(line["text"]) for line in claim["explanation"] if Decimal(line["amount"]))
    return f"批准 {claim['amount']} 元（{lines}）；同一人复核：{told}"


async def feed_settlement(world: World) -> str:
    """C.09: the settlement feed opens, decides and requests payment by itself; sent again it changes nothing."""
    checker, person = await world.staff("claims_checker"), world.people[FED]
    data = settlement_file(world, person.name, person.id_number)
    first = await checker.upload("/api/claims/feed/files", data, name="feed.csv")
    second = await checker.upload("/api/claims/feed/files", data, name="feed.csv")

    async def decided() -> Any:
        files = [await checker.get(f"/api/claims/feed/files/{sent['id']}") for sent in (first, second)]
        return files if all(file["state"] == "read" and file["waiting"] == 0 for file in files) else None

    files = await until(decided, "免申即享 the settlement feed")
    # Two workers may take the two files at once: whichever comes first has the line, the other repeats it.
    file, again = sorted(files, key=lambda one: -one["accepted"])
    if file["states"].get("decided") != 1 or again["accepted"]:
        raise AssertionError(f"feed: {file} {again}")
    return f"{file['lines']} 条，自动审定 {file['states']['decided']} 条；重发新增 {again['accepted']} 条"


def settlement_file(world: World, name: str, id_number: str) -> bytes:
    """Return a settlement file with one stay of today."""
    values, _ = world.receipt(name, salt=11)
    today = clock.today().isoformat()
    row = {
        "line_id": f"YB{world.seed}",
        "id_number": id_number,
        "name": name,
        "hospital": values.hospital,
        "admission_date": today,
        "discharge_date": today,
        "settled_on": today,
        "receipt_number": values.number,
        "total_cost": "9000.00",
        "pooled_paid": "6000.00",
        "other_paid": "0.00",
        "account_paid": "0.00",
        "cash_paid": "3000.00",
    }
    out = io.StringIO()
    writer = csv.DictWriter(out, list(row))
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue().encode()


async def pay_batch(world: World) -> str:
    """N.05: maker and checker, the bank's file, its result file; each payout is paid once."""
    maker, checker = await world.staff("payout_maker"), await world.staff("payout_checker")
    told = [await _pay(world, maker, checker, batch) for batch in await _prepared(maker, world.product.fund)]
    return "；".join(told)


async def _prepared(maker: Caller, fund: str) -> list[Any]:
    """Prepare a batch, and answer for those that the union's schedule has prepared at this very time."""
    path, batches = "/api/claims/payout-batches", []
    try:
        batches.append(await maker.post(path, {"fund": fund}))
    except Refused as refused:
        if refused.code != "payout.nothing_waiting":
            raise
    found = await maker.get(path, params={"fund": fund, "status": "prepared"})
    batches += [
        await maker.post(f"{path}/{batch['id']}/confirm")
        for batch in found["items"]
        if batch["origin"] == "schedule" and batch["confirmed_at"] is None
    ]
    if not batches:
        raise AssertionError("no payout waits, and none is in a batch")
    return batches


async def _grant(world: World, batch: Any) -> None:
    """P.03: what others have been promised may be more than the fund has: a grant is booked, by two people."""
    poster, approver = (
        await world.staff_who("claims.ledger.post"),
        await world.staff_who("claims.ledger.approve"),
    )
    booked_on = clock.today().isoformat()
    parameters = {
        "fund": batch["fund"], "debit": "bank", "credit": "grants", "amount": str(2 * Decimal(batch["total"])),
        "booked_on": booked_on, "memo": "补助拨款",
    }  # fmt: skip
    proposed = {"command": "ledger.post", "parameters": parameters, "reason": "基金余额不足以支付本批次"}
    proposal = await poster.post("/api/claims/proposals", proposed)
    await approver.post(f"/api/claims/proposals/{proposal['id']}/approve", {})


async def _pay(world: World, maker: Caller, checker: Caller, batch: Any) -> str:
    """Release a batch by another person than its maker, and book the bank's answer twice."""
    path = f"/api/claims/payout-batches/{batch['id']}"
    try:
        await maker.post(f"{path}/release")
    except Refused as refused:
        told = refused.code
    else:
        raise AssertionError("the maker released the batch")
    try:
        await checker.post(f"{path}/release")
    except Refused as refused:
        if refused.code != "payout.balance_too_low":
            raise
        await _grant(world, batch)
        await checker.post(f"{path}/release")
    file = await maker.send("GET", f"{path}/file", params={"format": "csv"})
    result = bank_result(file.content)
    done = await maker.upload(f"{path}/results", result, name="result.csv")
    again = await maker.upload(f"{path}/results", result, name="result.csv")
    if again["paid"]:
        raise AssertionError("paid twice")
    paid = f"成功 {done['paid']} 笔，重复回盘 {again['paid']} 笔"
    return f"{batch['number']} 共 {batch['total']} 元，{paid}；制单人放行：{told}"


def bank_result(batch_file: bytes) -> bytes:
    """Answer a batch file as the bank does when everything succeeds."""
    try:
        text = batch_file.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = batch_file.decode("gb18030")
    out = io.StringIO()
    titles = ("付款编号", "收款账号", "金额", "处理结果", "失败原因", "银行流水号", "记账日期")
    writer = csv.writer(out)
    writer.writerow(titles)
    for place, row in enumerate(csv.DictReader(io.StringIO(text)), start=1):
        number, account, amount = (row[title].lstrip("'\t") for title in titles[:3])
        writer.writerow([number, account, amount, "成功", "", f"B{place:06d}", clock.today().isoformat()])
    return out.getvalue().encode("gb18030")


async def check_books(world: World) -> str:
    """The ledger balances, the member sees the payment and has the message."""
    maker = await world.staff("payout_maker")
    funds = await maker.get("/api/claims/ledger/funds")
    rows = funds["items"] if isinstance(funds, dict) else funds
    differences = {row["fund"]: row["difference"] for row in rows}
    if any(Decimal(value) for value in differences.values()):
        raise AssertionError(f"the ledger does not balance: {differences}")
    claim = await world.member.get(f"/api/claims/claims/{world.facts['claim_id']}")
    nodes = "→".join(step["title"] for step in claim["timeline"] if not step["pending"])
    text = await world.caller().sms(world.people[MEMBER].mobile, "元")
    return f"账差 {differences}；理赔 {claim['status']}（{nodes}）；短信：{text[:40]}…"
