"""Whole files: the sample and its truth, layouts, empty rows, duplicates, generated rosters, template and result."""

import io
import json
import pickle
import random
from collections.abc import Collection, Mapping
from pathlib import Path

import openpyxl
import pytest

from common.sheets import Limits, TooManyRows, open_workbook
from enrollment.rosters import (
    LayoutNotRecognised,
    RegisterEntry,
    RosterEmpty,
    RosterReport,
    check_file,
    check_rows,
    read_roster,
    write_result,
    write_template,
)
from huzhu.people import FAULTS, write_roster

from .sheets import CELLS, EXAMPLE, HEADINGS, PERSON, RULES, row, sheet

DATA = Path(__file__).parents[2] / "data" / "rosters"


def codes_of(report: RosterReport) -> dict[int, list[str]]:
    return {checked.row.number: [reason.code for reason in checked.reasons] for checked in report.rows}


@pytest.mark.feature("C.04")
def test_the_sample_is_judged_exactly_as_its_truth_says() -> None:
    truth = {
        entry["row"]: entry["codes"] for entry in json.loads((DATA / "wuxi-sample.truth.json").read_text())
    }
    found = codes_of(check_file(DATA / "wuxi-sample.xlsx", RULES))
    first_of_two = next(number for number, codes in truth.items() if not codes)
    if found[first_of_two] == ["row.duplicate"]:
        found[first_of_two] = []
    assert found == truth


@pytest.mark.parametrize("seed", range(3))
def test_generated_rosters_are_judged_as_their_truth_says(seed: int) -> None:
    target = io.BytesIO()
    truth = write_roster(target, 600, seed=seed, faulty=0.5)
    report = check_file(target, RULES)
    assert codes_of(report) == truth.codes
    assert truth.insurable == len(report.insurable) == 600 - len(report.not_insurable)


def test_the_generator_makes_every_fault_and_the_same_again() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    truth = write_roster(first, 600, seed=7, faulty=0.9)
    assert truth.codes == write_roster(second, 600, seed=7, faulty=0.9).codes
    assert {code for codes in truth.codes.values() for code in codes} == {*FAULTS, "row.duplicate"}
    assert [c.row.values for c in check_file(first, RULES).rows] == [
        c.row.values for c in check_file(second, RULES).rows
    ]


def test_the_heading_is_found_in_any_row_and_order_and_by_synonyms() -> None:
    headings = ["手机号码", "备 注", "* 姓名", "开户银行", "银行卡号", "身份证号码（18位）", "部门"]
    cells = [
        PERSON["mobile"],
        "",
        PERSON["name"],
        PERSON["bank_name"],
        PERSON["social_card"],
        PERSON["id_number"],
        "x",
    ]
    report = check_file(sheet(["某单位花名册"], [], ["请勿修改表头"], headings, [], cells), RULES)
    assert codes_of(report) == {6: []}
    assert {key: report.rows[0].row[key] for key in PERSON} == PERSON


@pytest.mark.parametrize(
    ("headings", "missing"),
    [
        (["姓名", "身份证号", "手机号"], ["社保卡银行卡号", "开户行"]),
        (["商品", "数量"], ["姓名", "居民身份证号(证件号码)", "社保卡银行卡号", "开户行", "手机号"]),
    ],
)
def test_another_layout_is_refused_naming_the_columns(headings: list[str], missing: list[str]) -> None:
    with pytest.raises(LayoutNotRecognised) as refused:
        check_file(sheet(headings, ["x", "y", "z"]), RULES)
    sentence = refused.value.sentence.zh
    assert all(title in sentence for title in missing)
    assert refused.value.params["missing"] == "、".join(missing)


@pytest.mark.parametrize(
    "first",
    [
        CELLS,
        ["姓名", PERSON["name"], PERSON["id_number"]],
        ["姓名", "手机号", PERSON["id_number"], "", "", ""],
    ],
)
def test_a_sheet_without_heading_does_not_leak_its_people(first: list[str]) -> None:
    with pytest.raises(LayoutNotRecognised) as refused:
        check_file(sheet(first), RULES)
    assert PERSON["name"] not in str(refused.value.params)
    assert PERSON["id_number"] not in str(refused.value.params)


@pytest.mark.parametrize(
    "rows",
    [[], [HEADINGS], [["标题"], HEADINGS, ["1"], ["2"]], [HEADINGS, ["1", "", "", "", "", "", "备注"]]],
)
def test_sheets_without_people_are_empty(rows: list[list[str]]) -> None:
    with pytest.raises(RosterEmpty):
        check_file(sheet(*rows), RULES)


def test_numbered_rows_without_people_are_nobody_wherever_they_stand() -> None:
    report = check_file(sheet(HEADINGS, ["1"], CELLS, ["3"], ["4", "", "", "", "", "", "合计1人"]), RULES)
    assert codes_of(report) == {3: []}


def test_the_hundred_thousand_and_first_person_is_refused_but_empty_numbered_rows_are_not() -> None:
    rows = [HEADINGS, CELLS, CELLS, *([str(n)] for n in range(20))]
    assert len(check_file(sheet(*rows), RULES, limits=Limits(rows=2)).rows) == 2
    with pytest.raises(TooManyRows):
        check_file(sheet(*rows, CELLS), RULES, limits=Limits(rows=2))


