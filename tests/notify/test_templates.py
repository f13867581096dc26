"""Templates looked at and previewed, and a pack whose variables are wrong is refused by place."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from common import clock
from common.contracts.pack import check_pack
from common.events.models import TenantPackCopy
from common.testing import Client, TestTenant
from notify.templates.rules import SAMPLES

from ..pack.packs import pack_text
from .conftest import Place

MANAGE = "notify.template.manage"
CODE = {"event": "identity.sms_code", "to": "applicant", "channel": "sms"}


@pytest.mark.feature("C.08")
async def test_a_preview_with_sample_and_own_values(place: Place) -> None:
    editor = place.client.mint.actor(place.tenant, MANAGE)
    shown = (await place.client.post("/templates/preview", editor, json=CODE)).json()
    assert shown["text"] == "【无锡互助】验证码482913，5分钟内有效，用于登录，请勿告诉他人。"
    assert (shown["sms_parts"], shown["characters"]) == (1, len(shown["text"]))
    english = (await place.client.post("/templates/preview", editor, json=CODE | {"language": "en"})).json()
    assert "Your code is 482913" in english["text"]
    own = CODE | {"text": "验证码{code}（{hotline}）", "values": {"code": "000111"}}
    assert (
        (await place.client.post("/templates/preview", editor, json=own))
        .json()["text"]
        .startswith("验证码000111（0510")
    )
    for text, code in (
        ("验证码{kode}", "template.variable_unknown"),
        ("验证码{", "template.brace_alone"),
        ("{code}}，", "template.brace_alone"),
    ):
        wrong = await place.client.post("/templates/preview", editor, json=CODE | {"text": text})
        assert (wrong.status_code, wrong.json()["code"]) == (422, code)
    for changes in ({"event": "nobody.knows"}, {"channel": "inapp"}, {"event": "nobody.knows", "text": "x"}):
        assert (await place.client.post("/templates/preview", editor, json=CODE | changes)).status_code == 404


async def test_every_template_of_the_pack_can_be_previewed(place: Place) -> None:
    editor = place.client.mint.actor(place.tenant, MANAGE)
    listed = (await place.client.get("/templates", editor)).json()
    assert listed["pack_version"] == place.tenant.pack.version
    assert len(listed["items"]) == len(place.tenant.pack.messages)
    for item in listed["items"]:
        body = {"event": item["event"], "to": item["to"], "channel": item["channel"]}
        shown = await place.client.post("/templates/preview", editor, json=body)
        assert shown.status_code == 200 and "{" not in shown.json()["text"], item
    one = (await place.client.get("/templates", editor, params={"event": "identity.sms_code"})).json()[
        "items"
    ]
    assert {item["event"] for item in one} == {"identity.sms_code"} and set(one[0]["variables"]) >= {
        "code",
        "hotline",
    }
    assert SAMPLES


async def test_how_a_template_changed_from_version_to_version(place: Place) -> None:
    pack = place.tenant.pack
    changed = tuple(
        message.model_copy(update={"text": message.text.model_copy(update={"zh": "新的验证码{code}"})})
        if message.event == "identity.sms_code"
        else message
        for message in pack.messages
    )
    newer = [
        pack.model_copy(update={"version": 2}),
        pack.model_copy(update={"version": 3, "messages": changed}),
    ]
    async with place.client.context.db.transaction(place.tenant.id) as session:
        for one in newer:
            session.add(
                TenantPackCopy(
                    tenant_id=place.tenant.id, version=one.version, pack=one.to_dict(),
                    effective_from=clock.now() + timedelta(days=one.version),
                )
            )  # fmt: skip
    editor = place.client.mint.actor(place.tenant, MANAGE)
    found = (await place.client.get("/templates/history", editor, params=CODE)).json()["items"]
    assert [item["pack_version"] for item in found] == [3, pack.version]
    assert found[0]["text_zh"] == "新的验证码{code}"
    none = await place.client.get("/templates/history", editor, params=CODE | {"channel": "wechat"})
    assert none.json()["items"] == []


async def test_anonymous_unpermitted_and_another_union(
    place: Place, notify: Client, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    requests = (
        ("GET", "/templates", None),
        ("POST", "/templates/preview", CODE),
        ("GET", "/templates/history", None),
    )
    for actor, status in ((None, 401), (notify.mint.actor(place.tenant, "notify.message.read"), 403)):
        for method, path, body in requests:
            answer = await notify.send(method, path, actor, json=body, params=None if body else CODE)
            assert answer.status_code == status, path
    from common.contracts.pack import load_pack

    from .desk import TENANTS

    other = await new_tenant(notify.context, pack=load_pack(TENANTS / "bit.yaml"))
    shown = await notify.post("/templates/preview", notify.mint.actor(other, MANAGE), json=CODE)
    assert "无锡" not in shown.text


@pytest.mark.feature("N.01")
@pytest.mark.parametrize(
    ("wrong", "place", "word"),
    [
        ("验证码{kode}", "messages[0].text", "kode"),
        ("验证码{", "messages[0].text", "大括号"),
    ],
)
def test_a_pack_with_a_wrong_variable_names_the_place(wrong: str, place: str, word: str) -> None:
    text = pack_text("wuxi").replace("验证码{code}", wrong, 1)
    (fault,) = check_pack(text)
    assert fault.path.startswith(place) and word in fault.zh and fault.line > 1


def test_a_wechat_template_is_needed_for_its_channel_and_its_fields_are_checked() -> None:
    template = """  - event: claims.payout_completed
    to: member
    channel: wechat
    text: {zh: "到账{amount}元", en: "{amount}"}
"""
    text = pack_text("beijing").replace("\ncatalogue:", template + "\ncatalogue:", 1)
    assert any("wechat" in fault.zh for fault in check_pack(text))
    fields = '    wechat: {template_id: abcdefghijklmnopqrstuvwx, fields: {thing1: "{produkt}"}}\n'
    wrong = pack_text("beijing").replace("\ncatalogue:", template + fields + "\ncatalogue:", 1)
    assert [fault for fault in check_pack(wrong) if "produkt" in fault.zh]
