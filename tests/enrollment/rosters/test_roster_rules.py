"""Every reason code of a row: found where it applies, with its field, and not found where it does not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.identifiers import id_check_digit
from enrollment.rosters import AgeBounds, RegisterEntry, RosterRow, RosterRules, check_row
from enrollment.rosters.eligibility import consent_may_help, eligibility_reasons
from huzhu.people import FAULTS

from .sheets import AGES, PERSON, RULES, TODAY, row

ID = PERSON["id_number"]
WITH_MEMBERS = replace(RULES, member_required=True, unit="u1")


def codes(
    checked: RosterRow, rules: RosterRules = RULES, known: dict[str, RegisterEntry] | None = None
) -> list[str]:
    return [reason.code for reason in check_row(checked, rules, known, today=TODAY)]


def number_of(born: date, serial: int) -> str:
    first17 = f"320205{born:%Y%m%d}{serial:03d}"
    return first17 + id_check_digit(first17)


def test_a_right_row_has_no_reason() -> None:
    assert codes(row()) == []


@pytest.mark.feature("C.04")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": ""}, [("name.missing", "name")]),
        ({"name": "孙 丽"}, [("name.space", "name")]),
        ({"name": "孙丽1"}, [("name.characters", "name")]),
        ({"id_number": ""}, [("id.missing", "id_number")]),
        ({"id_number": ID[:17]}, [("id.length", "id_number")]),
        ({"id_number": ID[:17] + "2"}, [("id.checksum", "id_number")]),
        ({"id_number": "11010519890808876x"}, [("id.lowercase_x", "id_number")]),
        ({"social_card": ""}, [("card.missing", "social_card")]),
        ({"social_card": "6228"}, [("card.format", "social_card")]),
        ({"social_card": "6228045500646616"}, [("card.luhn", "social_card")]),
        ({"bank_name": ""}, [("bank.missing", "bank_name")]),
        ({"bank_name": "12345"}, [("bank.format", "bank_name")]),
        ({"bank_name": "ICBC"}, []),
        ({"name": "A"}, [("name.characters", "name")]),
        ({"mobile": ""}, [("mobile.missing", "mobile")]),
        ({"mobile": "23812345678"}, [("mobile.format", "mobile")]),
        ({"name": "张三"}, []),
        ({"name": "张三", "id_number": "3202***************"}, [("row.example", "row")]),
        (
            {"name": "李四", "id_number": "3202***************"},
            [("id.characters", "id_number"), ("id.length", "id_number")],
        ),
        ({"shares": "2"}, [("shares.exceeded", "shares")]),
        ({"shares": "0"}, [("shares.unreadable", "shares")]),
        ({"shares": "1"}, []),
        ({"sex": "男"}, [("sex.mismatch", "sex")]),
        ({"sex": "女"}, []),
    ],
)
def test_each_fault_is_found_with_its_field(changes: dict[str, str], expected: list[tuple[str, str]]) -> None:
    found = check_row(row(**changes), RULES, today=TODAY)
    assert sorted((reason.code, reason.field) for reason in found) == sorted(expected)
    for reason in found:
        assert reason.sentence.zh.endswith("。")
        assert reason.sentence.en.endswith(".")


@pytest.mark.feature("C.04")
def test_every_error_of_a_row_is_reported_not_only_the_first() -> None:
    wrong = row(name="孙 丽1", id_number="329999197613203021", social_card="1", bank_name="", mobile="")
    assert set(codes(wrong)) == {
        "name.space", "name.characters", "id.region", "id.birthdate", "id.checksum",
        "card.format", "bank.missing", "mobile.missing",
    }  # fmt: skip


def test_a_whole_example_row_of_the_pack_is_refused_and_its_name_alone_is_not() -> None:
    example = PERSON | {"name": "张三", "id_number": "320200190001010000"}
    rules = replace(RULES, examples=(example,))
    assert codes(row(**example), rules) == ["row.example"]
    assert codes(row(**(example | {"id_number": ID})), rules) == []


def test_digits_that_excel_lost_are_no_wrong_check_digit() -> None:
    found = check_row(
        row(digits_lost=["id_number", "social_card"], id_number="110105197603203000"), RULES, today=TODAY
    )
    assert [reason.code for reason in found] == ["id.characters", "card.format"]
    assert all("文本" in reason.advice.zh for reason in found)


def test_fields_that_are_not_required_may_be_empty_but_not_wrong() -> None:
    columns = tuple(replace(column, required=False) for column in RULES.columns)
    rules = replace(RULES, columns=columns)
    assert codes(row(social_card="", bank_name="", mobile=""), rules) == []
    assert codes(row(social_card="1", mobile="1"), rules) == ["card.format", "mobile.format"]
    assert codes(row(name="", id_number=""), rules) == ["name.missing", "id.missing"]


def test_luhn_is_the_packs_choice() -> None:
    assert codes(row(social_card="6228045500646616"), replace(RULES, card_luhn=False)) == []


@pytest.mark.feature("D.06")
@pytest.mark.parametrize(
    ("born", "serial", "expected"),
    [
        (date(2010, 11, 23), 1, ["age.under"]),  # 16 today: not over 16 yet
        (date(2010, 11, 22), 1, []),
        (date(1971, 11, 24), 2, []),
        (date(1971, 11, 23), 2, ["age.over"]),  # a woman, 55 today
        (date(1971, 11, 23), 1, []),
        (date(1966, 11, 24), 1, []),
        (date(1966, 11, 23), 1, ["age.over"]),  # a man, 60 today
    ],
)
def test_age_counts_to_the_day(born: date, serial: int, expected: list[str]) -> None:
    rules = replace(RULES, ages=AGES)
    found = check_row(row(id_number=number_of(born, serial)), rules, today=TODAY)
    assert [reason.code for reason in found] == expected
    assert all(any(limit in reason.message.zh for limit in ("16", "55", "60")) for reason in found)


@pytest.mark.feature("C.04")
def test_a_child_whose_number_is_wrong_gets_both_reasons() -> None:
    rules, number = replace(RULES, ages=AGES), number_of(date(2020, 1, 15), 1)
    wrong = number[:17] + next(digit for digit in "0123456789" if digit != number[17])
    assert codes(row(id_number=wrong), rules) == ["id.checksum", "age.under"]
    assert codes(row(id_number="000000" + number[6:17] + "0"), rules)[-1] == "age.under"
    assert "age.under" not in codes(row(id_number=number[:6] + "20201332" + number[14:]), rules)
    grown = number_of(date(1990, 1, 15), 1)
    assert codes(row(id_number=grown[:17] + ("1" if grown[17] != "1" else "2")), rules) == ["id.checksum"]


@pytest.mark.feature("D.04")
def test_what_is_no_amount_is_called_so() -> None:
    priced = replace(RULES, price=Decimal(80), share_limit=3)
    assert codes(row(amount="abc"), priced)[0] == "amount.unreadable"
    assert codes(row(amount="90"), priced)[0] == "amount.not_of_shares"
    assert codes(row(amount="160"), priced) == []


def test_age_counts_on_the_day_the_product_says() -> None:
    rules = replace(RULES, ages=AGES, counted_on=date(2026, 11, 22))
    assert codes(row(id_number=number_of(date(1971, 11, 23), 2)), rules) == []
    at_least = replace(RULES, ages={"male": AgeBounds(at_least=16)})
    assert codes(row(id_number=number_of(date(2010, 11, 23), 1)), at_least) == []


@pytest.mark.feature("D.06")
def test_over_age_says_whether_papers_help() -> None:
    rules = replace(RULES, ages=AGES, never_above=65)

    def advice(born: date) -> str:
        (reason,) = check_row(row(id_number=number_of(born, 1)), rules, today=TODAY)
        return reason.advice.zh

    assert "延迟退休的证明" in advice(date(1961, 11, 23))
    assert "不能参保" in advice(date(1961, 11, 22))


def test_sex_not_eligible() -> None:
    rules = replace(RULES, sexes=("female",))
    assert codes(row(), rules) == []
    assert codes(row(id_number=number_of(date(1990, 1, 1), 1)), rules) == ["sex.not_eligible"]


@pytest.mark.feature("D.07")
@pytest.mark.parametrize(
    ("entry", "expected", "advises"),
    [
        (None, "member.unknown", "入会"),
        (RegisterEntry(member=False), "member.unknown", "入会"),
        (RegisterEntry(unit="u2"), "member.other_unit", "调入"),
        (RegisterEntry(unit="u1", name="孙莉"), "name.mismatch", "错别字"),
        (RegisterEntry(sex="male"), "sex.mismatch", "核实身份证号"),
        (RegisterEntry(order="20221019094220288"), "policy.in_progress", "申请"),
        (RegisterEntry(covered_until="2027-01-31"), "policy.duplicate", "续保"),
        (RegisterEntry(shares=1), "shares.exceeded", "份数"),
    ],
)
def test_reasons_of_the_register(entry: RegisterEntry | None, expected: str, advises: str) -> None:
    known = {ID: entry} if entry else {}
    (reason,) = check_row(row(), WITH_MEMBERS, known, today=TODAY)
    assert reason.code == expected
    assert advises in reason.advice.zh


def test_the_register_is_left_out_where_none_was_asked_and_rosters_may_create_people() -> None:
    assert codes(row(), WITH_MEMBERS) == []
    assert codes(row(), RULES, {}) == []
    assert codes(row(), WITH_MEMBERS, {ID: RegisterEntry(unit="u1", name="孙丽", sex="female")}) == []
    assert codes(row(), RULES, {ID: RegisterEntry(unit="u2")}) == []


def test_all_reasons_of_the_register_are_listed() -> None:
    entry = RegisterEntry(unit="u2", name="x", sex="male", order="1", covered_until="2027-01-31", shares=1)
    assert len(codes(row(), WITH_MEMBERS, {ID: entry})) == 6


@pytest.mark.feature("D.04")
@pytest.mark.parametrize(
    ("given", "registered", "expected"),
    [
        ("8100000001", "8100000001", []),
        ("８１００００００01", "8100000001", []),
        ("", "8100000001", []),
        ("1234567890", None, []),
        ("1234567890", "8100000001", [("member.number_mismatch", "member_number")]),
    ],
)
def test_a_member_number_of_somebody_else_beside_a_right_id_number_is_told(
    given: str, registered: str | None, expected: list[tuple[str, str]]
) -> None:
    entry = RegisterEntry(unit="u1", name="孙丽", member_number=registered)
    reasons = check_row(row(member_number=given), WITH_MEMBERS, {ID: entry}, today=TODAY)
    assert [(reason.code, reason.field) for reason in reasons] == expected


def test_a_small_x_is_looked_up_as_the_person_it_means() -> None:
    small = "11010519890808876x"
    known = {small.upper(): RegisterEntry(order="1")}
    assert codes(row(id_number=small), RULES, known) == ["id.lowercase_x", "policy.in_progress"]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*PERSON, "sex", "shares", "note"]), st.text(max_size=20)))
def test_whatever_stands_in_a_row_there_is_an_answer(changes: dict[str, str]) -> None:
    known_codes = {
        *FAULTS,
        "row.example",
        "sex.mismatch",
        "shares.exceeded",
        "shares.unreadable",
        "age.under",
        "age.over",
    }
    assert set(codes(row(**changes), replace(RULES, ages=AGES))) <= known_codes


@pytest.mark.feature("D.06")
@pytest.mark.parametrize(
    ("born", "refused"),
    [
        (date(1966, 11, 23), False),
        (date(1961, 11, 24), False),
        (date(1961, 11, 22), True),
        (date(1950, 1, 1), True),
    ],
    ids=["60", "65 tomorrow", "past 65", "76"],
)
def test_a_consent_helps_up_to_the_absolute_limit_and_never_beyond(born: date, refused: bool) -> None:
    rules = replace(RULES, ages=AGES, never_above=65)
    number = number_of(born, 1)
    assert [reason.code for reason in eligibility_reasons(number, rules)] == ["age.over"]
    found = [reason.code for reason in eligibility_reasons(number, rules, consent=True)]
    assert found == (["age.over"] if refused else [])
    assert consent_may_help(number, rules) is not refused
