"""Content from draft to withdrawal: what readers see, when, and who may change it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from common import clock
from common.auth import ActorKind
from common.testing import TestTenant

from .desk import DRAFT, MANAGE, Desk, desk, sown

__all__ = ["desk", "sown"]


@pytest.mark.feature("B.11")
async def test_a_draft_is_published_changed_and_withdrawn(desk: Desk) -> None:
    draft = await desk.write()
    assert (draft["state"], draft["revision"], draft["live_revision"]) == ("draft", 1, None)
    assert await desk.listed() == []
    live = await desk.done(draft, "publish", {})
    assert live["state"] == "published"
    (shown,) = await desk.listed(kind="announcement")
    assert shown["title"] == DRAFT["title_zh"] and shown["excerpt"] == "窗口放假三天，线上照常受理。"
    changed = (await desk.edit(live, body_zh="<p>窗口放假<i>四</i>天。</p>")).json()
    assert changed["has_unpublished"] and changed["revision"] == 2
    assert "三天" in (await desk.article(live["id"])).json()["body"], "until it is published"
    again = await desk.done(changed, "publish", {})
    assert "四" in (await desk.article(live["id"])).json()["body"]
    assert again["live_from"] == live["live_from"], "an edit does not date it anew"
    gone = await desk.done(again, "withdraw")
    assert gone["state"] == "withdrawn" and await desk.listed() == []
    assert (await desk.article(live["id"])).status_code == 404
    assert (await desk.act(gone, "withdraw")).json()["code"] == "content.not_published"
    assert (await desk.done(gone, "publish", {}))["state"] == "published", "withdrawn by mistake"


@pytest.mark.feature("B.11")
async def test_a_text_appears_at_its_time_and_the_old_one_stays_until_then(desk: Desk) -> None:
    later = clock.now() + timedelta(hours=2)
    planned = await desk.done(await desk.write(), "publish", {"at": later.isoformat()})
    assert planned["state"] == "scheduled" and await desk.listed() == []
    answer = await desk.client.get("/contents", desk.staff, params={"state": "scheduled"})
    assert [item["id"] for item in answer.json()["items"]] == [planned["id"]]
    with clock.set_to(later + timedelta(seconds=1)):
        assert len(await desk.listed()) == 1
        now_live = (await desk.client.get(f"/contents/{planned['id']}", desk.staff)).json()
        assert now_live["state"] == "published"
        changed = (await desk.edit(now_live, title_zh="更新后的安排")).json()
        tomorrow = later + timedelta(days=1)
        await desk.done(changed, "publish", {"at": tomorrow.isoformat()})
        assert (await desk.listed())[0]["title"] == DRAFT["title_zh"]
    with clock.set_to(tomorrow + timedelta(seconds=1)):
        assert (await desk.listed())[0]["title"] == "更新后的安排"


@pytest.mark.feature("B.11")
async def test_a_time_without_a_zone_is_refused_in_words(desk: Desk) -> None:
    draft = await desk.write()
    for at, words in (("2026-12-24T09:00:00", "时区"), ("明天", "时间格式"), (True, "时间格式")):
        refused = await desk.act(draft, "publish", {"at": at})
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["field"]) == (422, "at") and words in error["message"], error


@pytest.mark.feature("B.11")
async def test_each_change_is_kept_with_who_made_it_and_can_be_restored(desk: Desk) -> None:
    content = await desk.done(await desk.write(), "publish", {})
    content = (await desk.edit(content, title_zh="第二稿", note="改标题")).json()
    path = f"/contents/{content['id']}/revisions"
    found = (await desk.client.get(path, desk.staff)).json()["items"]
    assert [(r["number"], r["author"], r["note"], r["shown"]) for r in found] == [
        (2, "xuanchuan1", "改标题", False),
        (1, "xuanchuan1", None, True),
    ]
    back = await desk.done(content, "revisions/1/restore")
    assert (back["revision"], back["title_zh"]) == (3, DRAFT["title_zh"])
    assert (await desk.act(back, "revisions/9/restore")).status_code == 404


@pytest.mark.feature("B.11")
async def test_pinned_ones_first_then_the_order_then_the_newest(desk: Desk) -> None:
    made = []
    for title in ("甲", "乙", "丙", "丁"):
        made.append(await desk.done(await desk.write(title_zh=title), "publish", {}))
    assert [item["title"] for item in await desk.listed()] == ["丁", "丙", "乙", "甲"]
    await desk.done(made[0], "pin", {"pinned": True})
    ids = [made[2]["id"], made[1]["id"]]
    answer = await desk.client.send(
        "PUT", "/contents/order", desk.staff, json={"kind": "announcement", "ids": ids}
    )
    assert answer.json() == {"ordered": 2}
    first = await desk.client.get("/articles", tenant=desk.tenant.code, params={"limit": 3})
    rest = await desk.client.get(
        "/articles", tenant=desk.tenant.code, params={"limit": 3, "cursor": first.json()["next_cursor"]}
    )
    pages = [*first.json()["items"], *rest.json()["items"]]
    assert [item["title"] for item in pages] == ["甲", "丙", "乙", "丁"] and rest.json()[
        "next_cursor"
    ] is None
    wrong = await desk.client.send("PUT", "/contents/order", desk.staff, json={"kind": "help", "ids": ids})
    assert wrong.json()["code"] == "content.order_wrong"


@pytest.mark.feature("B.11")
async def test_html_is_cleaned_and_an_empty_text_refused(desk: Desk) -> None:
    nasty = (
        '<script>steal()</script><p onclick="x()">好<a href="javascript:x()">链</a></p>'
        '<img src="https://elsewhere.example/a.png"><iframe src="//x"></iframe><style>p{}</style>'
    )
    body = (await desk.write(body_zh=nasty))["body_zh"]
    assert not any(
        word in body for word in ("script", "onclick", "javascript", "elsewhere", "iframe", "style")
    )
    assert "好" in body and "链" in body
    answer = await desk.client.post(
        "/contents/preview",
        desk.staff,
        json={"title_zh": "x", "body_zh": "**粗** <b>x</b>", "format": "markdown"},
    )
    assert answer.json()["body_zh"] == "<p><strong>粗</strong> &lt;b&gt;x&lt;/b&gt;</p>"
    blank = await desk.client.post("/contents", desk.staff, json=DRAFT | {"body_zh": "<script>x</script> "})
    assert (blank.status_code, blank.json()["code"]) == (422, "content.body_blank")
    product = await desk.client.post("/contents", desk.staff, json=DRAFT | {"product": "unknown"})
    assert product.json()["code"] == "content.product_unknown"


async def test_a_stale_edit_a_missing_version_and_a_second_publication_are_refused(desk: Desk) -> None:
    content = await desk.write()
    assert (await desk.edit(content)).status_code == 200
    assert (await desk.edit(content)).status_code == 412
    assert (await desk.client.send("PUT", f"/contents/{content['id']}", desk.staff, json={})).status_code in (
        422,
        428,
    )
    content = (await desk.client.get(f"/contents/{content['id']}", desk.staff)).json()
    live = await desk.done(content, "publish", {})
    assert (await desk.act(live, "publish", {})).json()["code"] == "content.nothing_new"
    headers = {"If-Match": str(live["version"])}
    kept = await desk.client.send("DELETE", f"/contents/{live['id']}", desk.staff, headers=headers)
    assert kept.json()["code"] == "content.was_published"
    draft = await desk.write()
    headers = {"If-Match": str(draft["version"])}
    gone = await desk.client.send("DELETE", f"/contents/{draft['id']}", desk.staff, headers=headers)
    assert gone.status_code == 204
    assert (await desk.client.get(f"/contents/{draft['id']}", desk.staff)).status_code == 404


@pytest.mark.feature("B.11", "E.09")
async def test_search_finds_chinese_words_and_latin_beginnings(desk: Desk) -> None:
    await desk.done(
        await desk.write(body_zh="<p>住院津贴按天给付，CT 检查</p>", title_zh="津贴"), "publish", {}
    )
    await desk.done(
        await desk.write(title_zh="报销", body_zh="<p>医院住一天</p>", title_en="Reimbursement"),
        "publish",
        {},
    )
    for query, found in (("住院", 1), ("津贴 给付", 1), ("院住", 1), ("reimb", 1), ("CT", 1), ("住", 2), ("给院", 0),
                         ("%", 0), ("住院 报销", 0)):  # fmt: skip
        assert len(await desk.listed(q=query)) == found, query
    staff = await desk.client.get("/contents", desk.staff, params={"q": "津贴"})
    assert len(staff.json()["items"]) == 1


@pytest.mark.feature("B.11")
async def test_who_it_is_for(desk: Desk) -> None:
    await desk.done(await desk.write(title_zh="给会员", audience=["member"]), "publish", {})
    await desk.done(await desk.write(title_zh="给经办人", audience=["handler"]), "publish", {})
    await desk.done(await desk.write(title_zh="给大家"), "publish", {})
    member = desk.client.mint.actor(desk.tenant, kind=ActorKind.MEMBER)
    handler = desk.client.mint.actor(desk.tenant, kind=ActorKind.HANDLER)
    assert {item["title"] for item in await desk.listed()} == {"给大家"}
    assert {item["title"] for item in await desk.listed(member)} == {"给大家", "给会员"}
    assert {item["title"] for item in await desk.listed(handler)} == {"给大家", "给经办人"}
    assert (await desk.client.get("/articles")).status_code == 401
    assert (await desk.client.get("/articles", tenant="nobody")).status_code == 404
    headers = {"Authorization": f"Bearer {desk.client.mint.token(member, issued_at=1)}"}
    assert (await desk.client.get("/articles", headers=headers, tenant=desk.tenant.code)).status_code == 401
    categories = await desk.client.get("/articles/categories", tenant=desk.tenant.code)
    assert categories.json() == {"items": [{"category": "通知", "title": "通知", "articles": 1}]}
    await desk.done(await desk.write(title_zh="自拟栏目的文章", category="本会动态"), "publish", {})
    english = {"tenant": desk.tenant.code, "headers": {"Accept-Language": "en"}}
    titles = (await desk.client.get("/articles/categories", **english)).json()["items"]
    assert {one["category"]: one["title"] for one in titles} == {"通知": "Notices", "本会动态": "本会动态"}
    listed = (await desk.client.get("/articles", **english)).json()["items"]
    assert {one["category_title"] for one in listed} == {"Notices", "本会动态"}


async def test_anonymous_unpermitted_branch_and_foreign_staff_change_nothing(
    desk: Desk, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    content = await desk.write()
    mint, foreign = desk.client.mint, await new_tenant(desk.client.context)
    callers = (
        (None, 401, "auth.not_signed_in"),
        (mint.actor(desk.tenant, "notify.message.read"), 403, "auth.not_permitted"),
        (mint.actor(desk.tenant, MANAGE, org_path="/binhu/"), 403, "content.whole_union_only"),
        (mint.actor(foreign, MANAGE), 404, "resource.not_found"),
    )
    headers = {"If-Match": str(content["version"])}
    one = f"/contents/{content['id']}"
    edit = {name: value for name, value in DRAFT.items() if name != "kind"}
    requests: list[tuple[str, str, Any]] = [
        ("GET", one, None), ("PUT", one, edit), ("DELETE", one, None), ("GET", f"{one}/revisions", None),
        ("POST", f"{one}/publish", {}), ("POST", f"{one}/withdraw", None), ("POST", f"{one}/pin", {"pinned": True}),
        ("POST", f"{one}/revisions/1/restore", None),
    ]  # fmt: skip
    for actor, status, code in callers:
        for method, path, body in requests:
            answer = await desk.client.send(method, path, actor, json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (status, code), (method, path)
        if status == 404:
            continue
        for method, path, body in (
            ("GET", "/contents", None), ("POST", "/contents", DRAFT), ("POST", "/contents/preview", edit),
            ("PUT", "/contents/order", {"kind": "help", "ids": []}),
        ):  # fmt: skip
            sent = {
                name: value
                for name, value in (body or {}).items()
                if (path, name) != ("/contents/preview", "category")
            }
            answer = await desk.client.send(method, path, actor, json=sent or None)
            assert (answer.status_code, answer.json()["code"]) == (status, code), (method, path)
    theirs = await desk.client.get("/contents", mint.actor(foreign, MANAGE))
    assert theirs.json()["items"] == []
    assert (await desk.client.get(f"/articles/{content['id']}", tenant=foreign.code)).status_code == 404
