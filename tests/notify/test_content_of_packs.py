"""Content that comes with a union's pack, and what staff make of it."""

from typing import Any

import pytest

from common.auth import ActorKind
from notify.content.sowing import sow_content

from .desk import desk, sown

__all__ = ["desk", "sown"]


@pytest.mark.feature("B.11")
@pytest.mark.parametrize(
    ("code", "words"),
    [("how-to-join", "参加"), ("critical-guide", "病理报告"), ("criteria", "轻度"), ("contact", "0571")],
)
async def test_the_help_pages_of_the_province_are_there_in_both_languages(
    sown: Any, code: str, words: str
) -> None:
    zhejiang = await sown("zhejiang")
    page = (await zhejiang.article(code)).json()
    assert words in page["body"] and page["kind"] == "help" and page["language"] == "zh"
    english = (await zhejiang.article(code, headers={"Accept-Language": "en"})).json()
    assert english["language"] == "en" and english["title"] != page["title"]


@pytest.mark.feature("C.01", "C.13")
async def test_the_guide_for_handlers_is_read_before_signing_in(sown: Any) -> None:
    wuxi = await sown("wuxi")
    page = (await wuxi.article("handler-guide")).json()
    assert "花名册" in page["body"] and page["kind"] == "help"


@pytest.mark.feature("B.11")
async def test_what_staff_edited_wins_over_a_later_pack(sown: Any) -> None:
    zhejiang = await sown("zhejiang")
    await sow_content(zhejiang.client.context, zhejiang.tenant.id)
    items = (await zhejiang.client.get("/contents", zhejiang.staff, params={"limit": 200})).json()["items"]
    assert len(items) == len({item["code"] for item in items}) == len(zhejiang.tenant.pack.content)
    by_code = {item["code"]: item for item in items}
    assert by_code["contact"]["author"] == "pack"
    edited = (await zhejiang.edit(by_code["contact"], title_zh="联系我们（新址）")).json()
    await zhejiang.done(edited, "publish", {})
    await zhejiang.done(by_code["criteria"], "withdraw")
    pack = zhejiang.tenant.pack
    changed = [
        article.model_copy(
            update={"title": article.title.model_copy(update={"zh": f"{article.title.zh}（二版）"})}
        )
        for article in pack.content
        if article.code != "notice-online"
    ]
    from notify.content.repository import ContentRepository
    from notify.content.sowing import sow

    newer = pack.model_copy(update={"content": tuple(changed)})
    async with zhejiang.client.context.db.transaction(zhejiang.tenant.id) as session:
        await sow(session, ContentRepository(session, zhejiang.tenant.id), newer, pack.version + 1)
    assert (await zhejiang.article("how-to-join")).json()["title"] == "如何参与医疗互助（二版）"
    assert (await zhejiang.article("contact")).json()["title"] == "联系我们（新址）"
    assert (await zhejiang.article("criteria")).status_code == 404, "withdrawn by staff"
    assert (await zhejiang.article("notice-online")).status_code == 404, "no longer in the pack"


@pytest.mark.feature("E.08")
async def test_introductions_by_kind_of_programme(sown: Any) -> None:
    beijing = await sown("beijing")
    contribution = await beijing.listed(kind="introduction", programme="contribution")
    public = await beijing.listed(kind="introduction", programme="public_benefit")
    assert {item["product"] for item in contribution} == {"inpatient", "critical-illness", "women-special"}
    assert [item["product"] for item in public] == ["public-accident"]
    assert {item["programme"] for item in contribution} == {"contribution"}
    detail = (await beijing.article(contribution[0]["code"])).json()
    assert "元" in detail["body"]
    refused = await beijing.client.get("/articles", tenant=beijing.tenant.code, params={"programme": "other"})
    assert refused.status_code == 422


@pytest.mark.feature("E.09")
async def test_health_articles_and_activity_news_are_lists(sown: Any) -> None:
    beijing = await sown("beijing")
    for kind in ("health", "news"):
        found = await beijing.listed(kind=kind)
        assert found and {item["kind"] for item in found} == {kind}
        assert (await beijing.article(found[0]["id"])).json()["body"].startswith("<p>")
    assert (
        await beijing.client.get("/articles", tenant=beijing.tenant.code, params={"kind": "x"})
    ).status_code == 422
    assert (await beijing.article("nothing-like-this")).status_code == 404


@pytest.mark.feature("C.13")
async def test_the_programme_page_and_the_frequent_questions(sown: Any) -> None:
    wuxi = await sown("wuxi")
    (introduction,) = await wuxi.listed(kind="introduction", product="three-in-one")
    assert "120 元" in (await wuxi.article(introduction["code"])).json()["body"]
    handler = wuxi.client.mint.actor(wuxi.tenant, kind=ActorKind.HANDLER)
    questions = await wuxi.listed(handler, kind="faq")
    assert len(questions) >= 4 and any("不可参保" in item["title"] for item in questions)
    assert not any(item["code"] == "faq-upload" for item in await wuxi.listed(kind="faq")), (
        "for handlers only"
    )
