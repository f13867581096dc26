"""Appeals, complaints and feedback (P.05), on the packs as they ship."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import String, cast, text

from claims.appeals.models import Appeal
from claims.feedback.models import Feedback
from claims.intake.models import Claim, ClaimStep
from claims.review.deadlines import watch_tasks
from common.clock import today
from common.contracts.erasure import ERASURE_DONE
from common.contracts.identity import PersonErased
from common.contracts.pack import TenantPack
from common.erasure import ERASED
from common.ids import new_id
from common.testing import Client

from .conftest import NewTenant
from .world import Person, World, receipt

WORDS = "对不予给付的决定有异议，票据确为本人住院"


@pytest_asyncio.fixture
async def wuxi(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("wuxi")


@pytest_asyncio.fixture
async def covered(wuxi: World) -> Person:
    return await wuxi.cover()


async def rejected(wuxi: World, covered: Person, number: str = "7141957131") -> dict[str, Any]:
    claim = await wuxi.submitted(covered, number, verified=False)
    checker = wuxi.role("claims_checker", label="chushen1")
    answer = await wuxi.decide(checker, claim, "first-check", "reject", opinion="票据看不清")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def answered(wuxi: World, appeal: dict[str, Any], decision: str, actor: Any = None, **body: Any) -> Any:
    body = {"decision": decision, "answer": "经复议，原决定作如下处理", **body}
    actor = actor or wuxi.role("report_reviewer", label="baogao1")
    return await wuxi.client.post(f"/appeals/{appeal['id']}/answer", actor, json=body)


async def move_decision(wuxi: World, claim: dict[str, Any], days: int) -> None:
    async with wuxi.client.context.db.transaction(wuxi.tenant.id) as session:
        await session.execute(
            text("UPDATE claim SET decided_at = decided_at - make_interval(days => :days) WHERE id = :id"),
            {"days": days, "id": claim["id"]},
        )


@pytest.mark.feature("P.05")
async def test_a_granted_appeal_brings_the_claim_back_to_other_people(wuxi: World, covered: Person) -> None:
    claim = await rejected(wuxi, covered)
    lodged = await wuxi.lodged(covered, claim, "appeal", WORDS)
    assert lodged.status_code == 201, lodged.text
    appeal = lodged.json()
    assert appeal["due_on"] == (today() + timedelta(days=15)).isoformat() and appeal["status"] == "open"
    assert len(await wuxi.events("claims.appeal_lodged.v1")) == 1
    queue = (await wuxi.client.get("/appeals?status=open", wuxi.role("report_reviewer"))).json()["items"]
    assert [item["id"] for item in queue] == [appeal["id"]] and queue[0]["words"] == WORDS
    answer = await answered(wuxi, appeal, "granted")
    assert answer.json()["status"] == "granted" and answer.json()["handler"] == "baogao1", answer.text
    seen = (await wuxi.client.get("/appeals", covered.actor)).json()["items"][0]
    assert seen["answer"] == "经复议，原决定作如下处理"
    again = await wuxi.read(covered.actor, claim)
    assert (again["status"], again["node"], again["round"]) == ("in_review", "first-check", 2)
    assert again["amount"] == "460.00"
    assert len(await wuxi.events("claims.claim_reopened.v1")) == 1
    told = (await wuxi.events("claims.appeal_answered.v1"))[0].data
    assert "经复议" not in str(told) and told["decision"] == "granted"
    # the receipt is the claim's again
    other = await wuxi.hospital(await wuxi.cover(), "7141957131")
    assert (await wuxi.submit(await wuxi.cover(), other)).status_code == 404
    for role, node in (("claims_checker", "first-check"), ("claims_reviewer", "review")):
        assert (await wuxi.decide(wuxi.role(role), again, node)).status_code == 200
    assert (await wuxi.read(covered.actor, claim))["status"] == "approved"


@pytest.mark.feature("P.05")
async def test_who_refused_a_claim_does_not_decide_it_again(wuxi: World, covered: Person) -> None:
    claim = await wuxi.submitted(covered, verified=False)
    checker = wuxi.role("claims_checker")
    await wuxi.decide(checker, claim, "first-check", "reject", opinion="票据看不清")
    appeal = (await wuxi.lodged(covered, claim, "appeal", WORDS)).json()
    await answered(wuxi, appeal, "granted")
    refused = await wuxi.decide(checker, claim, "first-check")
    assert refused.status_code == 403 and refused.json()["code"] == "claim.same_person"


@pytest.mark.feature("P.05")
async def test_who_decided_the_claim_does_not_answer_the_appeal(wuxi: World, covered: Person) -> None:
    claim = await wuxi.submitted(covered, verified=False)
    both = wuxi.client.mint.actor(
        wuxi.tenant, "claims.claim.read", "claims.claim.check", "claims.claim.report_review",
        roles=frozenset({"claims_checker", "report_reviewer"}),
    )  # fmt: skip
    await wuxi.decide(both, claim, "first-check", "reject", opinion="票据看不清")
    appeal = (await wuxi.lodged(covered, claim, "appeal", WORDS)).json()
    refused = await answered(wuxi, appeal, "dismissed", both)
    assert refused.status_code == 403 and refused.json()["code"] == "claim.same_person"
    refused = await answered(wuxi, appeal, "dismissed", wuxi.role("claims_checker"))
    assert refused.status_code == 403 and refused.json()["code"] == "claim.not_your_node"


@pytest.mark.feature("P.05")
async def test_a_dismissed_appeal_leaves_the_decision(wuxi: World, covered: Person) -> None:
    claim = await rejected(wuxi, covered)
    appeal = (await wuxi.lodged(covered, claim, "appeal", WORDS)).json()
    wrong = (await answered(wuxi, appeal, "answered")).json()
    assert wrong["code"] == "claim.action_not_allowed" and "驳回申诉 dismissed" in wrong["detail"], wrong
    reviewer = wuxi.role("report_reviewer")
    first, second = [await answered(wuxi, appeal, "dismissed", reviewer) for _ in range(2)]
    assert first.json()["status"] == "dismissed" and second.json() == first.json(), "tapped twice is once"
    assert len(await wuxi.events("claims.appeal_answered.v1")) == 1
    assert (await wuxi.read(covered.actor, claim))["status"] == "rejected"
    again = await answered(wuxi, appeal, "granted")
    assert again.status_code == 409 and again.json()["code"] == "appeal.closed"


@pytest.mark.feature("P.05")
async def test_appeals_are_against_refusals_in_time_and_once_at_a_time(wuxi: World, covered: Person) -> None:
    under_way = await wuxi.submitted(covered, "1", verified=False)
    early = await wuxi.lodged(covered, under_way, "appeal", WORDS)
    assert early.status_code == 409 and early.json()["code"] == "appeal.nothing_refused"
    await wuxi.client.post(f"/claims/{under_way['id']}/withdraw", covered.actor)
    claim = await rejected(wuxi, covered, "2")
    assert (await wuxi.read(covered.actor, claim))["appeal_until"] == str(today() + timedelta(days=60))
    await move_decision(wuxi, claim, 60)
    assert (await wuxi.read(covered.actor, claim))["appeal_until"] == str(today())
    assert (await wuxi.lodged(covered, claim, "appeal", WORDS)).status_code == 201
    second = await wuxi.lodged(covered, claim, "appeal", WORDS)
    assert second.status_code == 409 and second.json()["code"] == "appeal.open_already"
    await move_decision(wuxi, claim, 1)
    open_one = (await wuxi.client.get("/appeals?status=open", covered.actor)).json()["items"][0]
    withdrawn = await wuxi.client.post(f"/appeals/{open_one['id']}/withdraw", covered.actor)
    assert withdrawn.json()["status"] == "withdrawn"
    late = await wuxi.lodged(covered, claim, "appeal", WORDS)
    assert late.status_code == 422 and late.json()["code"] == "appeal.too_late"
    assert "60" in late.json()["detail"]


@pytest.mark.feature("P.05")
async def test_an_appeal_is_not_granted_where_another_claim_has_the_receipt(
    wuxi: World, covered: Person
) -> None:
    claim = await rejected(wuxi, covered)
    await wuxi.submitted(covered, verified=False)
    appeal = (await wuxi.lodged(covered, claim, "appeal", WORDS)).json()
    refused = await answered(wuxi, appeal, "granted")
    assert refused.status_code == 409 and refused.json()["code"] == "appeal.cannot_reopen"
    assert {error["code"] for error in refused.json()["errors"]} >= {"claim.receipt_already_claimed"}
    assert await wuxi.count(Appeal, Appeal.status == "open") == 1


@pytest.mark.feature("P.05")
async def test_an_appeal_brings_new_papers_that_count_when_it_is_granted(
    wuxi: World, covered: Person, other: World
) -> None:
    claim = await rejected(wuxi, covered)
    clear = receipt(covered.name, "7141957131", admitted=today() - timedelta(days=30), cash="5000.00")
    new = await wuxi.upload(covered.actor, clear, kind="settlement")
    path, body = f"/claims/{claim['id']}/appeals", {"kind": "appeal", "words": WORDS}
    stranger = await wuxi.cover("王芳")
    foreign = await wuxi.upload(stranger.actor, clear)
    refused = await wuxi.client.post(path, covered.actor, json={**body, "documents": [foreign]})
    assert refused.status_code == 403, refused.text
    lodged = await wuxi.client.post(
        path, covered.actor, json={**body, "documents": [{"receipt": new, "rule": "settlement", "stay": 1}]}
    )
    assert lodged.status_code == 201, lodged.text
    (paper,) = lodged.json()["documents"]
    reader = wuxi.role("report_reviewer")
    links = (await wuxi.client.get(f"/claims/{claim['id']}/documents", reader)).json()
    assert paper in {link["document_id"] for link in links}, "who answers can look at it"
    assert (await answered(wuxi, lodged.json(), "granted")).status_code == 200
    again = await wuxi.read(covered.actor, claim)
    assert paper in {document["document_id"] for document in again["documents"]}
    assert again["status"] == "in_review"


@pytest.mark.feature("P.05")
async def test_who_answered_at_one_node_answers_at_no_other_under_no_account(
    claims: Client, new_tenant: NewTenant, wuxi_pack: TenantPack
) -> None:
    """An appeal that goes through three nodes: each is answered by another person."""
    chain = wuxi_pack.chains.appeals
    assert chain is not None
    nodes = tuple(chain.nodes[0].model_copy(update={"code": code}) for code in ("first", "second", "third"))
    chains = wuxi_pack.chains.model_copy(update={"appeals": chain.model_copy(update={"nodes": nodes})})
    pack = wuxi_pack.model_copy(update={"chains": chains})
    made = World(claims, await new_tenant(claims.context, pack=pack))
    await made.approve_unit()
    covered = await made.cover()
    claim = await rejected(made, covered)
    appeal = (await made.lodged(covered, claim, "appeal", WORDS)).json()
    human = new_id()
    one = made.role("report_reviewer", human=human)
    for number, actor in enumerate((one, made.role("report_reviewer", label="baogao2")), 1):
        said = f"第{number}个环节：材料可以补正，同意复议"
        first = await answered(made, appeal, "granted", actor, answer=said)
        assert (first.json()["status"], first.json()["node"]) == ("open", nodes[number].code)
        assert [one["answer"] for one in first.json()["earlier"]][-1] == said, "the next node reads it"
        again = await answered(made, appeal, "granted", actor, answer=said)
        assert (again.status_code, again.json()) == (200, first.json()), "sent twice is once"
        other = await answered(made, appeal, "granted", actor, answer="在下一个环节也同意")
        assert other.status_code == 403 and other.json()["code"] == "claim.same_person"
    twin = await answered(made, appeal, "granted", made.role("report_reviewer", human=human))
    assert twin.status_code == 403 and twin.json()["code"] == "claim.same_person"
    done = (await answered(made, appeal, "granted")).json()
    assert done["status"] == "granted"
    before = [(one["node"], one["decision"], one["handler"]) for one in done["earlier"]]
    assert before == [("first", "granted", ""), ("second", "granted", "baogao2")]
    (seen,) = (await made.client.get("/appeals", covered.actor)).json()["items"]
    assert (seen["answer"], seen["earlier"]) == (done["answer"], []), "members are answered by the last node"
    assert await made.count(Appeal, cast(Appeal.handlers, String).contains("材料")) == 0, "sealed"
    await made.tell(PersonErased(request_id=new_id(), person_id=covered.id), times=2)
    (left,) = (await made.client.get("/appeals", one)).json()["items"]
    assert {step["answer"] for step in left["earlier"]} == {ERASED} and left["answer"] == ERASED
    assert left["words"] == ERASED, "an answered appeal stays, without words"
    assert len(await made.events(ERASURE_DONE["claims"].wire)) == 1


@pytest.mark.feature("P.05")
async def test_a_complaint_is_answered_in_time_and_its_words_are_sealed(wuxi: World, covered: Person) -> None:
    claim = await wuxi.submitted(covered, verified=False)
    complaint = (await wuxi.lodged(covered, claim, words="窗口工作人员态度不好")).json()
    assert (await answered(wuxi, complaint, "granted")).json()["code"] == "claim.action_not_allowed"
    done = await answered(wuxi, complaint, "answered", answer="已核实并向您致歉，相关人员已培训")
    assert done.json()["status"] == "answered"
    assert await wuxi.count(Appeal, Appeal.words.contains("态度")) == 0
    assert await wuxi.count(ClaimStep, ClaimStep.opinion.contains("票据")) == 0
    stranger = await wuxi.cover("王芳")
    assert (await wuxi.client.get("/appeals", stranger.actor)).json()["items"] == []
    assert (await wuxi.lodged(stranger, claim)).status_code == 404
    draft = await wuxi.draft(covered, kind="critical-illness")
    assert (await wuxi.lodged(covered, draft)).json()["code"] == "appeal.not_submitted"


@pytest.mark.feature("P.05")
async def test_an_unanswered_appeal_is_reminded_of_once(
    wuxi: World, covered: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = await rejected(wuxi, covered)
    appeal = (await wuxi.lodged(covered, claim, "appeal", WORDS)).json()
    await watch_tasks(wuxi.client.context, wuxi.tenant.id)
    assert await wuxi.events("claims.claim_deadline_near.v1") == []
    async with wuxi.client.context.db.transaction(wuxi.tenant.id) as session:
        day = date.fromisoformat(appeal["due_on"]) - timedelta(days=14)
        await session.execute(
            text("UPDATE appeal SET due_on = :day WHERE id = :id"), {"day": day, "id": appeal["id"]}
        )
    for _ in range(2):
        await watch_tasks(wuxi.client.context, wuxi.tenant.id)
    told = [event.data for event in await wuxi.events("claims.claim_deadline_near.v1")]
    assert [(item["deadline"], item["role"], item["days"]) for item in told] == [
        ("appeal", "report_reviewer", 1)
    ]


@pytest.mark.feature("P.05")
async def test_feedback_after_the_payout_once(wuxi: World, covered: Person) -> None:
    await wuxi.fund()
    claim = await wuxi.approved(covered)
    path, body = f"/claims/{claim['id']}/feedback", {"score": 2, "words": "到账太慢"}
    early = await wuxi.client.post(path, covered.actor, json=body)
    assert early.status_code == 409 and early.json()["code"] == "feedback.not_paid"
    batch = await wuxi.released()
    await wuxi.send_result(batch, wuxi.result_file(await wuxi.result_rows(batch)))
    wrong = await wuxi.client.post(path, covered.actor, json={"score": 6})
    assert wrong.status_code == 422
    assert (await wuxi.client.post(path, covered.actor, json=body)).status_code == 201
    twice = await wuxi.client.post(path, covered.actor, json={"score": 5})
    assert twice.status_code == 409 and twice.json()["code"] == "feedback.given_already"
    staff = wuxi.role("claims_reviewer")
    listed = (await wuxi.client.get("/feedback?at_most=3", staff)).json()["items"]
    assert [(item["score"], item["words"]) for item in listed] == [(2, "到账太慢")]
    summary = (await wuxi.client.get("/feedback/summary", staff)).json()
    assert summary["given"] == 1 and summary["average"] == 2.0
    assert await wuxi.count(Feedback, Feedback.words.contains("到账")) == 0
    assert await wuxi.count(Claim) == 1 and receipt("x", "1", admitted=today())
