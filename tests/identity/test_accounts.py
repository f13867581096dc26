"""A bound account: unbinding, change of mobile with and without the old one, sessions, consent (E.02, E.11, C.12)."""

from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from common.auth import ActorKind
from common.clock import now, set_to
from common.contracts.identity import MemberChanged, MemberUnbound
from common.identifiers import sex_of
from common.ids import new_id
from common.testing import Client
from identity.extras import settings_of

from .members_of import admit, begun, binding_of, bound, face, union_of
from .people import registered
from .union import Union, a_mobile, apply, bearer, sign_in_operator

E02, E11, C12 = pytest.mark.feature("E.02"), pytest.mark.feature("E.11"), pytest.mark.feature("C.12")
OWN, CONFIRM = "identity.member.own", "identity.binding.confirm"


@pytest_asyncio.fixture(loop_scope="session")
async def beijing(identity: Client) -> Union:
    return await union_of(identity, "beijing")


async def own_code(union: Union, tokens: dict[str, Any], purpose: str, **more: str) -> str:
    await union.forget_resend()
    answer = await union.client.post(
        "/accounts/me/verification-codes", headers=bearer(tokens), json={"purpose": purpose, **more}
    )
    assert answer.status_code == 201, answer.text
    return await union.sent_code(answer.json()["challenge_id"])


async def call(union: Union, tokens: dict[str, Any], method: str, path: str, body: Any = None) -> Any:
    return await union.client.send(method, path, headers=bearer(tokens), json=body)


async def works(union: Union, tokens: dict[str, Any]) -> bool:
    return bool((await call(union, tokens, "GET", "/members/me")).status_code == 200)


@E02
async def test_unbinding_ends_the_account_and_the_member_may_bind_again(beijing: Union) -> None:
    someone = await bound(beijing)
    wrong = await call(beijing, someone["tokens"], "POST", "/accounts/me/unbind", {"code": "000000"})
    assert wrong.json()["code"] == "code.not_sent"
    code = await own_code(beijing, someone["tokens"], "unbind")
    done = await call(beijing, someone["tokens"], "POST", "/accounts/me/unbind", {"code": code})
    assert done.json() == {"unbound": True} and not await works(beijing, someone["tokens"])
    refreshed = await beijing.post("/sessions/refresh", {"refresh_token": someone["tokens"]["refresh_token"]})
    assert refreshed.json()["code"] == "auth.refresh_invalid"
    (event,) = await beijing.events(MemberUnbound)
    assert event.member.account_id is None and str(event.account_id) == someone["account_id"]
    again = await bound(beijing, someone, mobile=someone["mobile"])
    assert await works(beijing, again["tokens"]) and again["account_id"] != someone["account_id"]


@E02
async def test_staff_unbind_who_has_lost_everything(beijing: Union) -> None:
    someone = await bound(beijing)
    path = f"/members/{someone['person_id']}/unbind"
    staff = beijing.actor(CONFIRM)
    assert (await beijing.client.post(path, staff, json={"reason": "换机换号"})).status_code == 200
    assert not await works(beijing, someone["tokens"])
    twice = await beijing.client.post(path, staff, json={"reason": "换机换号"})
    assert (twice.status_code, twice.json()["code"]) == (409, "member.not_bound")


@E02
async def test_the_mobile_is_changed_with_codes_of_both_numbers(beijing: Union) -> None:
    someone, new = await bound(beijing), a_mobile()
    tokens = someone["tokens"]
    old_code = await own_code(beijing, tokens, "prove_mobile")
    code = await own_code(beijing, tokens, "change_mobile", mobile=new)
    body = {"old_code": old_code, "mobile": new, "code": code}
    swapped = await call(beijing, tokens, "POST", "/accounts/me/mobile", {**body, "old_code": "000000"})
    assert swapped.json()["code"] == "code.wrong"
    (named,) = swapped.json()["errors"]
    assert named["field"] == "old_code" and named["message"].startswith("原手机验证码：验证码不正确")
    code = await own_code(beijing, tokens, "change_mobile", mobile=new)
    changed = await call(beijing, tokens, "POST", "/accounts/me/mobile", {**body, "code": code})
    assert changed.status_code == 200 and changed.json()["mobile"].endswith(new[-4:])
    assert await works(beijing, tokens), "signed in all the same"
    keys, (event,) = await beijing.keys(), await beijing.events(MemberChanged)
    assert keys.open(event.member.mobile.ciphertext, context="person.mobile") == new
    sign_in = await beijing.code_for(new, "sign_in", account_kind="member")
    assert (await beijing.post("/sessions/member", {"mobile": new, "code": sign_in})).status_code == 200
    gone = await beijing.code_for(someone["mobile"], "sign_in", account_kind="member")
    old = await beijing.post("/sessions/member", {"mobile": someone["mobile"], "code": gone})
    assert old.json()["code"] == "mobile.not_registered"


