"""Binding step by step: captcha, SMS, face, bank card, the union's staff (rows E.01, E.02)."""

from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from common.audit import AuditEntry
from common.clock import now, set_to
from common.contracts.bindings import BindingDecided
from common.contracts.identity import MemberBound
from common.testing import Client
from identity.members.models import GivenReason

from .members_of import admit, an_answer, begun, binding_of, bound, face, steer, union_of
from .union import Union, a_mobile, bearer

E01, E02 = pytest.mark.feature("E.01"), pytest.mark.feature("E.02")
BANK_CARD = "6222021234567890128"
CONFIRM = "identity.binding.confirm"


@pytest_asyncio.fixture(loop_scope="session")
async def beijing(identity: Client) -> Union:
    return await union_of(identity, "beijing")


async def me(union: Union, tokens: dict[str, Any]) -> dict[str, Any]:
    return dict((await union.client.get("/members/me", headers=bearer(tokens))).json())


@E01
async def test_a_member_binds_with_captcha_code_and_face(beijing: Union) -> None:
    member = await admit(beijing)
    binding = await begun(beijing, member)
    assert (binding["state"], binding["face_tries_left"], binding["tokens"]) == ("face", 3, None)
    assert binding["name"] == "李*" and "****" in binding["mobile"]
    done = await face(beijing, binding)
    assert done["state"] == "bound" and (await me(beijing, done["tokens"]))["bound"] is True
    (event,) = await beijing.events(MemberBound)
    assert str(event.member.person_id) == member["person_id"] and event.former_mobile is None


@E01
async def test_the_registers_mobile_hears_of_a_binding_with_another(beijing: Union) -> None:
    member = await admit(beijing, mobile="13800008888")
    await bound(beijing, member)
    (event,) = await beijing.events(MemberBound)
    keys = await beijing.keys()
    assert keys.open(event.former_mobile.ciphertext, context="person.mobile") == "13800008888"
    assert keys.open(event.member.mobile.ciphertext, context="person.mobile") != "13800008888"


@E01
async def test_every_kind_of_document_binds_and_wrong_numbers_are_named(beijing: Union) -> None:
    for kind, number in (
        ("passport", "E12345678"),
        ("hmt_residence_permit", "830000199201300022"),
        ("hk_macau_permit", "H12345678"),
        ("taiwan_permit", "12345678"),
        ("foreign_permanent_resident", "911124198108030024"),
    ):
        someone = await bound(beijing, await admit(beijing, kind=kind, number=number, name="陈安"))
        assert (await me(beijing, someone["tokens"]))["document_kind"] == kind
        body = await binding_of(beijing, {**someone, "document_number": number[:-1] + "?"})
        wrong = await beijing.post("/bindings", body)
        assert wrong.status_code == 422 and wrong.json()["errors"][0]["field"] == "document_number"


@E01
async def test_a_kind_of_document_that_the_union_does_not_take_is_refused(identity: Client) -> None:
    campus = await union_of(identity, "zhejiang")
    member = {"name": "李梅", "document_kind": "passport", "document_number": "E12345678"}
    answer = await campus.post("/bindings", await binding_of(campus, member))
    assert answer.json()["code"] == "binding.document_kind" and "身份证" in answer.json()["detail"]


@E01
async def test_the_code_is_sent_only_after_the_captcha_and_each_captcha_counts_once(beijing: Union) -> None:
    asked: dict[str, Any] = {"purpose": "bind", "mobile": a_mobile()}
    assert (await beijing.post("/verification-codes", asked)).json()["code"] == "captcha.needed"
    answer = await an_answer(beijing)
    wrong = await beijing.post("/verification-codes", {**asked, "captcha": {**answer, "answer": "nope"}})
    assert wrong.json()["code"] == "captcha.wrong"
    used = await beijing.post("/verification-codes", {**asked, "captcha": answer})
    assert used.json()["code"] == "captcha.wrong", "a wrong answer uses it up"
    heard = await an_answer(beijing, "audio")
    assert heard["answer"].isdigit()
    assert (await beijing.post("/verification-codes", {**asked, "captcha": heard})).status_code == 201


@E01
async def test_consent_comes_before_the_face(beijing: Union) -> None:
    binding = await begun(beijing, await admit(beijing))
    path = f"/bindings/{binding['id']}/face"
    refused = await beijing.post(path, {"consent": False}, headers=binding["headers"])
    assert refused.json()["code"] == "binding.face_consent_needed"
    early = await beijing.post(f"{path}/outcome", headers=binding["headers"])
    assert early.json()["code"] == "binding.face_not_begun"


