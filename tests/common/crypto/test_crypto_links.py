"""Signed links and receipts: one purpose, one key, a limited time, no changed character."""

import base64
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common.clock import now, set_to
from common.crypto import LinkExpired, LinkForged, parse_link_key, sign, verify

KEY = bytes(range(32))
CLAIMS = {"document": "0198", "tenant": "wuxi", "pages": [1, 2]}
MINUTE = timedelta(minutes=1)
TOKEN = sign("read", CLAIMS, KEY, timedelta(days=1))


def test_claims_come_back_as_they_were() -> None:
    assert verify("read", sign("read", CLAIMS, KEY, MINUTE), KEY) == CLAIMS


def test_a_link_ends_with_its_time() -> None:
    token = sign("read", CLAIMS, KEY, MINUTE)
    with set_to(now() + timedelta(seconds=59)):
        assert verify("read", token, KEY) == CLAIMS
    with set_to(now() + timedelta(seconds=61)), pytest.raises(LinkExpired):
        verify("read", token, KEY)


def test_a_link_is_for_one_purpose_and_key() -> None:
    token = sign("read", CLAIMS, KEY, MINUTE)
    with pytest.raises(LinkForged):
        verify("write", token, KEY)
    with pytest.raises(LinkForged):
        verify("read", token, bytes(32))


@given(st.data())
def test_any_changed_character_is_found(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(TOKEN) - 1))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=300))
    assume(other != TOKEN[place])
    with pytest.raises(LinkForged):
        verify("read", TOKEN[:place] + other + TOKEN[place + 1 :], KEY)


def test_an_expired_link_that_is_forged_is_forged() -> None:
    token = sign("read", CLAIMS, KEY, -MINUTE)
    with pytest.raises(LinkForged):
        verify("read", token[:-2] + ("AA" if token[-2:] != "AA" else "BA"), KEY)


@pytest.mark.parametrize("text", ["", ".", "l1..", "l1.e30.", "a.b.c.d", "l1.é.x"])
def test_what_is_no_link_is_forged(text: str) -> None:
    with pytest.raises(LinkForged):
        verify("read", text, KEY)


def test_the_time_cannot_be_claimed() -> None:
    with pytest.raises(ValueError, match="exp"):
        sign("read", {"exp": 1}, KEY, MINUTE)


def test_the_link_key_has_32_bytes() -> None:
    assert parse_link_key(base64.b64encode(KEY).decode()) == KEY
    with pytest.raises(ValueError, match="32"):
        parse_link_key(base64.b64encode(KEY[:16]).decode())