@E02
async def test_a_number_of_another_member_is_refused(beijing: Union) -> None:
    someone, other = await bound(beijing), await bound(beijing)
    tokens = someone["tokens"]
    old_code = await own_code(beijing, tokens, "prove_mobile")
    code = await own_code(beijing, tokens, "change_mobile", mobile=other["mobile"])
    body = {"old_code": old_code, "mobile": other["mobile"], "code": code}
    taken = await call(beijing, tokens, "POST", "/accounts/me/mobile", body)
    assert (taken.status_code, taken.json()["code"]) == (409, "mobile.of_another")
    same = await call(beijing, tokens, "POST", "/accounts/me/mobile", {**body, "mobile": someone["mobile"]})
    assert same.json()["code"] == "mobile.same"


@E02
async def test_without_the_old_number_the_face_decides(beijing: Union) -> None:
    someone, new = await bound(beijing), a_mobile()
    code = await own_code(beijing, someone["tokens"], "change_mobile", mobile=new)
    path = "/accounts/me/mobile/without-old"
    answer = await call(beijing, someone["tokens"], "POST", path, {"mobile": new, "code": code})
    assert answer.status_code == 201, answer.text
    change = {**answer.json(), "headers": {"Huzhu-Binding": answer.json()["token"]}}
    assert (change["purpose"], change["state"]) == ("change_mobile", "face")
    done = await face(beijing, change)
    assert done["state"] == "bound" and done["mobile"].endswith(new[-4:])
    me = (await call(beijing, someone["tokens"], "GET", "/members/me")).json()
    assert me["mobile"].endswith(new[-4:])


@E02
async def test_an_account_is_recovered_without_mobile_and_device(beijing: Union) -> None:
    someone = await bound(beijing)
    lost = await begun(beijing, someone, purpose="recover")
    assert lost["purpose"] == "recover" and await works(beijing, someone["tokens"]), "not before the face"
    done = await face(beijing, lost)
    assert done["tokens"]["account"]["id"] == someone["account_id"]
    assert not await works(beijing, someone["tokens"]) and await works(beijing, done["tokens"])
    nobody = await beijing.post(
        "/bindings/recover", await binding_of(beijing, await admit(beijing), purpose="recover")
    )
    assert (nobody.status_code, nobody.json()["code"]) == (409, "member.not_bound")


@E02
async def test_a_union_without_a_verification_recovers_at_its_office(union: Union) -> None:
    someone = await registered(union)
    member = {
        "name": someone["name"],
        "document_kind": "resident_id",
        "document_number": someone["id_number"],
    }
    asked = {"purpose": "recover", "mobile": a_mobile()}
    body = {**member, "mobile": asked["mobile"], "code": "000000"}
    for path, given in (("/verification-codes", asked), ("/bindings/recover", body)):
        answer = await union.post(path, given)
        assert (answer.status_code, answer.json()["code"]) == (403, "binding.recovery_not_offered"), path
        assert union.pack.tenant.contact.phone in answer.json()["detail"]


@E11
async def test_a_member_sees_where_they_are_signed_in_and_ends_a_session(beijing: Union) -> None:
    someone = await bound(beijing)
    await beijing.forget_resend()
    code = await beijing.code_for(someone["mobile"], "sign_in", account_kind="member")
    second = await beijing.post(
        "/sessions/member", {"mobile": someone["mobile"], "code": code}, headers={"User-Agent": "Phone/1"}
    )
    listed = (await call(beijing, someone["tokens"], "GET", "/sessions")).json()["items"]
    assert {row["device"] for row in listed} >= {"Phone/1"} and len(listed) == 2
    assert [row["way"] for row in listed if not row["current"]] == ["sms"]
    (other,) = [row["id"] for row in listed if not row["current"]]
    ended = await call(beijing, someone["tokens"], "POST", f"/sessions/{other}/end")
    assert ended.status_code == 200 and not await works(beijing, second.json())
    assert await works(beijing, someone["tokens"])
    stranger = await bound(beijing)
    foreign = await call(beijing, stranger["tokens"], "POST", f"/sessions/{listed[0]['id']}/end")
    assert foreign.status_code == 404 and await works(beijing, someone["tokens"])


