"""Standard interchange: FHIR R4 Coverage, Claim and ClaimResponse, valid by a library, and official examples parsed."""

import gzip
import importlib
import json
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from fhirclient.models.fhirabstractbase import FHIRValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims.fhir import rules
from claims.fhir.service import validated
from common.auth import Actor
from common.clock import today
from common.ids import new_id

from ..conftest import ROOT
from .world import Person, World, id_number

EXAMPLES = json.loads(gzip.decompress((ROOT / "tests/data/fhir/r4_examples.json.gz").read_bytes()))
KINDS = ("Coverage", "Claim", "ClaimResponse")
STATUS = {"active", "cancelled", "draft", "entered-in-error"}
CLAIM_TYPES = {"institutional", "oral", "pharmacy", "professional", "vision"}
OUTCOMES = {"queued", "complete", "error", "partial"}
ISSUE_TYPES = {"not-found", "forbidden", "login", "invalid", "not-supported"}
READ = ("claims.claim.read",)
NOBODY = "01a2065e-6f88-7789-89ff-84d473cc0977"
pytestmark = pytest.mark.feature("P.08")


def parsed(resource: dict[str, Any]) -> Any:
    """The resource read by the library of FHIR R4; raises where it is none."""
    kind = resource["resourceType"]
    return getattr(importlib.import_module(f"fhirclient.models.{kind.lower()}"), kind)(resource)


@pytest_asyncio.fixture
async def wuxi(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("wuxi")


def staff(world: World, **scope: Any) -> Actor:
    return world.client.mint.actor(world.tenant, *READ, **scope)


async def ask(
    world: World, path: str, actor: Actor | None, status: int = 200, **options: Any
) -> dict[str, Any]:
    answer = await world.client.get(f"/fhir/{path}", actor, **options)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/fhir+json")
    found = answer.json()
    parsed(found)
    return dict(found)


def entries(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "searchset")
    for entry in bundle.get("entry", []):
        assert entry["fullUrl"].endswith(f"{entry['resource']['resourceType']}/{entry['resource']['id']}")
        parsed(entry["resource"])
    return [entry["resource"] for entry in bundle.get("entry", [])]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_official_examples_are_read_as_they_are(name: str) -> None:
    assert parsed(EXAMPLES[name]).as_json() == EXAMPLES[name]


def test_the_library_sees_a_fault() -> None:
    example = dict(EXAMPLES["Claim-100150"])
    for fault in ({"status": 1}, {"insurance": None}, {"made_up": "x"}, {"patient": "Patient/1"}):
        broken = {key: value for key, value in (example | fault).items() if value is not None}
        with pytest.raises(FHIRValidationError):
            validated(broken)


FACTS = st.builds(
    rules.ClaimFacts,
    id=st.uuids(), number=st.none() | st.from_regex(r"[0-9]{14}", fullmatch=True),
    event=st.sampled_from(["hospital", "critical_illness", "condolence", "loan"]),
    kind=st.just(rules.Titled("hospital", "住院")),
    status=st.sampled_from(["draft", "to_upload", "in_review", "returned", "approved", "rejected", "withdrawn",
                            "paid", "payment_failed"]),
    status_title=st.just("进行中"), person=st.builds(rules.Insured, st.uuids(), st.just("许*霞")),
    policy_id=st.none() | st.uuids(), made_at=st.datetimes(timezones=st.just(UTC)),
    submitted_at=st.none() | st.datetimes(timezones=st.just(UTC)), decided_at=st.none(),
    first_day=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)), last_day=st.none(),
    amount=st.none() | st.decimals(0, 99_999_999, places=2), payout_number=st.none(),
    paid_on=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(FACTS)
def test_whatever_an_application_is_its_resources_are_valid(facts: rules.ClaimFacts) -> None:
    union = rules.Titled("wuxi", "无锡")
    claim, response = validated(rules.claim(facts, union)), validated(rules.claim_response(facts, union))
    for made in (claim, response):
        assert made["status"] in STATUS and made["type"]["coding"][0]["code"] in CLAIM_TYPES
        assert made["use"] == "claim" and made["insurance"][0]["focal"] is True
    assert response["outcome"] in OUTCOMES and response["request"]["reference"] == f"Claim/{claim['id']}"
    if "total" in response and facts.amount is not None:
        granted = facts.amount if facts.status in rules.GRANTED else Decimal(0)
        assert Decimal(str(response["total"][0]["amount"]["value"])) == granted
    assert ("payment" in response) == (facts.status == "paid" and None not in (facts.paid_on, facts.amount))


