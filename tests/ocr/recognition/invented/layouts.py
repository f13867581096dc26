"""Ways to lay labels and their values on a sheet: in runs, in columns, in ruled cells, under heads, stacked, packed."""

from collections.abc import Callable, Sequence

from .canvas import Canvas

Entry = tuple[str, str]
Lay = Callable[[Canvas, Sequence[Entry], int, int, int, int, int], int]


def runs(
    sheet: Canvas, entries: Sequence[Entry], left: int, top: int, right: int, columns: int, size: int
) -> int:
    """Label, colon and value in one run."""
    return _rows(sheet, entries, left, top, right, columns, size, _run)


def apart(
    sheet: Canvas, entries: Sequence[Entry], left: int, top: int, right: int, columns: int, size: int
) -> int:
    """The value at the column's own stop, without a colon."""
    return _rows(sheet, entries, left, top, right, columns, size, _stop)


def ruled(
    sheet: Canvas, entries: Sequence[Entry], left: int, top: int, right: int, columns: int, size: int
) -> int:
    """A ruled table of label and value cells."""
    rows = [list(entries[at : at + columns]) for at in range(0, len(entries), columns)]
    return sheet.table(rows, top, left, right, int(2.4 * size))


def heads(
    sheet: Canvas, entries: Sequence[Entry], left: int, top: int, right: int, columns: int, size: int
) -> int:
    """A row of labels over a row of values, ruled or not."""
    y, lines = top, sheet.random.random() < 0.6
    for at in range(0, len(entries), columns):
        row = entries[at : at + columns]
        cell = (right - left) / len(row)
        for place, (label, value) in enumerate(row):
            x = left + place * cell + 8
            sheet.text(x, y + size, label, size, sheet.ink)
            sheet.value(x, y + 3 * size, value, size)
        if lines:
            for line in (y, y + 2 * size, y + 4 * size):
                sheet.line(left, line, right, line)
        y += 4 * size
    return y


def stacked(
    sheet: Canvas, entries: Sequence[Entry], left: int, top: int, right: int, columns: int, size: int
) -> int:
    """Ruled cells with a small label over its value."""
    y, height = top, int(2.9 * size)
    for at in range(0, len(entries), columns):
        row = entries[at : at + columns]
        cell = (right - left) / columns
        for place, (label, value) in enumerate(row):
            x = left + place * cell
            sheet.line(x, y, x, y + height)
            sheet.text(x + 6, y + 0.75 * size, label, int(0.85 * size), sheet.ink)
            sheet.value(x + 12, y + 2.05 * size, value, size)
        sheet.line(left, y, right, y)
        sheet.line(left, y + height, right, y + height)
        sheet.line(right, y, right, y + height)
        y += height
    return y


def packed(
    sheet: Canvas, entries: Sequence[Entry], left: int, top: int, right: int, columns: int, size: int
) -> int:
    """Several pairs in one run of text."""
    random, y = sheet.random, top
    between = random.choice(["  ", " ", "；", "，"])
    for at in range(0, len(entries), columns):
        row = entries[at : at + columns]
        sheet.value(left, y + size, between.join(f"{label}：{value}" for label, value in row if value), size)
        y += int(1.9 * size)
    return y


WAYS: dict[str, Lay] = {
    "runs": runs,
    "apart": apart,
    "ruled": ruled,
    "heads": heads,
    "stacked": stacked,
    "packed": packed,
}


def lay(
    sheet: Canvas,
    entries: Sequence[Entry],
    top: int,
    *,
    ways: Sequence[str] = tuple(WAYS),
    left: int = 80,
    right: int = 1520,
    columns: int = 3,
    size: int = 22,
) -> int:
    """Lay the entries in one of the ways; returns the bottom."""
    return WAYS[sheet.random.choice(list(ways))](sheet, entries, left, top, right, columns, size)


def _rows(
    sheet: Canvas,
    entries: Sequence[Entry],
    left: int,
    top: int,
    right: int,
    columns: int,
    size: int,
    draw: Callable[[Canvas, float, float, float, Entry, int], None],
) -> int:
    cell, y = (right - left) / columns, top
    for place, entry in enumerate(entries):
        if place and place % columns == 0:
            y += 2 * size
        draw(sheet, left + cell * (place % columns), y + size, cell, entry, size)
    return y + 2 * size


def _run(sheet: Canvas, x: float, y: float, _cell: float, entry: Entry, size: int) -> None:
    sheet.pair(x, y, *entry, size)


def _stop(sheet: Canvas, x: float, y: float, cell: float, entry: Entry, size: int) -> None:
    right = sheet.text(x, y, entry[0], size, sheet.ink)
    sheet.value(max(x + 0.5 * cell, right + size), y, entry[1], size)