@E01
async def test_a_failed_face_is_tried_again_and_after_three_the_bank_decides(beijing: Union) -> None:
    binding = await begun(beijing, await admit(beijing))
    for left in (2, 1):
        failed = await face(beijing, binding, "fail")
        assert (failed["state"], failed["face_tries_left"]) == ("face", left)
        assert "未通过" in failed["message"] and f"还可以再试 {left} 次" in failed["message"]
    failed = await face(beijing, binding, "fail")
    assert (failed["state"], failed["other_ways"]) == ("other_ways", ["bank_four_factor", "contact"])
    assert "3 次都未通过" in failed["message"] and "银行四要素验证或联系我们" in failed["message"]
    again = await beijing.post(
        f"/bindings/{binding['id']}/face", {"consent": True}, headers=binding["headers"]
    )
    assert (again.status_code, again.json()["code"]) == (409, "binding.wrong_step")
    await steer(beijing, card="pass")
    path = f"/bindings/{binding['id']}/bank-card"
    bad = await beijing.post(path, {"card_number": "6222021234567890123"}, headers=binding["headers"])
    assert bad.json()["errors"][0]["code"] == "card.luhn"
    done = (await beijing.post(path, {"card_number": BANK_CARD}, headers=binding["headers"])).json()
    assert done["state"] == "bound" and (await me(beijing, done["tokens"]))["bound"] is True


@E01
async def test_the_banks_check_has_three_tries_and_is_for_id_cards_only(beijing: Union) -> None:
    binding = await begun(beijing, await admit(beijing))
    for _ in range(3):
        await face(beijing, binding, "fail")
    await steer(beijing, card="fail")
    path = f"/bindings/{binding['id']}/bank-card"
    left = []
    for _ in range(3):
        answer = await beijing.post(path, {"card_number": BANK_CARD}, headers=binding["headers"])
        left.append(answer.json()["bank_tries_left"])
        assert "银行四要素验证" in answer.json()["message"] and "未通过" in answer.json()["message"]
    assert beijing.pack.tenant.contact.phone in answer.json()["message"]
    assert left == [2, 1, 0] and answer.json()["other_ways"] == ["contact"]
    spent = await beijing.post(path, {"card_number": BANK_CARD}, headers=binding["headers"])
    assert spent.json()["code"] == "binding.card_not_offered"
    foreign = await begun(
        beijing, await admit(beijing, kind="passport", number="G7654321", name="John·Smith")
    )
    for _ in range(3):
        shown = await face(beijing, foreign, "fail")
    assert shown["other_ways"] == ["contact"] and shown["contact"]["phone"]
    refused = await beijing.post(
        f"/bindings/{foreign['id']}/bank-card", {"card_number": BANK_CARD}, headers=foreign["headers"]
    )
    assert refused.json()["code"] == "binding.card_not_offered"


@E01
async def test_who_contacts_the_union_is_bound_by_its_staff(beijing: Union) -> None:
    member = await admit(beijing, kind="passport", number="K7654321", name="John·Doe")
    binding = await begun(beijing, member)
    for _ in range(3):
        await face(beijing, binding, "fail")
    staff = beijing.actor(CONFIRM)
    waiting = (await beijing.client.get("/bindings/waiting", staff)).json()["items"]
    assert [w["id"] for w in waiting] == [binding["id"]] and "7654321" not in str(waiting)
    path = f"/bindings/{binding['id']}/confirm"
    confirmed = await beijing.client.post(path, staff, json={"reason": "柜台核对护照原件"})
    assert confirmed.status_code == 200, confirmed.text
    seen = await beijing.client.get(
        f"/bindings/{binding['id']}", tenant=beijing.code, headers=binding["headers"]
    )
    assert seen.json()["state"] == "bound"
    tokens = await beijing.post(f"/bindings/{binding['id']}/sign-in", headers=binding["headers"])
    assert (await me(beijing, tokens.json()))["bound"] is True
    async with beijing.client.context.db.transaction(beijing.id) as session:
        entry = (
            await session.execute(select(AuditEntry).where(AuditEntry.action == "account.bind"))
        ).scalar_one()
        given = (
            await session.execute(select(GivenReason).where(GivenReason.tenant_id == beijing.id))
        ).scalar_one()
    assert entry.actor_id == str(staff.id) and entry.detail["reason"] == str(given.id)
    assert (await beijing.keys()).open(given.words_sealed, context="person.reason") == "柜台核对护照原件"
    (told,) = await beijing.events(BindingDecided)
    assert (str(told.binding_id), told.confirmed, told.reason) == (binding["id"], True, None)


