"""The sandbox's campus portal: CAS 3.0 and OpenID Connect for a local run, and nowhere else (row A.01)."""

import asyncio
import base64
import hashlib
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
import uvicorn

from common.http.mounting import mounted
from common.testing import Client
from identity.ports.make import PortNotSet, make_ports
from identity.settings import IdentitySettings

from .members_of import union_of
from .test_demo import put_demo
from .union import Union, bearer

URL = "http://127.0.0.1:1"
BACK = f"{URL}/api/identity/returns/m/x/portal/"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SOMEBODY = {"subject": "20120001", "name": "田野", "work_number": "20120001"}


@pytest_asyncio.fixture(loop_scope="session")
async def campus(identity: Client, monkeypatch: pytest.MonkeyPatch) -> Union:
    monkeypatch.setattr(identity.context.settings, "portals", "sandbox")
    return await union_of(identity, "bit")


class Served(uvicorn.Server):
    """A server within a test's loop: signals are the tests' own."""

    def capture_signals(self) -> AbstractContextManager[None]:
        return nullcontext()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(campus: Union, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before a real port, on which identity calls its portal as it would call another's."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        monkeypatch.setattr(campus.client.context.settings, "public_url", address)
        app = mounted({"identity": campus.client.app})
        server = Served(uvicorn.Config(app, lifespan="off", log_level="error"))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        headers = {"X-Tenant": campus.code}
        async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False, headers=headers) as http:
            yield http
        server.should_exit = True
        await running


async def came_in(browser: httpx.AsyncClient, portal: str, kind: str, who: str) -> httpx.Response:
    """Sign in through the portal as the demo's person of this name, as the two pages do it."""
    asked = {"kind": kind, "app": "m" if kind == "member" else "console"}
    answer = await browser.post(f"/api/identity/portals/{portal}/start", json=asked)
    assert answer.status_code == 200, answer.text
    started = answer.json()
    page = urlsplit((await browser.get(started["url"])).headers["location"])
    assert page.path == "/sandbox/portal/"
    query = {name: values[0] for name, values in parse_qs(page.query).items()}
    address = f"/api/identity/sandbox/portals/{query.pop('tenant')}/{query.pop('portal')}"
    people = (await browser.get(f"{address}/people")).json()["items"]
    user = next(one for one in people if one["name"] == who)
    user.pop("what")
    back = (await browser.post(f"{address}/logins", json={"user": user, "asked": query})).json()["url"]
    answered = parse_qs(urlsplit((await browser.get(back)).headers["location"]).query)
    body = {"browser_key": started["browser_key"], **{name: values[0] for name, values in answered.items()}}
    return await browser.post(f"/api/identity/portals/{portal}/finish", json=body)


@pytest.mark.feature("A.01")
@pytest.mark.parametrize("portal", ["cas", "portal"])
async def test_each_kind_of_the_demos_people_comes_in(
    campus: Union, browser: httpx.AsyncClient, portal: str
) -> None:
    await put_demo(campus)
    unit = campus.pack.demo.units[0]
    cases = {
        "member": unit.people[0].name,
        "handler": unit.handler_name,
        "staff": campus.pack.demo.staff[0].name,
    }
    for kind, who in cases.items():
        answer = await came_in(browser, portal, kind, who)
        assert answer.status_code == 200, answer.text
        tokens = answer.json()["tokens"]
        assert tokens["account"]["kind"] == kind
        if kind == "member":
            me = (await browser.get("/api/identity/members/me", headers=bearer(tokens))).json()
            assert me["bound"] and me["state"] == "confirmed" and me["unit_name"] == unit.name


def place(union: Union, code: str) -> str:
    return f"/sandbox/portals/{union.code}/{code}"


async def log_in(union: Union, code: str, asked: dict[str, str], **user: Any) -> httpx.Response:
    body = {"user": {**SOMEBODY, **user}, "asked": asked}
    return await union.client.post(f"{place(union, code)}/logins", json=body)


def oidc(**changes: str) -> dict[str, str]:
    return {
        "client_id": "huzhu", "response_type": "code", "redirect_uri": f"{BACK}portal", "state": "s", "nonce": "n",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changes,
    }  # fmt: skip


async def test_sign_in_leads_to_the_page_and_the_demo_people_can_be_chosen(campus: Union) -> None:
    started = (await campus.post("/portals/cas/start", {"kind": "member"})).json()
    assert started["url"].startswith(f"{URL}/api/identity{place(campus, 'cas')}/login?service=")
    published = (
        await campus.client.get(f"{place(campus, 'portal')}/.well-known/openid-configuration")
    ).json()
    assert published["issuer"] == f"{URL}/api/identity{place(campus, 'portal')}"
    ways = {"cas": started["url"], "portal": f"{published['authorization_endpoint']}?state=s&client_id=huzhu"}
    for code, way in ways.items():
        url = urlsplit(way)
        opened = await campus.client.get(f"{url.path.removeprefix('/api/identity')}?{url.query}")
        page = urlsplit(opened.headers["location"])
        assert opened.status_code == 303 and page.path == "/sandbox/portal/" and not page.netloc
        asked = parse_qs(page.query)
        assert asked["tenant"] == [campus.code] and asked["portal"] == [code]
        assert asked["state" if code == "portal" else "service"]
        shown = (await campus.client.get(f"{place(campus, code)}/people")).json()
        demo = campus.pack.demo
        names = [person.name for unit in demo.units for person in unit.people]
        names += [unit.handler_name for unit in demo.units] + [person.name for person in demo.staff]
        assert [one["name"] for one in shown["items"]] == names and len(names) > 10


