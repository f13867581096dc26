"""Sign-in through campus portals: OpenID Connect against a real provider, CAS 3.0 by its specification (row A.01)."""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import RSAKey

from common.auth import ActorKind
from common.contracts.identity import MemberBound, VerificationCodeIssued
from common.ids import new_id
from common.testing import Client
from huzhu.gateway.web import WEB_APPS, WebApp

from .forgery import unsigned, with_secret
from .members_of import admit, union_of
from .portal_servers import CLIENT_SECRET, Portal, campus_portal
from .union import ROOT, Union, a_mobile, an_id_number, bearer, sign_in_operator

A01 = pytest.mark.feature("A.01")
MANAGE = "identity.portal.manage"
KINDS = pytest.mark.parametrize("kind", ["portal", "cas"])


@dataclass
class Campus:
    """A campus union and its portal."""

    union: Union
    portal: Portal

    async def start(self, code: str, **asked: str) -> dict[str, Any]:
        answer = await self.union.post(f"/portals/{code}/start", asked)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def page(self, started: dict[str, Any], user: str) -> str:
        """Sign in at the portal as a user, follow the way back, and return the address of the web app's page."""
        async with httpx.AsyncClient(follow_redirects=False) as browser:
            answer = await browser.get(started["url"] + f"&as={user}")
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        on = await self.union.client.get(f"{back.path.removeprefix('/api/identity')}?{back.query}")
        assert on.status_code == 303, on.text
        return on.headers["location"]

    async def back(self, started: dict[str, Any], user: str) -> dict[str, str]:
        """Sign in at the portal as a user and return what the browser comes back with."""
        returned = parse_qs(urlsplit(await self.page(started, user)).query)
        assert returned["state"] == [started["state"]]
        return {name: values[0] for name, values in returned.items()}

    async def finish(self, portal: str, started: dict[str, Any], /, **returned: str) -> httpx.Response:
        body = {"state": started["state"], "browser_key": started["browser_key"], **returned}
        return await self.union.post(f"/portals/{portal}/finish", body)

    async def sign_in(self, code: str, user: str, **asked: str) -> httpx.Response:
        started = await self.start(code, **asked)
        return await self.finish(code, started, **await self.back(started, user))


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    os.environ["HUZHU_PORTAL_BIT_KEY"] = CLIENT_SECRET
    with campus_portal() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def campus(identity: Client, portal: Portal) -> AsyncIterator[Campus]:
    base = portal.address.removesuffix("/oidc")
    union = await union_of(
        identity, "bit",
        **{"https://id.bit.example/oidc": f"{base}/oidc", "https://id.bit.example/cas": f"{base}/cas"},
    )  # fmt: skip
    yield Campus(union, portal)
    portal.forge = portal.cas_answer = None


def user_of(portal: Portal, **facts: Any) -> str:
    """Make a user of the portal, under the names that each of its protocols uses."""
    user = f"u{new_id().hex[-12:]}"
    names = {
        "name": ("name", "cn"), "work": ("employee_number", "employeeNumber"), "number": ("id_number", "idNumber"),
        "mobile": ("phone_number", "mobile"), "user_name": ("preferred_username", "uid"),
    }  # fmt: skip
    portal.users[user] = {name: value for fact, value in facts.items() for name in names[fact]}
    return user


@A01
@KINDS
async def test_a_member_comes_in_by_id_number_and_is_bound_just_in_time(campus: Campus, kind: str) -> None:
    member = await admit(campus.union, name="王芳")
    user = user_of(campus.portal, name="王芳", work=f"W{new_id().hex[-8:]}", number=member["document_number"])
    first = await campus.sign_in(kind, user)
    assert first.status_code == 200, first.text
    account = first.json()["tokens"]["account"]
    assert account["person_id"] == member["person_id"] and account["consent_due"] is True
    me = await campus.union.client.get("/members/me", headers=bearer(first.json()["tokens"]))
    assert me.json()["bound"] is True
    again = await campus.sign_in(kind, user)
    assert again.json()["tokens"]["account"]["id"] == account["id"], "the same account"
    assert len(await campus.union.events(MemberBound)) == 1
    address = {
        "recipient": "王芳",
        "mobile": a_mobile(),
        "region": "北京市海淀区",
        "detail": "中关村南大街5号",
    }
    early = await campus.union.client.post(
        "/members/me/addresses", headers=bearer(again.json()["tokens"]), json=address
    )
    assert (early.status_code, early.json()["code"]) == (403, "consent.due")
    assert "阅读并同意" in early.json()["detail"] and "更新" not in early.json()["detail"], (
        "never asked before"
    )


