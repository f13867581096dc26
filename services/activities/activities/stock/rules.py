"""Pure rules of a list of codes: what a line may be, which lines repeat an earlier one."""

from dataclasses import dataclass, field

LONGEST = 200
MOST_LINES = 100_000
MOST_MEGABYTES = 8


@dataclass(frozen=True)
class Repeat:
    """A line that says again what an earlier line said; lines are counted from 1."""

    line: int
    first_line: int


@dataclass(frozen=True)
class CodeList:
    """What a text holds: codes with the line of their first appearance, repeats, and lines that are no codes."""

    codes: dict[str, int] = field(default_factory=dict)
    repeats: list[Repeat] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)


def read_codes(text: str) -> CodeList:
    """Read codes, one on each line; blank lines and blanks around a code do not count."""
    found = CodeList()
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        code = line.strip()
        if not code:
            continue
        fault = fault_of(code)
        if fault:
            found.faults[number] = fault
        elif code in found.codes:
            found.repeats.append(Repeat(number, found.codes[code]))
        else:
            found.codes[code] = number
    return found


def fault_of(code: str) -> str | None:
    """Return what is wrong with a code: code.too_long, code.blank, code.characters, or None."""
    if len(code) > LONGEST:
        return "code.too_long"
    if any(map(str.isspace, code)):
        return "code.blank"
    return None if code.isprintable() else "code.characters"


def ending(code: str) -> str:
    """Return a code's last characters, by which its owner recognises it; a quarter of it, at most four."""
    return "…" + code[len(code) - min(4, len(code) // 4) :]
