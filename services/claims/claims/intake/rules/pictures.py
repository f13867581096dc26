"""Pictures that look alike: a perceptual hash in bands, so that near ones are found by equality. Pure."""

BITS = 64
BANDS = 4
NEAR = 3
"""Bits in which the same picture may differ after being compressed or photographed off a screen.

With four bands, two hashes that differ in at most three bits agree in at least one band.
"""


def bands_of(phash: str) -> tuple[int, int, int, int]:
    """Return the four bands of a hash of 16 hexadecimal digits; ValueError for anything else."""
    if len(phash) != BITS // 4:
        raise ValueError(phash)
    number = int(phash, 16)
    width = BITS // BANDS
    first, second, third, fourth = (
        (number >> (width * place)) & ((1 << width) - 1) for place in range(BANDS)
    )
    return first, second, third, fourth


def distance(one: str, other: str) -> int:
    """Return in how many bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def telling(phash: str) -> bool:
    """Say whether a hash tells anything: an empty or evenly grey page is like any other."""
    return 8 <= int(phash, 16).bit_count() <= BITS - 8
