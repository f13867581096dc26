"""The settlement feed: received once, decided by itself, everything else listed with its reason."""

import csv
import io
from datetime import timedelta
from typing import Any

import orjson
import pytest

from claims.feed.models import FeedLine
from claims.intake.models import Claim
from claims.payouts.models import Payout
from common.clock import today

from .world import Person, World, card_number, id_number

HEADING = (
    "line_id", "event", "id_number", "name", "hospital", "receipt_number", "admission_date", "discharge_date",
    "event_date", "icd10", "total_cost", "pooled_paid", "other_paid", "account_paid", "cash_paid",
    "unit_name",
)  # fmt: skip


def line(person: Person, line_id: str, **changes: Any) -> dict[str, str]:
    admitted = today() - timedelta(days=40)
    values = {
        "line_id": line_id, "event": "hospital", "id_number": id_number(person.serial), "name": person.name,
        "hospital": "无锡市人民医院", "receipt_number": f"R{line_id}", "admission_date": admitted.isoformat(),
        "discharge_date": (admitted + timedelta(days=10)).isoformat(), "total_cost": "5000.00",
        "pooled_paid": "2000.00", "other_paid": "0.00", "account_paid": "0.00", "cash_paid": "3000.00",
    }  # fmt: skip
    return values | changes


def as_csv(*lines: dict[str, str]) -> bytes:
    target = io.StringIO()
    writer = csv.DictWriter(target, HEADING)
    writer.writeheader()
    writer.writerows(lines)
    return target.getvalue().encode()


async def states(world: World, file_id: str) -> dict[str, int]:
    answer = await world.client.get(f"/feed/files/{file_id}", world.staff("claims_checker"))
    return dict(answer.json()["states"])


@pytest.mark.feature("C.09")
async def test_a_hospital_stay_is_paid_without_application(world: World, person: Person) -> None:
    await world.fund()
    file = (await world.feed(as_csv(line(person, "1")))).json()
    assert (file["lines"], file["accepted"], file["waiting"]) == (1, 1, 1)
    await world.decide_feed()
    assert await states(world, file["id"]) == {"decided": 1}
    claim = (await world.client.get("/claims", person.actor)).json()["items"][0]
    assert claim["status"] == "approved" and claim["automatic"] and claim["amount"] == "460.00"
    assert claim["due_on"] == (today() - timedelta(days=30) + timedelta(days=30)).isoformat()
    full = await world.read(person.actor, claim)
    assert {field["source"] for field in full["fields"] if field["code"] == "cash_paid"} == {"feed"}
    rows = await world.result_rows(await world.released())
    assert rows[0][1:] == [card_number(person.serial), "460.00"]


@pytest.mark.feature("C.09")
async def test_sent_again_nothing_is_paid_twice(world: World, person: Person) -> None:
    data, checker = as_csv(line(person, "1")), world.staff("claims_checker")
    first = (await world.feed(data, once="feed-key-1", actor=checker)).json()
    assert (await world.feed(data, once="feed-key-1", actor=checker)).json()["id"] == first["id"]
    again = (await world.feed(data)).json()
    assert again["id"] != first["id"] and (again["accepted"], again["repeated"]) == (0, 1)
    await world.decide_feed()
    renamed = (await world.feed(as_csv(line(person, "1", cash_paid="2999.00")))).json()
    assert (renamed["accepted"], renamed["differing"]) == (0, 1)
    await world.decide_feed()
    other_id = (await world.feed(as_csv(line(person, "2", receipt_number="R1")))).json()
    await world.decide_feed()
    assert await states(world, other_id["id"]) == {"duplicate": 1}
    assert await world.count(Claim) == 1 and await world.count(Payout) == 1


async def test_another_file_under_the_same_key_is_refused(world: World, person: Person) -> None:
    checker = world.staff("claims_checker")
    await world.feed(as_csv(line(person, "1")), once="feed-key-2", actor=checker)
    answer = await world.feed(as_csv(line(person, "2")), once="feed-key-2", actor=checker)
    assert answer.status_code == 422 and answer.json()["code"] == "idempotency.key_reused"


