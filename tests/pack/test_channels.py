"""What leaves the platform is checked when a pack is applied: providers' templates, signature, WeChat's fields."""

import ast
from pathlib import Path

import pytest

from common.contracts.pack import MESSAGE_EVENTS, check_pack, load_pack
from common.contracts.pack.faults import Fault
from common.contracts.pack.messages import MESSAGE_AUDIENCES, variables_of

from ..conftest import ROOT
from .packs import CODES, TENANTS, pack_text

pytestmark = pytest.mark.feature("N.01")
SUBMITTED = "  - event: claims.claim_submitted\n"
WECHAT = (
    SUBMITTED + "    to: member\n    channel: wechat\n    text: {zh: 已提交, en: Submitted}\n"
    "    wechat: {template_id: Jk3lQ9wT5xR7bN2mV8cZ1sD4, fields: {thing1: x}}\n"
)
CODE = "{aliyun: {code: SMS_486000001, english: SMS_486000501, variables: [code, minutes, purpose]}"


def faults(union: str, before: str, after: str) -> list[Fault]:
    text = pack_text(union)
    assert before in text
    return list(check_pack(text.replace(before, after, 1)))


@pytest.mark.parametrize(
    ("union", "before", "after", "code", "path"),
    [
        ("wuxi", "variables: [code, minutes, purpose]", "variables: [kode, minutes]", "unknown_variable",
         "messages[0].providers.aliyun.variables"),
        ("wuxi", "variables: [code, minutes, purpose]", "variables: [code, code]", "double_variable",
         "messages[0].providers.aliyun.variables"),
        ("wuxi", CODE + ", tencent", "{tencent", "template_missing", "messages[0].providers"),
        ("wuxi", "  sms_signature: 无锡互助\n", "", "signature_missing", "tenant"),
        ("wuxi", "zh: 【无锡互助】验证码", "zh: 【锡互助】验证码", "signature_differs", "messages[0].text.zh"),
        ("beijing", 'thing1: "{product}"', 'thang1: "{product}"', "unknown_field", "messages["),
        ("beijing", 'thing1: "{product}"', 'thing1: "{produkt}"', "unknown_variable", "messages["),
        ("wuxi", SUBMITTED, WECHAT + SUBMITTED, "no_mini_program", "messages["),
        ("beijing", "SMS_489000001", "SMS 489", "", "messages[0].providers.aliyun.code"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place(union: str, before: str, after: str, code: str, path: str) -> None:
    found = faults(union, before, after)
    assert any(
        fault.path.startswith(path) and code in ("", fault.code) and fault.line > 0 for fault in found
    ), found


def test_a_template_for_whom_the_event_is_never_told_is_a_fault() -> None:
    before = SUBMITTED + "    to: member\n"
    (fault,) = faults("wuxi", before, SUBMITTED + "    to: handler\n")
    assert (fault.code, fault.path.split(".")[-1]) == ("wrong_audience", "to")
    assert "只告知 member" in fault.zh and "handler" in fault.zh


def test_every_event_that_a_pack_may_write_about_is_told() -> None:
    """An event of the catalogue that nothing tells would be a template that nobody ever receives."""
    told = set()
    for path in (ROOT / "services" / "notify" / "notify").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert set(MESSAGE_EVENTS) - told == set()
    assert MESSAGE_EVENTS.keys() == MESSAGE_AUDIENCES.keys()


def test_providers_of_what_is_no_sms_are_refused() -> None:
    inapp = "    channel: inapp\n"
    added = inapp + "    providers: {aliyun: {code: SMS_1}}\n"
    assert any(fault.code == "not_sms" for fault in faults("wuxi", inapp, added))


@pytest.mark.parametrize("code", CODES)
def test_every_sms_of_the_four_unions_can_be_sent_in_both_languages(code: str) -> None:
    pack = load_pack(TENANTS / f"{code}.yaml")
    for message in pack.messages:
        if message.channel != "sms":
            continue
        for provider in message.providers.values():
            assert provider.english is not None
            assert set(provider.variables) == variables_of(message.text.zh), message.event
        assert set(message.providers) == {"aliyun", "tencent"}, message.event


@pytest.mark.parametrize(
    "path", [*(TENANTS / f"{code}.yaml" for code in CODES), ROOT / "examples/donggang.yaml"]
)
def test_whoever_is_asked_to_do_something_is_told_whom_to_call(path: Path) -> None:
    """Who is entered by a roster has no account and may not know the app: the SMS names the union's phone."""
    told = {"claims.payout_failed", "claims.refund_failed", "claims.papers_due", "claims.claim_returned"}
    messages = [one for one in load_pack(path).messages if one.to == "member" and one.channel == "sms"]
    asking = [one for one in messages if one.event in told]
    assert {"claims.payout_failed", "claims.refund_failed"} <= {one.event for one in asking}
    for one in asking:
        for language, text in (("zh", one.text.zh), ("en", one.text.en)):
            assert "hotline" in variables_of(text), (one.event, language)
    (refused,) = (one for one in messages if one.event == "claims.claim_rejected")
    assert "登录，打开这件申请，点“我要申诉”" in refused.text.zh and "sign in to" in refused.text.en
    (failed,) = (one for one in asking if one.event == "claims.payout_failed")
    assert {"tenant_name", "hotline"} <= failed.variables and "没有账号" in failed.text.zh
