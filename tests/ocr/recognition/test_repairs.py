"""What is offered where a reading went wrong: chosen by a check, found by a sum, one digit away; and what is not."""

from decimal import Decimal

from ocr.recognition.capitals import agrees
from ocr.recognition.checks import judge
from ocr.recognition.extract import listed_amounts, readings_of
from ocr.recognition.model import DocumentType, Page, Source

from .conftest import Cell, paper
from .test_checks import AMOUNTS, HEAD, PAID, PAYERS, SAID, STAY, TODAY, TOTAL, changed, judged, verified

SMUDGED = "金额合计（大写）叁仟肆佰捌拾柒元伍用壹分"


def test_an_amount_without_a_readable_label_is_found_by_the_sum_it_completes() -> None:
    hidden = changed(PAYERS, "其他支付：", "★")
    verdicts, _ = judged(paper(*TOTAL, *hidden))
    assert verdicts["其他支付"].value == "94.43" and verdicts["其他支付"].verified
    assert verified(paper(TOTAL[1], *hidden)) == set()  # nothing but the sum itself would say so
    elsewhere = (*(cell for cell in hidden if "94.43" not in cell[2]), (50, 700, "94.43"))
    assert "其他支付" not in judged(paper(*TOTAL, *elsewhere))[0]


def test_a_missing_zero_is_not_found_among_other_zeros() -> None:
    hidden = tuple(cell for cell in PAYERS if "账户" not in cell[2])
    assert "个人账户支付" not in judged(paper(*TOTAL, *hidden, (50, 180, "0.00")))[0]


def test_an_impossible_date_is_offered_one_digit_away_and_never_verified() -> None:
    page = paper((50, 300, "住院时间：2023-08-06至2023-00-18"), (500, 300, "开票日期：2023-08-19"))
    verdicts, _ = judged(page)
    assert verdicts["出院日期"].value == "2023-08-18" and not verdicts["出院日期"].verified
    late = paper(*changed(STAY, "2025-03-01", "2095-03-01"))
    verdicts, _ = judged(late, DocumentType.DISCHARGE_RECORD)
    assert verdicts["入院日期"].value == "2025-03-01" and not verdicts["入院日期"].verified


def test_smudged_capitals_choose_among_totals_and_are_never_verified() -> None:
    page = paper((50, 100, SMUDGED), (700, 100, "（小写）8487.51"), (700, 130, "合计金额：3487.51"))
    verdicts, checks = judged(page)
    assert verdicts["金额合计小写"].value == "3487.51" and "amount.words_match" not in checks
    assert verdicts["金额合计大写"].value == "叁仟肆佰捌拾柒元伍角壹分"
    assert not any(v.verified for v in verdicts.values())


def test_smudged_capitals_agree_with_their_own_amount_only() -> None:
    assert agrees(SMUDGED, Decimal("3487.51"))
    assert not agrees(SMUDGED, Decimal("3487.52"))
    assert not agrees("叁用用佰用用用元用用壹分", Decimal("3487.51"))  # too little is left


def listed(page: Page) -> tuple[bool, list[str]]:
    found, checks = judge(
        readings_of(page),
        DocumentType.E_RECEIPT,
        None,
        source=Source.PRINT,
        today=TODAY,
        listed=listed_amounts(page),
    )
    return found["金额合计小写"].verified, [check.code for check in checks]


def test_the_listed_charges_confirm_the_total() -> None:
    charges: tuple[Cell, ...] = (
        (50, 40, "床位费"),
        (300, 40, "87.51"),
        (50, 70, "手术费"),
        (300, 70, "3400.00"),
    )
    assert listed(paper(*charges, TOTAL[1])) == (True, ["amount.items_sum"])
    assert listed(paper(*changed(charges, "87.51", "88.51"), TOTAL[1])) == (False, [])
    assert listed(paper(charges[0], charges[1], TOTAL[1])) == (False, [])


def test_what_the_code_says_behind_a_label_that_nobody_can_read() -> None:
    hidden = changed(HEAD, "校验码：22043d", "投号码：22043d")
    verdict = judged(paper(*hidden, TOTAL[1]), said=SAID)[0]["校验码"]
    assert (verdict.source, verdict.verified) == (Source.BOTH, True)


def test_a_label_misread_by_a_letter_is_borne_by_a_confirmed_total_only() -> None:
    misread = changed(PAYERS, "其他支付", "其地支付")
    assert verified(paper(*TOTAL, *misread)) == AMOUNTS | PAID
    assert verified(paper(TOTAL[1], *misread)) == set()
    assert verified(paper(*TOTAL, *changed(misread, "94.43", "94.48"))) == AMOUNTS


def test_two_labels_that_disagree_are_decided_by_a_confirmed_total_only() -> None:
    second = (50, 400, "其他支付：12.00")
    verdicts, _ = judged(paper(*TOTAL, *PAYERS, second))
    assert verdicts["其他支付"].value == "94.43" and verdicts["其他支付"].verified
    assert verified(paper(TOTAL[1], *PAYERS, second)) == set()
    assert verified(paper(*TOTAL, *changed(PAYERS, "94.43", "13.00"), second)) == AMOUNTS
