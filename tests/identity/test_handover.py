"""Hand-overs of host apps, and WeChat (rows A.01, C.12, E.02): signed, for one union, short-lived, good once."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey
from sqlalchemy import text

from common.clock import now, set_to
from common.contracts.identity import MemberBound
from common.events.envelope import Envelope
from common.ids import new_id
from common.testing import Client
from identity.sso.rules import hand_over_lives

from .forgery import unsigned, with_secret
from .members_of import admit, begun, binding_of, bound, face, union_of
from .people import registered
from .union import Union, a_mobile, an_id_number, bearer, new_union

A01, C12, E02 = pytest.mark.feature("A.01"), pytest.mark.feature("C.12"), pytest.mark.feature("E.02")
SECRET = "a shared secret of thirty-two bytes or more"


@pytest.fixture(autouse=True)
def shared() -> Iterator[None]:
    os.environ["HUZHU_HANDOVER_LINGXI"] = SECRET
    yield
    del os.environ["HUZHU_HANDOVER_LINGXI"]


def word(union: Union, **changes: Any) -> dict[str, Any]:
    """Return what a host app says of its user."""
    at = int(time.time())
    claims = {
        "iss": "lingxi", "aud": f"huzhu:{union.code}", "sub": f"lx{new_id().hex[-10:]}", "jti": str(new_id()),
        "iat": at, "exp": at + 120, "name": "陈洁", "document_number": an_id_number(), "mobile": a_mobile(),
    }  # fmt: skip
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def signed(claims: dict[str, Any], secret: str = SECRET) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))


async def hand_over(union: Union, token: str, host: str = "lingxi") -> Any:
    return await union.post(f"/sessions/hosts/{host}", {"token": token})


@A01
@C12
async def test_a_user_of_the_host_app_comes_in_and_is_bound_at_once(union: Union) -> None:
    claims = word(union)
    answer = await hand_over(union, signed(claims))
    assert answer.status_code == 200, answer.text
    account = answer.json()["tokens"]["account"]
    me = (await union.client.get("/members/me", headers=bearer(answer.json()["tokens"]))).json()
    assert me["bound"] and me["mobile"].endswith(claims["mobile"][-4:]) and me["consent_due"] is True
    bare = word(union, sub=claims["sub"], name=None, document_number=None, mobile=None)
    again = await hand_over(union, signed(bare))
    assert again.json()["tokens"]["account"]["id"] == account["id"], "known by the host's subject alone"
    assert len(await union.events(MemberBound)) == 1


@A01
async def test_an_account_that_is_bound_already_is_the_one(union: Union) -> None:
    someone = await registered(union)
    claims = word(union, name=someone["name"], document_number=someone["id_number"])
    answer = await hand_over(union, signed(claims))
    assert answer.json()["tokens"]["account"]["id"] == someone["account_id"]
    renamed = word(union, name="别人", document_number=someone["id_number"])
    assert (await hand_over(union, signed(renamed))).json()["code"] == "member.name_mismatch"


@A01
async def test_a_hand_over_is_good_once(union: Union, other: Union) -> None:
    token = signed(word(union))
    assert (await hand_over(union, token)).status_code == 200
    second = await hand_over(union, token)
    assert (second.status_code, second.json()["code"]) == (401, "handover.used")
    foreign = await hand_over(other, signed(word(union)))
    assert (foreign.status_code, foreign.json()["code"]) == (401, "handover.invalid"), "for one union only"


@A01
async def test_what_the_host_did_not_sign_for_now_is_refused(union: Union) -> None:
    at = int(time.time())
    wrong = {
        "another secret": signed(word(union), "another secret of thirty-two bytes!!"),
        "no signature": unsigned(word(union)),
        "HS256 said, none done": unsigned(word(union), "HS256"),
        "another algorithm": jwt.encode(
            {"alg": "HS512"}, word(union), OctKey.import_key(SECRET), algorithms=["HS512"]
        ),
        "another issuer": signed(word(union, iss="zheliban")),
        "no audience": signed(word(union, aud=None)),
        "several audiences": signed(word(union, aud=[f"huzhu:{union.code}", "huzhu:x"])),
        "expired": signed(word(union, iat=at - 300, exp=at - 1)),
        "of tomorrow": signed(word(union, iat=at + 86_400, exp=at + 86_500)),
        "too long-lived": signed(word(union, exp=at + 3600)),
        "without an end": signed(word(union, exp=None)),
        "without a nonce": signed(word(union, jti=None)),
        "a short nonce": signed(word(union, jti="1")),
        "without a subject": signed(word(union, sub=None)),
        "rubbish": "x" * 30,
    }
    for what, token in wrong.items():
        answer = await hand_over(union, token)
        assert (answer.status_code, answer.json()["code"]) == (401, "handover.invalid"), what
    unknown = await hand_over(union, signed(word(union)), host="alipay")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "portal.unknown")


@A01
async def test_a_host_app_with_a_key_pair(identity: Client) -> None:
    key = ECKey.generate_key("P-256")
    pem = "".join(f"          {line}\n" for line in key.as_pem(private=False).decode().splitlines())
    union = await new_union(
        identity,
        **{
            "      - {code: lingxi, title: {zh: 灵锡, en: Lingxi app}, issuer: lingxi, algorithm: HS256,"
            " key_env: HUZHU_HANDOVER_LINGXI}": "      - code: lingxi\n"
            "        title: {zh: 灵锡, en: Lingxi app}\n        issuer: lingxi\n        algorithm: ES256\n"
            f"        public_key: |\n{pem}"
        },
    )
    token = jwt.encode({"alg": "ES256"}, word(union), key)
    assert (await hand_over(union, token)).status_code == 200
    confused = with_secret(word(union), key.as_pem(private=False))
    foreign = jwt.encode({"alg": "ES256"}, word(union), ECKey.generate_key("P-256"))
    other_curve = jwt.encode(
        {"alg": "Ed25519"}, word(union), OKPKey.generate_key("Ed25519"), algorithms=["Ed25519"]
    )
    for wrong in (confused, foreign, other_curve):
        assert (await hand_over(union, wrong)).json()["code"] == "handover.invalid"


def test_a_hand_over_lives_five_minutes_at_most() -> None:
    assert hand_over_lives({"iat": 1000, "exp": 1300}, at=1299)
    assert not hand_over_lives({"iat": 1000, "exp": 1301}, at=1100)
    assert not hand_over_lives({"iat": 1000, "exp": 1000}, at=1000)
    assert not hand_over_lives({"iat": 1100, "exp": 1200}, at=1000)
    assert not hand_over_lives({"iat": True, "exp": 1200}, at=1000)
    assert not hand_over_lives({"iat": "1000", "exp": 1200}, at=1000)


@pytest_asyncio.fixture(loop_scope="session")
async def beijing(identity: Client) -> Union:
    return await union_of(identity, "beijing")


@E02
async def test_wechat_is_the_account_once_it_is_bound(beijing: Union) -> None:
    code = new_id().hex
    first = (await beijing.post("/sessions/wechat", {"code": code})).json()
    assert first["tokens"] is None and first["ticket"]
    binding = await begun(beijing, await admit(beijing), ticket=first["ticket"])
    done = await face(beijing, binding)
    again = (await beijing.post("/sessions/wechat", {"code": code})).json()
    assert again["tokens"]["account"]["id"] == done["tokens"]["account"]["id"] and again["ticket"] is None
    links = await beijing.client.get("/accounts/me/links", headers=bearer(done["tokens"]))
    (link,) = links.json()["items"]
    assert (link["provider"], link["title"]) == ("wechat", "微信")
    taken = await begun(beijing, await admit(beijing), ticket=first["ticket"])
    path, headers = f"/bindings/{taken['id']}/face", taken["headers"]
    await beijing.post(path, {"consent": True}, headers=headers)
    refused = await beijing.post(f"{path}/outcome", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "account.link_taken"), (
        "one member, one WeChat"
    )


async def said_of_wechat(union: Union) -> list[dict[str, Any]]:
    """What was said of WeChat users, in its order."""
    statement = text("SELECT envelope FROM outbox WHERE tenant_id = :tenant ORDER BY seq")
    async with union.client.context.db.transaction(union.id) as session:
        found = (await session.execute(statement, {"tenant": union.id})).scalars()
        envelopes = [Envelope.decode(raw) for raw in found]
    return [envelope.data for envelope in envelopes if envelope.type == "identity.wechat_linked.v1"]


@E02
async def test_a_wechat_is_linked_and_unlinked_by_the_account_it_opens(beijing: Union, other: Union) -> None:
    someone, code = await bound(beijing), new_id().hex
    headers = bearer(someone["tokens"])
    linked = await beijing.client.post("/accounts/me/links/wechat", headers=headers, json={"code": code})
    assert linked.status_code == 200 and len(linked.json()["items"]) == 1
    second = await bound(beijing)
    taken = await beijing.client.post(
        "/accounts/me/links/wechat", headers=bearer(second["tokens"]), json={"code": code}
    )
    assert taken.json()["code"] == "account.link_taken"
    path = f"/accounts/me/links/{linked.json()['items'][0]['id']}"
    for method, route, body in (
        ("GET", "/accounts/me/links", None),
        ("POST", "/accounts/me/links/wechat", {"code": code}),
        ("DELETE", path, None),
    ):
        assert (await beijing.client.send(method, route, json=body)).status_code == 401
        assert (await beijing.client.send(method, route, beijing.actor("x"), json=body)).status_code == 403
    assert (await beijing.client.send("DELETE", path, headers=bearer(second["tokens"]))).status_code == 404
    before = await said_of_wechat(beijing)
    assert (await beijing.client.send("DELETE", path, headers=headers)).json()["items"] == []
    assert (await beijing.client.send("DELETE", path, headers=headers)).status_code == 404, "as everywhere"
    assert len(before) == 1 and before[0]["open_id"], "notify learns where to send"
    assert [event["open_id"] for event in await said_of_wechat(beijing)][1:] == [None]
    assert (await beijing.post("/sessions/wechat", {"code": code})).json()["tokens"] is None


@E02
async def test_wechat_that_refuses_is_away_or_is_not_offered(beijing: Union, union: Union) -> None:
    invalid = await beijing.post("/sessions/wechat", {"code": "invalid"})
    assert (invalid.status_code, invalid.json()["code"]) == (422, "wechat.code_invalid")
    away = await beijing.post("/sessions/wechat", {"code": "away"})
    assert (away.status_code, away.json()["code"]) == (503, "verification.away")
    none = await union.post("/sessions/wechat", {"code": "x"})
    assert (none.status_code, none.json()["code"]) == (403, "registration.not_offered")


async def test_a_ticket_is_no_password_and_lives_two_hours(beijing: Union, union: Union) -> None:
    with set_to(now() - timedelta(hours=3)):
        old = (await beijing.post("/sessions/wechat", {"code": new_id().hex})).json()["ticket"]
    fresh = (await beijing.post("/sessions/wechat", {"code": new_id().hex})).json()["ticket"]
    foreign = (await (await union_of(union.client, "beijing")).post("/sessions/wechat", {"code": "x"})).json()
    for ticket in (old, fresh[:-4] + "AAAA", "rubbish", foreign["ticket"]):
        body = await binding_of(beijing, await admit(beijing), ticket=ticket)
        assert (await beijing.post("/bindings", body)).json()["code"] == "link.ticket_invalid"


async def test_the_sandbox_hands_over_in_place_of_the_app(union: Union) -> None:
    number = an_id_number()
    body = {"host": "jiangsu-union", "subject": "js-1", "name": "陈洁", "document_number": number}
    token = (await union.post("/sandbox/handovers", body)).json()["token"]
    assert (await hand_over(union, token, host="jiangsu-union")).status_code == 200
    assert (await union.post("/sandbox/handovers", {**body, "host": "x"})).status_code == 404
