"""Where money goes is changed only by who has just proved the mobile (docs/adr/0033; rows E.02, E.11)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from common.auth import ActorKind
from common.auth.confirmed import FRESH
from common.clock import now
from common.db import unscoped
from identity.accounts.models import SignInSession

from .members_of import bound
from .on_file import CARD, OTHER_CARD, OWN, beijing, call
from .test_accounts import own_code
from .union import Union, bearer

__all__ = ["beijing"]
pytestmark = pytest.mark.feature("E.02", "E.11")
NEW = {"card_number": CARD, "bank_name": "工商银行"}
OTHER = {"card_number": OTHER_CARD, "bank_name": "农业银行"}


async def later(union: Union, who: dict[str, Any], *, by: timedelta) -> dict[str, Any]:
    """Return who they are so long after they have proved it, with the tokens of a refresh."""
    statement = update(SignInSession).where(SignInSession.tenant_id == union.id)
    async with union.client.context.db.transaction(union.id) as session:
        await session.execute(
            unscoped(statement.values(confirmed_at=now() - by), why="time goes by in every session")
        )
    return await refreshed(union, who)


async def refreshed(union: Union, who: dict[str, Any]) -> dict[str, Any]:
    answer = await union.post("/sessions/refresh", {"refresh_token": who["tokens"]["refresh_token"]})
    assert answer.status_code == 200, answer.text
    return {**who, "tokens": answer.json()}


async def confirm(union: Union, who: dict[str, Any], code: str, **headers: str) -> Any:
    return await union.client.send(
        "POST", "/sessions/confirm", headers=bearer(who["tokens"]) | headers, json={"code": code}
    )


def refused(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, "auth.confirmation_needed")


async def test_a_card_asks_for_a_code_once_the_sign_in_is_older_than_one(beijing: Union) -> None:
    who = await bound(beijing)
    fresh = await later(beijing, who, by=FRESH - timedelta(minutes=1))
    assert (await call(beijing, fresh, "POST", "bank-cards", NEW)).status_code == 201
    stale = await later(beijing, fresh, by=FRESH + timedelta(seconds=1))
    wrong = await call(beijing, stale, "POST", "bank-cards", {**OTHER, "card_number": OTHER_CARD[:-1] + "9"})
    assert wrong.status_code == 422, "what is wrong with the card is said before a code is asked for"
    answer = await call(beijing, stale, "POST", "bank-cards", OTHER)
    assert refused(answer) and "短信验证码" in answer.json()["detail"]
    assert len((await call(beijing, stale, "GET", "bank-cards")).json()["items"]) == 1
    bad = await confirm(beijing, stale, "000000")
    assert bad.json()["code"] == "code.not_sent"
    code = await own_code(beijing, stale["tokens"], "confirm")
    assert (await confirm(beijing, stale, "1")).json()["code"] == "code.wrong"
    key = {"Idempotency-Key": "confirm-once"}
    done = await confirm(beijing, stale, code, **key)
    assert done.status_code == 200, done.text
    assert (await confirm(beijing, stale, code, **key)).json() == done.json(), (
        "a lost answer is asked for again"
    )
    assert (await confirm(beijing, stale, code)).json()["code"] == "code.used"
    assert refused(await call(beijing, stale, "POST", "bank-cards", OTHER)), "the old token says nothing new"
    confirmed = await refreshed(beijing, stale)
    assert (await call(beijing, confirmed, "POST", "bank-cards", OTHER)).status_code == 201


async def test_another_default_asks_for_a_code_and_a_new_name_of_the_bank_does_not(beijing: Union) -> None:
    who = await bound(beijing)
    first = (await call(beijing, who, "POST", "bank-cards", NEW)).json()
    second = (await call(beijing, who, "POST", "bank-cards", OTHER)).json()
    stale = await later(beijing, who, by=timedelta(hours=1))
    named = {"bank_name": "农业银行北京分行", "is_default": False}
    renamed = await call(beijing, stale, "PUT", f"bank-cards/{second['id']}", named, second["version"])
    assert renamed.status_code == 200, renamed.text
    version = renamed.json()["version"]
    chosen = {**named, "is_default": True}
    assert refused(await call(beijing, stale, "PUT", f"bank-cards/{second['id']}", chosen, version))
    gone = await call(beijing, stale, "DELETE", f"bank-cards/{first['id']}", version=first["version"])
    assert refused(gone), "the other card would be paid on"
    gone = await call(beijing, stale, "DELETE", f"bank-cards/{second['id']}", version=version)
    assert gone.status_code == 204
    gone = await call(beijing, stale, "DELETE", f"bank-cards/{first['id']}", version=first["version"])
    assert gone.status_code == 204, "no card at all pays nobody else"


async def test_one_session_confirms_for_itself_alone(beijing: Union) -> None:
    who = await bound(beijing)
    code = await beijing.code_for(who["mobile"], "sign_in", account_kind="member")
    tokens = (await beijing.post("/sessions/member", {"mobile": who["mobile"], "code": code})).json()
    here = await later(beijing, who, by=timedelta(hours=1))
    there = await refreshed(beijing, {**who, "tokens": tokens})
    code = await own_code(beijing, here["tokens"], "confirm")
    other = await own_code(beijing, here["tokens"], "unbind")
    assert (await confirm(beijing, here, other)).json()["code"] in {"code.wrong", "code.other_purpose"}
    assert (await confirm(beijing, here, code)).status_code == 200
    there = await refreshed(beijing, there)
    assert refused(await call(beijing, there, "POST", "bank-cards", NEW))
    here = await refreshed(beijing, here)
    assert (await call(beijing, here, "POST", "bank-cards", NEW)).status_code == 201


async def test_who_may_confirm(beijing: Union) -> None:
    who = await bound(beijing)
    anonymous = await beijing.client.send("POST", "/sessions/confirm", json={"code": "123456"})
    assert anonymous.status_code == 401
    staff = await beijing.client.post("/sessions/confirm", beijing.actor(), json={"code": "123456"})
    assert staff.status_code == 403
    elsewhere = beijing.actor(OWN, kind=ActorKind.MEMBER, id=who["account_id"], person_id=who["person_id"])
    unknown = await beijing.client.post("/sessions/confirm", elsewhere, json={"code": "123456"})
    assert unknown.status_code == 404, "a session of nobody's"
