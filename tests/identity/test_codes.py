"""Verification codes: their limits, tries and life."""

import asyncio
from datetime import timedelta

import pytest

from common.clock import now, set_to
from common.contracts.identity import VerificationCodeIssued
from identity.extras import settings_of

from .union import Union, a_credit_code, a_mobile, from_elsewhere, new_union

pytestmark = pytest.mark.feature("C.01")


def registration(mobile: str, code: str) -> dict[str, str]:
    return {"name": "单位", "credit_code": a_credit_code(), "mobile": mobile, "code": code}


def wrong(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 1_000_000:06d}"


async def test_a_code_is_sent_sealed_and_not_told(union: Union) -> None:
    mobile = a_mobile()
    answer = await union.post("/verification-codes", {"purpose": "register", "mobile": mobile})
    (event,) = await union.events(VerificationCodeIssued)
    keys = await union.keys()
    assert keys.open(event.mobile.ciphertext, context="person.mobile") == mobile
    assert mobile not in answer.text and keys.open(event.code.ciphertext, context="code") not in answer.text
    assert timedelta(minutes=4) < event.expires_at - now() <= timedelta(minutes=5)
    assert answer.json()["resend_seconds"] == 60


async def test_a_second_code_must_wait_and_says_how_long(union: Union) -> None:
    mobile = a_mobile()
    asked = {"purpose": "register", "mobile": mobile}
    assert (await union.post("/verification-codes", asked)).status_code == 201
    soon = await union.post("/verification-codes", asked)
    assert (soon.status_code, soon.json()["code"]) == (429, "rate.limited")
    seconds = soon.json()["params"]["seconds"]
    assert (
        50 < seconds <= 60
        and str(seconds) in soon.json()["detail"]
        and soon.headers["Retry-After"] == str(seconds)
    )
    assert len(await union.events(VerificationCodeIssued)) == 1


async def test_five_tries_then_the_code_is_void(union: Union) -> None:
    mobile = a_mobile()
    code = await union.code_for(mobile, "register")
    for left in (4, 3, 2, 1):
        answer = await union.post("/units", registration(mobile, wrong(code)))
        assert (answer.json()["code"], answer.json()["params"]["left"]) == ("code.wrong", left)
    assert (await union.post("/units", registration(mobile, wrong(code)))).json()["code"] == "code.spent"
    assert (await union.post("/units", registration(mobile, code))).json()["code"] == "code.spent"
    fresh = await union.code_for(mobile, "register")
    assert (await union.post("/units", registration(mobile, fresh))).status_code == 201


async def test_guesses_sent_at_once_do_not_get_more_tries(union: Union) -> None:
    mobile = a_mobile()
    code = await union.code_for(mobile, "register")
    bodies = [registration(mobile, wrong(code, n)) for n in range(1, 13)]
    answers = await asyncio.gather(*[union.post("/units", body) for body in bodies])
    codes = [answer.json()["code"] for answer in answers]
    assert codes.count("code.wrong") == 4 and codes.count("code.spent") == 8


async def test_a_code_lives_five_minutes_and_only_the_last_one_counts(union: Union) -> None:
    mobile = a_mobile()
    first = await union.code_for(mobile, "register")
    with set_to(now() + timedelta(minutes=5, seconds=1)):
        assert (await union.post("/units", registration(mobile, first))).json()["code"] == "code.expired"
    second = await union.code_for(mobile, "register")
    if first != second:
        assert (await union.post("/units", registration(mobile, first))).json()["code"] == "code.wrong"
    assert (await union.post("/units", registration(mobile, second))).status_code == 201


