"""Chinese capital amounts (大写金额), as on receipts: read, found in a line of text, and written.

Source of the notation: 支付结算办法, appendix 1 (正确填写票据和结算凭证的基本规定).
"""

import re
from decimal import Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_ALIKE = str.maketrans(
    "〇○弍貳叄参參陸圆園园圓萬億正⊗兩两",
    "零零贰贰叁叁叁陆元元元元万亿整零贰贰",
)
_SMALL = (("仟", 1000), ("佰", 100), ("拾", 10))
_RUN = re.compile(r"[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+")
_HAN = re.compile("[\u4e00-\u9fff]")
_UNIT = re.compile("[^零壹贰叁肆伍陆柒捌玖元角分整][拾佰仟万亿元角分]")
_SHAPE = re.compile(
    r"(?:(?P<yuan>[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)元)?(?P<rest>[零壹贰叁肆伍陆柒捌玖角分]*)整?"
)
_REST = re.compile(r"零?(?:(?P<jiao>[零壹贰叁肆伍陆柒捌玖])角)?零?(?:(?P<fen>[零壹贰叁肆伍陆柒捌玖])分)?")


def parse_capitals(text: str) -> Decimal | None:
    """The amount in yuan with two places, or None where the text is no complete, well-formed amount."""
    plain = re.sub(r"\s", "", text).translate(_ALIKE)
    shape = _SHAPE.fullmatch(plain)
    if shape is None or not (shape["yuan"] or shape["rest"]):
        return None
    rest = _REST.fullmatch(shape["rest"])
    yuan = _integer(shape["yuan"]) if shape["yuan"] else 0
    if rest is None or yuan is None:
        return None
    if not shape["yuan"] and not (rest["jiao"] or rest["fen"]):
        return None
    cents = _digit(rest["jiao"]) * 10 + _digit(rest["fen"])
    return Decimal(yuan * 100 + cents).scaleb(-2)


def find_capitals(text: str) -> tuple[str, Decimal] | None:
    """The longest well-formed amount of at least one yuan sign, jiao or fen inside a line, and its value."""
    plain = re.sub(r"\s", "", text).translate(_ALIKE)
    best: tuple[str, Decimal] | None = None
    for found in _RUN.finditer(plain):
        run = found[0]
        value = parse_capitals(run)
        if value is None or len(run) < 2 or _maimed(plain, found):
            continue
        if best is None or len(run) > len(best[0]):
            best = (run.lstrip("零") if value >= 1 else run, value)  # invoices begin with a circled cross
    return best


def agrees(text: str, amount: Decimal) -> bool:
    """Whether a line may be this amount in capitals with up to a third of its characters misread as foreign ones.

    Characters that are capitals must be the right ones in the right place, so a wrong amount does not agree.
    """
    plain = re.sub(r"[\s:()]", "", text).translate(_ALIKE).removesuffix("整")
    if not 0 <= amount < 10**12 or amount * 100 != int(amount * 100):
        return False
    wanted = format_capitals(amount).removesuffix("整")
    tail = plain[-len(wanted) :]
    if len(tail) < len(wanted) or len(wanted) < 6:
        return False
    foreign = sum(not _RUN.match(c) for c in tail)
    return 3 * foreign <= len(wanted) and all(
        a == b or not _RUN.match(a) for a, b in zip(tail, wanted, strict=True)
    )


def _maimed(plain: str, found: re.Match[str]) -> bool:
    """Whether a misread character stands where the amount goes on, so that what was read is a part only."""
    before, after = plain[: found.start()], plain[found.end() :]
    if re.search(
        r"[零壹贰叁肆伍陆柒捌玖拾佰仟万亿角分][^零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]{1,2}$", before
    ):
        return True
    return bool(_UNIT.match(after)) or (found[0][0] in "拾佰仟万亿元角分" and bool(_HAN.search(before[-1:])))


def format_capitals(amount: Decimal) -> str:
    """Writes an amount of 0 to 999,999,999,999.99 yuan, cents exact; ValueError for any other."""
    cents = int(amount * 100)
    if amount < 0 or amount * 100 != cents or cents >= 10**14:
        raise ValueError(f"not an amount that is written in capitals: {amount}")
    yuan, rest = divmod(cents, 100)
    jiao, fen = divmod(rest, 10)
    text = _write_integer(yuan) + "元" if yuan or not rest else ""
    if not rest:
        return text + "整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif text:
        text += "零"
    return text + (_DIGITS[fen] + "分" if fen else "整")


def _digit(character: str | None) -> int:
    return _DIGITS.index(character) if character else 0


def _integer(text: str) -> int | None:
    total = 0
    for unit, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        if unit and unit not in text:
            continue
        head, _, text = text.partition(unit) if unit else (text, "", "")
        section = _section(head)
        if section is None or (unit and not head):
            return None
        total += section * size
    return total


def _section(text: str) -> int | None:
    """Up to four places; a missing place may be written 零 or 零佰, and 拾 alone is ten."""
    value, rest, first = 0, text, True
    for unit, size in (*_SMALL, ("", 1)):
        place = re.match(
            rf"零*(?P<digit>[{_DIGITS}]){unit}" if unit else rf"零*(?P<digit>[{_DIGITS}]?)$", rest
        )
        if place is None and unit == "拾" and first and rest.startswith("拾"):
            value, rest, first = value + 10, rest[1:], False
        elif place is not None:
            value, rest, first = value + _digit(place["digit"]) * size, rest[place.end() :], False
    return None if rest else value


def _write_integer(yuan: int) -> str:
    text, gap = "", False
    for unit, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        section, yuan = divmod(yuan, size)
        if not section:
            gap = bool(text)
            continue
        zero = "零" if text and (gap or section < 1000) else ""
        text += zero + _write_section(section) + unit
        gap = False
    return text or "零"


def _write_section(section: int) -> str:
    text, gap = "", False
    for unit, size in (*_SMALL, ("", 1)):
        digit, section = divmod(section, size)
        if digit:
            text += ("零" if gap else "") + _DIGITS[digit] + unit
            gap = False
        else:
            gap = bool(text)
    return text
