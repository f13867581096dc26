"""A member at the counter with a bank book: another card proposed there, consented to by another (B.09, N.05)."""

from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from common.audit.models import AuditEntry
from common.auth import Actor
from common.contracts.identity import PersonErased
from common.contracts.pack import TenantPack
from common.contracts.pack.base import LocalText
from common.contracts.pack.forms import DocumentRule
from common.ids import new_id
from common.testing import Client

from .conftest import NewTenant
from .test_ledger_by_hand import approve, propose
from .test_member_cards import approved_by_feed, paid_on, refused
from .test_payout_life import one_payout
from .world import Person, World, card_number, errors, id_number

pytestmark = pytest.mark.feature("B.09", "N.05", "P.03")
OTHER = card_number(77)


def clerk(world: World) -> Actor:
    return world.staff("claims_checker")


async def failed(world: World, person: Person) -> dict[str, Any]:
    """A payout of a person whom the bank refused."""
    await world.fund()
    await approved_by_feed(world, person)
    return await refused(world, "账号户名不符")


async def search(world: World, number: str, actor: Actor | None = None) -> Any:
    body = {"document_number": number}
    return await world.client.post("/counter/payouts/search", actor or clerk(world), json=body)


async def ask(world: World, person: Person, actor: Actor | None = None, **changes: Any) -> Any:
    body = {
        "payout_id": (await one_payout(world))["id"], "document_number": id_number(person.serial),
        "holder": person.name, "card_number": OTHER, "bank_name": "江苏银行",
    } | changes  # fmt: skip
    return await world.client.post("/counter/card-changes", actor or clerk(world), json=body)


async def test_a_card_shown_at_the_counter_is_paid_once_another_consents(
    world: World, person: Person
) -> None:
    await failed(world, person)
    (stuck,) = (await search(world, id_number(person.serial))).json()
    assert (stuck["status"], stuck["failure"], stuck["proposed"]) == ("failed", "账号户名不符", False)
    assert stuck["name"] == "许**" and person.name not in str(stuck)
    maker = clerk(world)
    made = await ask(world, person, maker)
    assert made.status_code == 201 and made.json()["card"].endswith(OTHER[-4:]), made.text
    assert OTHER not in made.text
    assert (await one_payout(world))["status"] == "failed", "one person alone changes nothing"
    assert (await search(world, id_number(person.serial))).json()[0]["proposed"] is True
    again = await ask(world, person, clerk(world))
    assert again.status_code == 409 and again.json()["code"] == "proposal.open"
    checker = world.staff("payout_checker")
    (listed,) = (await world.client.get("/proposals?state=proposed", checker)).json()["items"]
    assert listed["parameters"] == {
        "payout_id": stuck["id"], "holder": "许**", "document_tail": id_number(person.serial)[-4:],
        "card": f"6228 **** **** {OTHER[-4:]}", "bank_name": "江苏银行", "document_id": None,
    }  # fmt: skip
    done = await approve(world, listed, checker)
    assert done.status_code == 200, done.text
    assert (await one_payout(world))["status"] == "waiting"
    (ended,) = (await world.client.get("/proposals?state=approved", checker)).json()["items"]
    assert ended["parameters"] == {"payout_id": stuck["id"], "document_id": None}, (
        "no name and number is kept"
    )
    (told,) = await world.events("claims.payee_changed.v1")
    assert told.data["by"] == "staff" and OTHER not in str(told.data)
    (claim,) = (await world.client.get("/claims", person.actor)).json()["items"]
    steps = (await world.read(person.actor, claim))["timeline"]
    assert "柜面更换收款卡" in str(steps), steps
    assert await paid_on(world) == OTHER
    assert (await search(world, id_number(person.serial))).json() == []


