"""Finds the labels in a line of text: known ones, unknown ones with a colon, and misread ones. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from ocr.recognition.labels import ALIASES, FIELD_KINDS, OTHER_LABELS
from ocr.recognition.values import CJK, READERS, Kind

_SKIP = re.compile(r"[\s()\[\]【】{}_*]")
_COLON = ":;"
_LONG = 4
_QUALIFIERS = ("其中", "本次", "本期", "应", "本", "其", "他", "信", "息")
"""What may stand before a label: a word, or a letter of the 其他信息 that is written down the side of receipts."""
_UNKNOWN = re.compile(rf"(?:^|(?<=[^{CJK}]))[{CJK}/]{{2,14}}:")
# A value may follow these labels without a colon, because its own shape shows where it begins.
_SHAPED = {
    Kind.AMOUNT,
    Kind.CAPITALS,
    Kind.DATE,
    Kind.PERIOD,
    Kind.DAYS,
    Kind.RECEIPT_NUMBER,
    Kind.ID_NUMBER,
    Kind.CODE,
    Kind.RECEIPT_CODE,
    Kind.CHECK_CODE,
    Kind.NUMBER,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A label in a text, from `begin` to `end`, its brackets and colon included."""

    begin: int
    end: int
    fields: tuple[str, ...]
    rank: int
    exact: bool
    colon: bool


@cache
def _lexicon() -> dict[str, tuple[tuple[str, ...], int]]:
    words: dict[str, tuple[tuple[str, ...], int]] = dict.fromkeys(OTHER_LABELS, ((), 0))
    for name, aliases in ALIASES.items():
        for rank, word in enumerate(aliases):
            known = words.get(word, ((), rank))
            words[word] = ((*known[0], name), min(rank, known[1]) if known[0] else rank)
    return words


@cache
def _word_pattern() -> re.Pattern[str]:
    words = sorted(_lexicon(), key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in words))


def marks_of(text: str) -> list[Mark]:
    """The labels of one line, left to right."""
    kept = [(i, c) for i, c in enumerate(text) if not _SKIP.match(c)]
    tight, places = "".join(c for _, c in kept), [i for i, _ in kept]
    marks: list[Mark] = []
    spaced = frozenset(
        at for at in range(1, len(kept)) if places[at] > places[at - 1] + 1 and text[places[at] - 1] == " "
    )
    for begin, end, fields, rank, exact in _found(tight, spaced):
        colon = end < len(tight) and tight[end] in _COLON
        last = end if colon else end - 1
        start = places[begin] if not begin or not marks else max(places[begin], marks[-1].end)
        stop = places[last] + 1
        while stop < len(text) and text[stop] in ")] 】":
            stop += 1
        # The bracket of "(小写)" belongs to the label.
        while start and text[start - 1] in "([【 " and (not marks or marks[-1].end < start):
            start -= 1
        marks.append(Mark(start, stop, fields, rank, exact, colon))
    return marks


def _found(tight: str, spaced: frozenset[int]) -> Iterator[tuple[int, int, tuple[str, ...], int, bool]]:
    """Begin, end, fields, rank, exactness of the labels in a text without spaces and brackets, left to right.

    `spaced` are the places before which a space stood.
    """
    lexicon, at, colon_seen = _lexicon(), 0, False
    unknown = {m.start(): m.end() for m in _UNKNOWN.finditer(tight)}
    while at < len(tight):
        word = _word_pattern().match(tight, at)
        if word and _stands(tight, word.start(), word.end(), colon_seen, word.start() in spaced):
            fields, rank = lexicon[word[0]]
            yield word.start(), word.end(), fields, rank, True
            colon_seen |= tight[word.end() : word.end() + 1] in (":", ";")
            at = word.end() + (tight[word.end() : word.end() + 1] in (":", ";"))
            continue
        if at in unknown and not (word and colon_seen):
            end = unknown[at] - 1
            inner = _inside(tight, at, end) if colon_seen or "专用章" in tight[at:end] else None
            if inner is not None:
                yield inner, end, *lexicon[tight[inner:end]], True
                at, colon_seen = end + 1, True
                continue
            fields, rank, exact = _guess(tight[at:end])
            yield at, end, fields, rank, exact
            at, colon_seen = end + 1, True
            continue
        if at == 0 and (cell := _cell(tight)) is not None:
            yield cell
            return
        at += 1


