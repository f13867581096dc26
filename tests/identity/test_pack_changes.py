"""What a version of a pack changes, place by place."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from identity.tenants.comparing import Change, changes

plain = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5))
packs = st.dictionaries(
    st.text("abc", min_size=1, max_size=2),
    st.recursive(
        plain, lambda held: st.lists(held, max_size=3) | st.dictionaries(st.text("xy", min_size=1), held)
    ),
)


@given(packs)
def test_a_pack_does_not_differ_from_itself(pack: dict[str, Any]) -> None:
    assert changes(pack, pack) == []


@given(packs, packs)
def test_there_and_back_are_the_same_places(one: dict[str, Any], other: dict[str, Any]) -> None:
    there = {(c.path, c.before, c.after) for c in changes(one, other)}
    back = {(c.path, c.after, c.before) for c in changes(other, one)}
    assert there == back


def test_items_are_told_apart_by_their_codes_whatever_their_order() -> None:
    before = {"version": 1, "products": [{"code": "a", "price": "120.00"}, {"code": "b", "price": "60.00"}]}
    after = {
        "version": 2,
        "products": [{"code": "b", "price": "60.00"}, {"code": "a", "price": "150.00"}, {"code": "c"}],
    }
    assert changes(before, after) == [
        Change("products[a].price", "120.00", "150.00"),
        Change("products[c].code", None, "c"),
    ]


def test_long_texts_are_cut_and_what_is_gone_is_said() -> None:
    (changed, gone) = changes({"text": "x", "old": True}, {"text": "y" * 1000})
    assert changed.path == "text" and len(changed.after or "") == 301
    assert gone == Change("old", "True", None)
