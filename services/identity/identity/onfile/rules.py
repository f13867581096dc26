"""Pure rules of what is on file."""

from collections.abc import Mapping
from typing import Any

from common.identifiers import (
    WITH_RESIDENT_NUMBER,
    Fault,
    bank_card_faults,
    bank_name_faults,
    document_faults,
    mobile_faults,
    name_faults,
    plain_document_number,
)
from common.text import Text

from ..members.rules import same_name

MOST_CARDS, MOST_ADDRESSES, MOST_APPLICANTS = 10, 20, 20
PICTURES = frozenset({"image/jpeg", "image/png"})
EVENT_KINDS = frozenset({"id_card", "bank_card", "social_security_card"})
BANK_MISSING = Fault(
    "bank.missing",
    Text("没有填写开户行。", "The bank is missing."),
    Text("请填写开户银行。", "Enter the bank."),
)
RECIPIENT, REGION, DETAIL = (
    Text("收件人", "recipient"),
    Text("所在地区（省市区）", "region"),
    Text("详细地址", "address within the region"),
)
POSTCODE = Fault(
    "postcode.format",
    Text("邮政编码应为6位数字。", "A postcode has 6 digits."),
    Text("请填写6位数字，或留空。", "Enter 6 digits, or leave it empty."),
)
NOT_SELF = Fault(
    "relation.not_self",
    Text("这不是您本人的姓名和证件号码。", "Name and number are not your own."),
    Text("请选择与此人的关系，或改填本人信息。", "Choose the relation to this person, or enter your own."),
)
SOCIAL_SECURITY_FORMAT = Fault(
    "social_security.format",
    Text("社会保障号码不正确。", "The social-security number is wrong."),
    Text("请按社保卡填写，一般与身份证号相同。", "Enter it as on the card; mostly it is the ID number."),
)


def address_faults(
    *, recipient: str, mobile: str, region: str, detail: str, postcode: str | None
) -> dict[str, list[Fault]]:
    """Return all that is wrong with an address, by field, in one round."""
    return {
        "recipient": _text_faults(recipient, RECIPIENT, least=1, most=60),
        "mobile": mobile_faults(mobile),
        "region": _text_faults(region, REGION, least=2, most=100),
        "detail": _text_faults(detail, DETAIL, least=2, most=200),
        "postcode": []
        if not postcode or (len(postcode) == 6 and postcode.isascii() and postcode.isdigit())
        else [POSTCODE],
    }


def _text_faults(text: str, title: Text, *, least: int, most: int) -> list[Fault]:
    if not text:
        return [
            Fault(
                "address.missing",
                Text(f"没有填写{title.zh}。", f"The {title.en} is missing."),
                Text(f"请填写{title.zh}。", f"Enter the {title.en}."),
            )
        ]
    if least <= len(text) <= most:
        return []
    return [
        Fault(
            "address.length",
            Text(
                f"{title.zh}应为{least}到{most}个字，现为{len(text)}个字。",
                f"The {title.en} has {least} to {most} characters.",
            ),
            Text("请修改后再保存。", "Correct it, then save."),
        )
    ]


def state_of(*, kind: str, outcome: str, document_type: str) -> str:
    """Return how a filed document stands once ocr has read it."""
    if outcome != "recognized":
        return "unreadable"
    return "read" if document_type == kind else "other_kind"


NAME = "姓名"
NUMBERS = {"id_card": "公民身份号码", "social_security_card": "社会保障号码"}
"""The ID number on each kind of card that has one."""
SURE = 0.8
"""A name that was read with less confidence says nothing against the number."""


def bears(
    fields: Mapping[str, Mapping[str, Any]], *, kind: str, name: str, document_kind: str, number: str
) -> bool:
    """Say whether a card that was read can be this person's, by the name and the ID number as far as read."""
    if kind not in NUMBERS:
        return True
    read = fields.get(NUMBERS[kind])
    same = read is not None and plain_document_number(read["value"]) == number.upper()
    if read is not None and document_kind in WITH_RESIDENT_NUMBER and not same:
        return False
    named = fields.get(NAME)
    return named is None or same_name(name, named["value"]) or (same and named["confidence"] < SURE)


AS_PRINTED = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码", "社会保障号码", "卡号")
"""The order of the fields on the cards; others follow."""


def values_of(recognition: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the fields of an opened recognition, as printed: value, confidence, and whether a check confirms it."""
    fields = recognition.get("fields")
    found: dict[str, dict[str, Any]] = {}
    for name, read in fields.items() if isinstance(fields, Mapping) else ():
        if isinstance(read, Mapping) and isinstance(read.get("value"), str) and read["value"]:
            found[str(name)] = {
                "value": read["value"],
                "confidence": float(read.get("confidence") or 0),
                "verified": bool(read.get("verified")),
            }
    places = {name: place for place, name in enumerate(AS_PRINTED)}
    return dict(sorted(found.items(), key=lambda one: places.get(one[0], len(places))))


def card_faults(*, card: str, bank_name: str) -> dict[str, list[Fault]]:
    """Return all that is wrong with a bank card, by field."""
    return {"card_number": bank_card_faults(card), "bank_name": bank_faults(bank_name)}


def bank_faults(name: str) -> list[Fault]:
    """Return what is wrong with the name of a bank."""
    return bank_name_faults(name) if name else [BANK_MISSING]


def person_faults(
    *, name: str, kind: str, number: str, mobile: str | None, card: str | None, social_security: str | None
) -> dict[str, list[Fault]]:
    """Return all that is wrong with a frequent applicant, by field."""
    security = social_security is not None and document_faults("resident_id", social_security)
    return {
        "name": list(name_faults(name)),
        "document_number": document_faults(kind, number),
        "mobile": mobile_faults(mobile) if mobile else [],
        "card_number": bank_card_faults(card) if card else [],
        "social_security_number": [SOCIAL_SECURITY_FORMAT] if security else [],
    }