async def test_a_cover_a_claim_and_its_answer(wuxi: World) -> None:
    await wuxi.fund()
    person = await wuxi.cover("许晓霞")
    made = await wuxi.approved(person)
    reader = staff(wuxi)
    [cover] = entries(await ask(wuxi, "Coverage", reader))
    assert cover["id"] == str(person.policy.policy_id) and cover["status"] == "active"
    assert cover["identifier"][0]["value"] == person.policy.number
    assert cover["period"] == {
        "start": person.policy.starts_on.isoformat(),
        "end": person.policy.ends_on.isoformat(),
    }
    assert cover["beneficiary"]["identifier"]["value"] == str(person.id)
    assert "许晓霞" not in json.dumps(cover, ensure_ascii=False), "names are masked"
    [claim] = entries(await ask(wuxi, "Claim", reader))
    assert claim["insurance"][0]["coverage"]["reference"] == f"Coverage/{cover['id']}"
    assert (claim["id"], claim["type"]["coding"][0]["code"]) == (made["id"], "institutional")
    assert claim["billablePeriod"]["start"] == (today() - timedelta(days=30)).isoformat()
    response = await ask(wuxi, f"ClaimResponse/{made['id']}", reader)
    assert (response["outcome"], response["disposition"]) == ("complete", "待给付")
    assert response["total"][0]["amount"]["value"] > 0 and "payment" not in response
    batch = await wuxi.released()
    await wuxi.send_result(batch, wuxi.result_file(await wuxi.result_rows(batch)))
    paid = await ask(wuxi, f"ClaimResponse/{made['id']}", reader)
    assert paid["payment"]["type"]["coding"][0]["code"] == "complete"
    assert paid["payment"]["amount"] == paid["total"][0]["amount"]


async def test_a_draft_has_no_answer_yet_and_one_in_review_is_queued(wuxi: World) -> None:
    person = await wuxi.cover()
    draft = await wuxi.hospital(person)
    reader = staff(wuxi)
    assert (await ask(wuxi, f"Claim/{draft['id']}", reader))["status"] == "draft"
    await ask(wuxi, f"ClaimResponse/{draft['id']}", reader, 404)
    waiting = await wuxi.submitted(await wuxi.cover("王芳"), "2", verified=False)
    found = await ask(wuxi, f"ClaimResponse/{waiting['id']}", reader)
    assert found["outcome"] == "queued" and "total" not in found


async def test_searches_and_pages(wuxi: World) -> None:
    people: list[Person] = [await wuxi.cover(f"会员{n}") for n in range(5)]
    claims = [await wuxi.submitted(person, str(n), verified=False) for n, person in enumerate(people)]
    reader, one = staff(wuxi), people[2]
    seen: list[str] = []
    page = await ask(wuxi, "Coverage?_count=2", reader)
    while True:
        seen += [resource["id"] for resource in entries(page)]
        following = [link["url"] for link in page["link"] if link["relation"] == "next"]
        if not following:
            break
        page = await ask(wuxi, following[0].split("/fhir/", 1)[1], reader)
    assert sorted(seen) == sorted(str(person.policy.policy_id) for person in people)
    for query in (
        f"Coverage?beneficiary=Patient/{one.id}", f"Coverage?patient={one.id}",
        f"Coverage?identifier=urn:huzhu:policy|{one.policy.number}", f"Coverage?_id={one.policy.policy_id}",
        f"Coverage?patient.identifier=urn:huzhu:person|{one.id}&status=active",
    ):  # fmt: skip
        assert [found["id"] for found in entries(await ask(wuxi, query, reader))] == [
            str(one.policy.policy_id)
        ]
    day = today().isoformat()
    for query in (
        f"Claim?patient=Patient/{one.id}&created=ge{day}&created=le{day}", f"Claim?identifier={claims[2]['number']}",
        f"ClaimResponse?request=Claim/{claims[2]['id']}&outcome=queued",
    ):  # fmt: skip
        assert [found["id"] for found in entries(await ask(wuxi, query, reader))] == [claims[2]["id"]]
    for query in (f"Claim?created=gt{day}", "Coverage?status=cancelled", "ClaimResponse?outcome=complete",
                  f"Claim?patient={new_id()}"):  # fmt: skip
        assert entries(await ask(wuxi, query, reader)) == []


