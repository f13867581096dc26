"""Cross-checks among the amounts of a paper. Nothing is subtracted and no place confirms itself. Pure."""

from decimal import Decimal

from ocr.recognition.capitals import parse_capitals
from ocr.recognition.case import Case

_PAYERS = ("医保统筹基金支付", "其他支付", "个人账户支付", "个人现金支付")


def words(case: Case) -> None:
    """大写 = 小写: two notations of one amount, read from two places."""
    words, total = case.chosen.get("金额合计大写"), case.amount("金额合计小写")
    value = parse_capitals(words.value) if words else None
    if words is None or value is None or total is None:
        return
    pair = ("金额合计大写", "金额合计小写")
    case.add("amount.words_match", value == total, f"capitals {value}, digits {total}")
    if value == total:
        case.confirmed.update(pair)
    else:
        case.contradicted.update(pair)


def sum_of_payers(case: Case) -> None:
    """统筹 + 其他 + 账户 + 现金 = 合计; small deviations occur in real papers, so a failure only withholds."""
    total, parts = case.amount("金额合计小写"), [case.amount(name) for name in _PAYERS]
    if total is None or any(part is None for part in parts):
        return
    paid = sum((part for part in parts if part is not None), Decimal(0))
    case.add("amount.parts_sum", paid == total, f"parts {paid}, total {total}")
    if paid == total and total > 0 and case.usable("金额合计小写", *_PAYERS):
        case.confirmed.update(_PAYERS)
        case.confirmed.add("金额合计小写")


def sum_of_own_share(case: Case) -> None:
    """自付 + 自费 = 账户 + 现金, where the paper keeps it and the right side is verified already."""
    left, right = ("个人自付", "个人自费"), ("个人账户支付", "个人现金支付")
    amounts = [case.amount(name) for name in (*left, *right)]
    if any(amount is None for amount in amounts):
        return
    a, b, c, d = (amount or Decimal(0) for amount in amounts)
    case.add("amount.own_share_sum", a + b == c + d, f"{a} + {b}, {c} + {d}")
    if a + b == c + d and a + b > 0 and case.usable(*left, *right) and case.confirmed.issuperset(right):
        case.confirmed.update(left)


def tax(case: Case) -> None:
    """金额 + 税额 = 价税合计 of an invoice."""
    net, tax, total = case.amount("金额"), case.amount("税额"), case.amount("金额合计小写")
    if net is None or tax is None or total is None:
        return
    case.add("amount.tax_sum", net + tax == total, f"{net} + {tax}, {total}")
    if net + tax == total and tax > 0 and case.usable("金额", "税额", "金额合计小写"):
        case.confirmed.update(("金额", "税额", "金额合计小写"))
