"""What a member keeps on file: documents, frequent applicants, settings (B.03, B.04, E.11)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from common.auth import ActorKind
from common.clock import now, set_to
from common.contracts.identity import PreferencesChanged
from common.ids import new_id
from common.receipts import open_receipt
from identity.onfile.rules import values_of

from .members_of import admit, bound
from .on_file import (
    ADDRESS,
    APPLICANT,
    B03,
    B04,
    CARD,
    E11,
    OTHER_CARD,
    OWN,
    beijing,
    call,
    receipt_of,
    recognised,
    someone,
    zhejiang,
)
from .people import registered
from .union import Union, an_id_number

__all__ = ["beijing", "someone", "zhejiang"]


@B04
async def test_only_the_member_is_themselves(zhejiang: Union, someone: dict[str, Any]) -> None:
    path, stranger = "applicants", {**APPLICANT, "relation": "self"}
    refused = await call(zhejiang, someone, "POST", path, stranger)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["field"], error["code"]) == (422, "relation", "relation.not_self")
    own = {**stranger, "name": "张伟", "document_number": someone["id_number"]}
    added = await call(zhejiang, someone, "POST", path, own)
    assert added.status_code == 201, added.text
    edited = await call(zhejiang, someone, "PUT", f"{path}/{added.json()['id']}", stranger, version=1)
    assert edited.status_code == 422 and edited.json()["errors"][0]["code"] == "relation.not_self"
    sister = await call(zhejiang, someone, "POST", path, {**stranger, "relation": "sibling"})
    assert (sister.status_code, sister.json()["relation"]) == (201, "sibling")


@B03
async def test_a_document_is_filed_read_and_fills_forms(zhejiang: Union, someone: dict[str, Any]) -> None:
    receipt, document_id = receipt_of(zhejiang, someone)
    filed = await call(zhejiang, someone, "POST", "documents", {"kind": "id_card", "receipt": receipt})
    assert filed.status_code == 201 and filed.json()["state"] == "reading", filed.text
    number = someone["id_number"]
    await recognised(zhejiang, someone, document_id, times=2, **{"姓名": "张伟", "公民身份号码": number})
    (shown,) = (await call(zhejiang, someone, "GET", "documents")).json()["items"]
    assert shown["state"] == "read" and shown["version"] == 2, "read once"
    assert shown["fields"]["姓名"]["value"] == "张*" and number not in str(shown)
    filled = (await call(zhejiang, someone, "POST", "form-values", {})).json()
    assert filled["document_number"] == number and filled["recognised"]["id_card"]["公民身份号码"] == number


@B03
async def test_what_is_on_file_is_offered_to_applications_by_a_receipt_of_ones_own(zhejiang: Union) -> None:
    who = await registered(zhejiang)
    applicant = (await call(zhejiang, who, "POST", "applicants", APPLICANT)).json()["id"]
    filed = {}
    for kind, more in (("id_card", {}), ("bank_card", {}), ("id_card", {"applicant_id": applicant})):
        receipt, document_id = receipt_of(zhejiang, who)
        await call(zhejiang, who, "POST", "documents", {"kind": kind, "receipt": receipt, **more})
        filed[kind, bool(more)] = document_id
    assert (await call(zhejiang, who, "GET", "documents/receipts")).json() == {"items": []}, "nothing is read"
    await recognised(zhejiang, who, filed["id_card", False], **{"姓名": "张伟"})
    await recognised(zhejiang, who, filed["id_card", True], **{"姓名": "赵国强"})
    await recognised(zhejiang, who, filed["bank_card", False], kind="other", **{"卡号": CARD})
    (offered,) = (await call(zhejiang, who, "GET", "documents/receipts")).json()["items"]
    assert (offered["kind"], offered["document_id"]) == ("id_card", filed["id_card", False])
    me = zhejiang.actor(OWN, kind=ActorKind.MEMBER, id=who["account_id"], person_id=who["person_id"])
    opened = open_receipt(offered["receipt"], actor=me, key=zhejiang.client.context.link_key)
    assert (str(opened.document_id), opened.is_of(me)) == (offered["document_id"], True)
    assert opened.media_type == "image/jpeg" and len(opened.sha256) == 64


@B03
async def test_reading_that_came_first_is_there_when_the_document_is_filed(zhejiang: Union) -> None:
    who = await registered(zhejiang)
    receipt, document_id = receipt_of(zhejiang, who)
    await recognised(zhejiang, who, document_id, kind="bank_card", **{"卡号": CARD})
    filed = await call(zhejiang, who, "POST", "documents", {"kind": "bank_card", "receipt": receipt})
    assert filed.json()["state"] == "read"
    assert filed.json()["fields"]["卡号"]["value"] == "6222 **** **** 0128"
    assert (await call(zhejiang, who, "POST", "form-values", {})).json()["card_number"] == CARD


@B03
async def test_a_document_of_another_kind_or_unreadable_says_so(zhejiang: Union) -> None:
    who = await registered(zhejiang)
    for outcome, kind, state in (
        ("recognized", "other", "other_kind"),
        ("unreadable", "other", "unreadable"),
    ):
        receipt, document_id = receipt_of(zhejiang, who)
        body = {"kind": "social_security_card", "receipt": receipt}
        await call(zhejiang, who, "POST", "documents", body)
        await recognised(zhejiang, who, document_id, kind=kind, outcome=outcome, **{"姓名": "张伟"})
        (shown,) = (await call(zhejiang, who, "GET", "documents")).json()["items"]
        assert (shown["state"], shown["fields"]) == (state, {}), "the new one took the old one's place"


@B03
async def test_only_ones_own_pictures_are_filed_once(zhejiang: Union, other: Union) -> None:
    who, stranger = await registered(zhejiang), await registered(zhejiang)
    receipt, _ = receipt_of(zhejiang, who)
    body = {"kind": "id_card", "receipt": receipt}
    stolen = await call(zhejiang, stranger, "POST", "documents", body)
    assert (stolen.status_code, stolen.json()["code"]) == (403, "unit.document_not_yours")
    assert (await call(zhejiang, who, "POST", "documents", body)).status_code == 201
    twice = await call(zhejiang, who, "POST", "documents", {**body, "kind": "bank_card"})
    assert (twice.status_code, twice.json()["code"]) == (409, "onfile.document_filed")
    pdf = receipt_of(zhejiang, who, media_type="application/pdf")[0]
    picture = await call(zhejiang, who, "POST", "documents", {**body, "receipt": pdf})
    assert picture.json()["code"] == "onfile.picture_needed"
    forged = await call(zhejiang, who, "POST", "documents", {**body, "receipt": receipt[:-3] + "AAA"})
    assert (forged.status_code, forged.json()["code"]) == (422, "document.unknown")
    foreign = zhejiang.receipt(who["account_id"], tenant_id=other.id)
    refused = await call(zhejiang, who, "POST", "documents", {**body, "receipt": foreign})
    assert (refused.status_code, refused.json()["code"]) == (422, "document.unknown")
    (shown,) = (await call(zhejiang, who, "GET", "documents")).json()["items"]
    assert (await call(zhejiang, who, "DELETE", f"documents/{shown['id']}")).status_code == 428
    assert (await call(zhejiang, who, "DELETE", f"documents/{shown['id']}", version=9)).status_code == 412
    assert (await call(zhejiang, who, "DELETE", f"documents/{shown['id']}", version=1)).status_code == 204
    assert (await call(zhejiang, who, "DELETE", f"documents/{shown['id']}", version=1)).status_code == 404


@B04
async def test_frequent_applicants_are_added_edited_chosen_and_deleted(zhejiang: Union) -> None:
    who = await registered(zhejiang)
    added = await call(zhejiang, who, "POST", "applicants", APPLICANT)
    assert added.status_code == 201, added.text
    shown = added.json()
    assert (
        shown["name"] == "赵**" and APPLICANT["document_number"] not in added.text and CARD not in added.text
    )
    twice = await call(zhejiang, who, "POST", "applicants", APPLICANT)
    assert (twice.status_code, twice.json()["code"]) == (409, "onfile.already")
    path = f"applicants/{shown['id']}"
    assert (await call(zhejiang, who, "PUT", path, APPLICANT)).status_code == 428
    assert (await call(zhejiang, who, "PUT", path, APPLICANT, version=7)).status_code == 412
    edited = await call(zhejiang, who, "PUT", path, {**APPLICANT, "name": "赵国栋"}, version=1)
    assert edited.json()["version"] == 2 and edited.headers["etag"] == '"2"'
    receipt, document_id = receipt_of(zhejiang, who)
    body = {"kind": "social_security_card", "receipt": receipt, "applicant_id": shown["id"]}
    await call(zhejiang, who, "POST", "documents", body)
    number = str(APPLICANT["document_number"])
    await recognised(zhejiang, who, document_id, kind="social_security_card", **{"社会保障号码": number})
    chosen = (await call(zhejiang, who, "POST", "form-values", {"applicant_id": shown["id"]})).json()
    assert (chosen["name"], chosen["card_number"]) == ("赵国栋", CARD)
    assert chosen["social_security_number"] == number
    assert (await call(zhejiang, who, "DELETE", path, version=2)).status_code == 204
    assert (await call(zhejiang, who, "DELETE", path, version=2)).status_code == 404, "gone is gone"
    assert (await call(zhejiang, who, "GET", "documents")).json()["items"] == [], "their documents go too"
    assert (
        await call(zhejiang, who, "POST", "form-values", {"applicant_id": shown["id"]})
    ).status_code == 404


@B04
async def test_wrong_values_of_an_applicant_are_all_named(zhejiang: Union, someone: dict[str, Any]) -> None:
    wrong = {
        **APPLICANT, "name": "赵 国", "document_number": "320211195003071233", "mobile": "1", "card_number": "62",
        "social_security_number": "5",
    }  # fmt: skip
    answer = await call(zhejiang, someone, "POST", "applicants", wrong)
    fields = {error["field"] for error in answer.json()["errors"]}
    assert fields == {"name", "document_number", "mobile", "card_number", "social_security_number"}
    kind = await call(zhejiang, someone, "POST", "applicants", {**APPLICANT, "document_kind": "diary"})
    assert kind.status_code == 422


async def test_settings_are_kept_and_told(beijing: Union) -> None:
    who = await bound(beijing)
    before = (await call(beijing, who, "GET", "preferences")).json()
    assert before == {"version": 0, "enrolment_sms": True, "service_notices": True}
    chosen = {"enrolment_sms": False, "service_notices": True}
    assert (await call(beijing, who, "PUT", "preferences", chosen)).status_code == 428
    put = await call(beijing, who, "PUT", "preferences", chosen, version=0)
    assert put.json() == {"version": 1, **chosen}
    assert (await call(beijing, who, "PUT", "preferences", chosen, version=0)).status_code == 412
    (event,) = await beijing.events(PreferencesChanged)
    assert (str(event.person_id), event.enrolment_sms, event.version) == (who["person_id"], False, 1)


@E11
async def test_new_data_waits_for_consent_to_a_new_statement(beijing: Union) -> None:
    from .union import apply, sign_in_operator

    who = await bound(beijing)
    source = beijing.source.replace("privacy:\n  version: 1", "privacy:\n  version: 2")
    source = source.replace("version: 1\n", "version: 2\n", 1)
    applied = await apply(beijing.client, beijing.code, source)
    path = f"/tenants/{beijing.code}/pack/{applied.json()['version']}/consent"
    assert (
        await beijing.client.post(path, headers=await sign_in_operator(beijing.client, "ops2"))
    ).is_success
    with set_to(now() + timedelta(days=2)):
        me = beijing.actor(OWN, kind=ActorKind.MEMBER, id=who["account_id"], person_id=who["person_id"])
        late = await beijing.client.post("/members/me/addresses", me, json=ADDRESS)
        assert (late.status_code, late.json()["code"]) == (403, "consent.due")
        assert "同意现行的隐私协议" in late.json()["detail"]
        await beijing.client.post("/members/me/consents", me, json={"version": 2})
        assert (await beijing.client.post("/members/me/addresses", me, json=ADDRESS)).status_code == 201


async def test_nothing_personal_is_readable(zhejiang: Union) -> None:
    who = await registered(zhejiang)
    await call(zhejiang, who, "POST", "applicants", APPLICANT)
    await call(zhejiang, who, "POST", "bank-cards", {"card_number": OTHER_CARD, "bank_name": "农业银行"})
    await call(zhejiang, who, "POST", "addresses", ADDRESS)
    _, document_id = receipt_of(zhejiang, who)
    await recognised(zhejiang, who, document_id, **{"姓名": "张伟", "公民身份号码": who["id_number"]})
    tables = ("filed_document", "recognition_copy", "frequent_applicant", "bank_card", "address", "outbox")
    secrets = ("赵国强", "太湖大道", "13900001111", CARD, OTHER_CARD, who["id_number"], "320211195003071232")
    async with zhejiang.client.context.db.transaction(zhejiang.id) as session:
        for table in tables:
            for row in (await session.execute(text(f"SELECT t::text FROM {table} t"))).scalars():
                assert not [secret for secret in secrets if secret in row], table


async def test_who_may_reach_what_is_on_file(zhejiang: Union, other: Union) -> None:
    who, stranger = await registered(zhejiang), await registered(zhejiang)
    applicant = (await call(zhejiang, who, "POST", "applicants", APPLICANT)).json()["id"]
    card = (
        await call(zhejiang, who, "POST", "bank-cards", {"card_number": CARD, "bank_name": "工商银行"})
    ).json()
    address = (await call(zhejiang, who, "POST", "addresses", ADDRESS)).json()["id"]
    receipt, _ = receipt_of(zhejiang, who)
    filed = (await call(zhejiang, who, "POST", "documents", {"kind": "id_card", "receipt": receipt})).json()[
        "id"
    ]
    own: list[tuple[str, str, Any]] = [
        ("PUT", f"applicants/{applicant}", APPLICANT),
        ("DELETE", f"applicants/{applicant}", None),
        ("POST", "form-values", {"applicant_id": applicant}),
        ("PUT", f"bank-cards/{card['id']}", {"bank_name": "x", "is_default": True}),
        ("DELETE", f"bank-cards/{card['id']}", None),
        ("PUT", f"addresses/{address}", ADDRESS),
        ("DELETE", f"addresses/{address}", None),
        ("DELETE", f"documents/{filed}", None),
    ]
    lists: list[tuple[str, str, Any]] = [
        ("GET", name, None) for name in (
            "documents", "documents/receipts", "applicants", "bank-cards", "addresses", "preferences",
        )
    ]  # fmt: skip
    client, headers = zhejiang.client, {"If-Match": '"1"'}
    for method, path, body in [*own, *lists]:
        route = f"/members/me/{path}"
        assert (await client.send(method, route, json=body)).status_code == 401, path
        refused = await client.send(method, route, zhejiang.actor("x"), json=body, headers=headers)
        assert refused.status_code == 403, path
        foreign = other.actor(OWN, kind=ActorKind.MEMBER, id=who["account_id"], person_id=who["person_id"])
        answer = await client.send(method, route, foreign, json=body, headers=headers)
        mine = await call(zhejiang, stranger, method, path, body, version=1)
        if method == "GET":
            assert answer.json().get("items", []) == [] and mine.json().get("items", []) == []
        else:
            assert (answer.status_code, mine.status_code) == (404, 404), path
    staff = await client.send("GET", "/members/me/documents", zhejiang.actor(OWN), json=None)
    assert staff.status_code == 404, "staff have nothing on file"


async def test_an_id_number_of_ones_own_is_no_secret_from_oneself(zhejiang: Union) -> None:
    who = await registered(zhejiang, id_number=an_id_number())
    filled = await call(zhejiang, who, "POST", "form-values", {})
    assert (
        filled.json()["document_number"] == who["id_number"] and filled.headers["cache-control"] == "no-store"
    )
    assert await admit(zhejiang) and new_id()


def test_what_was_read_stands_as_it_is_printed() -> None:
    fields = {name: {"value": name} for name in ("公民身份号码", "备注", "出生", "姓名", "性别")}
    assert list(values_of({"fields": fields})) == ["姓名", "性别", "出生", "公民身份号码", "备注"]