@E02
async def test_signed_in_stays_whoever_opens_the_app_now_and_then(beijing: Union) -> None:
    settings = settings_of(beijing.client.context)
    kept, settings.member_session_days = settings.member_session_days, 20
    try:
        tokens = (await bound(beijing))["tokens"]
        for days in (15, 30, 45):
            with set_to(now() + timedelta(days=days)):
                answer = await beijing.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
            assert answer.status_code == 200, days
            tokens = answer.json()
        with set_to(now() + timedelta(days=45 + 21)):
            late = await beijing.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
    finally:
        settings.member_session_days = kept
    assert late.json()["code"] == "auth.refresh_invalid"


@E02
async def test_however_often_it_is_used_a_session_ends_after_its_longest_time(beijing: Union) -> None:
    settings = settings_of(beijing.client.context)
    kept, settings.member_session_most_days = settings.member_session_most_days, 100
    try:
        tokens = (await bound(beijing))["tokens"]
        for days in (45, 99):
            with set_to(now() + timedelta(days=days)):
                answer = await beijing.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
            assert answer.status_code == 200, days
            tokens = answer.json()
        with set_to(now() + timedelta(days=100, seconds=1)):
            late = await beijing.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
    finally:
        settings.member_session_most_days = kept
    assert (late.status_code, late.json()["code"]) == (401, "auth.refresh_invalid")


@C12
async def test_a_new_privacy_statement_asks_again(union: Union) -> None:
    someone = await registered(union)
    assert someone["tokens"]["account"]["consent_due"] is False
    source = union.source.replace("privacy:\n  version: 1", "privacy:\n  version: 2")
    source = source.replace("version: 1\n", "version: 2\n", 1)
    applied = await apply(union.client, union.code, source)
    assert applied.status_code == 200 and applied.json()["status"] == "proposed", applied.text
    second = await sign_in_operator(union.client, "ops2")
    path = f"/tenants/{union.code}/pack/{applied.json()['version']}/consent"
    assert (await union.client.post(path, headers=second)).status_code == 200
    with set_to(now() + timedelta(days=2)):
        renewed = await union.post("/sessions/refresh", {"refresh_token": someone["tokens"]["refresh_token"]})
        assert renewed.json()["account"]["consent_due"] is True
        # Tokens of tomorrow are not valid yet; this one is the same member's of today.
        me = union.actor(OWN, kind=ActorKind.MEMBER, id=someone["account_id"], person_id=someone["person_id"])
        assert (await union.client.get("/members/me", me)).json()["consent_due"] is True
        path = "/members/me/consents"
        old = await union.client.post(path, me, json={"version": 1})
        assert (old.status_code, old.json()["code"]) == (422, "consent.outdated")
        for _ in range(2):
            assert (await union.client.post(path, me, json={"version": 2})).status_code == 200
        shown = (await union.client.get("/members/me", me)).json()
    assert (shown["consent_due"], shown["privacy_version"]) == (False, 2)
    assert shown["sex"] == sex_of(someone["id_number"])


async def test_who_may_reach_the_account_routes(beijing: Union, other: Union) -> None:
    someone = await bound(beijing)
    person, client = someone["person_id"], beijing.client
    mobile = {"mobile": a_mobile(), "code": "123456"}
    routes = [
        ("POST", "/accounts/me/verification-codes", {"purpose": "unbind"}),
        ("POST", "/accounts/me/unbind", {"code": "123456"}),
        ("POST", "/accounts/me/mobile", {"old_code": "123456", **mobile}),
        ("POST", "/accounts/me/mobile/first", mobile),
        ("POST", "/accounts/me/mobile/without-old", mobile),
        ("POST", "/members/me/consents", {"version": 1}),
    ]
    for method, path, body in routes:
        assert (await client.send(method, path, json=body)).status_code == 401, path
        assert (await client.send(method, path, beijing.actor("x"), json=body)).status_code == 403, path
        # Somebody else's account of the same person, and the same ids in another union.
        for union, account in ((beijing, new_id()), (other, someone["account_id"])):
            actor = union.actor(OWN, kind=ActorKind.MEMBER, person_id=person, id=account)
            answer = await client.send(method, path, actor, json=body)
            assert answer.status_code in {403, 404, 422}, (path, answer.text)
    assert await works(beijing, someone["tokens"])
    sessions = await client.get("/sessions")
    assert sessions.status_code == 401
    assert (await client.get("/sessions", beijing.actor("x"))).status_code == 403
