"""Units: registration and profile (rows C.01 and C.02)."""

from datetime import timedelta

import pytest

from common.clock import now, set_to
from common.contracts.identity import UnitApproved, VerificationCodeIssued
from common.ids import new_id

from .handlers import a_handler, decide, under_review
from .union import Union, a_credit_code, a_mobile, an_id_number

C01, C02 = pytest.mark.feature("C.01"), pytest.mark.feature("C.02")


@C01
async def test_a_unit_registers_and_its_handler_is_signed_in(union: Union) -> None:
    handler = await a_handler(union)
    mine = (await handler.get("/units/me")).json()
    assert mine["credit_code"] == handler.registered["credit_code"] and mine["status"] == "registered"
    assert [s["state"] for s in mine["steps"]] == ["current", "waiting", "waiting"]
    assert mine["handler_mobile"].startswith("139****")
    assert handler.registered["tokens"]["account"]["unit_id"] == mine["id"]


@C01
async def test_wrong_values_are_all_named(union: Union) -> None:
    answer = await union.post(
        "/units", {"name": " ", "credit_code": "91320211", "mobile": "123", "code": "1"}
    )
    assert answer.status_code == 422
    assert {e["field"] for e in answer.json()["errors"]} == {"name", "credit_code", "mobile"}
    code = a_credit_code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    answer = await union.post(
        "/units", {"name": "单位", "credit_code": wrong, "mobile": a_mobile(), "code": "1"}
    )
    assert (
        answer.json()["errors"][0]["code"] == "credit_code.checksum"
        and code[-1] in answer.json()["errors"][0]["message"]
    )


@C01
@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "无锡<b>市</b>总工会", "12345", "——"])
async def test_what_is_no_name_of_a_unit_is_refused(union: Union, name: str) -> None:
    body = {"name": name, "credit_code": a_credit_code(), "mobile": a_mobile(), "code": "1"}
    answer = await union.post("/units", body)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (422, "name", "unit_name.no_name")
    assert "尖括号" in error["message"]


@C01
async def test_a_second_tap_with_another_key_is_told_that_the_unit_is_registered(union: Union) -> None:
    mobile = a_mobile()
    body = {"name": "单位", "credit_code": a_credit_code(), "mobile": mobile}
    body["code"] = await union.code_for(mobile, "register")
    assert (await union.post("/units", body)).status_code == 201
    again = await union.post("/units", body)
    assert (again.status_code, again.json()["code"]) == (409, "unit.registered")
    assert "注册成功" in again.json()["detail"] and "登录" in again.json()["detail"]
    other = await union.post("/units", {**body, "credit_code": a_credit_code()})
    assert other.json()["code"] == "code.used", "another unit is not"


@C01
async def test_a_request_that_comes_twice_registers_once(union: Union) -> None:
    mobile = a_mobile()
    body = {
        "name": "单位",
        "credit_code": a_credit_code(),
        "mobile": mobile,
        "code": await union.code_for(mobile, "register"),
    }
    key = str(new_id())
    first, second = [await union.post("/units", body, once=key) for _ in range(2)]
    assert first.status_code == second.status_code == 201
    assert first.json()["unit_id"] == second.json()["unit_id"]
    with set_to(now() + timedelta(minutes=11)):
        late = await union.post("/units", body, once=key)
    assert late.json()["code"] == "mobile.already_registered"
    assert (
        await union.client.http.post("/units", json=body, headers={"X-Tenant": union.code})
    ).status_code == 400


@C01
async def test_a_credit_code_and_a_mobile_register_once(union: Union) -> None:
    first = await union.register_unit()
    mobile = a_mobile()
    code = await union.code_for(mobile, "register")
    body = {"name": "单位", "credit_code": first["credit_code"], "mobile": mobile, "code": code}
    taken = await union.post("/units", body)
    assert (taken.status_code, taken.json()["code"]) == (409, "unit.already_registered")
    again = await union.post("/units", {**body, "credit_code": a_credit_code()})
    assert again.status_code == 201, "a refusal does not use the code up"
    asked = await union.post("/verification-codes", {"purpose": "register", "mobile": first["mobile"]})
    assert (asked.status_code, asked.json()["code"]) == (409, "mobile.already_registered")


@C01
async def test_an_unregistered_number_is_told_to_register_and_gets_no_code(union: Union) -> None:
    asked = await union.post("/verification-codes", {"purpose": "sign_in", "mobile": a_mobile()})
    assert (asked.status_code, asked.json()["code"]) == (404, "mobile.not_registered")
    assert "注册" in asked.json()["detail"]
    assert await union.events(VerificationCodeIssued) == []
    signed_in = await union.post("/sessions/handler", {"mobile": a_mobile(), "code": "000000"})
    assert signed_in.json()["code"] == "mobile.not_registered"


@C01
async def test_a_registered_handler_signs_in(union: Union) -> None:
    registered = await union.register_unit()
    code = await union.code_for(registered["mobile"], "sign_in")
    answer = await union.post("/sessions/handler", {"mobile": registered["mobile"], "code": code})
    assert answer.status_code == 200 and answer.json()["account"]["id"] == registered["account_id"]
    again = await union.post("/sessions/handler", {"mobile": registered["mobile"], "code": code})
    assert again.json()["code"] == "code.used", "a code is good once"


