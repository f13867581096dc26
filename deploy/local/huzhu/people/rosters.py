"""Whole rosters in the layout of manual 002, with a chosen share of faulty rows and the truth about each row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from common.sheets import SheetWriter
from common.sheets.writer import Target

from .faults import FAULTS, spoil
from .persons import Person, people

_TITLE = "无锡市职工互助互济会“三合一”项目参保花名册"
_HINTS = (
    "说明",
    "必填,姓名中不要出现空格",
    "必填,X要大写",
    "必填,填社保卡上银行卡号",
    "必填,例如无锡市农村商业银行",
    "必填",
    "",
)
_HEADINGS = ("序号", "姓名", "居民身份证号(证件号码)", "社保卡银行卡号", "开户行", "手机号", "备注")
_FIELDS = ("name", "id_number", "social_card", "bank_name", "mobile")
_FIRST_ROW = 4


@dataclass(slots=True)
class RosterTruth:
    """What a check has to find: the reason codes of each row by the sheet's row number."""

    codes: dict[int, list[str]] = field(default_factory=dict)

    @property
    def insurable(self) -> int:
        """How many rows are insurable."""
        return sum(not codes for codes in self.codes.values())

    def as_json(self) -> list[dict[str, Any]]:
        """Return the truth as the samples have it: [{"row": 4, "codes": []}, …]."""
        return [{"row": row, "codes": codes} for row, codes in self.codes.items()]


def write_roster(
    target: Target,
    count: int,
    *,
    seed: int = 0,
    faulty: float = 0.0,
    empty_rows: int = 3,
    today: date | None = None,
) -> RosterTruth:
    """Write a roster of `count` invented people, a share `faulty` of them with one fault each; return the truth.

    `empty_rows`: numbered rows without people at the end, which are nobody.
    """
    return write_rows(target, _rows(count, seed=seed, faulty=faulty, today=today), empty_rows=empty_rows)


def write_rows(
    target: Target, rows: Iterable[tuple[dict[str, str], list[str]]], *, empty_rows: int = 3
) -> RosterTruth:
    """Write rows of values, each with the codes that a check has to find, in the manual's layout."""
    truth = RosterTruth()
    number = 0
    with SheetWriter(target, widths=(6, 14, 24, 26, 30, 16, 12)) as sheet:
        sheet.title(_TITLE, len(_HEADINGS))
        sheet.heading(_HINTS)
        sheet.heading(_HEADINGS)
        for number, (values, codes) in enumerate(rows, start=1):
            sheet.row([str(number), *(values[name] for name in _FIELDS)])
            truth.codes[_FIRST_ROW + number - 1] = codes
        for empty in range(number + 1, number + empty_rows + 1):
            sheet.row([str(empty)])
    return truth


def with_faults(somebody: Person, code: str = "", *, seed: int = 0) -> tuple[dict[str, str], list[str]]:
    """Return a person's row, spoiled in the way that `code` names."""
    values = {name: str(getattr(somebody, name)) for name in _FIELDS}
    if code:
        spoil(values, code, Random(seed))  # noqa: S311 - invented people, not secrets
    return values, [code] if code else []


def _rows(
    count: int, *, seed: int, faulty: float, today: date | None
) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yield the values of each row with the codes a check has to find; now and then somebody stands there twice."""
    random = Random(seed)  # noqa: S311 - invented people, not secrets
    codes = [*FAULTS, "row.duplicate"]
    clean: dict[str, str] = {}
    taken: set[str] = set()
    for somebody in people(count, seed=seed, today=today):
        values = {name: str(getattr(somebody, name)) for name in _FIELDS}
        if random.random() >= faulty:
            clean = values
            taken.add(values["id_number"])
            yield values, []
            continue
        code = random.choice(codes)
        if code == "row.duplicate" and clean:
            yield clean, [code]
            continue
        code = "id.checksum" if code == "row.duplicate" else code
        whole = dict(values)
        spoil(values, code, random)
        if values["id_number"] in taken:  # what was spoiled may have become another's number: leave it whole
            yield whole, []
            continue
        taken.add(values["id_number"] or somebody.id_number)
        yield values, [code]
