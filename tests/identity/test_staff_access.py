"""Invitations, resets, second factors, sessions and roles of staff; brute force (row D.01)."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest

from common.clock import now, set_to
from common.ids import new_id
from common.testing import Client

from .test_staff import MANAGE, PASSWORD, first_step, made, signed_in, someone
from .union import Union, a_mobile, bearer, from_elsewhere, new_union, sign_in_operator

pytestmark = pytest.mark.feature("D.01")
NEW = "battery staple 9"
WEAK = {
    "short": "password.length", "12345678": "password.guessable", "My-Shenhe9-2026": "password.holds_user_name",
}  # fmt: skip


async def invited(union: Union, account: str, actor: Any = None) -> dict[str, Any]:
    answer = await union.client.post(f"/staff/{account}/invitation", actor or union.actor(MANAGE))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def opened(union: Union, token: str) -> dict[str, Any]:
    answer = await union.post("/staff-invitations/open", {"token": token})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return {**found, "code": await union.sent_code(found["challenge_id"])}


def accepting(token: str, step: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "token": token,
        "challenge_id": step["challenge_id"],
        "code": step["code"],
        "password": NEW,
        **changes,
    }


async def test_who_is_invited_sets_the_password(union: Union) -> None:
    body = someone()
    del body["password"]
    account = (await union.client.post("/staff", union.actor(MANAGE), json=body)).json()
    assert account["invitation_due"]
    for guess in ("!", PASSWORD):
        assert (await first_step(union, guess)).json()["code"] == "auth.credentials_wrong"
    invitation = await invited(union, account["id"])
    assert "*" in invitation["mobile"] and invitation["user_name"] == "shenhe9"
    step = await opened(union, invitation["token"])
    for password, code in WEAK.items():
        weak = await union.post(
            "/staff-invitations/accept", accepting(invitation["token"], step, password=password)
        )
        assert weak.json()["errors"][0]["code"] == code, "the code is not used up by it"
    wrong = await union.post("/staff-invitations/accept", accepting(invitation["token"], step, code="000000"))
    assert wrong.json()["code"] == "code.wrong"
    done = await union.post("/staff-invitations/accept", accepting(invitation["token"], step))
    assert done.json() == {"user_name": "shenhe9"}
    again = await union.post("/staff-invitations/open", {"token": invitation["token"]})
    assert (again.status_code, again.json()["code"]) == (404, "staff.invitation_invalid")
    assert (await first_step(union, NEW)).status_code == 200


async def test_an_invitation_ends_and_belongs_to_one_account(union: Union, other: Union) -> None:
    first, second = await made(union), await made(union, user_name="another9", mobile=a_mobile())
    old, new = await invited(union, first["id"]), await invited(union, first["id"])
    theirs = await invited(union, second["id"])
    assert (await union.post("/staff-invitations/open", {"token": old["token"]})).status_code == 404
    assert (await other.post("/staff-invitations/open", {"token": new["token"]})).status_code == 404
    step = await opened(union, theirs["token"])
    crossed = await union.post("/staff-invitations/accept", accepting(new["token"], step))
    assert crossed.json()["code"] == "staff.invitation_invalid"
    with set_to(now() + timedelta(days=8)):
        late = await union.post("/staff-invitations/open", {"token": new["token"]})
    assert late.status_code == 404


async def test_a_forgotten_password_and_nobody_learns_who_exists(union: Union) -> None:
    mobile = a_mobile()
    account = await made(union, mobile=mobile)
    tokens = await signed_in(union)

    async def ask(**body: Any) -> Any:
        answer = await union.post("/staff-password-resets", body)
        assert answer.status_code == 202
        return answer.json()

    known = await ask(user_name="shenhe9", mobile=mobile)
    unknown = await ask(user_name="nobody99", mobile=a_mobile())
    other_mobile = await ask(user_name="shenhe9", mobile=a_mobile())
    assert known.keys() == unknown.keys() == other_mobile.keys()
    for fake in (unknown, other_mobile):
        body = {"challenge_id": fake["challenge_id"], "code": "123456", "password": NEW}
        told = (await union.post("/staff-password-resets/finish", body)).json()
        assert (told["code"], told["params"]) == ("code.wrong", {"left": 4}), "as for an account that exists"
    body = {
        "challenge_id": known["challenge_id"], "password": NEW,
        "code": await union.sent_code(known["challenge_id"]),
    }  # fmt: skip
    for password, code in WEAK.items():
        weak = await union.post("/staff-password-resets/finish", {**body, "password": password})
        assert weak.status_code == 422 and weak.json()["errors"][0]["code"] == code
    assert (await union.post("/staff-password-resets/finish", body)).json() == {"user_name": "shenhe9"}
    ended = await union.client.get("/staff/me", headers=bearer(tokens))
    assert ended.json()["code"] == "auth.session_ended", "who had the old password is out"
    assert (await first_step(union, PASSWORD)).status_code == 401
    assert (await first_step(union, NEW)).status_code == 200
    for _ in range(5):
        last = await union.post("/staff-password-resets", {"user_name": "shenhe9", "mobile": mobile})
    assert last.status_code == 429 and account


async def second_factor(union: Union, headers: dict[str, str]) -> tuple[pyotp.TOTP, list[str]]:
    begun = await union.client.post("/staff/me/second-factor", headers=headers, json={"password": PASSWORD})
    assert begun.status_code == 201, begun.text
    device = pyotp.TOTP(begun.json()["secret"])
    assert begun.json()["uri"].startswith("otpauth://totp/")
    body = {"code": device.at(now())}
    confirmed = await union.client.post("/staff/me/second-factor/confirm", headers=headers, json=body)
    assert confirmed.status_code == 200, confirmed.text
    return device, confirmed.json()["recovery_codes"]


async def by_device(union: Union, code: str) -> Any:
    step = (await first_step(union)).json()
    assert step["second_factor"] == "device" and step["mobile"] is None
    return await union.post("/sessions/staff/code", {"challenge_id": step["challenge_id"], "code": code})


async def test_a_device_takes_the_place_of_the_sms(union: Union) -> None:
    await made(union)
    headers = bearer(await signed_in(union))
    wrong = await union.client.post("/staff/me/second-factor", headers=headers, json={"password": "no"})
    assert wrong.status_code == 401
    device, recovery = await second_factor(union, headers)
    assert len(recovery) == 10 == len(set(recovery))
    replayed = await by_device(union, device.at(now()))
    assert replayed.json()["code"] == "code.wrong", "a code is good once"
    later = now() + timedelta(seconds=60)
    with set_to(later):
        assert (await by_device(union, device.at(later))).status_code == 200
        assert (await by_device(union, recovery[0].lower())).status_code == 200
        assert (await by_device(union, recovery[0])).json()["code"] == "code.wrong"
        twice = await union.client.post(
            "/staff/me/second-factor", headers=headers, json={"password": PASSWORD}
        )
        assert twice.json()["code"] == "staff.second_factor_exists"
    state = (await union.client.get("/staff/me/second-factor", headers=headers)).json()
    assert state == {"enabled": True, "recovery_codes_left": 9}
    body = {"password": PASSWORD, "code": "000000"}
    refused = await union.client.post("/staff/me/second-factor/remove", headers=headers, json=body)
    assert refused.json()["code"] == "staff.second_factor_wrong"
    removed = await union.client.post(
        "/staff/me/second-factor/remove", headers=headers, json={**body, "code": recovery[1]}
    )
    assert removed.json()["enabled"] is False
    assert (await first_step(union)).json()["second_factor"] == "sms"


async def test_codes_of_a_device_are_not_guessed(union: Union) -> None:
    await made(union)
    await second_factor(union, bearer(await signed_in(union)))
    step = (await first_step(union)).json()
    body = {"challenge_id": step["challenge_id"], "code": "000000"}
    answers = [(await union.post("/sessions/staff/code", body)).json() for _ in range(6)]
    assert [a["code"] for a in answers] == ["code.wrong"] * 4 + ["code.spent"] * 2
    assert [a["params"]["left"] for a in answers[:4]] == [4, 3, 2, 1]


async def test_a_reset_of_the_password_asks_for_the_device(union: Union) -> None:
    mobile = a_mobile()
    account = await made(union, mobile=mobile)
    _, recovery = await second_factor(union, bearer(await signed_in(union)))
    asked = (await union.post("/staff-password-resets", {"user_name": "shenhe9", "mobile": mobile})).json()
    body = {
        "challenge_id": asked["challenge_id"], "password": NEW,
        "code": await union.sent_code(asked["challenge_id"]),
    }  # fmt: skip
    needed = await union.post("/staff-password-resets/finish", body)
    assert needed.json()["code"] == "staff.second_factor_needed"
    done = await union.post("/staff-password-resets/finish", {**body, "second_factor": recovery[3]})
    assert done.status_code == 200, done.text
    lost = await union.client.post(f"/staff/{account['id']}/second-factor/reset", union.actor(MANAGE))
    assert lost.json() == {"enabled": False, "recovery_codes_left": 0}
    assert (await first_step(union, NEW)).json()["second_factor"] == "sms"


async def test_an_operator_invites_the_first_account_of_a_union(union: Union, other: Union) -> None:
    headers = await sign_in_operator(union.client, "ops1")
    first = someone()
    del first["password"]
    account = (await union.client.post(f"/tenants/{union.code}/staff", headers=headers, json=first)).json()
    path = f"/tenants/{union.code}/staff/{account['id']}/invitation"
    assert (await union.client.post(path)).status_code == 401
    assert (await union.client.post(path, union.actor("x"))).status_code == 403
    assert (await union.client.post(path, union.actor("identity.tenant.manage"))).status_code == 404
    elsewhere = path.replace(union.code, other.code)
    assert (await union.client.post(elsewhere, headers=headers)).status_code == 404
    invitation = await union.client.post(path, headers=headers)
    assert invitation.status_code == 201, invitation.text
    token = invitation.json()["token"]
    step = await opened(union, token)
    done = await union.post("/staff-invitations/accept", accepting(token, step))
    assert done.status_code == 200, done.text
    again = await union.client.post(path, headers=headers)
    assert again.status_code == 404, "who has a password is invited by the union's own administrator"


async def test_brute_force_of_a_password_is_slowed_from_everywhere(union: Union) -> None:
    """From one address the lock grows; from many addresses all failures of a name are bounded together."""
    await made(union)
    assert (await first_step(union)).status_code == 200
    tried = 0
    for _ in range(36):
        async with from_elsewhere(union.client) as attacker:
            for _ in range(4):
                answer = await attacker.post(
                    "/sessions/staff", tenant=union.code, json={"user_name": "shenhe9", "password": "guess"}
                )
                tried += answer.json()["code"] == "auth.credentials_wrong"
    assert tried <= 100, "no more than a hundred guesses in an hour, however many addresses"
    async with from_elsewhere(union.client) as attacker:
        for password in ("guess", PASSWORD):
            answer = await attacker.post(
                "/sessions/staff", tenant=union.code, json={"user_name": "shenhe9", "password": password}
            )
            assert answer.status_code == 429, "a guess that is right is not let in either"
    assert (await first_step(union)).status_code == 200, "where its owner has signed in it is open"


async def test_roles_and_place_change_at_once(union: Union) -> None:
    account = await made(union)
    tokens = await signed_in(union)

    async def patch(actor: Any = None, version: int | None = None, **body: Any) -> Any:
        current = (await union.client.get("/staff", union.actor(MANAGE))).json()["items"][0]["version"]
        headers = {"If-Match": str(version or current)}
        return await union.client.send(
            "PATCH", f"/staff/{account['id']}", actor or union.actor(MANAGE), headers=headers, json=body
        )

    assert (await patch(version=99, roles=["finance"])).status_code == 412
    unknown = await patch(roles=["member"])
    assert unknown.json()["errors"][0]["code"] == "role.unknown"
    changed = await patch(roles=["finance"], name="沈合")
    assert changed.json()["roles"] == ["finance"]
    assert (await union.client.get("/staff/me", headers=bearer(tokens))).json()[
        "code"
    ] == "auth.session_ended"
    sneaky = await patch(password_hash="x")
    assert sneaky.status_code == 422, "nothing else can be set"
    own = await patch(union.actor(MANAGE, id=account["id"], epoch=9), roles=["admin"])
    assert (own.status_code, own.json()["code"]) == (403, "staff.own_account")
    district = union.actor(MANAGE, org_path="/binhu/")
    assert (await patch(district, roles=["finance"])).status_code == 404
    placed = await patch(branch="binhu")
    assert placed.json()["org_path"] == "/binhu/"
    wide = await patch(district, roles=["finance"])
    assert wide.json()["code"] == "staff.too_wide"
    away = await patch(district, branch="liangxi")
    assert away.status_code == 403


async def test_sessions_of_a_colleague_are_seen_and_ended(union: Union) -> None:
    account = await made(union)
    first, second = await signed_in(union), await signed_in(union)
    manager, path = union.actor(MANAGE), f"/staff/{account['id']}/sessions"
    sessions = (await union.client.get(path, manager)).json()["items"]
    assert len(sessions) == 2 and {s["way"] for s in sessions} == {"password_sms"}
    left = await union.client.post(f"{path}/{sessions[0]['id']}/end", manager)
    assert [s["id"] for s in left.json()["items"]] == [sessions[1]["id"]]
    states = [(await union.client.get("/staff/me", headers=bearer(t))).status_code for t in (first, second)]
    assert sorted(states) == [200, 401]
    await union.client.post(f"{path}/end-all", manager)
    states = [(await union.client.get("/staff/me", headers=bearer(t))).status_code for t in (first, second)]
    assert states == [401, 401]


async def test_a_closed_account_comes_back_with_an_invitation_only(union: Union) -> None:
    account = await made(union)
    manager = union.actor(MANAGE)
    assert (await union.client.post(f"/staff/{account['id']}/reopen", manager)).json()["code"] == "staff.open"
    left, myself = {"reason": "已离职"}, union.actor(MANAGE, id=account["id"])
    own = await union.client.post(f"/staff/{account['id']}/close", myself, json=left)
    assert own.json()["code"] == "staff.own_account"
    await union.client.post(f"/staff/{account['id']}/close", manager, json=left)
    opened_again = await union.client.post(f"/staff/{account['id']}/reopen", manager)
    assert opened_again.json()["status"] == "active" and opened_again.json()["invitation_due"]
    assert (await first_step(union)).status_code == 401


async def test_handlers_have_no_password_where_the_pack_gives_them_none(identity: Client) -> None:
    union = await new_union(identity)
    await union.register_unit()
    answer = await first_step(union, "anything at all", "not-there")
    assert answer.json()["code"] == "auth.credentials_wrong"


@pytest.mark.feature("N.02")
async def test_who_may_reach_staff_accounts(union: Union, other: Union) -> None:
    account = await made(union)
    base, own = f"/staff/{account['id']}", "identity.session.own"
    routes: list[tuple[str, str, str, Any]] = [
        ("PATCH", base, MANAGE, {"name": "沈合"}),
        ("POST", f"{base}/reopen", MANAGE, None),
        ("POST", f"{base}/invitation", MANAGE, None),
        ("GET", f"{base}/sessions", MANAGE, None),
        ("POST", f"{base}/sessions/end-all", MANAGE, None),
        ("POST", f"{base}/sessions/{new_id()}/end", MANAGE, None),
        ("POST", f"{base}/second-factor/reset", MANAGE, None),
        ("GET", "/staff/me/second-factor", own, None),
        ("POST", "/staff/me/second-factor", own, {"password": "x"}),
        ("POST", "/staff/me/second-factor/confirm", own, {"code": "1"}),
        ("POST", "/staff/me/second-factor/remove", own, {"password": "x", "code": "1"}),
    ]
    for method, path, permission, body in routes:
        send, headers = union.client.send, {"If-Match": "1"}
        assert (await send(method, path, json=body, headers=headers)).status_code == 401, path
        assert (await send(method, path, union.actor("x"), json=body, headers=headers)).status_code == 403, (
            path
        )
        strangers = [other.actor(permission), union.actor(permission, org_path="/binhu/")]
        for stranger in strangers:
            answer = await send(method, path, stranger, json=body, headers=headers)
            assert answer.status_code == 404, (path, answer.text)


@pytest.mark.feature("D.01")
async def test_roles_are_listed_with_their_names_and_who_may_give_them(union: Union, other: Union) -> None:
    send = union.client.get
    assert (await send("/staff/roles")).status_code == 401
    assert (await send("/staff/roles", union.actor("x"))).status_code == 403
    found = (await send("/staff/roles", union.actor(MANAGE))).json()["items"]
    wanted = [role.code for role in union.pack.roles if role.scope in ("tenant", "subtree")]
    assert [item["code"] for item in found] == wanted and all(item["may_give"] for item in found)
    assert all(item["title"]["zh"] and item["title"]["en"] and item["permissions"] for item in found)
    branch = (await send("/staff/roles", union.actor(MANAGE, org_path="/binhu/"))).json()["items"]
    assert {item["scope"] for item in branch if item["may_give"]} <= {"subtree"}
    theirs = (await other.client.get("/staff/roles", other.actor(MANAGE))).json()["items"]
    assert [item["code"] for item in theirs] == [
        role.code for role in other.pack.roles if role.scope in ("tenant", "subtree")
    ]


@pytest.mark.feature("D.01", "C.01")
async def test_sessions_of_staff_and_handlers_say_device_and_way(union: Union) -> None:
    unit = await union.register_unit()
    code = await union.code_for(unit["mobile"], "sign_in")
    answer = await union.post(
        "/sessions/handler",
        {"mobile": unit["mobile"], "code": code},
        headers={"User-Agent": "Firefox/140 Windows"},
    )
    mine = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    sessions = (await union.client.get("/sessions", headers=mine)).json()["items"]
    assert ("Firefox/140 Windows", "sms") in {(one["device"], one["way"]) for one in sessions}