@A01
@KINDS
async def test_a_member_comes_in_by_work_number(campus: Campus, kind: str) -> None:
    member, number = await admit(campus.union), f"20{new_id().hex[-8:]}"
    body = {"items": [{"person_id": member["person_id"], "work_number": number}]}
    staff = campus.union.actor(MANAGE)
    put = await campus.union.client.send("PUT", "/work-numbers", staff, json=body)
    assert put.json() == {"changed": 1}
    assert (await campus.union.client.send("PUT", "/work-numbers", staff, json=body)).json() == {"changed": 0}
    user = user_of(campus.portal, name="李梅", work=number.upper())
    answer = await campus.sign_in(kind, user)
    assert answer.json()["tokens"]["account"]["person_id"] == member["person_id"]
    other = await admit(campus.union)
    taken = {"items": [{"person_id": other["person_id"], "work_number": number}]}
    refused = await campus.union.client.send("PUT", "/work-numbers", staff, json=taken)
    assert (refused.status_code, refused.json()["code"]) == (409, "work_number.taken")


@A01
@KINDS
async def test_who_is_no_member_or_has_another_name_stays_outside(campus: Campus, kind: str) -> None:
    member = await admit(campus.union, name="王芳")
    stranger = user_of(campus.portal, name="赵一", number=an_id_number())
    unknown = await campus.sign_in(kind, stranger)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "member.unknown")
    renamed = user_of(campus.portal, name="王方", number=member["document_number"])
    assert (await campus.sign_in(kind, renamed)).json()["code"] == "member.name_mismatch"
    waiting = await admit(campus.union, name="孙立", state="new")
    early = user_of(campus.portal, name="孙立", number=waiting["document_number"])
    assert (await campus.sign_in(kind, early)).json()["code"] == "member.not_confirmed"
    nobody = await campus.sign_in(kind, user_of(campus.portal, name="钱二"))
    assert (nobody.status_code, nobody.json()["code"]) == (403, "portal.number_missing")
    assert campus.union.pack.tenant.contact.phone in nobody.json()["detail"], "the union has no other way in"


@A01
@KINDS
async def test_staff_come_in_by_user_name_and_handlers_by_mobile(campus: Campus, kind: str) -> None:
    headers = await sign_in_operator(campus.union.client, "ops1")
    name = f"chair{new_id().hex[-8:]}"
    body = {
        "user_name": name, "name": "周主席", "mobile": a_mobile(), "roles": ["admin"], "password": "a long password",
    }  # fmt: skip
    roles = [role.code for role in campus.union.pack.roles if role.scope == "tenant"]
    made = await campus.union.client.post(
        f"/tenants/{campus.union.code}/staff", headers=headers, json={**body, "roles": roles[:1]}
    )
    assert made.status_code == 201, made.text
    user = user_of(campus.portal, name="周主席", user_name=name)
    answer = await campus.sign_in(kind, user, kind="staff", app="console")
    assert answer.json()["tokens"]["account"]["kind"] == ActorKind.STAFF
    nobody = user_of(campus.portal, name="周主席", user_name="nobody")
    for people in ("staff", "handler"):
        refused = await campus.sign_in(kind, nobody, kind=people)
        assert (refused.status_code, refused.json()["code"]) == (403, "portal.no_account")


@A01
async def test_the_browser_is_sent_with_state_nonce_and_challenge_and_back_to_the_app(campus: Campus) -> None:
    started = await campus.start("portal", app="m")
    asked = parse_qs(urlsplit(started["url"]).query)
    assert asked["code_challenge_method"] == ["S256"] and len(asked["code_challenge"][0]) == 43
    assert asked["state"] == [started["state"]] and asked["nonce"][0] != started["state"]
    assert "#" not in asked["redirect_uri"][0], "RFC 6749, 3.1.2"
    shown = (await campus.union.client.get("/entrances", tenant=campus.union.code)).json()
    assert [p["code"] for p in shown["portals"]] == ["portal", "cas"]