@pytest.mark.feature("C.09")
async def test_everything_else_is_listed_with_its_reason(world: World, person: Person) -> None:
    stranger = Person(900, "无名氏", person.actor, person.policy)
    small = await world.cover("王芳")
    lines = [
        line(stranger, "unknown"),
        line(person, "other-name", name="王芳"),
        line(person, "before", admission_date="2019-01-01", discharge_date="2019-01-05"),
        line(small, "small", cash_paid="100.00", total_cost="2100.00",
             discharge_date=(today() - timedelta(days=39)).isoformat()),
        line(person, "bad", id_number="320211198503120010", total_cost="-3", admission_date="x"),
        line(person, "critical", event="critical_illness", event_date=today().isoformat(), icd10="C34.1",
             receipt_number=""),
        line(person, "twice"), line(person, "twice-in-file", receipt_number="Rtwice"),
    ]  # fmt: skip
    file = (await world.feed(as_csv(*lines))).json()
    assert file["bad"] == 1
    await world.decide_feed()
    found = (await world.client.get(f"/feed/files/{file['id']}/lines", world.staff("claims_checker"))).json()[
        "items"
    ]
    by_id = {item["line_id"]: item for item in found}
    assert {key: item["state"] for key, item in by_id.items()} == {
        "unknown": "unmatched", "other-name": "unmatched", "before": "not_covered", "small": "nothing_due",
        "bad": "bad", "critical": "opened", "twice": "decided", "twice-in-file": "duplicate",
    }  # fmt: skip
    assert {r["code"] for r in by_id["bad"]["reasons"]} == {"id.checksum", "feed.amount", "feed.date"}
    assert by_id["unknown"]["id_number"].startswith("320****") and by_id["unknown"]["name"] == "无**"
    only = await world.client.get(
        f"/feed/files/{file['id']}/lines?state=unmatched&state=bad", world.staff("claims_checker")
    )
    assert {item["state"] for item in only.json()["items"]} == {"unmatched", "bad"}
    # What somebody must do something about, of all files: every such state, and no other.
    needed = (await world.client.get("/feed/lines", world.staff("claims_checker"))).json()["items"]
    assert {item["state"] for item in needed} == {"unmatched", "bad"}
    assert len((await world.client.get("/feed/files", world.staff("claims_checker"))).json()["items"]) == 1
    opened = await world.events("claims.claim_opened.v1")
    assert len(opened) == 1 and opened[0].data["claim"]["status"] == "to_upload"
    claim = await world.read(person.actor, {"id": opened[0].data["claim"]["claim_id"]})
    assert {f["code"]: f["value"] for f in claim["fields"]}["illness"] == "malignant-tumour"
    await world.feed(as_csv(line(small, "bad", receipt_number="Rbad")), once="feed-key-mended")
    await world.decide_feed()
    needed = (await world.client.get("/feed/lines", world.staff("claims_checker"))).json()["items"]
    assert {item["line_id"] for item in needed} == {"unknown", "other-name"}, "what came right is done with"


async def test_a_file_handed_in_again_lists_what_is_wrong_in_it_once(world: World) -> None:
    person = await world.cover()
    wrong = [
        line(person, "bad", id_number="1"),
        line(person, "bad", id_number="1"),
        line(person, "worse", name=""),
    ]
    checker = world.staff("claims_checker")
    files = [(await world.feed(as_csv(*wrong), once=f"feed-again-{turn}")).json() for turn in range(3)]
    assert [file["bad"] for file in files] == [3, 3, 3], "each file shows its own"
    needed = (await world.client.get("/feed/lines", checker)).json()["items"]
    assert [(item["file_id"], item["line_no"]) for item in needed] == [
        (files[2]["id"], number) for number in sorted((item["line_no"] for item in needed), reverse=True)
    ]
    assert len(needed) == 3, "two lines of one file that read alike are two"
    await world.feed(as_csv(*wrong[:1]), once="feed-another")
    needed = (await world.client.get("/feed/lines", checker)).json()["items"]
    assert len(needed) == 4, "another file that has the same line"


async def test_lines_are_decided_when_their_people_are_covered_later(world: World) -> None:
    serial = 1
    nobody = Person(serial, "许晓霞", world.staff("claims_checker"), world.policy(serial, "许晓霞"))
    data = as_csv(line(nobody, "1"))
    file = (await world.feed(data)).json()
    await world.decide_feed()
    assert await states(world, file["id"]) == {"unmatched": 1}
    listed = (await world.client.get("/feed/lines", world.staff("claims_checker"))).json()["items"]
    assert [item["line_id"] for item in listed] == ["1"]
    (told,) = await world.events("claims.settlements_unmatched.v1")
    assert told.data["lines"][0]["reason"] == "feed.unmatched"
    sealed = told.data["lines"][0]["document_number"]
    assert world.tenant.keys.open(sealed["ciphertext"], context="person.document") == id_number(serial)
    await world.cover("许晓霞")
    await world.decide_feed()
    assert await states(world, file["id"]) == {"decided": 1}


async def test_above_the_limit_a_person_looks(world: World, person: Person) -> None:
    file = (await world.feed(as_csv(line(person, "1", cash_paid="30000.00", total_cost="32000.00")))).json()
    await world.decide_feed()
    assert await states(world, file["id"]) == {"in_review": 1}
    tasks = (await world.client.get("/queue", world.staff("claims_checker"))).json()["items"]
    assert tasks[0]["review_reasons"][0]["code"] == "amount.above_limit"