@C02
async def test_a_profile_tapped_twice_is_handed_in_once(union: Union) -> None:
    handler = await a_handler(union)
    body = union.profile(handler.registered["account_id"], await handler.opened())
    headers = {**handler.headers, "If-Match": '"1"'}

    async def tap(**changes):
        with set_to(now() + timedelta(seconds=16)):
            return await union.client.send(
                "PUT", "/units/me/profile", headers=headers, json={**body, **changes}
            )

    first, second = [await tap() for _ in range(2)]
    assert first.status_code == second.status_code == 200 and first.json() == second.json()
    assert (await tap(handler_name="李四")).status_code == 412, "another content"
    assert (await tap(org_node="liangxi")).status_code == 412
    assert (await decide(union, first.json(), "return", reason="证书不清晰")).status_code == 200
    assert (await tap()).status_code == 412, "somebody has decided meanwhile"


@C02
async def test_a_profile_goes_under_review_and_is_approved(union: Union) -> None:
    unit = await under_review(union)
    assert (unit["status"], unit["org_path"], unit["medical_code"]) == ("under_review", "/binhu/", "123456")
    assert [s["state"] for s in unit["steps"]] == ["done", "current", "waiting"]
    assert unit["handler_name"] == "夏*" and "*" in unit["handler_id_number"]
    assert [d["code"] for d in unit["documents"]] == ["union-certificate"]
    approved = await decide(union, unit, "approve")
    assert approved.json()["status"] == "approved"
    assert [s["state"] for s in approved.json()["steps"]] == ["done", "done", "done"]
    (event,) = await union.events(UnitApproved)
    assert (event.unit.status, event.unit.version) == ("approved", approved.json()["version"])
    keys = await union.keys()
    assert (
        keys.open(event.unit.handler_mobile.ciphertext, context="person.mobile")
        == unit["handler"].registered["mobile"]
    )
    assert event.unit.handler_mobile.index == keys.blind("mobile", unit["handler"].registered["mobile"])
    assert str(event.unit.handler_account_id) == unit["handler"].registered["account_id"]


@C02
async def test_the_letter_must_be_open_for_fifteen_seconds_by_the_servers_clock(union: Union) -> None:
    handler = await a_handler(union)
    early = await handler.put(waited=5)
    assert (early.status_code, early.json()["code"]) == (422, "commitment.not_read")
    assert 9 <= early.json()["params"]["seconds"] <= 10 and "秒" in early.json()["detail"]
    assert (await handler.put(waited=15.5)).status_code == 200
    for opening in ("x", "l1.e30.e30", await (await a_handler(union)).opened()):
        refused = await (await a_handler(union)).put(opening=opening)
        assert refused.json()["code"] == "commitment.not_opened"
    late = await handler.put(waited=13 * 3600)
    assert late.json()["code"] == "commitment.not_opened", "read half a day ago"


@C02
@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", None])
async def test_the_medical_code_has_six_or_eight_digits(union: Union, code: str | None) -> None:
    answer = await (await a_handler(union)).put(medical_code=code)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "medical_code"


@C02
async def test_wrong_profile_values_are_all_named(union: Union) -> None:
    number = an_id_number()
    answer = await (await a_handler(union)).put(
        handler_name="夏 武", handler_id_number=number[:-1], medical_code="1"
    )
    assert {e["field"] for e in answer.json()["errors"]} == {
        "handler_name",
        "handler_id_number",
        "medical_code",
    }
    for node in (None, "root", "nowhere"):
        assert (await (await a_handler(union)).put(org_node=node)).json()["code"] == "unit.org_node_unknown"


@C02
async def test_papers_are_required_own_and_of_an_accepted_format(union: Union, other: Union) -> None:
    handler = await a_handler(union)
    account = handler.registered["account_id"]

    async def refused(*documents: tuple[str, str]) -> str:
        papers = [{"code": code, "receipt": receipt} for code, receipt in documents]
        return (await handler.put(documents=papers)).json()["code"]

    assert await refused() == "unit.document_missing"
    assert await refused(("diploma", union.receipt(account))) == "unit.document_unknown"
    assert await refused(("business-licence", union.receipt(new_id()))) == "unit.document_not_yours"
    elsewhere = union.receipt(account, tenant_id=other.id)
    assert await refused(("business-licence", elsewhere)) == "document.unknown"
    sheet = union.receipt(account, media_type="application/vnd.ms-excel")
    assert await refused(("business-licence", sheet)) == "unit.document_format"
    assert await refused(("business-licence", "l1.forged.receipt")) == "document.unknown"
    for media_type in ("application/pdf", "image/png", "image/jpeg"):
        papers = [{"code": "business-licence", "receipt": union.receipt(account, media_type=media_type)}]
        answer = await handler.put(documents=papers)
        assert answer.json()["documents"][0]["media_type"] == media_type
    assert len(answer.json()["documents"]) == 1, "new papers take the place of the old"
