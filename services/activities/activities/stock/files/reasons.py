"""Why a line of a file is not imported, in words for the result file."""

from common.text import Text

from ..rules import LONGEST

REASONS: dict[str, Text] = {
    "code.missing": Text("没有填写电子码。", "There is no code."),
    "code.too_long": Text(f"电子码或卡密超过 {LONGEST} 个字符。", f"Longer than {LONGEST} characters."),
    "code.blank": Text("码中间有空格，请删去。", "A blank stands in the code; remove it."),
    "code.characters": Text("含有不可见字符，请删去。", "It holds invisible characters; remove them."),
    "code.format": Text("不符合活动规定的格式。", "It does not have the campaign's format."),
    "code.digits_lost": Text(
        "单元格是数字，超过 15 位的部分已丢失，请把该列设为文本后重新填写。",
        "The cell is a number and lost its digits beyond 15. Format the column as text and enter it again.",
    ),
    "code.expires": Text(
        "有效期不是日期，请写成 2026-12-31。", "The last day is no date. Write it as 2026-12-31."
    ),
    "code.expired": Text("有效期已过。", "It has expired already."),
    "code.in_file": Text("与第 {line} 行重复。", "The same as line {line}."),
    "code.in_stock": Text("库存中已有此码。", "The stock has it already."),
}


def words_of(reason: str, first_line: int | None) -> str:
    """Return the sentence of a reason in Chinese, as the result file has it."""
    return REASONS[reason].zh.format(line=first_line)