async def test_a_ticket_is_good_once_and_for_its_service(campus: Union) -> None:
    service = f"{BACK}cas?state=abc"
    went = (await log_in(campus, "cas", {"service": service}, mobile="13911000031")).json()["url"]
    assert went.startswith(f"{service}&ticket=ST-")
    ticket = parse_qs(urlsplit(went).query)["ticket"][0]
    validate = f"{place(campus, 'cas')}/p3/serviceValidate"
    told = await campus.client.get(validate, params={"service": service, "ticket": ticket})
    assert "<cas:user>20120001</cas:user>" in told.text and "<cas:cn>田野</cas:cn>" in told.text
    assert "<cas:employeeNumber>20120001</cas:employeeNumber>" in told.text and "idNumber" not in told.text
    replayed = await campus.client.get(validate, params={"service": service, "ticket": ticket})
    assert "INVALID_TICKET" in replayed.text
    other = parse_qs(urlsplit((await log_in(campus, "cas", {"service": service})).json()["url"]).query)
    crossed = await campus.client.get(validate, params={"service": f"{BACK}x", "ticket": other["ticket"][0]})
    assert "INVALID_TICKET" in crossed.text
    markup = (await log_in(campus, "cas", {"service": service}, name="<b>&")).json()["url"]
    ticket = parse_qs(urlsplit(markup).query)["ticket"][0]
    told = await campus.client.get(validate, params={"service": service, "ticket": ticket})
    assert "<cas:cn>&lt;b&gt;&amp;</cas:cn>" in told.text


async def test_a_code_is_good_once_and_for_who_asked(campus: Union) -> None:
    async def redeem(**changes: str) -> httpx.Response:
        went = (await log_in(campus, "portal", oidc())).json()["url"]
        code = parse_qs(urlsplit(went).query)["code"][0]
        form = {"code": code, "redirect_uri": f"{BACK}portal", "code_verifier": VERIFIER, **changes}
        path = f"{place(campus, 'portal')}/token"
        first = await campus.client.http.post(path, data=form)
        assert (await campus.client.http.post(path, data=form)).status_code == 400, "used up"
        return first

    good = await redeem()
    assert good.status_code == 200 and good.json()["id_token"].count(".") == 2
    for wrong in ({"code_verifier": "w" * 43}, {"redirect_uri": f"{BACK}cas"}, {"code": "x"}):
        assert (await redeem(**wrong)).json()["code"] == "invalid_grant", wrong


async def test_it_sends_nobody_elsewhere(campus: Union) -> None:
    for service in ("https://evil.example/", f"{URL}.evil.example/api/identity/returns/", "", "//x"):
        refused = await log_in(campus, "cas", {"service": service})
        assert (refused.status_code, refused.json()["code"]) == (422, "sandbox.portal_request"), service
    for wrong in ({"client_id": "x"}, {"response_type": "token"}, {"code_challenge": ""},
                  {"code_challenge_method": "plain"}, {"redirect_uri": "https://evil.example/"}):  # fmt: skip
        refused = await log_in(campus, "portal", oidc(**wrong))
        assert refused.json()["code"] == "sandbox.portal_request", wrong


async def test_it_stands_in_for_portals_of_packs_only(campus: Union, union: Union) -> None:
    for path in (
        place(campus, "other"),
        f"/sandbox/portals/{union.code}/cas",
        "/sandbox/portals/nowhere/cas",
    ):
        assert (await campus.client.get(f"{path}/people")).status_code == 404, path


async def test_a_portal_on_this_machine_is_called_itself(
    identity: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity.context.settings, "portals", "sandbox")
    own = await union_of(identity, "bit", **{"https://id.bit.example/cas": "http://127.0.0.1:9/cas"})
    started = (await own.post("/portals/cas/start", {"kind": "member"})).json()
    assert started["url"].startswith("http://127.0.0.1:9/cas/login?service=")
    elsewhere = await own.client.get(f"{place(own, 'portal')}/people")
    assert elsewhere.status_code == 200, "the other one is stood in for"


PARTS = ("people", "login", "p3/serviceValidate", ".well-known/openid-configuration", "jwks", "authorize")


@pytest.mark.parametrize("changed", [{"environment": "production"}, {"portals": "pack"}])
async def test_it_does_not_exist_elsewhere(
    campus: Union, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str]
) -> None:
    assert (await campus.client.get(f"{place(campus, 'cas')}/people")).status_code == 200
    for name, value in changed.items():
        monkeypatch.setattr(campus.client.context.settings, name, value)
    for code in ("cas", "portal"):
        for part in PARTS:
            answer = await campus.client.get(f"{place(campus, code)}/{part}")
            assert (answer.status_code, answer.json()["code"]) == (404, "sandbox.closed"), part
        login = await log_in(campus, code, {"service": f"{BACK}cas"})
        token = await campus.client.post(f"{place(campus, code)}/token")
        assert {login.json()["code"], token.json()["code"]} == {"sandbox.closed"}


def test_no_process_outside_a_local_run_starts_with_it(environment: dict[str, str], identity: Client) -> None:
    redis = identity.context.redis
    with pytest.raises(PortNotSet, match="IDENTITY_PORTALS"):
        make_ports(IdentitySettings(portals="sandbox", environment="production"), redis)
    assert make_ports(IdentitySettings(portals="pack", environment="production"), redis)