def _inside(tight: str, begin: int, end: int) -> int | None:
    """Where a known label begins that ends at the colon, when text of the value before it runs into it."""
    for at in range(begin + 1, end - 1):
        if tight[at:end] in _lexicon():
            return at
    return None


def _stands(tight: str, begin: int, end: int, colon_seen: bool, spaced: bool) -> bool:
    """Whether a word of the lexicon is a label here, and not a part of a sentence or of a longer label."""
    word = tight[begin:end]
    if spaced and len(word) >= _LONG and (not tight[end:] or tight[end] in _COLON):
        return True  # the next cell, which ran into this one
    before, after = tight[begin - 1 : begin], tight[end:]
    if word == "民族" and re.fullmatch("性别[男女]", tight[:begin]):  # an identity card has no colons
        return _value_follows(word, after, False)
    if begin and re.match(f"[{CJK}]", before) and not colon_seen:
        return tight[:begin] in _QUALIFIERS and (after[:1] in (":", ";") or not after)
    if begin and word.isascii():
        return False
    if after[:1] in (":", ";", "") and not (begin and not after and word.isascii()):
        return len(word) > 1 and (bool(after) or begin == 0 or not colon_seen)
    if begin and re.match(f"[{CJK}]", before):
        return False
    return _value_follows(word, after, begin == 0)


def _value_follows(word: str, after: str, at_start: bool) -> bool:
    fields = _lexicon()[word][0]
    if word.isascii():
        return bool(re.match(r"[.:]?[A-Z]{0,2}\d{6,12}$", after))
    for name in fields:
        kind = FIELD_KINDS[name]
        if kind in _SHAPED and not re.match(f"[{CJK}]", after) and READERS[kind](after):
            return True
        if kind is Kind.CAPITALS and re.match("[零壹贰叁肆伍陆柒捌玖拾]", after):
            return True
        if (
            kind is Kind.NAME
            and at_start
            and word.endswith("姓名")
            and re.fullmatch(f"[{CJK}·]{{2,4}}", after)
        ):
            return True
        if kind is Kind.INSTITUTION and at_start and (read := READERS[kind](after)) and read.endswith("院"):
            return True
        if kind is Kind.SEX and re.match("[男女]", after):
            return True
        if name == "民族" and re.fullmatch(f"[{CJK}]{{1,5}}", after):
            return True
        if name == "住址" and at_start and re.match(f"[{CJK}]{{2,}}.*[省市区县旗镇乡村路街号]", after):
            return True
    if not fields and at_start:
        return bool(re.match(r"[¥\d.,-]+$", after))
    return False


def _cell(tight: str) -> tuple[int, int, tuple[str, ...], int, bool] | None:
    """A whole line that is one misread label, with an amount behind it or not."""
    found = re.fullmatch(rf"([{CJK}/]{{4,14}})(¥?[\d,]+\.\d\d)?", tight)
    if not found:
        return None
    fields, rank, exact = _guess(found[1])
    return (0, found.end(1), fields, rank, exact) if fields else None


def _guess(word: str) -> tuple[tuple[str, ...], int, bool]:
    """The fields of a label of which a few characters were misread or lost; none where two would fit as well."""
    for qualifier in _QUALIFIERS:
        if word.startswith(qualifier) and word[len(qualifier) :] in _lexicon():
            return *_lexicon()[word[len(qualifier) :]], True
    near: dict[tuple[str, ...], tuple[int, int]] = {}
    for known, (fields, rank) in _lexicon().items():
        if len(known) < 4 or abs(len(known) - len(word)) > 2:
            continue
        distance = _distance(word, known)
        if distance <= max(1, (len(known) + 1) // 3) and (distance, rank) < near.get(fields, (99, 99)):
            near[fields] = (distance, rank)
        elif len(known) == 4 and len(word) == 2 and (word[0], word[1]) == (known[1], known[3]):
            near.setdefault(fields, (2, rank))  # every other character lost under a seal
    # A word of no field gives way to a field as near: what is read behind a misread label is never verified.
    ranked = sorted((distance, not fields, rank, fields) for fields, (distance, rank) in near.items())
    if not ranked or (len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]):
        return (), 0, False
    return ranked[0][3], ranked[0][2], False


@lru_cache(maxsize=20_000)
def _distance(a: str, b: str) -> int:
    """Letters to insert, drop or replace to make one of the other."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
    return row[-1]
