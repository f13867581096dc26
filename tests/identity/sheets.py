"""Admission sheets for the tests: people with valid numbers, and rows that are wrong in known ways."""

import random
from pathlib import Path

from common.identifiers import id_check_digit
from common.sheets import SheetWriter
from identity.members.bulk.rules import SHEET
from identity.members.bulk.sheet import _cells, _heading, _widths

SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"


def number_of(serial: int) -> str:
    """Return the valid ID number of a person between 20 and 50; equal for equal serials."""
    year, month, day = 1980 + serial // 300_000 % 25, 1 + serial // 25_000 % 12, 1 + serial // 1000 % 25
    first = f"110108{year}{month:02d}{day:02d}{serial % 1000:03d}"
    return first + id_check_digit(first)


def spoiled(number: str, name: str, kind: int) -> tuple[str, str]:
    """Return a row that is wrong in one or two ways."""
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    return [(name, wrong), (f"{name[0]} {name[1:]}", number), ("", wrong), (name, number[:-1])][kind % 4]


def write_people(path: Path, count: int, *, seed: int = 0, faulty: float = 0.05, first: int = 0) -> int:
    """Write a sheet of so many people, a share of them wrong; return how many are wrong."""
    chance = random.Random(seed)
    bad = 0
    with SheetWriter(path, widths=_widths(SHEET)) as out:
        _heading(out, SHEET)
        for row in range(count):
            name = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
            number = number_of(first + row)
            if chance.random() < faulty:
                bad += 1
                name, number = spoiled(number, name, bad)
            out.row(_cells(SHEET, row + 1, {"name": name, "id_number": number, "mobile": f"139{row:08d}"}))
    return bad