@A01
@KINDS
async def test_the_way_back_ends_on_a_page_that_the_gateway_serves(
    campus: Campus, kind: str, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("<title>互助</title>", encoding="utf-8")
    gateway = FastAPI()
    for place in WEB_APPS:
        gateway.mount(place, WebApp(tmp_path))
    user = user_of(campus.portal, name="王芳", number=an_id_number())
    for app in ("m", "console"):
        page = urlsplit(await campus.page(await campus.start(kind, app=app, kind="member"), user))
        assert page.fragment == f"/{campus.union.code}/portal/{kind}" and not page.netloc
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(gateway), base_url="http://test"
        ) as browser:
            shown = await browser.get(f"{page.path}?{page.query}")
        assert shown.status_code == 200 and "互助" in shown.text
    routes = (ROOT / "web/apps/member/src/routes.ts").read_text(encoding="utf-8")
    assert "path: 'portal/:code'" in routes and "path: 'bind'" in routes


@A01
async def test_the_way_back_passes_on_nothing_but_the_answer(campus: Campus) -> None:
    client, union = campus.union.client, campus.union.code
    way = f"/returns/m/{union}/portal/cas"
    on = await client.get(f"{way}?ticket=ST-1&state=s&next=//evil.example&ticket2=x")
    assert on.headers["location"] == f"/m/?state=s&ticket=ST-1#/{union}/portal/cas"
    refused = await client.get(f"{way}?error=access_denied")
    assert refused.headers["location"] == f"/m/?error=access_denied#/{union}/portal/cas"
    for wrong in (
        f"/returns/x/{union}/portal/cas",
        "/returns/m/A%2F/portal/cas",
        f"/returns/m/{union}/portal/%2F",
    ):
        assert (await client.get(wrong)).status_code in (404, 422), wrong
    faced = await client.get(f"/returns/m/{union}/bind?BizToken=x")
    assert faced.headers["location"] == f"/m/#/{union}/bind?faced=1"


@A01
@KINDS
async def test_each_start_is_good_once_and_for_its_browser_only(campus: Campus, kind: str) -> None:
    member = await admit(campus.union, name="王芳")
    user = user_of(campus.portal, name="王芳", number=member["document_number"])
    started = await campus.start(kind)
    returned = await campus.back(started, user)
    thief = {**started, "browser_key": "x" * 43}
    stolen = await campus.finish(kind, thief, **returned)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "portal.not_started")
    late = await campus.finish(kind, started, **returned)
    assert late.json()["code"] == "portal.not_started", "used up"
    again = await campus.start(kind)
    replayed = await campus.finish(kind, again, **{**returned, "state": again["state"]})
    assert replayed.json()["code"] in {"portal.refused", "portal.not_started"}
    empty = await campus.finish(kind, await campus.start(kind))
    assert empty.json()["code"] == "portal.refused"
    other = await campus.start("cas" if kind == "portal" else "portal")
    crossed = await campus.finish(kind, other, code="x", ticket="x")
    assert crossed.json()["code"] == "portal.not_started"


async def test_what_the_provider_did_not_sign_for_us_is_refused(campus: Campus) -> None:
    portal, member = campus.portal, await admit(campus.union, name="王芳")
    user = user_of(portal, name="王芳", number=member["document_number"])
    foreign = RSAKey.generate_key(2048, parameters={"kid": "one"})
    public = portal.key.as_pem(private=False)
    rs256 = {"alg": "RS256", "kid": "one"}
    forgeries = {
        "another audience": lambda c: jwt.encode(rs256, {**c, "aud": "somebody"}, portal.key),
        "several audiences": lambda c: jwt.encode(
            rs256, {**c, "aud": ["huzhu", "x"], "azp": "x"}, portal.key
        ),
        "another issuer": lambda c: jwt.encode(rs256, {**c, "iss": "https://evil.example"}, portal.key),
        "another nonce": lambda c: jwt.encode(rs256, {**c, "nonce": "another"}, portal.key),
        "no nonce": lambda c: jwt.encode(rs256, {k: v for k, v in c.items() if k != "nonce"}, portal.key),
        "expired": lambda c: jwt.encode(rs256, {**c, "exp": c["iat"] - 3600}, portal.key),
        "another key": lambda c: jwt.encode(rs256, c, foreign),
        "the public key as a secret": lambda c: with_secret(c, public, kid="one"),
        "no signature": lambda c: unsigned(c, kid="one"),
        "the client's secret": lambda c: with_secret(c, CLIENT_SECRET.encode()),
        "no token": lambda c: "not.a.token",
    }
    for what, forge in forgeries.items():
        portal.forge = forge
        answer = await campus.sign_in("portal", user)
        assert (answer.status_code, answer.json()["code"]) == (401, "portal.refused"), what
    portal.forge = None
    assert (await campus.sign_in("portal", user)).status_code == 200