async def test_a_page_is_validated_once_and_beside_the_event_loop(
    wuxi: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        await wuxi.cover(f"会员{n}")
    seen: list[tuple[str, bool]] = []

    def watched(resource: dict[str, Any]) -> dict[str, Any]:
        on_loop = threading.current_thread() is threading.main_thread()
        seen.append((resource["resourceType"], on_loop))
        return validated(resource)

    monkeypatch.setattr("claims.fhir.service.validated", watched)
    assert len(entries(await ask(wuxi, "Coverage", staff(wuxi)))) == 3
    assert seen == [("Bundle", False)]


async def test_an_identity_number_is_searched_for_in_a_body_only(wuxi: World) -> None:
    person = await wuxi.cover()
    number = f"{rules.ID_CARD}|{id_number(person.serial)}"
    refused = await ask(wuxi, f"Coverage?patient.identifier={number}", staff(wuxi), 400)
    assert "_search" in refused["issue"][0]["details"]["text"]
    for kind in ("Coverage", "Claim"):
        form = {"patient.identifier": number, "_count": "1"}
        answer = await wuxi.client.post(f"/fhir/{kind}/_search", staff(wuxi), data=form)
        assert answer.status_code == 200, answer.text
        found = entries(answer.json())
        assert len(found) == (1 if kind == "Coverage" else 0)
        assert id_number(person.serial) not in answer.text, "it comes back in no link"
        nobody = await wuxi.client.post(
            f"/fhir/{kind}/_search",
            staff(wuxi),
            data={"patient.identifier": f"{rules.ID_CARD}|{id_number(99)}"},
        )
        assert entries(nobody.json()) == []


async def test_who_reads_what(wuxi: World, other: World) -> None:
    mine, colleague = await wuxi.cover("许晓霞"), await wuxi.cover("王芳")
    claim = await wuxi.submitted(mine, verified=False)
    paths = [f"Coverage/{mine.policy.policy_id}", f"Claim/{claim['id']}", f"ClaimResponse/{claim['id']}"]
    near, far = staff(wuxi, org_path="/binhu/"), staff(wuxi, org_path="/xinwu/")
    for path in paths:
        assert (await ask(wuxi, path, mine.actor))["id"] == path.split("/")[1], (
            "a member reads what is their own"
        )
        assert (await ask(wuxi, path, near))["id"]
        for stranger in (colleague.actor, far, staff(other)):
            outcome = await ask(wuxi, path, stranger, 404)
            assert outcome["issue"][0]["code"] == "not-found"
        assert (await ask(wuxi, path, None, 401))["issue"][0]["code"] == "login"
        unpermitted = wuxi.client.mint.actor(wuxi.tenant, "claims.ledger.read")
        assert (await ask(wuxi, path, unpermitted, 403))["issue"][0]["code"] == "forbidden"
    for kind in KINDS:
        assert entries(await ask(wuxi, kind, far)) == [] == entries(await ask(other, kind, staff(other)))
        assert len(entries(await ask(wuxi, kind, mine.actor))) == 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("Coverage?colour=red", 400), ("Claim?status=lost", 400), ("Claim?created=yesterday", 400),
        ("Claim?patient=Patient/17", 400), ("Claim?_count=0", 400), ("Claim?_count=1000", 400),
        ("Claim?_cursor=?", 400), ("Claim?identifier=urn:other|1", 400), ("Claim/17", 400),
        (f"Patient/{NOBODY}", 400), (f"Claim/{NOBODY}", 404), ("Claim?patient.identifier=urn:other|1", 400),
    ],
)  # fmt: skip
async def test_a_refusal_is_an_operation_outcome(wuxi: World, query: str, status: int) -> None:
    outcome = await ask(wuxi, query, staff(wuxi), status)
    assert outcome["resourceType"] == "OperationOutcome"
    [issue] = outcome["issue"]
    assert issue["severity"] == "error" and issue["code"] in ISSUE_TYPES
    assert any("\u4e00" <= sign <= "\u9fff" for sign in issue["details"]["text"]), issue


async def test_capabilities_and_formats(wuxi: World) -> None:
    statement = await ask(wuxi, "metadata", None)
    assert statement["fhirVersion"] == "4.0.1" and statement["kind"] == "instance"
    told = {
        part["type"]: {p["name"] for p in part["searchParam"]} for part in statement["rest"][0]["resource"]
    }
    assert set(told) == set(KINDS)
    for kind, names in told.items():
        for name in names:  # every parameter that is told is one that is understood
            value = {"status": "active", "outcome": "queued", "created": "2026-01-01"}.get(
                name, str(new_id())
            )
            value = f"urn:huzhu:person|{new_id()}" if name == "patient.identifier" else value
            await ask(wuxi, f"{kind}?{name}={value}", staff(wuxi))
    refused = await ask(wuxi, "Claim", staff(wuxi), 406, headers={"Accept": "application/fhir+xml"})
    assert refused["issue"][0]["code"] == "not-supported"


def test_amounts_keep_their_cents() -> None:
    for cents in (1, 10, 33, 99, 12345678999):
        amount = Decimal(cents) / 100
        assert (
            Decimal(json.loads(json.dumps(rules._yuan(amount)))["value"]).quantize(Decimal("0.01")) == amount
        )
