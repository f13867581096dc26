"""Into the member app through a portal of OpenID Connect that runs beside the platform, and what may be refused."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, Page, expect

from ..identity.forgery import unsigned
from .browser import WALK
from .campus import UNION, Campus
from .conftest import Running
from .phone import go, phone, seen

pytestmark = [*WALK, pytest.mark.timeout(600), pytest.mark.feature("A.01")]
BUTTON = "用智慧北理统一门户登录"
AT_THE_PORTAL = re.compile(r"/oidc/authorize\?")


def leave(page: Page) -> str:
    """Leave for the portal by the app's button, and return the state that the app sent along."""
    page.get_by_role("button", name=BUTTON).dblclick()
    page.wait_for_url(AT_THE_PORTAL)
    return httpx.URL(page.url).params["state"]


def choose(page: Page, user: str) -> None:
    page.get_by_role("link", name=user, exact=True).click()


@contextmanager
def someone_at(campus: Campus) -> Iterator[str]:
    """A user of the portal who is one of the union's members."""
    somebody, user = campus.take(), f"u{len(campus.portal.users)}"
    campus.portal.users[user] = {"name": somebody.name, "id_number": somebody.id_number}
    try:
        yield user
    finally:
        campus.portal.forge = None
        campus.portal.away = False


def test_from_the_button_to_the_page_that_was_asked_for(
    running: Running, browser: Browser, campus: Campus
) -> None:
    with someone_at(campus) as user, phone(browser) as page:
        go(running, page, "/me/cards", tenant=UNION)
        leave(page)
        choose(page, user)
        page.get_by_role("heading", name="银行卡").wait_for()
        assert page.evaluate("location.search") == "", "the portal's answer does not stay in the address"
        assert page.evaluate("location.hash") == f"#/{UNION}/me/cards", "where one was going"
        page.reload()
        page.get_by_role("heading", name="银行卡").wait_for()
        # The way back of the browser leads through what is used up: signed in all the same, and never to an error.
        page.go_back()
        page.go_back()
        expect(page.get_by_text("没有登录成功")).to_have_count(0)
        go(running, page, "/me/security", tenant=UNION)
        expect(page.locator("main")).to_contain_text("智慧北理统一门户")
        seen(page, "portal-linked")


def test_whoever_the_portal_names_without_a_number_binds_first(
    running: Running, browser: Browser, campus: Campus
) -> None:
    campus.portal.users["nameless"] = {"name": "无号"}
    with phone(browser) as page:
        go(running, page, "/sign-in", tenant=UNION)
        leave(page)
        choose(page, "nameless")
        page.get_by_role("heading", name="绑定会员").wait_for()
        expect(page.get_by_label("证件号码")).to_be_visible()


def refused(page: Page, because: str, name: str = "") -> None:
    """Nobody is signed in; the page says why, and leads back to the sign-in."""
    page.get_by_role("heading", name="没有登录成功").wait_for()
    expect(page.get_by_role("alert")).to_contain_text(because)
    assert page.evaluate("location.search") == ""
    assert not page.evaluate(f"localStorage.getItem('huzhu.member.session.{UNION}')")
    expect(page.get_by_role("button", name="联系我们")).to_be_visible()
    if name:
        seen(page, name)
    page.get_by_role("button", name="重新登录").click()
    page.get_by_role("button", name=BUTTON).wait_for()


def test_what_the_portal_or_the_way_back_may_refuse(
    running: Running, browser: Browser, campus: Campus
) -> None:
    portal = campus.portal
    with someone_at(campus) as user, phone(browser) as page:
        go(running, page, "/sign-in", tenant=UNION)
        leave(page)
        choose(page, "refuse")
        refused(page, "没有同意登录", "portal-cancelled")

        leave(page)
        page.goto(f"{running.url}/m/?state={'f' * 43}&code=stolen#/{UNION}/portal/portal")
        refused(page, "没有找到这次登录的记录", "portal-forged")

        # Somebody else's answer under a state that is known here uses the start up; so does time.
        state = leave(page)
        spent = httpx.post(
            f"{running.url}/api/identity/portals/portal/finish",
            json={"state": state, "browser_key": "x" * 43, "code": "stolen"},
            headers={"X-Tenant": UNION, "Idempotency-Key": state},
            trust_env=False,
        )
        assert spent.status_code == 401, spent.text
        choose(page, user)
        refused(page, "登录已过期或不是在本设备上发起的")

        stranger = RSAKey.generate_key(2048, parameters={"kid": "one"})
        forgeries: list[Callable[[dict[str, object]], str]] = [
            lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, stranger),
            lambda claims: jwt.encode(
                {"alg": "RS256", "kid": "one"}, {**claims, "nonce": "another"}, portal.key
            ),
            lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, {**claims, "exp": 1}, portal.key),
            unsigned,
        ]
        for forge in forgeries:
            portal.forge = forge
            leave(page)
            choose(page, user)
            refused(page, "统一身份认证没有通过")
        portal.forge = None

        # The portal is away when it is asked whom it meant, and when one wants to go there.
        leave(page)
        page.route(
            "**/portals/portal/finish", lambda route: (setattr(portal, "away", True), route.fallback())
        )
        choose(page, user)
        refused(page, "统一身份认证暂时不可用", "portal-away")
        page.unroute_all()
        portal.away = False
        leave(page)
        choose(page, user)
        page.get_by_role("heading", name="服务", exact=True).wait_for()
