"""Near pictures are found by their bands, and papers of one form are told apart (N.04)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.intake.rules.pictures import NEAR, SAME, bands_of, distance, near_bands, same_picture, telling

HASHES = st.integers(0, 2**64 - 1).map(lambda number: f"{number:016x}")


@given(HASHES, st.sets(st.integers(0, 63), max_size=NEAR))
def test_a_near_picture_shares_a_near_band(phash: str, flipped: set[int]) -> None:
    other = f"{int(phash, 16) ^ sum(1 << place for place in flipped):016x}"
    assert distance(phash, other) == distance(other, phash) == len(flipped)
    pairs = zip(bands_of(phash), bands_of(other), strict=True)
    assert any(theirs in near_bands(mine) for mine, theirs in pairs)


@given(
    HASHES,
    st.sets(st.integers(0, 63), max_size=20),
    st.sampled_from(["a", None]),
    st.sampled_from(["b", None]),
)
def test_when_two_pictures_are_one(
    phash: str, flipped: set[int], mine: str | None, theirs: str | None
) -> None:
    other = f"{int(phash, 16) ^ sum(1 << place for place in flipped):016x}"
    told_apart = mine is not None and theirs is not None
    limit = SAME if told_apart else NEAR
    assert same_picture((phash, mine), (other, theirs)) == (len(flipped) <= limit)


def test_an_empty_page_tells_nothing() -> None:
    assert not telling("0" * 16) and not telling("f" * 16) and telling("f0e1d2c3b4a59687")
    with pytest.raises(ValueError, match="abc"):
        bands_of("abc")
