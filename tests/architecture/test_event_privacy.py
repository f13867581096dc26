"""No event tells in the clear what a person is called, numbered, reached by or ill with, by any name of a field."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common.events.asyncapi import asyncapi_document

from .test_contracts import EXAMPLES

PERSONAL = {
    "name", "surname", "person", "people", "holder", "patient", "insured", "payee", "payer", "applicant", "heir",
    "spouse", "child", "relative", "contact", "recipient", "who", "whom", "handler", "signer", "member",
    "document", "idcard", "id", "passport", "card", "iban", "account", "mobile", "phone", "tel", "email", "mail",
    "openid", "address", "birth", "birthday", "born", "sex", "age",
    "diagnosis", "illness", "disease", "code", "reason", "opinion", "answer", "words", "note", "remark", "comment",
}  # fmt: skip
"""Words of a field's name behind which a text may be personal; `holder_name` and `id_card_no` have them, too."""

PRODUCTS = (
    "ApplicationFact", "ClaimFact", "ContributionReceived", "ExpiringGroup", "OrderFact", "PayoutFact", "PolicyFact",
    "RefundDue", "RefundFact",
)  # fmt: skip
PACKS = ("Activities", "Claims", "Enrollment", "Notify", "Ocr")
TELLS_NOBODY = {
    "a union, a unit or a bank": {
        "UnitFact.name", "UnitFact.credit_code", "UnitFact.medical_code", "UnitNameLinked.unit_name",
        "UnmatchedSettlement.unit_name", "TenantConfigured.code", "BankCardChanged.bank_name",
        "EnrolledPerson.bank_name", "PayoutFact.bank_name", "PolicyFact.bank_name", "RefundDue.bank_name",
        *(f"{service}PackInstalled.code" for service in PACKS),
    },
    "a product of a pack": {f"{owner}.product_code" for owner in PRODUCTS},
    "one of a few words of ours": {
        "RefundDue.reason", "UnmatchedSettlement.reason", "MessageFailed.reason", "RefundDue.payee",
        "RefundFact.payee", "DocumentRecognized.document_type", "EnrolledPerson.document_kind",
        "PersonFact.document_kind", "PersonFact.sex",
    },
    "a number that means nothing outside": {"PersonFact.member_number", "SettledLine.line_id"},
}  # fmt: skip
"""Owner.field of plain texts with such a word in their name, by reason."""

NUMBER = re.compile(
    r"(?<!\d)[1-9]\d{5}(19|20)\d{9}[\dX](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)62\d{14,17}(?!\d)"
)
"""An ID number, a mobile, a bank card."""
CALLED = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+·[\u4e00-\u9fff]+")
"""What a person may be called: two to four characters, or a name in two parts."""
NO_NAMES: set[str] = set()
"""wire:field of examples that hold so short a Chinese word which is nobody's name."""


def plain_texts(document: dict[str, Any]) -> Iterator[str]:
    """Yield Owner.field of everything that is written as a free text: no ciphertext, no UUID, no day or time."""
    for owner, model in document["components"]["schemas"].items():
        for field, schema in model.get("properties", {}).items():
            if owner != "Sealed" and _is_text(schema):
                yield f"{owner}.{field}"


def _is_text(schema: dict[str, Any]) -> bool:
    ways = [
        schema,
        *schema.get("anyOf", ()),
        schema.get("items", {}),
        schema.get("additionalProperties") or {},
    ]
    return any(
        isinstance(way, dict) and way.get("type") == "string" and not {"format", "enum", "const"} & set(way)
        for way in ways
    )


def personal(document: dict[str, Any]) -> set[str]:
    return {place for place in plain_texts(document) if PERSONAL & set(place.split(".")[1].split("_"))}


def test_no_field_with_a_personal_word_is_plain() -> None:
    assert personal(asyncapi_document()) == {place for places in TELLS_NOBODY.values() for place in places}


@pytest.mark.parametrize("field", ["person_name", "holder", "id_card", "contact_phone", "names_of_people"])
def test_a_planted_plain_field_is_seen(field: str) -> None:
    text = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    document = {"components": {"schemas": {"Planted": {"properties": {field: text}}}}}
    assert personal(document) == {f"Planted.{field}"}


def told(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield (place, text) of what an example says in the clear."""
    if isinstance(value, dict):
        if "ciphertext" not in value:
            for name, inner in value.items():
                yield from told(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from told(inner, place)
    elif isinstance(value, str):
        yield place, value


def persons(example: Any) -> Iterator[str]:
    for place, text in told(example, ""):
        if NUMBER.search(text) or CALLED.fullmatch(text):
            yield f"{place[1:]}: {text}"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_no_example_tells_of_a_person(path: Path) -> None:
    found = {f"{path.stem}:{one}" for one in persons(json.loads(path.read_text(encoding="utf-8")))}
    assert found - NO_NAMES == set()


@pytest.mark.parametrize(
    "text", ["张三", "买买提·艾力", "11010119900307803X", "电话 13800138000", "6222020200112233445"]
)
def test_a_planted_person_is_seen(text: str) -> None:
    assert list(persons({"facts": [{"bearer": text}]}))
    assert not list(persons({"facts": [{"bearer": {"ciphertext": text}}]}))
