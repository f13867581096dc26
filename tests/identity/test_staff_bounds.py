"""What a staff account may do before its password is its own, and whom a branch's manager may touch (row D.01)."""

from typing import Any
from uuid import UUID

import pytest

from common.auth import ActorKind
from common.ids import new_id
from identity.accounts.models import Account

from .offices import Office
from .test_staff import MANAGE, PASSWORD, made, signed_in
from .union import Union, a_mobile, bearer

pytestmark = pytest.mark.feature("D.01")
NEW = "battery staple 9"


async def amend(union: Union, actor: Any, account: dict[str, Any], **fields: Any) -> Any:
    headers = {"If-Match": str(account["version"])}
    return await union.client.send("PATCH", f"/staff/{account['id']}", actor, headers=headers, json=fields)


async def test_while_the_password_is_due_there_is_only_ones_own_profile(union: Union) -> None:
    await made(union, password_due=True)
    tokens = await signed_in(union)
    headers = bearer(tokens)
    assert tokens["account"]["password_due"] and tokens["account"]["roles"] == []
    assert (await union.client.get("/units", headers=headers)).status_code == 403
    me = (await union.client.get("/staff/me", headers=headers)).json()
    assert me["password_due"] and me["role_titles"] == ["后台审核"]
    body = {"current": PASSWORD, "new": NEW}
    changed = await union.client.send("PUT", "/staff/me/password", headers=headers, json=body)
    assert changed.json()["password_due"] is False
    again = await union.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
    assert again.json()["account"]["roles"] == ["reviewer"] and not again.json()["account"]["password_due"]
    assert (await union.client.get("/units", headers=bearer(again.json()))).status_code == 200


async def test_a_changed_password_ends_the_other_sessions(union: Union) -> None:
    await made(union)
    here, elsewhere = await signed_in(union), await signed_in(union)
    body = {"current": PASSWORD, "new": NEW}
    await union.client.send("PUT", "/staff/me/password", headers=bearer(here), json=body)
    ended = await union.client.get("/staff/me", headers=bearer(elsewhere))
    assert ended.json()["code"] == "auth.session_ended"
    again = await union.post("/sessions/refresh", {"refresh_token": elsewhere["refresh_token"]})
    assert again.status_code == 401
    assert (await union.client.get("/staff/me", headers=bearer(here))).status_code == 200


async def test_a_branchs_manager_does_not_touch_who_reaches_further(office: Office) -> None:
    branch = office.actor(MANAGE, org_path="/chaoyang/")
    wide = await made(office, user_name="chief9", roles=["member_clerk"], branch="chaoyang")
    within = await made(office, roles=["agency"], branch="chaoyang", mobile=a_mobile())
    path = f"/staff/{wide['id']}"
    answers = [
        await amend(office, branch, wide, mobile=a_mobile()),
        await office.client.post(f"{path}/invitation", branch),
        await office.client.post(f"{path}/second-factor/reset", branch),
        await office.client.post(f"{path}/close", branch, json={"reason": "已离职"}),
    ]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(403, "staff.too_wide")] * 4
    assert (await amend(office, office.actor(MANAGE), wide, mobile=a_mobile())).status_code == 200
    assert (await amend(office, branch, within, mobile=a_mobile())).status_code == 200


async def test_a_handlers_account_is_not_amended_as_staff(office: Office) -> None:
    keys = await office.keys()
    sealed = keys.sealed(a_mobile(), context="person.mobile", kind="mobile")
    account_id, unit_id = new_id(), await office.unit()
    async with office.client.context.db.transaction(office.id) as session:
        session.add(
            Account(
                tenant_id=office.id, id=account_id, kind=ActorKind.HANDLER, user_name="handler9", password_hash="!",
                mobile_sealed=sealed.ciphertext, mobile_index=sealed.index, roles=["handler"], unit_id=UUID(unit_id),
            )
        )  # fmt: skip
    account = {"id": str(account_id), "version": 1}
    refused = await amend(office, office.actor(MANAGE), account, roles=["admin"])
    assert (refused.status_code, refused.json()["code"]) == (409, "staff.handlers_account")
