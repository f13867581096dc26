"""The guard in front of a pack: a safe, bounded subset of YAML, and never an exception for any text."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.contracts.pack import PackInvalid, check_pack, load_pack
from common.contracts.pack.source import MAX_BYTES, MAX_DEPTH, Unreadable, read_source

from .packs import CODES, pack_text


def only_fault(text: str) -> tuple[str, int, int]:
    faults = check_pack(text)
    assert len(faults) == 1, faults
    assert faults[0].zh and faults[0].en
    return faults[0].code, faults[0].line, faults[0].column


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x [1]\nb: 2\n", ("yaml.alias", 1, 4)),
        ("a: [1]\nb: *x\n", ("yaml.alias", 2, 4)),
        ("a: !!python/object/apply:os.system ['true']\n", ("yaml.tag", 1, 4)),
        ("a: 1\nb: !!str 2\n", ("yaml.tag", 2, 4)),
        ("a: 1\n---\nb: 2\n", ("yaml.documents", 2, 1)),
        ("a: [1, 2\nb: 3\n", ("yaml.syntax", 2, 2)),
        ("a: 1\n\tb: 2\n", ("yaml.syntax", 2, 1)),
        ("- a\n- b\n", ("yaml.not_a_mapping", 1, 1)),
        ("", ("yaml.not_a_mapping", 1, 1)),
        ("? [a, b]\n: 1\n", ("yaml.key", 1, 3)),
        ("a: \x00\n", ("yaml.syntax", 1, 1)),
    ],
)
def test_what_is_no_safe_yaml_is_one_fault_at_its_place(text: str, expected: tuple[str, int, int]) -> None:
    assert only_fault(text) == expected


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    began = time.perf_counter()
    assert only_fault("\n".join(lines))[0] == "yaml.alias"
    assert time.perf_counter() - began < 1


def test_size_and_depth_are_bounded() -> None:
    assert only_fault("a: " + "x" * MAX_BYTES)[0] == "yaml.too_large"
    assert only_fault("a: " + "汉" * (MAX_BYTES // 3 + 1))[0] == "yaml.too_large"
    assert only_fault("a: " + "[" * 500_000)[0] == "yaml.too_large"
    assert only_fault("a: [" + "1," * 200_000 + "1]")[0] == "yaml.too_large"
    inside = MAX_DEPTH - 1
    assert read_source("a: " + "[" * inside + "]" * inside)
    with pytest.raises(Unreadable):
        read_source("a: " + "[" * (inside + 1) + "]" * (inside + 1))


def test_a_file_that_is_too_large_or_not_utf8_is_refused_without_reading_it_all(tmp_path) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as file:
        file.truncate(10 * MAX_BYTES)
    with pytest.raises(PackInvalid) as refused:
        load_pack(large)
    assert [fault.code for fault in refused.value.faults] == ["yaml.too_large"]
    other = tmp_path / "gb.yaml"
    other.write_bytes("version: 1\ntenant: 无锡\n".encode("gb18030"))
    with pytest.raises(PackInvalid) as refused:
        load_pack(other)
    assert [(fault.code, fault.line) for fault in refused.value.faults] == [("yaml.encoding", 2)]


def test_scalars_are_what_they_look_like() -> None:
    root, _ = read_source(
        "a: no\nb: 12:00\nc: 017\nd: 1_000\ne: 2026-01-31\nf: true\ng: '5'\nh: 0.30\ni: ~\nj: 1e5\n"
    )
    assert root.plain() == {
        "a": "no", "b": "12:00", "c": "017", "d": "1_000", "e": "2026-01-31",
        "f": True, "g": "5", "h": 0.3, "i": None, "j": "1e5",
    }  # fmt: skip


def test_every_repeated_key_is_a_fault_at_its_second_place() -> None:
    text = pack_text("wuxi") + "version: 2\ntenant:\n  code: other\n"
    lines = text.count("\n")
    faults = [(fault.path, fault.line, fault.code) for fault in check_pack(text)]
    assert faults == [
        ("version", lines - 2, "yaml.duplicate_key"),
        ("tenant", lines - 1, "yaml.duplicate_key"),
    ]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_no_text_is_answered_with_an_exception(text: str) -> None:
    assert check_pack(text)


@settings(max_examples=60, deadline=None)
@given(
    code=st.sampled_from(CODES), start=st.floats(0, 1), length=st.integers(1, 400), insert=st.text(max_size=8)
)
def test_a_damaged_pack_is_answered_with_places_in_the_file(
    code: str, start: float, length: int, insert: str
) -> None:
    text = pack_text(code)
    cut = int(start * len(text))
    damaged = text[:cut] + insert + text[cut + length :]
    lines = (
        len(re.findall("\r\n|[\n\r\x85\u2028\u2029]", damaged)) + 2
    )  # what YAML takes for the end of a line
    for fault in check_pack(damaged):
        assert 1 <= fault.line <= lines
        assert fault.column >= 1
        assert fault.zh and fault.en
