"""How large a workbook may be before it is refused unread."""

from dataclasses import dataclass

MAX_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of the file, bytes and ratio once unpacked, parts in it, rows with content, columns, texts.

    A roster of 100,000 people unpacks to 40 to 80 MB at a ratio of 5 to 20. The ratio counts only above
    `ratio_from_bytes`, since small empty sheets compress far better.
    """

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 200_000_000
    ratio: int = 150
    ratio_from_bytes: int = 10_000_000
    parts: int = 2_000
    rows: int = MAX_ROWS
    columns: int = 256
    texts: int = 2_000_000
    cell_characters: int = 32_767


DEFAULT_LIMITS = Limits()
