"""Labels find their values wherever a layout puts them, and only theirs."""

import pytest

from ocr.recognition.extract import readings_of
from ocr.recognition.labels import FIELD_KINDS
from ocr.recognition.model import Page

from .conftest import paper


def read(page: Page) -> dict[str, str]:
    """The best reading of each field."""
    best: dict[str, str] = {}
    for reading in sorted(readings_of(page), key=lambda r: r.order):
        if reading.name not in FIELD_KINDS:
            continue
        best.setdefault(reading.name, reading.value)
    return best


@pytest.mark.parametrize("slope", [0.0, 0.12, -0.12])
def test_value_in_the_same_box_beside_and_below(slope: float) -> None:
    page = paper(
        (50, 100, "票据号码：0060687851"),
        (500, 100, "校验码："),
        (590, 100, "22043d"),
        (50, 200, "医保统筹支付"),
        (300, 200, "个人账户支付"),
        (550, 200, "其他支付"),
        (800, 200, "个人现金支付"),
        (60, 235, "2532.43"),
        (320, 235, "404.87"),
        (560, 235, "0.00"),
        (810, 235, "2478.86"),
        slope=slope,
    )
    assert read(page) == {
        "票据号码": "0060687851",
        "校验码": "22043d",
        "医保统筹基金支付": "2532.43",
        "个人账户支付": "404.87",
        "其他支付": "0.00",
        "个人现金支付": "2478.86",
    }


def test_two_fields_in_one_box_and_a_value_that_runs_into_the_next_label() -> None:
    page = paper(
        (50, 100, "住院时间：20241114-20241120预缴金额：2500.00"),
        (50, 140, "科别：骨二科住院号：449939性别：女"),
        (50, 180, "其他支付：94.43 个人账户支付：0.00"),
    )
    assert read(page) == {
        "入院日期": "2024-11-14",
        "出院日期": "2024-11-20",
        "住院号": "449939",
        "性别": "女",
        "其他支付": "94.43",
        "个人账户支付": "0.00",
    }


def test_a_table_of_cells_without_colons() -> None:
    page = paper(
        (50, 100, "姓名"),
        (200, 100, "曾燕红"),
        (450, 100, "性别"),
        (560, 100, "男"),
        (50, 140, "入院日期"),
        (200, 140, "2023-01-03"),
        (450, 140, "出院日期"),
        (600, 140, "2023-01-26"),
        (50, 180, "医疗费总额"),
        (200, 180, "20,916.76"),
        (450, 180, "个人自费"),
        (600, 180, "295.46"),
    )
    assert read(page) == {
        "交款人": "曾燕红",
        "性别": "男",
        "入院日期": "2023-01-03",
        "出院日期": "2023-01-26",
        "金额合计小写": "20916.76",
        "个人自费": "295.46",
    }


def test_a_date_goes_on_in_the_next_line() -> None:
    page = paper((50, 100, "入院日期"), (200, 100, "2024-10-"), (200, 126, "22"), (400, 100, "科室：外科"))
    assert read(page)["入院日期"] == "2024-10-22"


def test_a_neighbours_label_and_value_are_not_taken() -> None:
    page = paper(
        (50, 100, "交款人统一社会信用代码：110102********7802"),
        (50, 140, "其他支付："),
        (300, 140, "退款："),
        (370, 140, "0.00"),
        (50, 180, "个人自费："),
        (50, 215, "预交金：5000.00"),
        (400, 300, "患者因反复不适11天入院，入院时体温36.5，2024-01-01出院"),
    )
    assert read(page) == {}


@pytest.mark.parametrize(
    "text",
    [
        "№ 24415636",
        "Nº24415636",
        "N° 24415636",
        "No.24415636",
        "NO：24415636",
        "票号：24415636",
        "No 24415636",
        "浙江省医疗住院收费票据No.24415636",
        "黑龙江省医疗卫生机构住院收费专用票据。24415636",
    ],
)
def test_number_signs(text: str) -> None:
    assert read(paper((300, 60, text)))["票据号码"] == "24415636"


def test_labels_misread_by_a_letter_are_found_but_not_trusted() -> None:
    readings = readings_of(paper((50, 100, "医保统器基金支付：3436.52"), (400, 100, "个人费：2.32")))
    assert {(r.name, r.value, r.exact) for r in readings if r.name in FIELD_KINDS} == {
        ("医保统筹基金支付", "3436.52", False),
        ("个人自费", "2.32", False),
    }


def test_own_share_and_own_cost_are_not_confused() -> None:
    page = paper((50, 100, "个人自付：507.34"), (400, 100, "个人自费：126.99"), (50, 140, "个人自贵：9.99"))
    found = read(page)
    assert (found["个人自付"], found["个人自费"]) == ("507.34", "126.99")


def test_totals_without_their_labels() -> None:
    page = paper((50, 100, "叁仟肆佰捌拾柒元伍角壹分"), (700, 100, "3487.51"), (700, 200, "99.99"))
    assert read(page) == {"金额合计大写": "叁仟肆佰捌拾柒元伍角壹分", "金额合计小写": "3487.51"}


def test_an_amount_that_lost_its_point_is_no_amount() -> None:
    page = paper(
        (50, 100, "其他支付：49144"), (50, 140, "个人自费：443.21"), (50, 180, "个人账户支付：1,720.88")
    )
    assert "其他支付" not in read(page)


def test_institution_from_the_heading() -> None:
    page = paper((300, 50, "白鹭湾人民医院"), (320, 90, "出院记录"), (50, 650, "青岚中医院"))
    assert read(page)["医疗机构"] == "白鹭湾人民医院"
    labelled = paper((300, 50, "白鹭湾人民医院住院收费票据"), (50, 650, "收款单位（章）：青岚中医院"))
    assert read(labelled)["医疗机构"] == "青岚中医院"
