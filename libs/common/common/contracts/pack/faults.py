"""What is wrong with a pack, where in the file, in both languages."""

from dataclasses import dataclass
from typing import Any, ClassVar

from common.errors import DomainError
from common.text import Text

Place = tuple[str | int, ...]
"""Where in a pack: keys and positions from the top."""


def dotted(place: Place) -> str:
    """Return a place as people write it: ("products", 0, "term_months") is `products[0].term_months`."""
    path = ""
    for step in place:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place of the pack, before its line in the file is known."""

    place: Place
    code: str
    text: Text
    at_key: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong with a pack file. `line` and `column` count from 1; `path` is dotted, empty for the file."""

    line: int
    column: int
    path: str
    code: str
    zh: str
    en: str

    @property
    def text(self) -> Text:
        """The sentence in both languages."""
        return Text(self.zh, self.en)

    def show(self, file: str) -> str:
        """Return one line: `wuxi.yaml:12:5 products[0].term_months: 须为整数 (must be a whole number)`."""
        path = f" {self.path}" if self.path else ""
        return f"{file}:{self.line}:{self.column}{path}: {self.zh} ({self.en})"

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as an entry of a problem document's `errors`."""
        place = Text(
            f"第 {self.line} 行第 {self.column} 列 {self.path}", f"line {self.line}:{self.column} {self.path}"
        )
        return {"code": self.code, "path": self.path, "line": self.line, "column": self.column,
                "zh": self.zh, "en": self.en, "field": place.in_language().strip(),
                "message": Text(self.zh, self.en).in_language()}  # fmt: skip


class PackInvalid(DomainError):
    """A tenant pack with faults; `faults` holds every one of them in the order of the file."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "pack.invalid"
    text: ClassVar[Text] = Text(
        "工会配置有 {count} 处错误，请按所列位置逐一修改后再提交。",
        "The tenant pack has {count} faults. Correct them at the places listed, then send it again.",
    )

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(errors=[fault.as_dict() for fault in faults], count=len(faults))
