"""What a version of a pack changes, place by place."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from common.contracts.pack import load_pack
from identity.tenants.comparing import Change, changes
from identity.tenants.wording import place_words

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


def test_items_are_told_apart_by_their_codes_and_their_order_is_a_change() -> None:
    before = {"version": 1, "products": [{"code": "a", "price": "120.00"}, {"code": "b", "price": "60.00"}]}
    after = {"version": 2, "products": [{"code": "b", "price": "60.00"}, {"code": "a", "price": "150.00"}]}
    assert changes(before, after) == [
        Change("products[]", "a, b", "b, a"),
        Change("products[a].price", "120.00", "150.00"),
    ]
    added = {"version": 3, "products": [*after["products"], {"code": "c"}]}
    assert changes(after, added) == [
        Change("products[]", "b, a", "b, a, c"),
        Change("products[c].code", None, "c"),
    ]


def test_long_texts_are_compared_whole_and_shown_where_they_differ() -> None:
    same = "保密条款" * 500
    (changed,) = changes({"text": f"{same}不得外传"}, {"text": f"{same}可以外传{same}"})
    assert changed.before is not None and changed.before.endswith("不得外传")
    assert changed.after is not None and "可以外传" in changed.after and len(changed.after) < 310
    (gone,) = changes({"old": True}, {})
    assert gone == Change("old", "True", None)


@given(packs, packs)
def test_what_differs_is_never_left_out(one: dict[str, Any], other: dict[str, Any]) -> None:
    if plainly(one) != plainly(other):
        assert changes(one, other)


def plainly(value: Any) -> Any:
    """A pack as its values are written: 1 and "1" read alike, and so do nothing, "" and None."""
    if isinstance(value, dict):
        return {name: plainly(held) for name, held in value.items()} or ""
    if isinstance(value, list):
        return [plainly(held) for held in value] or ""
    return "" if value is None else str(value)


def test_a_place_is_said_in_the_words_of_a_desk() -> None:
    pack = load_pack(Path(__file__).resolve().parents[2] / "tenants" / "wuxi.yaml").to_dict()
    path = "products[three-in-one].contribution.share_limit"
    title = next(one["title"]["zh"] for one in pack["products"] if one["code"] == "three-in-one")
    assert place_words(path, pack) == f"参保项目“{title}” › 互助金 › 每人份数上限"
    assert place_words("products[]", pack) == "参保项目 › （增减或顺序）"
    old = {"products": [{"code": "gone", "title": {"zh": "旧项目"}}]}
    assert place_words("products[gone].title.zh", pack, old) == "参保项目“旧项目” › 名称 › 中文"
    assert place_words("never.heard[2].of", pack) == "never › heard“3” › of"
    for change in changes({}, pack):
        assert place_words(change.path, pack)