async def test_a_code_is_for_its_purpose_number_and_union(union: Union, other: Union) -> None:
    mobile = a_mobile()
    code = await union.code_for(mobile, "bind")
    told = (await union.post("/units", registration(mobile, code))).json()
    assert told["code"] == "code.other_purpose" and "绑定" in told["detail"] and "注册" in told["detail"]
    guess = (await union.post("/units", registration(mobile, wrong(code, 1)))).json()
    assert guess["code"] == "code.not_sent", "who does not have the code learns nothing of it"
    code = await union.code_for(mobile, "register")
    assert (await union.post("/units", registration(a_mobile(), code))).json()["code"] == "code.not_sent"
    assert (await other.post("/units", registration(mobile, code))).json()["code"] == "code.not_sent"


async def test_a_code_of_another_purpose_is_not_found_out_by_trying(union: Union) -> None:
    mobile = a_mobile()
    code = await union.code_for(mobile, "bind")
    for n in range(1, 7):
        await union.post("/units", registration(mobile, wrong(code, n)))
    assert (await union.post("/units", registration(mobile, code))).json()["code"] == "code.not_sent"


@pytest.mark.parametrize("name", ["codes_per_address", "codes_per_tenant"])
async def test_an_address_and_a_union_have_limits(
    union: Union, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(settings_of(union.client.context), name, 2)
    async with from_elsewhere(union.client) as elsewhere:
        asked = [{"purpose": "register", "mobile": a_mobile()} for _ in range(3)]
        answers = [
            await elsewhere.post("/verification-codes", tenant=union.code, json=body) for body in asked
        ]
    assert [a.status_code for a in answers] == [201, 201, 429]
    assert answers[2].json()["params"]["seconds"] > 500


async def test_strangers_keep_nobody_of_the_union_from_signing_in(
    union: Union, monkeypatch: pytest.MonkeyPatch
) -> None:
    mobile = (await union.register_unit())["mobile"]  # the first number that the union did not know
    monkeypatch.setattr(settings_of(union.client.context), "codes_per_tenant", 2)
    async with from_elsewhere(union.client) as elsewhere:
        bad = {"purpose": "register", "mobile": "abc"}
        told = [await elsewhere.post("/verification-codes", tenant=union.code, json=bad) for _ in range(3)]
        assert {a.status_code for a in told} == {422}, "what sends no message is not counted"
        asked = [{"purpose": "register", "mobile": a_mobile()} for _ in range(2)]
        answers = [await elsewhere.post("/verification-codes", tenant=union.code, json=b) for b in asked]
        assert [a.status_code for a in answers] == [201, 429]
        known = {"purpose": "sign_in", "mobile": mobile, "account_kind": "handler"}
        sent = await elsewhere.post("/verification-codes", tenant=union.code, json=known)
        assert sent.status_code == 201


async def test_past_the_bound_a_strangers_sign_in_is_answered_as_a_members(
    union: Union, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_of(union.client.context), "codes_per_tenant", 1)
    codes: list[int] = []
    async with from_elsewhere(union.client) as elsewhere:
        for _ in range(3):
            body = {"purpose": "sign_in", "mobile": a_mobile(), "account_kind": "member"}
            codes.append(
                (await elsewhere.post("/verification-codes", tenant=union.code, json=body)).status_code
            )
    assert codes == [201, 201, 201]
    assert len(await union.events(VerificationCodeIssued)) == 1


@pytest.mark.parametrize("mobile", ["12345678901", "1390000000", "+8613900000000", "abc"])
async def test_a_wrong_number_gets_no_code(union: Union, mobile: str) -> None:
    answer = await union.post("/verification-codes", {"purpose": "register", "mobile": mobile})
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "mobile"


async def test_a_union_without_that_way_in_sends_nothing(union: Union) -> None:
    closed = await new_union(union.client, **{"handler: [sms]": "handler: [host_app]"})
    for body in (
        {"purpose": "register", "mobile": a_mobile()},
        {"purpose": "sign_in", "mobile": a_mobile(), "account_kind": "handler"},
    ):
        answer = await closed.post("/verification-codes", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "registration.not_offered")
    assert (await closed.post("/units", registration(a_mobile(), "1"))).json()[
        "code"
    ] == "registration.not_offered"