async def test_a_portal_that_changes_its_keys_is_read_anew(campus: Campus) -> None:
    portal, member = campus.portal, await admit(campus.union, name="王芳")
    user = user_of(portal, name="王芳", number=member["document_number"])
    assert (await campus.sign_in("portal", user)).status_code == 200
    read = portal.asked.count("metadata")
    assert (await campus.sign_in("portal", user)).status_code == 200 and portal.asked.count(
        "metadata"
    ) == read
    portal.key = RSAKey.generate_key(2048, parameters={"kid": "two"})
    assert (await campus.sign_in("portal", user)).status_code == 200
    assert portal.asked.count("metadata") == read + 1


async def test_cas_answers_that_are_none(campus: Campus) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    inside = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    for wrong in (bomb, inside, "<x/>", "not xml", "", "<a>" * 300_000):
        campus.portal.cas_answer = wrong
        answer = await campus.sign_in("cas", user_of(campus.portal, name="王芳"))
        assert (answer.status_code, answer.json()["code"]) == (503, "portal.away"), wrong[:40]


async def test_only_the_packs_hosts_are_called(identity: Client, portal: Portal) -> None:
    base = portal.address.removesuffix("/oidc")
    union = await union_of(
        identity, "bit",
        **{
            "https://id.bit.example/oidc": "http://127.0.0.1:9/oidc",
            "https://id.bit.example/cas": "http://127.0.0.1:9/cas",
        },
    )  # fmt: skip
    away = await union.post("/portals/portal/start", {"kind": "member"})
    assert (away.status_code, away.json()["code"]) == (503, "portal.away")

    from identity.sso.outside import ForeignHost, client_for

    named = union.pack.registration.sign_in.portals[0].model_copy(update={"server": f"{base}/oidc"})
    port = base.rsplit(":", 1)[1]
    async with client_for(named) as http:
        assert (await http.get(f"{base}/elsewhere")).status_code == 200
        for address in (
            f"http://localhost:{port}/elsewhere",
            "http://169.254.169.254/",
            f"https://127.0.0.1:{port}/",
        ):
            with pytest.raises(ForeignHost):
                await http.get(address)


async def test_who_may_set_work_numbers(campus: Campus, other: Union) -> None:
    member = await admit(campus.union)
    body = {"items": [{"person_id": member["person_id"], "work_number": f"X{new_id().hex[-8:]}"}]}
    client = campus.union.client
    assert (await client.send("PUT", "/work-numbers", json=body)).status_code == 401
    assert (await client.send("PUT", "/work-numbers", campus.union.actor("x"), json=body)).status_code == 403
    assert (await client.send("PUT", "/work-numbers", other.actor(MANAGE), json=body)).status_code == 404
    branch = campus.union.actor(MANAGE, org_path="/elsewhere/")
    assert (await client.send("PUT", "/work-numbers", branch, json=body)).status_code == 404


@A01
async def test_no_code_goes_out_for_what_the_union_does_not_offer(campus: Campus, other: Union) -> None:
    for purpose in ("bind", "recover", "register", "sign_in"):
        asked = await campus.union.post("/verification-codes", {"purpose": purpose, "mobile": a_mobile()})
        assert (asked.status_code, asked.json()["code"]) == (403, "registration.not_offered"), purpose
    assert await campus.union.events(VerificationCodeIssued) == []
    recover = await other.post("/verification-codes", {"purpose": "recover", "mobile": a_mobile()})
    assert (recover.status_code, recover.json()["code"]) == (403, "binding.recovery_not_offered")
    assert other.pack.tenant.contact.phone in recover.json()["detail"]
    assert await other.events(VerificationCodeIssued) == []


@A01
async def test_a_union_without_the_portal_has_none(other: Union) -> None:
    answer = await other.post("/portals/portal/start", {"kind": "member"})
    assert (answer.status_code, answer.json()["code"]) == (404, "portal.unknown")
