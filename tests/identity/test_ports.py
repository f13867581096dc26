"""Tencent's Faceid by its SDK and WeChat's code2session, against stand-ins that check signatures (rows E.01, E.02)."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from common.ids import new_id
from common.testing import Client
from identity.ports.interface import (
    CardAsked,
    FaceAsked,
    VerificationAway,
    VerificationRefused,
    WeChatCodeInvalid,
)
from identity.ports.make import Nobody, PortNotSet, make_ports
from identity.ports.tencent import TencentFaceid
from identity.ports.wechat import WeChat
from identity.settings import IdentitySettings

from ..vendor_servers import SECRET_ID, SECRET_KEY, Vendor, vendor

FACE = FaceAsked(
    new_id(), new_id(), "李梅", "resident_id", "11010519491231002X", "https://x.example/m/bind/1"
)
CARD = CardAsked(new_id(), new_id(), "李梅", "11010519491231002X", "6222021234567890128", "13800001234")


@pytest.fixture
def stand_in(environment: dict[str, str]) -> Iterator[Vendor]:
    with vendor() as running:
        yield running


def faceid(stand_in: Vendor, **more: Any) -> TencentFaceid:
    return TencentFaceid(settings(stand_in, **more))


def settings(stand_in: Vendor, **more: Any) -> IdentitySettings:
    return IdentitySettings(
        tencent_secret_id=SECRET_ID, tencent_secret_key=SECRET_KEY, tencent_faceid_endpoint=stand_in.host,
        tencent_protocol="http", tencent_faceid_rule="7", provider_timeout_seconds=4, **more,
    )  # fmt: skip


async def test_a_face_verification_is_opened_and_asked_for(stand_in: Vendor) -> None:
    stand_in.answer = lambda action, values: {
        "Response": {"Url": "https://faceid.example/x", "BizToken": "B1"}
    }
    started = await faceid(stand_in).begin(FACE)
    assert (started.url, started.token) == ("https://faceid.example/x", "B1")
    action, values = stand_in.asked[0]
    assert action == "DetectAuth" and values["IdCard"] == FACE.document_number and values["RuleId"] == "7"
    assert values["Extra"] == str(FACE.reference) and values["RedirectUrl"] == FACE.return_url
    for text, verdict in (
        ({"ErrCode": 0}, "passed"),
        ({"ErrCode": 2015}, "failed"),
        ({}, "pending"),
        (None, "pending"),
    ):
        stand_in.answer = lambda action, values, text=text: {"Response": {"Text": text}}
        assert await faceid(stand_in).outcome(FACE.tenant_id, "B1") == verdict
    assert stand_in.asked[-1][1]["BizToken"] == "B1" and all(stand_in.signed)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("InvalidParameterValue", VerificationRefused),
        ("FailedOperation.IdNameMisMatch", VerificationRefused),
        ("FailedOperation.LivessSystemError", VerificationAway),
        ("UnauthorizedOperation.ArrearsError", VerificationAway),
        ("AuthFailure.SignatureFailure", VerificationAway),
        ("RequestLimitExceeded", VerificationAway),
    ],
)
async def test_refusals_of_the_provider(stand_in: Vendor, code: str, error: Any) -> None:
    stand_in.answer = lambda action, values: {
        "Response": {"Error": {"Code": code, "Message": "x"}, "RequestId": "R"}
    }
    with pytest.raises(error):
        await faceid(stand_in).begin(FACE)


async def test_a_verification_that_the_provider_gave_up_is_begun_again(stand_in: Vendor) -> None:
    error = {"Code": "InvalidParameterValue.BizTokenExpired", "Message": "x"}
    stand_in.answer = lambda action, values: {"Response": {"Error": error, "RequestId": "R"}}
    assert await faceid(stand_in).outcome(FACE.tenant_id, "B1") == "pending"


@pytest.mark.parametrize(
    "answer", [500, 404, b"nothing", {}, {"Response": {}}, {"Response": {"Url": 1, "BizToken": None}}]
)
async def test_absurd_answers_are_no_decision(stand_in: Vendor, answer: Any) -> None:
    stand_in.answer = lambda action, values: answer
    with pytest.raises(VerificationAway):
        await faceid(stand_in).begin(FACE)
    with pytest.raises(VerificationAway):
        await faceid(stand_in).matches(CARD)


async def test_one_who_does_not_answer_in_time_is_away(stand_in: Vendor) -> None:
    stand_in.pause = 6
    with pytest.raises(VerificationAway):
        await faceid(stand_in).matches(CARD)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("0", True),
        ("-1", False),
        ("-6", False),
        ("-18", VerificationAway),
        ("-19", VerificationAway),
        ("-20", VerificationRefused),
    ],
)
async def test_the_four_factors(stand_in: Vendor, result: str, expected: Any) -> None:
    stand_in.answer = lambda action, values: {"Response": {"Result": result, "Description": "x"}}
    if isinstance(expected, bool):
        assert await faceid(stand_in).matches(CARD) is expected
    else:
        with pytest.raises(expected):
            await faceid(stand_in).matches(CARD)
    action, values = stand_in.asked[0]
    assert action == "BankCard4EVerification" and stand_in.signed == [True]
    assert (values["BankCard"], values["Phone"], values["Name"]) == (CARD.card, CARD.mobile, CARD.name)


async def test_a_wrong_key_is_seen_by_the_stand_in(stand_in: Vendor) -> None:
    stand_in.answer = lambda action, values: {"Response": {"Result": "0"}}
    wrong = settings(stand_in).model_copy(update={"tencent_secret_key": settings(stand_in).tencent_secret_id})
    await TencentFaceid(wrong).matches(CARD)
    assert stand_in.signed == [False]


@pytest.fixture
def wechat(stand_in: Vendor) -> Iterator[WeChat]:
    os.environ["HUZHU_WECHAT_TESTS"] = "the-apps-key"
    yield WeChat(endpoint=stand_in.address, timeout=4)
    del os.environ["HUZHU_WECHAT_TESTS"]


async def open_id(wechat: WeChat, name: str = "HUZHU_WECHAT_TESTS") -> str:
    return await wechat.open_id(app_id="wx0123456789abcdef", key_name=name, code="C1")


async def test_wechat_exchanges_a_code(wechat: WeChat, stand_in: Vendor) -> None:
    stand_in.answer = lambda action, values: {"openid": "oABC", "session_key": "never kept"}
    assert await open_id(wechat) == "oABC"
    ((action, values),) = stand_in.asked
    assert action == "/sns/jscode2session" and values == {
        "appid": "wx0123456789abcdef", "secret": "the-apps-key", "js_code": "C1", "grant_type": "authorization_code",
    }  # fmt: skip
    with pytest.raises(VerificationAway):
        await open_id(wechat, "HUZHU_WECHAT_NOT_SET")
    await wechat.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"errcode": 40029, "errmsg": "invalid code"}, WeChatCodeInvalid),
        ({"errcode": 40163, "errmsg": "code been used"}, WeChatCodeInvalid),
        ({"errcode": -1, "errmsg": "system busy"}, VerificationAway),
        ({"errcode": 40013, "errmsg": "invalid appid"}, VerificationAway),
        ({"openid": ""}, VerificationAway),
        ({"openid": 5}, VerificationAway),
        ([], VerificationAway),
        (b"nothing", VerificationAway),
        (b"x" * 100_000, VerificationAway),
        (502, VerificationAway),
    ],
)
async def test_wechat_refuses_or_is_away(wechat: WeChat, stand_in: Vendor, answer: Any, error: Any) -> None:
    stand_in.answer = lambda action, values: answer
    with pytest.raises(error):
        await open_id(wechat)


async def test_outside_a_local_run_there_is_no_sandbox(identity: Client, stand_in: Vendor) -> None:
    redis = identity.context.redis
    real = settings(stand_in, environment="production", verification="tencent", wechat="wechat")
    ports = make_ports(real, redis)
    assert (
        isinstance(ports.face, TencentFaceid)
        and ports.cards is ports.face
        and isinstance(ports.wechat, WeChat)
    )
    bare = make_ports(settings(stand_in, environment="production"), redis)
    assert isinstance(bare.face, Nobody)
    for asked in (bare.face.begin(FACE), bare.face.outcome(FACE.tenant_id, "x"), bare.cards.matches(CARD)):
        with pytest.raises(VerificationAway):
            await asked
    for wrong in ({"verification": "sandbox"}, {"wechat": "sandbox"}):
        with pytest.raises(PortNotSet):
            make_ports(settings(stand_in, environment="production", **wrong), redis)
