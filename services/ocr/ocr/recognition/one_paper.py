"""Whether a picture or a file shows one paper only: of two receipts side by side nothing can be accepted. Pure."""

from collections.abc import Iterable, Sequence

from ocr.recognition.case import SURE, Case, apart
from ocr.recognition.model import Check, DocumentType
from ocr.recognition.pairing import Reading

CODE = "document.one_paper"
_OF_A_PAPER = (
    "票据号码",
    "发票号码",
    "校验码",
    "交款人",
    "开票日期",
    "金额合计大写",
    "金额合计小写",
    "住院号",
    "公民身份号码",
    "病理号",
)
"""What a paper says once, or the same wherever it says it."""
_ENOUGH = 2
"""So many of them said twice, and each time differently, are of two papers."""


def on_one_page(case: Case, readings: Sequence[Reading]) -> None:
    """Takes back everything that was confirmed where the page says so much in two ways."""
    twice = [name for name in _OF_A_PAPER if name in case.chosen and _said_otherwise(name, readings)]
    if len(twice) >= _ENOUGH:
        case.add(CODE, False, "on this page more than once: " + "、".join(twice))
        case.contradicted.update(case.chosen)


def among_pages(
    kind: DocumentType, kinds: Sequence[DocumentType], said: Sequence[dict[str, str]]
) -> tuple[bool, list[Check]]:
    """Whether all pages of the kind are of one paper (`said`: their values); and what there is to say about it."""
    foreign = {k for k in kinds if k not in (kind, DocumentType.OTHER)}
    first = next((values for values in said if values), {})
    second = any(
        sum(first.get(name, values[name]) != values[name] for name in _OF_A_PAPER if name in values)
        >= _ENOUGH
        for values in said
    )
    detail = ", ".join(sorted(foreign) + ["another of this kind"] * second)
    return not second, [Check(CODE, False, f"the file also holds: {detail}")] if foreign or second else []


def _said_otherwise(name: str, readings: Iterable[Reading]) -> bool:
    """Whether the same label stands twice on the page, with values of which none is a misreading of the other."""
    sure = [r for r in readings if r.name == name and r.exact and r.strength >= 2 and r.confidence >= SURE]
    return any(
        a.rank == b.rank and apart((a, b)) and _unlike(a.value, b.value)
        for at, a in enumerate(sure)
        for b in sure[at + 1 :]
    )


def _unlike(a: str, b: str) -> bool:
    return a != b and sum(x != y for x, y in zip(a, b, strict=False)) + abs(len(a) - len(b)) > 1
