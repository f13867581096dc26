"""Staff: accounts, two steps of signing in, lock-out (row D.01)."""

import pytest
from argon2.low_level import Type, verify_secret
from structlog.testing import capture_logs

from common.auth import ActorKind
from common.contracts.identity import VerificationCodeIssued
from common.ids import new_id
from common.testing import Client

from .union import Union, a_mobile, bearer, new_union, sign_in_operator

PASSWORD = "correct horse 8"
MANAGE = "identity.staff.manage"
LEFT = {"reason": "已调离本单位"}
pytestmark = pytest.mark.feature("D.01")


def someone(**changes) -> dict:
    return {
        "user_name": "shenhe9", "name": "沈鹤", "mobile": a_mobile(), "roles": ["reviewer"], "password": PASSWORD,
        **changes,
    }  # fmt: skip


async def made(union: Union, **changes) -> dict:
    headers = await sign_in_operator(union.client, "ops1")
    answer = await union.client.post(
        f"/tenants/{union.code}/staff", headers=headers, json={"password_due": False, **someone(**changes)}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def first_step(union: Union, password: str = PASSWORD, user_name: str = "shenhe9"):
    return await union.post("/sessions/staff", {"user_name": user_name, "password": password})


async def signed_in(union: Union) -> dict:
    challenge = (await first_step(union)).json()["challenge_id"]
    answer = await union.post(
        "/sessions/staff/code", {"challenge_id": challenge, "code": await union.sent_code(challenge)}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_password_then_code(union: Union) -> None:
    account = await made(union)
    step = (await first_step(union)).json()
    assert step["tokens"] is None and step["mobile"].startswith("139****")
    (event,) = await union.events(VerificationCodeIssued)
    assert event.purpose == "staff_sign_in" and str(event.challenge_id) == step["challenge_id"]
    with capture_logs() as lines:
        tokens = await signed_in(union)
        await first_step(union, "wrong password")
    told = {line["event"]: line for line in lines}
    assert told["signed_in"]["account"] == account["id"] and told["signed_in"]["way"] == "password_sms"
    assert told["refused"]["code"] == "auth.credentials_wrong"
    assert tokens["account"]["id"] == account["id"] and tokens["account"]["roles"] == ["reviewer"]
    me = (await union.client.get("/staff/me", headers=bearer(tokens))).json()
    assert me["name"] == "沈鹤" and not me["password_due"] and me["role_titles"] == ["后台审核"]
    assert (await union.client.get("/units", headers=bearer(tokens))).status_code == 200


async def test_a_challenge_needs_its_own_code_once(union: Union, other: Union) -> None:
    await made(union)
    challenge = (await first_step(union)).json()["challenge_id"]
    code = await union.sent_code(challenge)
    guess = f"{(int(code) + 1) % 1_000_000:06d}"
    body = {"challenge_id": challenge, "code": guess}
    assert (await union.post("/sessions/staff/code", body)).json()["code"] == "code.wrong"
    assert (await other.post("/sessions/staff/code", {**body, "code": code})).json()["code"] == "code.wrong"
    assert (await union.post("/sessions/staff/code", {**body, "code": code})).status_code == 200
    assert (await union.post("/sessions/staff/code", {**body, "code": code})).json()["code"] == "code.used"
    unknown = {"challenge_id": str(new_id()), "code": code}
    assert (await union.post("/sessions/staff/code", unknown)).json()["code"] == "code.wrong"


async def test_wrong_passwords_lock_for_longer_and_longer(union: Union) -> None:
    await made(union)
    answers = [await first_step(union, "wrong password") for _ in range(4)]
    assert [a.json()["code"] for a in answers] == ["auth.credentials_wrong"] * 3 + ["rate.limited"]
    right = await first_step(union)
    assert right.status_code == 429 and 0 < right.json()["params"]["seconds"] <= 5
    assert (await first_step(union, user_name="nobody1")).json()["code"] == "auth.credentials_wrong"
    await union.client.context.redis.delete(f"lock:staff:{union.id}:shenhe9:127.0.0.1")
    await first_step(union, "wrong password")
    assert 5 < (await first_step(union)).json()["params"]["seconds"] <= 10
    await union.client.context.redis.delete(f"lock:staff:{union.id}:shenhe9:127.0.0.1")
    assert (await first_step(union)).status_code == 200


async def test_who_does_not_exist_takes_as_long_as_who_does(
    union: Union, monkeypatch: pytest.MonkeyPatch
) -> None:
    await made(union)
    invited = someone(user_name="invited9")
    del invited["password"]
    assert (await union.client.post("/staff", union.actor(MANAGE), json=invited)).status_code == 201
    computed: list[bytes] = []

    def counted(known: bytes, given: bytes, kind: Type) -> bool:
        computed.append(known)
        return verify_secret(known, given, kind)

    monkeypatch.setattr("argon2._password_hasher.verify_secret", counted)
    for user_name in ("shenhe9", "nobody9", "invited9"):
        computed.clear()
        assert (await first_step(union, "wrong password", user_name)).status_code == 401
        assert len(computed) == 1, f"one hash is computed for {user_name}"


async def test_where_the_union_wants_no_code_the_password_is_enough(union: Union) -> None:
    plain = await new_union(union.client, **{"staff: [password_sms, password]": "staff: [password]"})
    await made(plain)
    assert (await first_step(plain)).json()["tokens"]["access_token"]


async def test_who_reads_the_audit_log_reads_whose_account_it_was(union: Union) -> None:
    account = await made(union)
    auditor = union.actor("audit.read")
    log = (await union.client.get("/audit?kind=account", auditor)).json()["items"]
    (entry,) = [one for one in log if one["action"] == "staff.created"]
    assert (entry["subject"], entry["about"]) == (f"account:{account['id']}", "shenhe9")
    assert (await union.client.get("/audit?about=shenhe9", auditor)).json()["items"][-1]["seq"] == entry[
        "seq"
    ]
    named = (await union.client.get(f"/audit/people?id={account['id']}&id=system", auditor)).json()["items"]
    assert [(one["kind"], one["name"], one["user_name"]) for one in named] == [("staff", "沈鹤", "shenhe9")]
    codes = (await union.client.get("/audit/codes", auditor)).json()
    assert codes["roles"][account["roles"][0]] == account["role_titles"][0] and codes["branches"]["/"]


async def test_wrong_values_of_an_account_are_all_named(union: Union) -> None:
    body = someone(user_name="X", name="沈 鹤", mobile="1", roles=["member"], password="short")
    answer = await union.client.post("/staff", union.actor(MANAGE), json=body)
    assert {e["field"] for e in answer.json()["errors"]} == {
        "user_name",
        "name",
        "mobile",
        "roles",
        "password",
    }
    nowhere = await union.client.post("/staff", union.actor(MANAGE), json=someone(branch="nowhere"))
    assert nowhere.json()["code"] == "unit.org_node_unknown"


async def test_a_missing_role_and_a_taken_name_are_told_together(union: Union) -> None:
    await made(union)
    none = await union.client.post("/staff", union.actor(MANAGE), json=someone(roles=[]))
    said = {error["field"]: str(error) for error in none.json()["errors"]}
    assert set(said) == {"user_name", "roles"}, none.text
    assert "至少选一个角色" in said["roles"] and "已被使用" in said["user_name"]


async def test_an_account_is_made_once(union: Union) -> None:
    admin, body, key = union.actor(MANAGE), someone(branch="binhu"), str(new_id())
    first, again = [await union.client.post("/staff", admin, json=body, once=key) for _ in range(2)]
    assert first.json() == again.json() and first.json()["org_path"] == "/binhu/"
    taken = await union.client.post("/staff", admin, json=body)
    assert (taken.status_code, taken.json()["code"]) == (409, "staff.exists")
    district = union.actor(MANAGE, org_path="/liangxi/")
    outside = await union.client.post("/staff", district, json=someone(user_name="elsewhere", branch="binhu"))
    assert (outside.status_code, outside.json()["code"]) == (403, "unit.org_node_out_of_reach")
    assert "滨湖" in outside.json()["detail"]


async def test_a_password_is_changed_by_its_owner(union: Union) -> None:
    await made(union)
    headers = bearer(await signed_in(union))

    async def change(current: str, new: str):
        body = {"current": current, "new": new}
        return await union.client.send("PUT", "/staff/me/password", headers=headers, json=body)

    assert (await change("wrong password", "another good one")).status_code == 401
    assert (await change(PASSWORD, "short")).status_code == 422
    (weak,) = (await change(PASSWORD, "12345678")).json()["errors"]
    assert (weak["field"], weak["code"]) == ("new", "password.guessable")
    assert "请不要用常见密码" in weak["message"], "what to do"
    assert (await change(PASSWORD, "another good one")).json()["password_due"] is False
    assert (await first_step(union)).json()["code"] == "auth.credentials_wrong"
    assert (await first_step(union, "another good one")).status_code == 200


@pytest.mark.parametrize(
    "password", ["海内存知己 天涯若比邻 ✓", "  kJ8#mQz2  ", "kJ8#mQz2" * 16], ids=["any", "blanks", "128"]
)
async def test_a_password_is_taken_as_it_is_whole(union: Union, password: str) -> None:
    await made(union, password=password)
    assert (await first_step(union, password)).status_code == 200
    others = {password[:-1], password.strip() + "x", password.swapcase(), password + " "} - {password}
    for other in sorted(others):
        assert (await first_step(union, other)).status_code in (401, 422, 429), other


async def test_a_password_of_129_characters_is_refused_whole(union: Union) -> None:
    headers = await sign_in_operator(union.client, "ops1")
    body = someone(password="kJ8#mQz2" * 16 + "x", password_due=False)
    answer = await union.client.post(f"/tenants/{union.code}/staff", headers=headers, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "password")


async def test_who_signs_in_is_in_the_log_with_the_way_and_no_name(union: Union) -> None:
    account = await made(union)
    with capture_logs() as lines:
        await signed_in(union)
    (line,) = [line for line in lines if line["event"] == "signed_in"]
    assert (line["account"], line["way"]) == (account["id"], "password_sms")
    assert "shenhe9" not in str(line) and account["mobile"] not in str(line)


async def test_a_union_begins_without_any_account(identity: Client) -> None:
    fresh = await new_union(identity)
    listed = await fresh.client.get("/staff", fresh.actor(MANAGE))
    assert (listed.status_code, listed.json()["items"]) == (200, []), (
        "demo people are loaded by `make run` only"
    )


async def test_a_closed_account_is_out_at_once(union: Union) -> None:
    account = await made(union)
    tokens = await signed_in(union)
    closed = await union.client.post(f"/staff/{account['id']}/close", union.actor(MANAGE), json=LEFT)
    assert closed.json()["status"] == "closed"
    noted = await union.client.get(
        f"/audit?subject=account:{account['id']}&action=staff.closed", union.actor("audit.read")
    )
    assert [entry["detail"] for entry in noted.json()["items"]] == [LEFT]
    assert (await union.client.get("/staff/me", headers=bearer(tokens))).json()[
        "code"
    ] == "auth.session_ended"
    assert (await first_step(union)).json()["code"] == "auth.credentials_wrong"
    again = await union.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
    assert again.status_code == 401


@pytest.mark.parametrize(
    "body", [None, {}, {"reason": "  "}, {"reason": "x" * 501}, {"reason": "本人手机13912345678停用"}]
)
async def test_an_account_is_not_closed_without_a_reason(union: Union, body: dict | None) -> None:
    account = await made(union)
    answer = await union.client.post(f"/staff/{account['id']}/close", union.actor(MANAGE), json=body)
    assert answer.status_code == 422, answer.text
    assert (await first_step(union)).status_code == 200


async def test_staff_know_each_others_names(union: Union, other: Union) -> None:
    account = await made(union)
    own, path = "identity.colleagues.read", f"/staff/colleagues?user_name=shenhe9&account={account['id']}"
    named = [{"id": account["id"], "user_name": "shenhe9", "name": "沈鹤"}]
    client = union.client
    assert (await client.get(path, union.actor(own))).json() == named
    assert (await client.get(f"/staff/colleagues?account={account['id']}", union.actor(own))).json() == named
    assert (await client.get(f"/staff/colleagues?account={new_id()}", union.actor(own))).json() == []
    assert (await client.get("/staff/colleagues", union.actor(own))).json() == []
    assert (await client.get(path, other.actor(own))).json() == []
    assert (await client.get(path)).status_code == 401
    tokens = await signed_in(union)
    assert (await client.get(path, headers=bearer(tokens))).json() == named
    own_of_others = union.actor("identity.session.own", kind=ActorKind.HANDLER)
    assert (await client.get(path, own_of_others)).status_code == 403


async def test_who_may_reach_staff(union: Union, other: Union) -> None:
    account = await made(union)
    own = "identity.session.own"
    routes = [
        ("GET", "/staff", MANAGE, None),
        ("POST", "/staff", MANAGE, someone(user_name="x")),
        ("POST", f"/staff/{account['id']}/close", MANAGE, LEFT),
        ("GET", "/staff/me", own, None),
        ("PUT", "/staff/me/password", own, {"current": "x", "new": "y"}),
        ("POST", f"/tenants/{union.code}/staff", "identity.tenant.manage", someone()),
    ]
    client = union.client
    for method, path, permission, body in routes:
        assert (await client.send(method, path, json=body)).status_code == 401, path
        assert (await client.send(method, path, union.actor("x"), json=body)).status_code == 403, path
        foreign = await client.send(method, path, other.actor(permission, id=account["id"]), json=body)
        assert foreign.status_code == {"/staff": 422 if method == "POST" else 200}.get(path, 404), path
    listed = (await client.get("/staff", union.actor(MANAGE))).json()["items"]
    assert [(i["id"], i["name"]) for i in listed] == [(account["id"], "沈*")]
    assert (await client.get("/staff", other.actor(MANAGE))).json()["items"] == []
    admin = union.actor("identity.tenant.manage")
    assert (await client.post(f"/tenants/{union.code}/staff", admin, json=someone())).status_code == 404
    member = union.actor(own, kind=ActorKind.MEMBER)
    assert (await client.get("/staff/me", member)).status_code == 404
