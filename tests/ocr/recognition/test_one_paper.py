"""Two papers in one picture or file: nothing of them is accepted, and it is said; of a mixed file the first is read."""

from ocr.recognition import Recognizer

from . import files
from .conftest import Cell

OTHER: tuple[Cell, ...] = (
    (300, 40, "浙江省医疗住院收费票据（电子）"),
    (50, 100, "票据代码：33061424"),
    (500, 100, "票据号码：7734120985"),
    (50, 130, "交款人：许晓霞"),
    (500, 130, "校验码：9k2d7f"),
    (50, 400, "金额合计（大写）壹仟贰佰元整"),
    (650, 400, "（小写）1200.00"),
    (50, 440, "住院号：771203"),
    (500, 440, "住院时间：20241001-20241009"),
    (50, 600, "收款单位（章）：江北区妇幼保健院"),
)
RECORD: tuple[Cell, ...] = (
    (400, 40, "出院记录"),
    (50, 100, "姓名：程燕晓"),
    (500, 100, "住院号：449939"),
    (50, 140, "入院日期：2024-11-14"),
    (500, 140, "出院日期：2024-11-20"),
    (50, 200, "出院诊断：急性阑尾炎"),
    (50, 260, "出院医嘱：注意休息"),
)


def beside(left: tuple[Cell, ...], right: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Both papers on one sheet, each half as wide."""
    return (
        *((x / 2, y, text) for x, y, text in left),
        *((500 + x / 2, y, text) for x, y, text in right),
    )


def test_two_receipts_side_by_side_are_never_accepted(recognizer: Recognizer) -> None:
    found = recognizer.recognize(files.pdf(beside(files.RECEIPT, OTHER), size=9))
    assert found.type == "e_receipt"
    assert not any(field.verified for field in found.fields.values())
    [check] = [check for check in found.checks if check.code == "document.one_paper"]
    assert not check.passed and "票据号码" in check.detail


def test_a_receipt_alone_is_one_paper(recognizer: Recognizer) -> None:
    found = recognizer.recognize(files.pdf())
    assert found.fields["金额合计小写"].verified
    assert "document.one_paper" not in {check.code for check in found.checks}


def test_two_receipts_in_one_file_are_never_accepted(recognizer: Recognizer) -> None:
    found = recognizer.recognize(files.pdf_of(files.RECEIPT, OTHER))
    assert found.pages == 2 and found.fields["票据号码"].value == "0060687851"
    assert not any(field.verified for field in found.fields.values())
    assert "document.one_paper" in {check.code for check in found.checks if not check.passed}


def test_of_a_mixed_file_the_first_paper_is_read_and_the_other_named(recognizer: Recognizer) -> None:
    found = recognizer.recognize(files.pdf_of(files.RECEIPT, RECORD))
    assert found.type == "e_receipt" and found.fields["金额合计小写"].verified
    [check] = [check for check in found.checks if check.code == "document.one_paper"]
    assert not check.passed and "discharge_record" in check.detail


def test_a_list_behind_the_receipt_confirms_nothing_and_harms_nothing(recognizer: Recognizer) -> None:
    charges: tuple[Cell, ...] = (
        (50, 40, "费用明细"),
        (50, 100, "床位费"),
        (500, 100, "100.00"),
        (50, 130, "检查费"),
        (500, 130, "200.00"),
        (50, 160, "治疗费"),
        (500, 160, "60.00"),
        (50, 400, "金额合计：360.00"),
        (50, 430, "打印日期：2024-11-21，仅供核对，不作报销凭证使用"),
    )
    found = recognizer.recognize(files.pdf_of(files.RECEIPT, charges))
    assert found.type == "e_receipt" and found.fields["金额合计小写"].value == "3487.51"
    alone = recognizer.recognize(files.pdf_of(charges, files.RECEIPT))
    assert alone.type == "e_receipt"
    total = alone.fields["金额合计小写"]
    assert total.value == "3487.51" or not total.verified
