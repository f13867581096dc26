"""Pictures that look alike: a perceptual hash in bands, so that near ones are found by equality. Pure."""

from itertools import combinations

BITS = 64
BANDS = 4
WIDTH = BITS // BANDS
SAME = 3
"""Up to so many differing bits it is one picture, whatever can be read on it: a number may have been changed."""
NEAR = 8
"""Up to so many differing bits it may be one picture, compressed or photographed anew, or two papers of one form.

With four bands, two hashes that differ in at most eight bits differ in at most two bits of at least one band.
"""


def bands_of(phash: str) -> tuple[int, int, int, int]:
    """Return the four bands of a hash of 16 hexadecimal digits; ValueError for anything else."""
    if len(phash) != BITS // 4:
        raise ValueError(phash)
    number = int(phash, 16)
    mask = (1 << WIDTH) - 1
    first, second, third, fourth = ((number >> (WIDTH * place)) & mask for place in range(BANDS))
    return first, second, third, fourth


def near_bands(band: int) -> list[int]:
    """Return a band and all that differ from it in one or two bits."""
    bits = [1 << place for place in range(WIDTH)]
    return [band, *(band ^ bit for bit in bits), *(band ^ one ^ two for one, two in combinations(bits, 2))]


def distance(one: str, other: str) -> int:
    """Return in how many bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def telling(phash: str) -> bool:
    """Say whether a hash tells anything: an empty or evenly grey page is like any other."""
    return 8 <= int(phash, 16).bit_count() <= BITS - 8


def same_picture(one: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    """Say whether two pictures, each with what marks the paper as one of a kind, are probably one.

    Papers whose marks were read and differ are two papers of one form, unless the pictures are one to the bit, nearly.
    """
    apart = distance(one[0], other[0])
    if apart <= SAME:
        return True
    two_papers = one[1] is not None and other[1] is not None and one[1] != other[1]
    return apart <= NEAR and not two_papers
