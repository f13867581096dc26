"""Bank cards and addresses that a member keeps on file (E.11)."""

from typing import Any

from common.contracts.identity import BankCardChanged

from .members_of import bound
from .on_file import (
    ADDRESS,
    CARD,
    E11,
    OTHER_CARD,
    beijing,
    call,
    someone,
    zhejiang,
)
from .union import Union

__all__ = ["beijing", "someone", "zhejiang"]


@E11
async def test_bank_cards_are_masked_and_one_is_the_default(beijing: Union) -> None:
    who = await bound(beijing)
    first = await call(beijing, who, "POST", "bank-cards", {"card_number": CARD, "bank_name": "工商银行"})
    assert first.json()["is_default"] is True and first.json()["card_number"] == "6222 **** **** 0128"
    second = await call(
        beijing,
        who,
        "POST",
        "bank-cards",
        {"card_number": OTHER_CARD, "bank_name": "农业银行", "is_default": True},
    )
    assert second.status_code == 201, second.text
    listed = (await call(beijing, who, "GET", "bank-cards")).json()["items"]
    assert [(c["bank_name"], c["is_default"]) for c in listed] == [("农业银行", True), ("工商银行", False)]
    again = await call(beijing, who, "POST", "bank-cards", {"card_number": CARD, "bank_name": "工商银行"})
    assert again.json()["code"] == "onfile.already"
    bad = await call(beijing, who, "POST", "bank-cards", {"card_number": CARD[:-1] + "5", "bank_name": " "})
    assert {error["code"] for error in bad.json()["errors"]} == {"card.luhn", "bank.missing"}
    bad = await call(beijing, who, "POST", "bank-cards", {"card_number": CARD, "bank_name": "12345"})
    assert {error["code"] for error in bad.json()["errors"]} == {"bank.format"}
    old = listed[1]
    edit = {"bank_name": "工商银行北京分行", "is_default": True}
    chosen = await call(beijing, who, "PUT", f"bank-cards/{old['id']}", edit, version=old["version"])
    assert chosen.json()["is_default"] is True
    assert (await call(beijing, who, "DELETE", f"bank-cards/{old['id']}", version=1)).status_code == 412
    gone = await call(beijing, who, "DELETE", f"bank-cards/{old['id']}", version=chosen.json()["version"])
    assert gone.status_code == 204
    again = await call(beijing, who, "DELETE", f"bank-cards/{old['id']}", version=chosen.json()["version"])
    assert again.status_code == 404
    (left,) = (await call(beijing, who, "GET", "bank-cards")).json()["items"]
    assert left["bank_name"] == "农业银行" and left["is_default"] is True
    keys, told = await beijing.keys(), await beijing.events(BankCardChanged)
    assert [keys.open(e.card.ciphertext, context="person.card")[-4:] for e in told] == [
        "0128",
        "0018",
        "0128",
        "0018",
    ]


@E11
async def test_there_is_an_end_to_cards(beijing: Union) -> None:
    from common.identifiers import luhn_digit

    who = await bound(beijing)
    for n in range(11):
        digits = f"622202000000{n:06d}"
        card = {"card_number": digits + luhn_digit(digits), "bank_name": "工商银行"}
        answer = await call(beijing, who, "POST", "bank-cards", card)
        assert answer.status_code == (201 if n < 10 else 422)
    assert answer.json()["code"] == "onfile.too_many"


@E11
async def test_addresses_are_added_edited_and_deleted(beijing: Union) -> None:
    who = await bound(beijing)
    first = (await call(beijing, who, "POST", "addresses", ADDRESS)).json()
    assert first["is_default"] and first["recipient"] == "赵**" and first["detail"] == "太湖大道1号"
    second = (await call(beijing, who, "POST", "addresses", {**ADDRESS, "detail": "长安街2号"})).json()
    edited = await call(
        beijing,
        who,
        "PUT",
        f"addresses/{second['id']}",
        {**ADDRESS, "detail": "长安街3号", "is_default": True},
        version=1,
    )
    assert edited.json()["detail"] == "长安街3号" and edited.json()["is_default"]
    bad = await call(beijing, who, "POST", "addresses", {**ADDRESS, "mobile": "1", "postcode": "21"})
    assert bad.status_code == 422
    version = edited.json()["version"]
    assert (
        await call(beijing, who, "DELETE", f"addresses/{second['id']}", version=version)
    ).status_code == 204
    (left,) = (await call(beijing, who, "GET", "addresses")).json()["items"]
    assert left["id"] == first["id"] and left["is_default"] is True


@E11
@E11
async def test_all_that_is_wrong_with_an_address_is_said_in_one_round(
    zhejiang: Union, someone: dict[str, Any]
) -> None:
    wrong = {"recipient": " ", "mobile": "1", "region": "", "detail": "1", "postcode": "21400A"}
    answer = await call(zhejiang, someone, "POST", "addresses", wrong)
    told = {error["field"]: error["message"] for error in answer.json()["errors"]}
    assert answer.status_code == 422 and set(told) == set(wrong)
    assert "6位数字" in told["postcode"] and "收件人" in told["recipient"] and "2到200个字" in told["detail"]
    put = await call(zhejiang, someone, "POST", "addresses", {**ADDRESS, "postcode": " 214 000 "})
    assert (put.status_code, put.json()["postcode"]) == (201, "214000")
