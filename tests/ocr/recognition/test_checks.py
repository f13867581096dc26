"""What the cross-checks verify, and above all what they must not."""

from datetime import date

import pytest

from ocr.recognition.checks import Verdict, judge
from ocr.recognition.extract import readings_of
from ocr.recognition.model import Check, DocumentType, Page, Source
from ocr.recognition.qr import QrFacts

from .conftest import Cell, paper

TODAY = date(2026, 6, 1)
TOTAL: tuple[Cell, ...] = (
    (50, 100, "金额合计（大写）：叁仟肆佰捌拾柒元伍角壹分"),
    (700, 100, "（小写）3487.51"),
)
PAYERS: tuple[Cell, ...] = (
    (50, 140, "医保统筹基金支付：2758.75"),
    (400, 140, "其他支付：94.43"),
    (50, 180, "个人账户支付：0.00"),
    (400, 180, "个人现金支付：634.33"),
)
OWN: tuple[Cell, ...] = ((50, 220, "个人自付：507.34"), (400, 220, "个人自费：126.99"))
AMOUNTS = {"金额合计大写", "金额合计小写"}
PAID = {"医保统筹基金支付", "其他支付", "个人账户支付", "个人现金支付"}


def judged(
    page: Page, kind: DocumentType = DocumentType.E_RECEIPT, said: dict[str, str] | None = None
) -> tuple[dict[str, Verdict], dict[str, Check]]:
    scheme = "invoice" if kind is DocumentType.VAT_INVOICE else "receipt"
    qr = QrFacts(scheme, said) if said else None
    verdicts, checks = judge(readings_of(page), kind, qr, source=Source.PRINT, today=TODAY)
    return verdicts, {check.code: check for check in checks}


def verified(
    page: Page, kind: DocumentType = DocumentType.E_RECEIPT, said: dict[str, str] | None = None
) -> set[str]:
    return {name for name, verdict in judged(page, kind, said)[0].items() if verdict.verified}


def changed(cells: tuple[Cell, ...], old: str, new: str) -> tuple[Cell, ...]:
    assert any(old in text for _, _, text in cells)
    return tuple((x, y, text.replace(old, new)) for x, y, text in cells)


def test_capitals_verify_the_digits_and_the_sums_verify_the_parts() -> None:
    assert verified(paper(*TOTAL)) == AMOUNTS
    assert verified(paper(*TOTAL, *PAYERS)) == AMOUNTS | PAID
    assert verified(paper(*TOTAL, *PAYERS, *OWN)) == AMOUNTS | PAID | {"个人自付", "个人自费"}


def test_a_sum_confirms_a_total_without_capitals() -> None:
    assert verified(paper(TOTAL[1], *PAYERS)) == {"金额合计小写"} | PAID


@pytest.mark.feature("N.04")
def test_capitals_against_digits() -> None:
    page = paper(*changed(TOTAL, "3487.51", "3487.57"))
    verdicts, checks = judged(page)
    assert not checks["amount.words_match"].passed and "3487.57" in checks["amount.words_match"].detail
    assert not any(v.verified for v in verdicts.values())


@pytest.mark.parametrize("part", ["2758.75", "94.43", "0.00", "634.33"])
def test_one_misread_part_withholds_all_parts(part: str) -> None:
    page = paper(*TOTAL, *changed(PAYERS, part, "111.11"))
    assert verified(page) == AMOUNTS
    assert not judged(page)[1]["amount.parts_sum"].passed


@pytest.mark.parametrize("missing", range(4))
def test_a_missing_part_is_neither_invented_nor_verifies_the_others(missing: int) -> None:
    verdicts, checks = judged(paper(*TOTAL, *(cell for i, cell in enumerate(PAYERS) if i != missing)))
    assert {name for name, v in verdicts.items() if v.verified} == AMOUNTS
    assert len(verdicts) == 5 and "amount.parts_sum" not in checks


def test_own_share_needs_a_verified_right_side() -> None:
    broken = changed(PAYERS, "2758.75", "2758.76")
    assert verified(paper(*TOTAL, *broken, *OWN)) == AMOUNTS


def test_a_total_taken_from_the_capitals_is_never_verified() -> None:
    verdicts, checks = judged(paper(TOTAL[0], *PAYERS))
    assert verdicts["金额合计小写"].value == "3487.51" and verdicts["金额合计小写"].source is Source.WORDS
    assert not any(v.verified for v in verdicts.values()) and not checks


