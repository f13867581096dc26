"""Sealed values and blind indexes: round trip, every change found, tenants and contexts apart, rotation."""

import base64
import os
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from common.crypto import (
    CryptoError,
    MalformedToken,
    MasterKeys,
    NoTenantKey,
    Tampered,
    TenantKeys,
    UnknownKeyVersion,
    UnknownMasterKey,
    key_version,
    new_tenant_key,
    rewrap_tenant_key,
    unwrap_tenant_key,
    wrap_tenant_key,
)
from common.ids import new_id

TENANT = new_id()
MATERIAL = {1: os.urandom(64), 2: os.urandom(64)}
OLD = TenantKeys(TENANT, {1: MATERIAL[1]})
BOTH = TenantKeys(TENANT, MATERIAL)
FIELD = "member.id_number"
CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.=+/ \n"
fast = settings(max_examples=150, deadline=None)


def master(*ids: int) -> MasterKeys:
    return MasterKeys({key_id: bytes([key_id]) * 32 for key_id in ids})


@fast
@given(st.text())
def test_what_is_sealed_opens_again(value: str) -> None:
    assert OLD.open(OLD.seal(value, context=FIELD), context=FIELD) == value


def test_the_token_hides_the_value_and_differs_each_time() -> None:
    first, second = (OLD.seal("320200198801011234", context=FIELD) for _ in range(2))
    assert first != second
    assert "320200198801011234" not in first
    assert first.startswith("s1.1.")


@fast
@given(st.data())
def test_any_changed_character_is_found(data: st.DataObject) -> None:
    token = BOTH.seal(data.draw(st.text(max_size=40)), context=FIELD)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(CHARACTERS))
    assume(token[place] != other)
    with pytest.raises(CryptoError):
        BOTH.open(token[:place] + other + token[place + 1 :], context=FIELD)


def test_every_single_bit_of_a_token_counts() -> None:
    token = BOTH.seal("王小明", context=FIELD)
    for place in range(len(token)):
        for bit in range(7):
            changed = token[:place] + chr(ord(token[place]) ^ (1 << bit)) + token[place + 1 :]
            with pytest.raises(CryptoError):
                BOTH.open(changed, context=FIELD)


@fast
@given(st.text(max_size=60))
def test_no_text_that_is_not_a_token_opens(text: str) -> None:
    with pytest.raises(MalformedToken):
        BOTH.open(text, context=FIELD)


def test_cut_and_lengthened_tokens_are_refused() -> None:
    token = OLD.seal("value", context=FIELD)
    for changed in [token[:n] for n in range(len(token))] + [token + "A", token + "="]:
        with pytest.raises(CryptoError):
            OLD.open(changed, context=FIELD)


def test_another_tenant_or_context_cannot_open() -> None:
    token = OLD.seal("value", context=FIELD)
    with pytest.raises(Tampered):
        OLD.open(token, context="member.mobile")
    with pytest.raises(Tampered):
        TenantKeys(TENANT, {1: os.urandom(64)}).open(token, context=FIELD)
    with pytest.raises(Tampered):  # even with the same key bytes under another tenant's id
        TenantKeys(new_id(), {1: MATERIAL[1]}).open(token, context=FIELD)


def test_the_key_version_is_authenticated() -> None:
    same = TenantKeys(TENANT, {1: MATERIAL[1], 2: MATERIAL[1]})
    token = same.seal("value", context=FIELD)
    with pytest.raises(Tampered):
        same.open(token.replace("s1.2.", "s1.1."), context=FIELD)


@fast
@given(st.text(), st.text(), st.text(max_size=5), st.text(max_size=5))
def test_blind_indexes_are_equal_exactly_when_kind_and_value_are(a: str, b: str, k: str, m: str) -> None:
    assert OLD.blind(k, a) == OLD.blind(k, a)
    assert (OLD.blind(k, a) == OLD.blind(m, b)) == ((k, a) == (m, b))


def test_blind_index_of_shifted_parts_and_other_tenants_differs() -> None:
    assert OLD.blind("ab", "c") != OLD.blind("a", "bc")
    assert OLD.blind("id", "x") != TenantKeys(TENANT, {1: os.urandom(64)}).blind("id", "x")