async def test_who_proposed_the_card_releases_it_under_no_account(world: World, person: Person) -> None:
    await failed(world, person)
    both = world.client.mint.actor(
        world.tenant, "claims.claim.counter", "claims.payout.release", human=new_id()
    )
    made = (await ask(world, person, both)).json()
    other = both.model_copy(update={"id": new_id()})
    for actor in (both, other):
        answer = await approve(world, {"id": made["proposal_id"]}, actor)
        assert answer.status_code == 403 and answer.json()["code"] == "proposal.same_person"
    assert (await approve(world, {"id": made["proposal_id"]})).status_code == 200
    path = f"/payout-batches/{(await world.batch())['id']}/release"
    for actor in (both, other):
        answer = await world.client.post(path, actor)
        assert answer.status_code == 403 and answer.json()["code"] == "refund.account_named_by_releaser"
    assert (await world.client.post(path, world.staff("payout_checker"))).status_code == 200


async def test_a_card_that_was_proposed_overrules_nothing_that_was_done_since(
    world: World, person: Person
) -> None:
    """The member names a card on the phone meanwhile, and it fails too: the older one is not paid without a word."""
    payout = await failed(world, person)
    made = (await ask(world, person)).json()
    own = {"card_number": card_number(55), "bank_name": "中国银行"}
    named = await world.client.post(f"/claims/{payout['claim_id']}/payee", person.actor, json=own)
    assert named.status_code == 200, named.text
    await refused(world, "账号不存在")
    answer = await approve(world, {"id": made["proposal_id"]})
    assert answer.status_code == 409 and answer.json()["code"] == "payout.changed_meanwhile", answer.text
    assert (await one_payout(world))["status"] == "failed"


async def test_who_proposed_a_card_that_the_member_replaced_releases_it(world: World, person: Person) -> None:
    payout = await failed(world, person)
    both = world.client.mint.actor(
        world.tenant, "claims.claim.counter", "claims.payout.release", human=new_id()
    )
    made = (await ask(world, person, both)).json()
    assert (await approve(world, {"id": made["proposal_id"]})).status_code == 200
    await refused(world, "账号不存在")
    own = {"card_number": card_number(55), "bank_name": "中国银行"}
    assert (
        await world.client.post(f"/claims/{payout['claim_id']}/payee", person.actor, json=own)
    ).status_code == 200
    path = f"/payout-batches/{(await world.batch())['id']}/release"
    assert (await world.client.post(path, both)).status_code == 200, "the account is the member's own now"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"holder": "许晓明"}, "payout.card_of_somebody_else"),
        ({"document_number": id_number(4711)}, "payout.of_somebody_else"),
        ({"card_number": OTHER[:-1] + "x"}, "claim.card_invalid"),
        ({"payout_id": str(new_id())}, "resource.not_found"),
        ({"document": "made up"}, "document.unknown"),
    ],
)
async def test_only_the_payees_own_card(
    world: World, person: Person, changes: dict[str, Any], code: str
) -> None:
    await failed(world, person)
    answer = await ask(world, person, **changes)
    assert answer.status_code in (404, 422) and answer.json()["code"] == code, answer.text
    if code.startswith("payout."):
        assert errors(answer) == {code}, "said at its field"
    proposals = await world.client.get("/proposals", world.staff("payout_checker"))
    assert proposals.json()["items"] == []


async def test_the_way_for_all_commands_is_none_for_a_card(world: World, person: Person) -> None:
    """It would take any document's id for the picture, and let its proposer look at it: nothing is stored."""
    payout = await failed(world, person)
    parameters = {
        "payout_id": payout["id"], "document_number": id_number(person.serial), "holder": person.name,
        "card_number": OTHER, "bank_name": "江苏银行", "document_id": str(new_id()),
    }  # fmt: skip
    answer = await propose(world, parameters, command="payout.change_card", actor=clerk(world))
    assert answer.status_code == 422 and answer.json()["code"] == "proposal.elsewhere", answer.text
    assert answer.json()["detail"] == "“柜面更换收款卡”只能在“柜面受理 › 更换收款卡”提出。"
    assert (await world.client.get("/proposals", world.staff("payout_checker"))).json()["items"] == []


