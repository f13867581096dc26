"""Encrypted objects: round trip for any chunking; a cut, moved, changed or added byte is found."""

import os
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.crypto import (
    ObjectCipher,
    Tampered,
    Truncated,
    ciphertext_length,
    decrypt,
    encrypt,
    plaintext_length,
)
from common.crypto.objects import FRAME, HEADER, SEALED_FRAME, TAG

KEY = bytes(range(32))
WHERE = "tenant/object"
BOUNDARIES = [0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 2 * FRAME + 7, 3 * FRAME]
SOME = os.urandom(3 * FRAME)
few = settings(max_examples=40, deadline=None)


async def chunks(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def sealed(data: bytes, *, key: bytes = KEY, context: str = WHERE, size: int = 50_000) -> bytes:
    return b"".join([part async for part in encrypt(chunks(data, size), key, context=context)])


async def opened(data: bytes, *, key: bytes = KEY, context: str = WHERE, size: int = 50_000) -> bytes:
    return b"".join([part async for part in decrypt(chunks(data, size), key, context=context)])


@few
@given(st.sampled_from(BOUNDARIES), st.integers(1000, 200_000), st.integers(1000, 200_000))
async def test_round_trip_whatever_the_chunks(length: int, writing: int, reading: int) -> None:
    ciphertext = await sealed(SOME[:length], size=writing)
    assert await opened(ciphertext, size=reading) == SOME[:length]
    assert len(ciphertext) == ciphertext_length(length)
    assert plaintext_length(len(ciphertext)) == length


@given(st.integers(0, 10 * FRAME))
def test_lengths_are_inverse(length: int) -> None:
    assert plaintext_length(ciphertext_length(length)) == length


@pytest.mark.parametrize(
    "size", [0, HEADER, HEADER + TAG - 1, HEADER + SEALED_FRAME + 1, HEADER + SEALED_FRAME + TAG]
)
def test_impossible_sizes_are_refused(size: int) -> None:
    with pytest.raises(Truncated):
        plaintext_length(size)


@few
@given(st.sampled_from(BOUNDARIES), st.data())
async def test_any_changed_bit_is_found(length: int, data: st.DataObject) -> None:
    ciphertext = bytearray(await sealed(SOME[:length]))
    ciphertext[data.draw(st.integers(0, len(ciphertext) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Tampered):
        await opened(bytes(ciphertext))


@few
@given(st.sampled_from(BOUNDARIES), st.data())
async def test_any_cut_is_found(length: int, data: st.DataObject) -> None:
    ciphertext = await sealed(SOME[:length])
    frames = [HEADER + n * SEALED_FRAME for n in range(len(ciphertext) // SEALED_FRAME + 1)]
    cut = data.draw(
        st.sampled_from([f for f in frames if f < len(ciphertext)]) | st.integers(0, len(ciphertext) - 1)
    )
    with pytest.raises(Tampered):
        await opened(ciphertext[:cut])


@pytest.mark.parametrize("length", BOUNDARIES)
async def test_anything_appended_is_found(length: int) -> None:
    ciphertext = await sealed(SOME[:length])
    for more in (b"\0", bytes(TAG), ciphertext[HEADER:], ciphertext):
        with pytest.raises(Tampered):
            await opened(ciphertext + more)


async def test_frames_moved_repeated_or_taken_from_another_object_are_found() -> None:
    ciphertext, other = await sealed(SOME), await sealed(SOME)
    head, first, second, third = _frames(ciphertext)
    foreign = _frames(other)
    wrong = [
        [head, second, first, third],
        [head, first, first, third],
        [head, first, third],
        [head, foreign[1], second, third],
        [foreign[0], first, second, third],
        [head, first, second, third, third],
    ]
    for frames in wrong:
        with pytest.raises(Tampered):
            await opened(b"".join(frames))
    assert await opened(b"".join([head, first, second, third])) == SOME


async def test_another_persons_key_or_place_does_not_open() -> None:
    ciphertext = await sealed(b"receipt")
    with pytest.raises(Tampered):
        await opened(ciphertext, key=bytes(32))
    with pytest.raises(Tampered):
        await opened(ciphertext, context="tenant/other")


async def test_the_same_object_twice_shares_no_bytes() -> None:
    first, second = await sealed(SOME), await sealed(SOME)
    assert first[4:HEADER] != second[4:HEADER]
    assert all(a != b for a, b in zip(_frames(first)[1:], _frames(second)[1:], strict=True))


async def test_one_frame_can_be_read_alone() -> None:
    ciphertext = await sealed(SOME)
    cipher = ObjectCipher(KEY, context=WHERE, header=ciphertext[:HEADER])
    frame = _frames(ciphertext)[2]
    assert cipher.open_frame(1, frame, last=False) == SOME[FRAME : 2 * FRAME]
    with pytest.raises(Tampered):
        cipher.open_frame(2, frame, last=False)


def _frames(ciphertext: bytes) -> list[bytes]:
    body = ciphertext[HEADER:]
    return [ciphertext[:HEADER], *(body[n : n + SEALED_FRAME] for n in range(0, len(body), SEALED_FRAME))]
