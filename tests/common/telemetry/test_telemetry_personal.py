"""What is masked in logs, and what must stay readable."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import new_id
from common.telemetry import clean, is_personal, redact

PERSONAL = [
    "320200198801011234",
    "32020019880101123X",
    "320200880101123",
    "13812345678",
    "+8613812345678",
    "138 1234 5678",
    "138-1234-5678",
    "6222021001000123456",
    "6222 0210 0100 0123 456",
    "３２０２００１９８８０１０１１２３４",
]
GLUE = st.text("号证件:：,，.\n\"'(){}[]=abc ", max_size=6)


@given(GLUE, st.sampled_from(PERSONAL), GLUE)
def test_numbers_of_people_are_masked_in_any_text(before: str, number: str, after: str) -> None:
    shown = redact(before + number + after)
    assert number not in shown
    assert sum(character.isdigit() for character in shown) == 0


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET /api/ocr/documents?name=%E7%8E%8B&id=1 HTTP/1.1", "%E7"),
        ("https://x.example/a?sig=abc#f", "abc"),
        ("Authorization: Bearer abc.def.ghi", "abc"),
        ("token eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln is bad", "eyJ"),  # pragma: allowlist secret
        ("postgresql+asyncpg://ocr_app:geheim@127.0.0.1/x", "geheim"),  # pragma: allowlist secret
        ("redis://:geheim@127.0.0.1", "geheim"),
        ("mail to wang@example.com", "wang"),
        ("[SQL: INSERT …]\n[parameters: ('王小明', 1)]\n(Background …)", "王小明"),
        ("duplicate key\nDETAIL:  Key (name)=(王小明) already exists.", "王小明"),
        ("1 error [type=x, input_value='王小明', input_type=str]", "王小明"),
        ("sealed s1.1.QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo here", "QUJD"),
    ],
)
def test_secrets_and_quoted_values_are_masked(text: str, secret: str) -> None:
    assert secret not in redact(text)
    assert is_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "claim.submitted took 12.5 ms",
        "2026-01-31T12:30:45.123456+00:00",
        "from 2026-01-31 to 2026-02-01",
        "192.168.100.200:5432",
        "1234567890",
        "total 1234567.89 yuan",
        "a" * 64,
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-1234567890123456-01",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "王小明提交了申请",
    ],
)
def test_ordinary_texts_stay(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "1 ",
        "a@",
        ".",
        "a.",
        "?",
        "?a",
        "a=",
        "://a:",
        "eyJ",
        "input_value=",
        "s1.a.",
        "-",
        "0a",
        "2026-01-",
    ],
)
def test_hostile_texts_are_cheap(unit: str) -> None:
    started = time.process_time()
    assert len(redact(unit * 50_000)) <= 8000
    assert time.process_time() - started < 0.5


def test_a_number_that_a_cut_goes_through_is_not_shown_by_half() -> None:
    for padding in range(3980, 4001):
        shown = redact("a" * padding + " 320200198801011234 and more")
        assert not any(character.isdigit() for character in shown)


def test_ids_stay() -> None:
    for _ in range(5000):
        for identifier in (new_id(), uuid4()):
            assert redact(f"claim {identifier} of {identifier}") == f"claim {identifier} of {identifier}"


class Member:
    def __repr__(self) -> str:
        return "Member(王小明)"


def test_values_of_every_depth_and_type_are_cleaned() -> None:
    cleaned = clean(
        {
            "id": new_id(),
            "when": datetime(2026, 1, 31, tzinfo=UTC),
            "amount": Decimal("600.00"),
            "numbers": (13812345678, 12),
            "deep": [{"headers": {"Authorization": "Bearer x", "Id-Number": 5, "payee_mobile": "1"}}],
            "raw": b"320200198801011234",
            "object": Member(),
            "error": ValueError("320200198801011234"),
            "13812345678": 1,
            "name": "王小明",
            "ok": True,
            "none": None,
            "rate": 0.5,
        }
    )
    assert cleaned.pop("id")
    assert cleaned == {
        "when": "2026-01-31 00:00:00+00:00",
        "amount": "600.00",
        "numbers": ["***", 12],
        "deep": [{"headers": {"Authorization": "***", "Id-Number": "***", "payee_mobile": "***"}}],
        "raw": "<bytes>",
        "object": "<Member>",
        "error": "ValueError: ***",
        "***": 1,
        "name": "***",
        "ok": True,
        "none": None,
        "rate": 0.5,
    }


def test_what_is_nested_without_end_is_not_followed() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert "list" in str(clean(loop))
