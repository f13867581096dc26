"""Where the heading is and which column is which: by the titles, in any order, with their usual synonyms."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import LayoutNotRecognised
from .requirements import RosterRules

SEARCHED_ROWS = 30
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "参保人姓名", "职工姓名", "会员姓名", "被保险人姓名", "人员姓名", "员工姓名", "name"),
    "id_number": (
        "居民身份证号", "居民身份证号码", "居民身份证证件号", "身份证号", "身份证号码", "身份证", "公民身份号码",
        "证件号码", "证件号", "idnumber",
    ),
    "social_card": ("社保卡银行卡号", "社会保障卡银行卡号", "银行卡号", "银行账号", "银行卡", "卡号", "社保卡卡号"),
    "bank_name": ("开户行", "开户银行", "银行名称", "开户行名称"),
    "mobile": ("手机号", "手机号码", "手机", "移动电话", "联系电话", "mobile"),
    "note": ("备注", "说明", "note"),
    "sex": ("性别", "sex"),
    "shares": ("份数", "参保份数", "投保份数", "shares"),
    "member_number": ("会员编号", "会员号"),
    "staff_number": ("工号", "职工号", "员工编号"),
    "amount": ("金额", "投保金额", "参保金额"),
    "department": ("部门", "所属部门", "科室"),
}  # fmt: skip
# Read although a product does not ask for them: they can contradict the ID number, or the product's limit.
_ALWAYS_READ = ("sex", "shares")
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_NOISE = re.compile(r"[\s*:;,。、\"'“”‘’_-]+")
_LOOKS_LIKE_DATA = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Layout:
    """The row of the heading and, for each field, the index of its column."""

    header_row: int
    columns: dict[str, int]


class LayoutFinder:
    """Looks at one row after the other until the heading is found."""

    def __init__(self, rules: RosterRules) -> None:
        self._titles = {
            title: field for field in reversed(_ALWAYS_READ) for title in _known_titles(field, ())
        }
        for column in rules.columns:
            for title in _known_titles(column.field, (column.title, *column.aliases)):
                self._titles[title] = column.field
        self._needed = [c for c in rules.columns if c.required or c.field in ("name", "id_number")]
        self._best: tuple[int, Sequence[str], dict[str, int]] = (0, (), {})

    def offer(self, number: int, cells: Sequence[str]) -> Layout | None:
        """Return the layout if this row is the heading."""
        columns: dict[str, int] = {}
        for index, cell in enumerate(cells):
            field = self._field(cell)
            if field is not None:
                columns.setdefault(field, index)
        if len(columns) > len(self._best[2]):
            self._best = (number, cells, columns)
        if all(column.field in columns for column in self._needed):
            return Layout(number, columns)
        return None

    def refusal(self) -> LayoutNotRecognised:
        """Return the refusal that names what is missing and what was found; never a person's data."""
        _, cells, columns = self._best
        missing = [column.title for column in self._needed if column.field not in columns]
        # A row with one title only may be a form (姓名: 张三): what stands beside the title is not shown.
        shown = cells if len(columns) > 1 else [cell for cell in cells if self._field(cell)]
        found = [cell.strip()[:30] for cell in shown if cell.strip() and not _LOOKS_LIKE_DATA.search(cell)]
        return LayoutNotRecognised(missing=missing, found=found)

    def _field(self, cell: str) -> str | None:
        return self._titles.get(_plain(cell)) or self._titles.get(_plain(_BRACKETS.sub("", _folded(cell))))


def _known_titles(field: str, own: Sequence[str]) -> set[str]:
    return {_plain(title) for title in (*own, *_SYNONYMS.get(field, ()))}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _plain(text: str) -> str:
    return _NOISE.sub("", _folded(text))