def test_numbers_stored_as_numbers() -> None:
    book, target = openpyxl.Workbook(), io.BytesIO()
    page = book.worksheets[0]
    page.append(HEADINGS)
    page.append([1, PERSON["name"], 110105197603203021, 6228045500646615, "银行", 17747454742, None])
    page.append([2, PERSON["name"], PERSON["id_number"], 123456789262, "银行", 17747454742.0, None])
    book.save(target)
    assert codes_of(check_file(target, RULES)) == {2: ["id.characters", "card.format"], 3: []}


def test_full_width_and_grouped_numbers_are_understood_but_blanks_in_names_and_id_numbers_are_not() -> None:
    good = [
        "1",
        "孙丽",
        " １１０１０５１９７６０３２０３０２１ ",
        "6228 0455 0064 6615",
        "银行",
        "177 4745 4742",
    ]
    bad = ["2", "孙丽 ", "320205 197104122301", *CELLS[3:]]
    report = check_file(sheet(HEADINGS, good, bad), RULES)
    assert codes_of(report) == {2: [], 3: ["name.space", "id.length", "id.characters"]}
    assert report.rows[0].row["id_number"] == PERSON["id_number"]


def test_duplicates_name_the_first_row_and_see_through_a_small_x() -> None:
    rows = [row(4), row(7), row(9, id_number="11010519890808876X"), row(11, id_number="11010519890808876x")]
    checked = list(check_rows(rows, RULES))
    assert [[r.code for r in c.reasons] for c in checked] == [
        [],
        ["row.duplicate"],
        [],
        ["id.lowercase_x", "row.duplicate"],
    ]
    assert "第 4 行" in checked[1].reasons[0].message.zh


def test_examples_missing_numbers_and_lost_digits_are_not_each_others_duplicates() -> None:
    rows = [row(4, id_number=""), row(5, id_number=""), row(6, ["id_number"]), row(7, ["id_number"])]
    examples = [row(8, **EXAMPLE), row(9, **EXAMPLE)]
    found = [[reason.code for reason in checked.reasons] for checked in check_rows([*rows, *examples], RULES)]
    assert found == [["id.missing"]] * 2 + [["id.characters"]] * 2 + [["row.example"]] * 2


class CountingRegister:
    """Knows everybody as being in an order; remembers how it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def find(self, id_numbers: Collection[str]) -> Mapping[str, RegisterEntry]:
        self.asked.append(len(id_numbers))
        return dict.fromkeys(id_numbers, RegisterEntry(order="1"))


def test_the_register_is_asked_in_batches() -> None:
    register, target = CountingRegister(), io.BytesIO()
    write_roster(target, 1_100)
    report = check_file(target, RULES, register)
    assert register.asked == [500, 500, 100]
    assert not report.insurable


@pytest.mark.feature("C.03")
def test_the_template_is_read_back_and_its_example_is_refused() -> None:
    target = io.BytesIO()
    write_template(target, RULES, empty_rows=5)
    assert codes_of(check_file(target, RULES)) == {4: ["row.example"]}
    page = openpyxl.load_workbook(target).worksheets[0]
    assert page["A1"].value == RULES.title
    assert [cell.value for cell in page[2]][:3] == ["说明", "必填,姓名中不要出现空格", "必填,X要大写"]
    assert [cell.value for cell in page[3]] == HEADINGS
    assert [page.cell(n, 1).value for n in range(4, 10)] == ["1", "2", "3", "4", "5", None]


@pytest.mark.feature("C.03")
def test_the_result_lists_reasons_marks_cells_and_can_be_uploaded_again() -> None:
    report = check_file(DATA / "wuxi-sample.xlsx", RULES)
    target = io.BytesIO()
    write_result(target, RULES, report.not_insurable)
    page = openpyxl.load_workbook(target).worksheets[0]
    assert (page["H3"].value, page["I3"].value) == ("不可参保原因", "原行号")
    assert "检验位应为7" in page["H4"].value
    assert page["C4"].fill.fgColor.rgb == "FFFFC7CE"
    assert page["B4"].fill.fgColor.rgb == "00000000"
    again = check_file(target, RULES)
    assert [codes for codes in codes_of(again).values() if codes] == [
        ["id.checksum"], ["id.lowercase_x"], ["name.space"], ["card.missing"], ["mobile.format"],
    ]  # fmt: skip


def test_a_second_sheet_is_taken_where_the_first_is_a_note_and_hidden_ones_are_not() -> None:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0].append(["填写说明"])
    hidden, people = book.create_sheet("旧"), book.create_sheet("名单")
    for page in (hidden, people):
        page.append(HEADINGS)
    hidden.append(CELLS)
    hidden.sheet_state = "hidden"
    people.append([])
    people.append(CELLS)
    book.save(target)
    assert codes_of(check_file(target, RULES)) == {3: []}


def test_rules_and_reports_travel_to_worker_processes() -> None:
    report = check_file(DATA / "wuxi-sample.xlsx", pickle.loads(pickle.dumps(RULES)))
    assert pickle.loads(pickle.dumps(report)) == report


def test_shuffled_rows_have_the_same_reasons() -> None:
    target = io.BytesIO()
    write_roster(target, 200, seed=3, faulty=0.4)
    people = list(read_roster(target, RULES))
    expected = {c.row.number: set(c.reasons) for c in check_rows(people, RULES)}
    random.Random(1).shuffle(people)
    for checked in check_rows(people, RULES):
        difference = {reason.code for reason in expected[checked.row.number] ^ set(checked.reasons)}
        assert difference <= {"row.duplicate"}


def test_what_is_written_can_be_opened() -> None:
    with open_workbook(sheet(HEADINGS, CELLS)) as book:
        assert [found.number for found in book.rows(book.sheets[0])] == [1, 2]
