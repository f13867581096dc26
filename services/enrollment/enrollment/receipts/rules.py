"""Pure rules of receipts: their numbers, and amounts in Chinese capitals."""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def receipt_number(year: int, serial: int) -> str:
    """Return a receipt's number: its year and its place in it, without gaps."""
    return f"{year}{serial:08d}"


def in_capitals(amount: Decimal) -> str:
    """Return an amount in yuan as receipts write it: 1080.05 is 壹仟零捌拾元零伍分.

    By the rules for filling in bank notes (正确填写票据和结算凭证的基本规定); ValueError for a negative amount.
    """
    if amount < 0:
        raise ValueError("a receipt has no negative amount")
    fen = int((amount * 100).to_integral_value())
    yuan, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    words = f"{_whole(yuan)}元" if yuan else ""
    if not jiao and not rest:
        return f"{words or '零元'}整"
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif words:
        words += "零"
    return words + (f"{DIGITS[rest]}分" if rest else "整")


def _whole(number: int) -> str:
    """Return a whole number: groups of four digits, one 零 for any run of zeros inside."""
    groups = []
    while number:
        groups.append(number % 10_000)
        number //= 10_000
    words, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        value = groups[place]
        if not value:
            gap = bool(words)
            continue
        if words and (gap or value < 1000):
            words += "零"
        words += _four(value) + GROUPS[place]
        gap = False
    return words


def _four(value: int) -> str:
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if not digit:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + DIGITS[digit] + UNITS[place]
        gap = False
    return words
