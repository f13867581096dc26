"""Cross-checks among the amounts of a paper. Nothing is subtracted and no place confirms itself. Pure."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

from ocr.recognition.capitals import parse_capitals
from ocr.recognition.case import Case, announced, apart
from ocr.recognition.extract import ANONYMOUS
from ocr.recognition.pairing import Reading, same_row

PAYERS = ("医保统筹基金支付", "其他支付", "个人账户支付", "个人现金支付")
TOTAL = "金额合计小写"
WORDS = "金额合计大写"
_OWN, _PAID = ("个人自付", "个人自费"), ("个人账户支付", "个人现金支付")


def words(case: Case) -> None:
    """大写 = 小写: two notations of one amount, read from two places."""
    words, total = case.chosen.get(WORDS), case.amount(TOTAL)
    value = parse_capitals(words.value) if words else None
    if words is None or value is None or total is None:
        return
    case.add("amount.words_match", value == total, f"capitals {value}, digits {total}")
    if value == total:
        case.confirmed.update((WORDS, TOTAL))
    else:
        case.contradicted.update((WORDS, TOTAL))


def items(case: Case, listed: list[Decimal]) -> None:
    """The listed charges add up to the total. Lists are often cut or go on elsewhere: a failure says nothing."""
    total = case.amount(TOTAL)
    if total is not None and len(listed) >= 2 and sum(listed) == total and min(listed) > 0:
        case.add("amount.items_sum", True)
        if TOTAL not in case.contradicted:
            case.confirmed.add(TOTAL)


def sum_of_payers(case: Case) -> None:
    """统筹 + 其他 + 账户 + 现金 = 合计; small deviations occur in real papers, so a failure only withholds.

    Where other readings of a payer were offered, and only one choice adds up to the confirmed total, it is taken.
    """
    total = case.amount(TOTAL)
    if total is None:
        return
    if not _complete(case, PAYERS, total, sure=_is_sure(case, TOTAL)):
        return
    paid = sum((case.amount(name) or Decimal(0) for name in PAYERS), Decimal(0))
    case.add("amount.parts_sum", paid == total, f"parts {paid}, total {total}")
    if paid == total and total > 0 and _adds_up(case, PAYERS, (TOTAL,)):
        case.confirmed.update((*PAYERS, TOTAL))


def sum_of_own_share(case: Case) -> None:
    """自付 + 自费 = 账户 + 现金, where the paper keeps it and the right side is verified already."""
    if any(case.amount(name) is None for name in _PAID):
        return
    right = sum((case.amount(name) or Decimal(0) for name in _PAID), Decimal(0))
    if not _complete(case, _OWN, right, sure=_is_sure(case, *_PAID)):
        return
    left = sum((case.amount(name) or Decimal(0) for name in _OWN), Decimal(0))
    case.add("amount.own_share_sum", left == right, f"{'+'.join(_OWN)} {left}, {'+'.join(_PAID)} {right}")
    if left == right and left > 0 and _is_sure(case, *_PAID) and _adds_up(case, _OWN, _PAID):
        case.confirmed.update(_OWN)


def tax(case: Case) -> None:
    """金额 + 税额 = 价税合计 of an invoice."""
    net, tax, total = case.amount("金额"), case.amount("税额"), case.amount(TOTAL)
    if net is None or tax is None or total is None:
        return
    case.add("amount.tax_sum", net + tax == total, f"{net} + {tax}, {total}")
    if net + tax == total and tax > 0 and case.usable("金额", "税额", TOTAL):
        case.confirmed.update(("金额", "税额", TOTAL))


def _is_sure(case: Case, *names: str) -> bool:
    return case.confirmed.issuperset(names) and not case.contradicted.intersection(names)


def _complete(case: Case, names: tuple[str, ...], total: Decimal, *, sure: bool) -> bool:
    """Whether all names have an amount, after a sure total has chosen among the readings of each."""
    if sure:
        lacking = [name for name in names if not case.options(name)]
        if lacking:
            _find(case, names, lacking, total)
        else:
            _choose(case, names, total)
    return all(case.amount(name) is not None for name in names)


def _choose(case: Case, names: tuple[str, ...], total: Decimal) -> None:
    """Takes the one choice among the readings that adds up to the total, if there is just one."""
    fitting: list[tuple[Reading, ...]] = [
        choice
        for choice in product(*(case.options(name) for name in names))
        if sum(Decimal(reading.value) for reading in choice) == total and apart(choice)
    ]
    if len({tuple(r.value for r in choice) for choice in fitting}) == 1:
        case.chosen.update(zip(names, fitting[0], strict=True))
        case.untrusted.difference_update(names)


def _find(case: Case, names: tuple[str, ...], lacking: list[str], total: Decimal) -> None:
    """Takes the one printed amount without a readable label, on a row of the others, that the sum lacks.

    It is read from its own place, not computed; nothing and 0.00 can be missing anywhere, so they are never taken.
    """
    known = [case.chosen[name] for name in names if name not in lacking and name in case.chosen]
    if len(lacking) != 1 or len(known) != len(names) - 1:
        return
    rest = sum((Decimal(reading.value) for reading in known), Decimal(0))
    fitting = [
        reading
        for reading in case.others.get(ANONYMOUS, ())
        if 0 < Decimal(reading.value) == total - rest
        and apart([*known, reading])
        and any(same_row(reading.pieces[0], piece) for each in known for piece in each.pieces)
    ]
    if fitting:
        case.chosen[lacking[0]] = replace(fitting[0], name=lacking[0], strength=2)


def _adds_up(case: Case, parts: tuple[str, ...], total: tuple[str, ...]) -> bool:
    """Whether an exact sum confirms its parts.

    Against a total that is confirmed already the sum itself shows that no digit was misread, so a label read with a
    wrong letter does no harm. Else everything must have been read beyond doubt.
    """
    if not _is_sure(case, *total):
        return case.usable(*total, *parts)
    readings = [case.chosen[name] for name in parts]
    return (
        all(announced(reading) for reading in readings)
        and apart([*readings, *(case.chosen[name] for name in total)])
        and not case.untrusted.intersection(parts)
    )