def test_after_rotation_old_tokens_open_new_ones_use_the_new_key_and_search_finds_both() -> None:
    token, index = OLD.seal("value", context=FIELD), OLD.blind("id", "value")
    assert BOTH.open(token, context=FIELD) == "value"
    assert key_version(BOTH.seal("value", context=FIELD)) == 2
    assert BOTH.blinds("id", "value") == [BOTH.blind("id", "value"), index]
    assert index.startswith("1.")
    assert BOTH.blind("id", "value").startswith("2.")
    with pytest.raises(UnknownKeyVersion) as raised:
        OLD.open(BOTH.seal("value", context=FIELD), context=FIELD)
    assert raised.value.version == 2


def test_resealing_moves_to_the_newest_key_once() -> None:
    moved = BOTH.reseal(OLD.seal("value", context=FIELD), context=FIELD)
    assert key_version(moved) == 2
    assert BOTH.open(moved, context=FIELD) == "value"
    assert BOTH.reseal(moved, context=FIELD) == moved


def test_a_value_for_an_event_has_an_index_only_when_asked() -> None:
    sealed = BOTH.sealed("value", context=FIELD, kind="id")
    assert sealed.index == BOTH.blind("id", "value")
    assert BOTH.open_sealed(sealed, context=FIELD) == "value"
    assert BOTH.sealed("value", context=FIELD).index is None


def test_keys_are_not_printed() -> None:
    text = repr(BOTH) + str(BOTH)
    assert all(key.hex() not in text and repr(key) not in text for key in MATERIAL.values())
    assert str(TENANT) in text


def test_a_tenant_without_a_key_is_refused() -> None:
    with pytest.raises(NoTenantKey):
        TenantKeys(TENANT, {})


def test_tenant_keys_are_wrapped_by_the_newest_master_key_and_rewrapped() -> None:
    wrapped = new_tenant_key(master(1), tenant_id=TENANT, version=1)
    key = unwrap_tenant_key(master(1), wrapped, tenant_id=TENANT, version=1)
    assert len(key) == 64
    moved = rewrap_tenant_key(master(1, 2), wrapped, tenant_id=TENANT, version=1)
    assert moved != wrapped
    assert unwrap_tenant_key(master(2), moved, tenant_id=TENANT, version=1) == key
    assert rewrap_tenant_key(master(1, 2), moved, tenant_id=TENANT, version=1) == moved
    with pytest.raises(UnknownMasterKey):
        unwrap_tenant_key(master(2), wrapped, tenant_id=TENANT, version=1)


def test_every_byte_of_a_wrapped_key_counts() -> None:
    wrapped = new_tenant_key(master(1, 2), tenant_id=TENANT, version=1)
    for place in range(len(wrapped)):
        changed = bytes([*wrapped[:place], wrapped[place] ^ 1, *wrapped[place + 1 :]])
        with pytest.raises(CryptoError):
            unwrap_tenant_key(master(1, 2), changed, tenant_id=TENANT, version=1)


@pytest.mark.parametrize(("tenant", "version"), [(UUID(int=1), 1), (TENANT, 2)])
def test_a_wrapped_key_is_of_one_tenant_and_version(tenant: UUID, version: int) -> None:
    wrapped = wrap_tenant_key(master(1), MATERIAL[1], tenant_id=TENANT, version=1)
    with pytest.raises(Tampered):
        unwrap_tenant_key(master(1), wrapped, tenant_id=tenant, version=version)


def test_master_keys_are_read_from_the_settings() -> None:
    one, two = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    assert MasterKeys.parse(f"1:{one}, 2:{two}").newest == 2


@pytest.mark.parametrize("text", ["", "x", "1:", "1:AAAA", "0:" + "A" * 43 + "=", "1:***", "²:AAAA"])
def test_bad_master_keys_are_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="master key") as raised:
        MasterKeys.parse(text)
    assert "AAAA" not in str(raised.value)


def test_one_master_key_id_twice_is_refused() -> None:
    key = base64.b64encode(bytes(32)).decode()
    with pytest.raises(ValueError, match="twice"):
        MasterKeys.parse(f"1:{key},01:{key}")