async def test_the_card_is_looked_at_again_at_the_consent(world: World, person: Person) -> None:
    """The member has named another card meanwhile: what was proposed at the counter comes too late."""
    await failed(world, person)
    made = (await ask(world, person)).json()
    (claim,) = (await world.client.get("/claims", person.actor)).json()["items"]
    own = {"card_number": card_number(78), "bank_name": "工商银行"}
    named = await world.client.post(f"/claims/{claim['id']}/payee", person.actor, json=own)
    assert named.status_code == 200, named.text
    late = await approve(world, {"id": made["proposal_id"]})
    assert late.status_code == 409 and late.json()["code"] == "payout.payee_fixed", late.text
    assert await paid_on(world) == card_number(78)


async def test_what_is_on_its_way_keeps_its_card(world: World, person: Person) -> None:
    await world.fund()
    await approved_by_feed(world, person)
    answer = await ask(world, person)
    assert answer.status_code == 409 and answer.json()["code"] == "payout.payee_fixed"
    assert (await search(world, id_number(person.serial))).json() == []


async def test_a_branch_reaches_its_own_people(world: World, person: Person) -> None:
    await failed(world, person)
    elsewhere = world.staff("claims_checker", org_path="/liangxi/")
    assert (await search(world, id_number(person.serial), elsewhere)).json() == []
    assert (await ask(world, person, elsewhere)).status_code == 404
    nobody = await search(world, id_number(4711))
    assert nobody.status_code == 200 and nobody.json() == []
    wrong = await search(world, id_number(4711)[:-1] + ("1" if id_number(4711)[-1] != "1" else "2"))
    assert wrong.status_code == 422 and wrong.json()["code"] == "claim.document_number_wrong"


@pytest_asyncio.fixture
async def proving(claims: Client, new_tenant: NewTenant, wuxi_plain: TenantPack) -> World:
    """A union whose forms have a picture of the bank card among their papers."""
    paper = DocumentRule(
        code="bank-card", types=("bank_card",), required=False, title=LocalText(zh="银行卡", en="Bank card")
    )
    kinds = tuple(
        kind.model_copy(update={"documents": (*kind.documents, paper)}) for kind in wuxi_plain.claims
    )
    pack = wuxi_plain.model_copy(update={"claims": kinds})
    made = World(claims, await new_tenant(claims.context, pack=pack))
    await made.approve_unit()
    return made


async def test_where_the_form_has_it_the_card_is_proved_and_seen_by_the_checker(proving: World) -> None:
    person = await proving.cover()
    await failed(proving, person)
    assert (await search(proving, id_number(person.serial))).json()[0]["evidence"] == "银行卡"
    missing = await ask(proving, person)
    assert missing.status_code == 422 and errors(missing) == {"payout.evidence_missing"}
    maker, document = clerk(proving), new_id()
    foreign = proving.receipt_token(clerk(proving), document, "0" * 64)
    assert (await ask(proving, person, maker, document=foreign)).json()["code"] == "document.unknown"
    made = await ask(proving, person, maker, document=proving.receipt_token(maker, document, "0" * 64))
    assert made.status_code == 201, made.text
    path = f"/counter/card-changes/{made.json()['proposal_id']}/evidence"
    for actor in (maker, proving.staff("payout_checker")):
        link = await proving.client.get(path, actor)
        assert link.status_code == 200 and link.json()["document_id"] == str(document), link.text
    assert (await proving.client.get(path, clerk(proving))).status_code == 404, "a colleague of the maker"
    assert (await audited(proving)).count(("payout.revealed", str(document))) == 2, "who looked is on record"
    assert (await approve(proving, {"id": made.json()["proposal_id"]})).status_code == 200
    assert (await proving.client.get(path, maker)).json()["document_id"] == str(document)
    await proving.tell(PersonErased(person_id=person.id, request_id=new_id()))
    (done,) = await proving.events("claims.person_erasure_done.v1")
    assert str(document) in done.data["documents"], "the picture goes with the person, whoever handed it in"


async def audited(world: World) -> list[tuple[str, str]]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        entries = (await session.execute(select(AuditEntry).order_by(AuditEntry.seq))).scalars()
        return [(one.action, one.detail.get("document_id", "")) for one in entries]