@pytest.mark.feature("N.04", "C.09")
async def test_figures_that_contradict_each_other_go_to_a_person(world: World, person: Person) -> None:
    small, told = await world.cover("王芳"), await world.cover("沈玉兰")
    lines = [
        line(person, "1", total_cost="9100.00", pooled_paid="6000.00"),
        line(small, "2", cash_paid="100.00"),
        line(told, "3", total_cost="5100.00", other_paid=""),
    ]
    file = (await world.feed(as_csv(*lines))).json()
    await world.decide_feed()
    assert await states(world, file["id"]) == {"in_review": 2, "decided": 1}, (
        "what is not told sums to nothing"
    )
    tasks = (await world.client.get("/queue", world.staff("claims_checker"))).json()["items"]
    reasons = {task["amount"]: task["review_reasons"][0] for task in tasks}
    assert {reason["code"] for reason in reasons.values()} == {"amount.sum_differs"}
    assert reasons["460.00"]["text"] == "各项支付之和 9000.00 元不等于合计 9100.00 元"
    assert reasons["460.00"]["field"] == "stays.1.total_cost"
    assert await world.count(Payout) == 1


def apart(person: Person, *ids: str) -> list[dict[str, str]]:
    """Stays of a person, each of which alone comes to the cap of a stay."""
    return [
        line(person, name, admission_date=(today() - timedelta(days=190 - 6 * n)).isoformat(),
             discharge_date=(today() - timedelta(days=189 - 6 * n)).isoformat(),
             cash_paid="70000.00", total_cost="72000.00")
        for n, name in enumerate(ids)
    ]  # fmt: skip


@pytest.mark.feature("P.04", "C.09")
async def test_what_undecided_claims_hold_of_a_cap_refuses_no_line_for_good(
    world: World, person: Person
) -> None:
    file = (await world.feed(as_csv(*apart(person, "1", "2", "3", "4")))).json()
    await world.decide_feed()
    assert await states(world, file["id"]) == {"in_review": 4}, "nothing is decided, so nobody is refused"
    assert not await world.events("claims.claim_rejected.v1")

    async def waiting() -> list[dict[str, Any]]:
        found = (await world.client.get("/claims?status=in_review", person.actor)).json()["items"]
        return [await world.read(person.actor, one) for one in sorted(found, key=lambda one: one["event_on"])]

    claims = await waiting()
    assert [one["amount"] for one in claims] == ["5000.00", "5000.00", "0.00", "0.00"]
    codes = [{reason["code"] for reason in one["review_reasons"]} for one in claims]
    assert ["cap.held" in found for found in codes] == [False, False, True, True]
    nothing = await world.decide(world.staff("claims_checker"), claims[2], "first-check")
    assert nothing.status_code == 409, nothing.text
    refused = await world.decide(world.staff("claims_checker"), claims[0], "first-check", "reject")
    assert refused.status_code == 200, refused.text
    left = await waiting()
    assert [one["amount"] for one in left] == ["5000.00", "5000.00", "0.00"], "never more than the cap"
    assert "cap.held" not in {reason["code"] for reason in left[1]["review_reasons"]}
    for one in left[:2]:
        for role, node in (("claims_checker", "first-check"), ("claims_reviewer", "review")):
            assert (await world.decide(world.staff(role), one, node)).status_code == 200
    again = (await world.feed(as_csv(*apart(person, "0", "0", "0", "0", "5")[4:]))).json()
    await world.decide_feed()
    assert await states(world, again["id"]) == {"nothing_due": 1}, "what is decided uses the cap up"
    assert (await world.read(person.actor, left[2]))["amount"] == "0.00"


async def test_json_lines_and_chinese_headings(world: World, person: Person) -> None:
    data = b"\n".join(orjson.dumps(line(person, str(n))) for n in range(2)) + b"\nnot json\n"
    file = (await world.feed(data)).json()
    assert file["format"] == "jsonl" and (file["lines"], file["accepted"], file["bad"]) == (3, 2, 1)
    text = "结算流水号,身份证号,姓名,入院日期,出院日期,金额合计,个人现金支付,个人账户支付\r\n"
    text += f"A1,{id_number(person.serial)},{person.name},2026-01-01,2026-01-05,100.00,50.00,0.00\r\n"
    file = (await world.feed(text.encode("gb18030"))).json()
    assert file["format"] == "csv" and file["accepted"] == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "feed.empty"), (b"a,b\n1,2\n", "feed.unreadable"), (b"x" * 30_000, "feed.unreadable"),
     (b"line_id,id_number,name\n", "feed.empty"), (b"\x89PNG\r\n\x1a\n\x00\x00", "feed.unreadable")],
)  # fmt: skip
async def test_files_that_are_none(world: World, data: bytes, code: str) -> None:
    answer = await world.feed(data)
    assert answer.status_code == 422 and answer.json()["code"] == code
    assert await world.count(FeedLine) == 0


async def test_many_lines_are_decided_together(world: World, person: Person) -> None:
    people = [await world.cover("许晓霞") for _ in range(5)]
    lines = [
        line(p, f"{p.serial}-{n}", admission_date=(today() - timedelta(days=190 - 6 * n)).isoformat(),
             discharge_date=(today() - timedelta(days=186 - 6 * n)).isoformat())
        for p in people for n in range(30)
    ]  # fmt: skip
    file = (await world.feed(as_csv(*lines))).json()
    await world.decide_feed()
    assert await states(world, file["id"]) == {"decided": 150}
    assert await world.count(Payout) == 150
    assert (await world.ledger())["accounts"]["claims_payable"] != "0.00"