@E01
async def test_whom_staff_cannot_confirm_is_told_why_and_may_begin_again(beijing: Union) -> None:
    member = await admit(beijing, kind="passport", number="K7654322", name="John·Doe")
    binding = await begun(beijing, member)
    path, staff = f"/bindings/{binding['id']}/refuse", beijing.actor(CONFIRM)
    reason = {"reason": "护照已过期，请带新护照。"}
    early = await beijing.client.post(path, staff, json=reason)
    assert (early.status_code, early.json()["code"]) == (409, "binding.wrong_step")
    for _ in range(3):
        await face(beijing, binding, "fail")
    nothing = await beijing.client.post(path, staff, json={"reason": "   "})
    assert (nothing.status_code, nothing.json()["errors"][0]["code"]) == (422, "reason_missing")
    refused = await beijing.client.post(path, staff, json=reason)
    assert refused.status_code == 200 and "7654322" not in refused.text
    seen = await beijing.client.get(
        f"/bindings/{binding['id']}", tenant=beijing.code, headers=binding["headers"]
    )
    assert seen.json()["state"] == "ended"
    assert "护照已过期，请带新护照" in seen.json()["message"]
    assert beijing.pack.tenant.contact.phone in seen.json()["message"]
    assert (await beijing.client.get("/bindings/waiting", staff)).json()["items"] == []
    for again in ("refuse", "confirm"):
        over = await beijing.client.post(f"/bindings/{binding['id']}/{again}", staff, json=reason)
        assert over.json()["code"] == "binding.wrong_step"
    signing = await beijing.post(f"/bindings/{binding['id']}/sign-in", headers=binding["headers"])
    assert signing.status_code == 409
    (told,) = await beijing.events(BindingDecided)
    keys = await beijing.keys()
    assert not told.confirmed and keys.open_words(told.reason) == reason["reason"]
    async with beijing.client.context.db.transaction(beijing.id) as session:
        entry = (
            await session.execute(select(AuditEntry).where(AuditEntry.action == "binding.refused"))
        ).scalar_one()
    assert entry.actor_id == str(staff.id) and "护照" not in str(entry.detail)
    assert (await begun(beijing, member))["state"] == "face"


@E01
async def test_it_goes_on_after_a_reload_and_on_no_other_device(beijing: Union, other: Union) -> None:
    binding = await begun(beijing, await admit(beijing))
    await face(beijing, binding, "fail")
    path = f"/bindings/{binding['id']}"
    seen = await beijing.client.get(path, tenant=beijing.code, headers=binding["headers"])
    assert (seen.json()["state"], seen.json()["face_tries_left"]) == ("face", 2)
    stranger = {"Huzhu-Binding": "x" * 43}
    for method, below, body in (
        ("GET", "", None),
        ("POST", "/face", {"consent": True}),
        ("POST", "/face/outcome", None),
        ("POST", "/bank-card", {"card_number": BANK_CARD}),
        ("POST", "/sign-in", None),
    ):
        for tenant, headers in ((beijing.code, stranger), (other.code, binding["headers"])):
            answer = await beijing.client.send(
                method, path + below, tenant=tenant, headers=headers, json=body
            )
            assert (answer.status_code, answer.json()["code"]) == (404, "binding.not_found"), below
        bare = await beijing.client.send(method, path + below, tenant=beijing.code, json=body)
        assert bare.status_code == 422, "without its token"
    early = await beijing.post(f"{path}/sign-in", headers=binding["headers"])
    assert early.json()["code"] == "binding.wrong_step"