HEAD: tuple[Cell, ...] = (
    (50, 40, "票据代码：33061424"),
    (400, 40, "票据号码：0060687851"),
    (700, 40, "校验码：22043d"),
    (50, 70, "开票日期：2024-11-20"),
)
SAID = {
    "票据代码": "33061424",
    "票据号码": "0060687851",
    "校验码": "22043d",
    "开票日期": "2024-11-20",
    "金额合计小写": "3487.51",
}


def test_code_and_print_agree() -> None:
    verdicts, _ = judged(paper(*HEAD, TOTAL[1]), said=SAID)
    assert {name: (v.source, v.verified) for name, v in verdicts.items()} == dict.fromkeys(
        SAID, (Source.BOTH, True)
    )


@pytest.mark.feature("N.04")
def test_a_misread_print_gives_way_to_the_code_unverified() -> None:
    verdicts, checks = judged(paper(*changed(HEAD, "22043d", "22048d"), TOTAL[1]), said=SAID)
    assert verdicts["校验码"].value == "22043d"
    assert verdicts["校验码"].source is Source.QR and not verdicts["校验码"].verified
    assert not checks["qr.check_code_matches"].passed


@pytest.mark.feature("N.04")
def test_another_papers_code_changes_nothing() -> None:
    other = {
        "票据代码": "11060424",
        "票据号码": "1111111111",
        "校验码": "aaaaaa",
        "开票日期": "2020-01-01",
        "金额合计小写": "1.00",
    }
    verdicts, _ = judged(paper(*HEAD, TOTAL[1]), said=other)
    assert {name: v.value for name, v in verdicts.items()} == SAID
    assert not any(v.verified for v in verdicts.values())


def test_what_only_the_code_says_is_given_but_not_verified() -> None:
    verdicts, _ = judged(paper(*HEAD[1:], TOTAL[1]), said=SAID)
    assert verdicts["票据代码"].value == "33061424" and not verdicts["票据代码"].verified


@pytest.mark.feature("N.04")
def test_a_code_against_capitals_and_digits_withholds_the_amount() -> None:
    assert verified(paper(*HEAD, *TOTAL), said={**SAID, "金额合计小写": "9999.00"}) == set(SAID) - {
        "金额合计小写"
    }


STAY: tuple[Cell, ...] = (
    (50, 300, "入院日期：2025-03-01"),
    (400, 300, "出院日期：2025-03-29"),
    (750, 300, "住院天数：28天"),
)


def test_days_verify_the_stay() -> None:
    assert verified(paper(*STAY), DocumentType.DISCHARGE_RECORD) == {"入院日期", "出院日期"}


@pytest.mark.parametrize(("days", "passed"), [("29", True), ("27", False), ("8", False)])
def test_other_days_do_not(days: str, passed: bool) -> None:
    page = paper(*changed(STAY, "28天", f"{days}天"))
    assert verified(page, DocumentType.DISCHARGE_RECORD) == set()
    assert judged(page, DocumentType.DISCHARGE_RECORD)[1]["date.days_match"].passed is passed


@pytest.mark.feature("N.04")
def test_dates_out_of_order_or_in_the_future() -> None:
    turned = paper(*changed(changed(STAY, "03-29", "02-01"), "28天", "-28天"))
    assert not judged(turned, DocumentType.DISCHARGE_RECORD)[1]["date.order"].passed
    later = paper(*changed(changed(STAY, "2025-03-01", "2028-03-01"), "2025-03-29", "2028-03-29"))
    assert verified(later, DocumentType.DISCHARGE_RECORD) == set()
    assert not judged(later, DocumentType.DISCHARGE_RECORD)[1]["date.not_future"].passed


def test_id_card() -> None:
    cells: tuple[Cell, ...] = (
        (50, 50, "姓名张三"),
        (50, 90, "性别男"),
        (50, 130, "出生1990年1月1日"),
        (50, 300, "公民身份号码11010119900101123X"),
    )
    page = paper(*changed(cells, "11010119900101123X", "110101199001011237"))
    verdicts, checks = judged(page, DocumentType.ID_CARD)
    assert checks["id.checksum"].passed and checks["id.birthdate_matches"].passed
    assert {n for n, v in verdicts.items() if v.verified} == {"公民身份号码", "出生", "性别"}
    assert not judged(paper(*cells), DocumentType.ID_CARD)[1]["id.checksum"].passed
    assert verified(paper(*cells), DocumentType.ID_CARD) == set()


def test_a_bank_cards_check_digit_alone_verifies_nothing() -> None:
    verdicts, checks = judged(paper((50, 50, "6217000010000000007")), DocumentType.BANK_CARD)
    assert verdicts["卡号"].value == "6217000010000000007" and not verdicts["卡号"].verified
    assert "card.luhn" in checks