@E01
async def test_a_lost_answer_costs_nothing(beijing: Union) -> None:
    body = await binding_of(beijing, await admit(beijing))
    first, second = [await beijing.post("/bindings", body, once="the-same-key") for _ in range(2)]
    assert first.json()["id"] == second.json()["id"] and first.json()["token"] == second.json()["token"]
    binding = {**first.json(), "headers": {"Huzhu-Binding": first.json()["token"]}}
    done = await face(beijing, binding)
    again = await beijing.post(f"/bindings/{binding['id']}/face/outcome", headers=binding["headers"])
    assert again.json()["tokens"]["account"]["id"] == done["tokens"]["account"]["id"]
    with set_to(now() + timedelta(minutes=11)):
        late = await beijing.post(f"/bindings/{binding['id']}/sign-in", headers=binding["headers"])
    assert late.json()["code"] == "binding.wrong_step", "the device's token is no lasting password"


@E01
async def test_a_provider_that_is_away_or_a_person_who_is_not_done_costs_no_try(beijing: Union) -> None:
    binding = await begun(beijing, await admit(beijing))
    path, headers = f"/bindings/{binding['id']}/face", binding["headers"]
    await steer(beijing, face="away")
    away = await beijing.post(path, {"consent": True}, headers=headers)
    assert (away.status_code, away.json()["code"]) == (503, "verification.away")
    pending = await face(beijing, binding, "pending")
    assert (pending["state"], pending["face_tries_left"]) == ("face", 3)
    for _ in range(3):
        await face(beijing, binding, "fail")
    await steer(beijing, card="away")
    card = {"card_number": BANK_CARD}
    away = await beijing.post(f"/bindings/{binding['id']}/bank-card", card, headers=headers)
    assert away.status_code == 503
    seen = await beijing.client.get(f"/bindings/{binding['id']}", tenant=beijing.code, headers=headers)
    assert seen.json()["bank_tries_left"] == 3


@E01
async def test_who_is_no_member_or_has_another_name_is_told_after_proving_the_mobile(beijing: Union) -> None:
    member = await admit(beijing)
    unknown = await beijing.post(
        "/bindings", await binding_of(beijing, {**member, "document_number": "110101199003070396"})
    )
    assert unknown.json()["code"] in {"member.unknown", "request.invalid"}
    named = await beijing.post("/bindings", await binding_of(beijing, {**member, "name": "李海"}))
    assert (named.status_code, named.json()["code"]) == (
        422,
        "member.name_mismatch",
    ) and "梅" not in named.text
    waiting = await admit(beijing, state="reported")
    early = await beijing.post("/bindings", await binding_of(beijing, waiting))
    assert early.json()["code"] == "member.not_confirmed"
    unproved = {**await binding_of(beijing, member), "code": "000000"}
    assert (await beijing.post("/bindings", unproved)).json()["code"] == "code.wrong"


@E02
async def test_a_second_account_is_told_that_there_is_one(beijing: Union) -> None:
    someone = await bound(beijing)
    second = await beijing.post("/bindings", await binding_of(beijing, someone))
    assert (second.status_code, second.json()["code"]) == (409, "member.already_bound")
    assert "已绑定其他账号" in second.json()["detail"]


@E02
async def test_two_devices_at_once_bind_one_account(beijing: Union) -> None:
    member = await admit(beijing)
    first = await begun(beijing, member)
    second = await begun(beijing, member)
    ended = await beijing.post(f"/bindings/{first['id']}/face", {"consent": True}, headers=first["headers"])
    assert ended.json()["code"] == "binding.wrong_step", "the later one goes on"
    assert (await face(beijing, second))["state"] == "bound"
    assert len(await beijing.events(MemberBound)) == 1


async def test_who_may_see_and_confirm_bindings(beijing: Union, other: Union) -> None:
    binding = await begun(beijing, await admit(beijing, kind="passport", number="P7654321"))
    for _ in range(3):
        await face(beijing, binding, "fail")
    client, reason = beijing.client, {"reason": "测试"}
    routes = [
        ("GET", "/bindings/waiting", None),
        ("POST", f"/bindings/{binding['id']}/confirm", reason),
        ("POST", f"/bindings/{binding['id']}/refuse", reason),
        ("POST", f"/members/{binding['id']}/unbind", reason),
    ]
    for method, path, body in routes:
        assert (await client.send(method, path, json=body)).status_code == 401
        assert (await client.send(method, path, beijing.actor("x"), json=body)).status_code == 403
        foreign = await client.send(method, path, other.actor(CONFIRM), json=body)
        branch = await client.send(method, path, beijing.actor(CONFIRM, org_path="/dongcheng/"), json=body)
        for answer in (foreign, branch):
            if path.endswith("waiting"):
                assert answer.json()["items"] == []
            else:
                assert answer.status_code == 404, path
