"""Properties of the rules."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.benefits import Paid
from claims.decisions.rules import covers_of, usage_json, usage_of
from claims.feed.rules import illness_of, parse_line
from claims.intake.evidence.repository import overlap
from claims.intake.models import Stay
from claims.intake.rules.agreement import differing
from claims.intake.rules.applicant import answers_asked
from claims.intake.rules.application import Application
from claims.intake.rules.checks import faults_of
from claims.intake.rules.documents import Document, Reading
from claims.intake.rules.filling import fill
from claims.intake.rules.form import FieldValue, day_of, dump_form, load_form, money_of
from claims.intake.rules.names import name_verdict
from claims.intake.rules.papers import needed_documents
from claims.ledger.rules import SIDES, Account, Balance, Cause
from claims.payouts.rules import Line, batch_row, missing_columns, read_answers
from claims.statistics.rules import Count, by_month, by_year
from common.auth.scope import path_range
from common.contracts.pack import TenantPack
from common.ids import new_id

from ..pack.packs import pack_of
from .world import id_number

NAMES = st.text(alphabet="许晓霞王芳李雷赵钱孙", min_size=2, max_size=4)
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
DAYS_NEAR = st.dates(min_value=date(2026, 3, 1), max_value=date(2026, 3, 31))
DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2035, 1, 1))


@given(AMOUNTS)
def test_an_amount_is_read_as_it_is_written(amount: Decimal) -> None:
    assert money_of(str(amount)) == amount == money_of(f" {amount:,} ")


@pytest.mark.parametrize(
    "text",
    ["", "-1", "1.234", "NaN", "Infinity", "1e30", "1e9", "1E2", "+5", "0x10", "1_000", "一百", "1 000"],
)
def test_what_is_no_amount(text: str) -> None:
    assert money_of(text) is None


@given(DAYS)
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert day_of(day.isoformat()) == day


@given(NAMES)
def test_a_name_fits_itself_and_its_mask(name: str) -> None:
    sure, unsure = Reading(name, 0.99, False), Reading(name, 0.5, False)
    assert name_verdict(sure, [name]) == name_verdict(unsure, ["别人", name]) == "same"
    assert name_verdict(Reading(name[0] + "*" * (len(name) - 1), 0.9, False), [name]) == "same"


@given(NAMES, NAMES)
def test_another_name_surely_read_is_another_person(read: str, name: str) -> None:
    expected = "same" if read == name else "other"
    assert name_verdict(Reading(read, 0.99, False), [name]) == expected
    assert name_verdict(Reading(read, 0.5, True), [name]) == expected


@given(st.lists(st.tuples(DAYS, st.integers(0, 400)), max_size=6), st.integers(0, 60))
def test_covers_are_unbroken_from_a_beginning_of_theirs(terms: list[tuple[date, int]], gap: int) -> None:
    from types import SimpleNamespace

    policies = [
        SimpleNamespace(
            id=new_id(), product_code="p", shares=1, starts_on=day, last_day=day + timedelta(days=length)
        )
        for day, length in terms
    ]
    covers = covers_of(policies, gap_days=gap)
    assert len(covers) == len(policies)
    begins = {cover.starts_on for cover in covers}
    for cover in covers:
        assert cover.unbroken_since in begins and cover.unbroken_since <= cover.starts_on
    if gap == 0 and len(covers) == 2 and covers[1].starts_on > covers[0].ends_on + timedelta(days=1):
        assert covers[1].unbroken_since == covers[1].starts_on


@given(DAYS, st.integers(0, 60), DAYS, st.integers(0, 60))
def test_overlap_is_mutual_and_touching_is_none(a: date, long_a: int, b: date, long_b: int) -> None:
    end_a, end_b = a + timedelta(days=long_a), b + timedelta(days=long_b)
    stay_a, stay_b = Stay(admitted_on=a, discharged_on=end_a), Stay(admitted_on=b, discharged_on=end_b)
    assert overlap(a, end_a, stay_b) == overlap(b, end_b, stay_a)
    assert overlap(a, end_a, stay_a)
    assert not overlap(end_a + timedelta(days=1), end_a + timedelta(days=3), stay_a)


@given(st.lists(st.tuples(DAYS_NEAR, st.integers(0, 9)), min_size=1, max_size=5))
def test_no_stays_of_one_application_share_days(stays: list[tuple[date, int]]) -> None:
    """Refused exactly where two of the stays overlap by the rule that holds between claims."""
    pack = pack_of("zhejiang")
    kind = pack.claim_kind("ordinary-hospital")
    spans = [(day, day + timedelta(days=length)) for day, length in stays]
    form = {
        (code, place): FieldValue(code, place, day.isoformat(), "typed")
        for place, span in enumerate(spans, start=1)
        for code, day in zip(("admission_date", "discharge_date"), span, strict=True)
    }
    app = Application(kind, pack, form, [], [], [], date(2026, 6, 1))
    found = {f.field for f in faults_of(app) if f.code in {"stay.overlaps", "stay.twice"}}
    rows = [Stay(admitted_on=a, discharged_on=b) for a, b in spans]
    assert found == {
        f"stays.{later + 1}.admission_date"
        for later in range(len(spans))
        if any(overlap(*spans[later], rows[earlier]) for earlier in range(later))
    }


def test_an_old_answer_to_what_is_not_asked_counts_nowhere() -> None:
    """A draft of a time when everybody was asked whether the person has died."""
    pack = pack_of("zhejiang")
    kind = pack.claim_kind("ordinary-hospital")
    form = {("deceased", 0): FieldValue("deceased", 0, "yes", "typed")}
    assert answers_asked(kind, form, "self") == {}
    for relation in ("spouse", "counter"):
        assert answers_asked(kind, form, relation) == form
    app = Application(kind, pack, answers_asked(kind, form, "self"), [], [], [], date(2026, 6, 1))
    asked = {rule.code for rule, _ in needed_documents(app)}
    assert not asked & {"death-certificate", "heirship"}


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 3), st.text(max_size=5)), max_size=6))
def test_a_form_survives_its_storage(items: list[tuple[str, int, str]]) -> None:
    form = {(code, stay): FieldValue(code, stay, value, "typed") for code, stay, value in items}
    assert load_form(dump_form(form)) == form


@given(AMOUNTS, st.floats(0, 1), st.booleans(), AMOUNTS, st.floats(0, 1), st.booleans())
def test_the_better_reading_wins_in_any_order(
    wuxi_pack: TenantPack, a: Decimal, sure_a: float, ok_a: bool, b: Decimal, sure_b: float, ok_b: bool
) -> None:
    kind = wuxi_pack.claim_kind("hospital")

    def document(name: str, amount: Decimal, sure: float, ok: bool) -> Document:
        readings = {"金额合计小写": Reading(str(amount), sure, ok)}
        return Document(name, "receipt", 1, name, "recognized", "e_receipt", readings)

    first, second = document("1", a, sure_a, ok_a), document("2", b, sure_b, ok_b)
    found = fill(kind, {}, [first, second], pack=wuxi_pack)["total_cost", 1]
    ok, sure = max((ok_a, sure_a), (ok_b, sure_b))
    # two that are both sure and say different things contradict each other
    assert (found.verified, found.confidence) == (ok and not (ok_a and ok_b and a != b), sure)
    typed = {("total_cost", 1): FieldValue("total_cost", 1, "1.00", "typed")}
    assert fill(kind, typed, [first, second], pack=wuxi_pack) == typed


PAID = ("pooled_paid", "account_paid", "cash_paid")
SAID = {"pooled_paid": "医保统筹基金支付", "account_paid": "个人账户支付", "cash_paid": "个人现金支付"}
BILLS = st.tuples(AMOUNTS, AMOUNTS, AMOUNTS, st.booleans(), st.floats(0, 1))


@given(BILLS, BILLS, st.booleans())
def test_payments_of_papers_that_disagree_come_from_one_of_them(
    one: tuple[Decimal, Decimal, Decimal, bool, float],
    other: tuple[Decimal, Decimal, Decimal, bool, float],
    turned: bool,
) -> None:
    """In whatever order they come, and whatever was filled from them before; what they contradict is not verified."""
    pack = pack_of("zhejiang")
    kind = pack.claim_kind("ordinary-hospital")

    def paper(name: str, kind_of: str, bill: tuple[Decimal, Decimal, Decimal, bool, float]) -> Document:
        *amounts, ok, sure = bill
        read = {
            SAID[code]: Reading(str(amount), float(sure), bool(ok))
            for code, amount in zip(PAID, amounts, strict=True)
        }
        return Document(name, name, 1, name, "recognized", kind_of, read)

    papers = [paper("receipt", "e_receipt", one), paper("settlement", "settlement", other)]
    form = fill(kind, {}, papers[::-1] if turned else papers, pack=pack)
    for before in (form, fill(kind, {}, papers[:1], pack=pack)):
        again = fill(kind, before, papers, pack=pack)
        assert {k: (v.value, v.verified) for k, v in again.items()} == {
            k: (v.value, v.verified) for k, v in form.items()
        }
    values = tuple(Decimal(form[code, 1].value) for code in PAID)
    if one[3] == other[3]:
        assert values in (one[:3], other[:3])
        for place, code in enumerate(PAID):
            assert form[code, 1].verified == (one[3] and one[place] == other[place])
    elif one[:3] != other[:3]:
        assert values == (one if one[3] else other)[:3] and all(form[code, 1].verified for code in PAID)


@pytest.mark.parametrize("name", ["个人自付", "个人自费", "其他支付", "金额合计小写", "住院号"])
def test_two_sure_papers_that_differ_in_anything_are_told(name: str) -> None:
    papers = [
        Document(kind, kind, 1, kind, "recognized", kind, {name: Reading(value, 0.99, True)})
        for kind, value in (("e_receipt", "100.00"), ("settlement", "120.00"))
    ]
    assert [(said, len(by)) for said, by in differing(papers)] == [(name, 2)]


@given(
    st.dictionaries(
        st.sampled_from(["line_id", "id_number", "name", "total_cost", "event"]), st.text(max_size=30)
    )
)
def test_any_line_is_either_right_or_says_why(raw: dict[str, str]) -> None:
    parsed = parse_line(raw, today=date(2026, 1, 1))
    assert parsed.faults and all(fault.text.zh and fault.text.en for fault in parsed.faults)


def test_a_right_line_has_no_fault_and_a_stable_digest() -> None:
    raw = {
        "结算流水号": "1", "身份证号": id_number(1).lower(), "姓名": "许晓霞", "入院日期": "2025-01-01",
        "出院日期": "2025-01-05", "金额合计": "1,000.00", "票据号码": " 00-6068 ",
    }  # fmt: skip
    parsed = parse_line(raw, today=date(2026, 1, 1))
    assert parsed.faults == () and parsed.values["receipt_number"] == "006068"
    assert parsed.digest == parse_line(raw, today=date(2026, 6, 1)).digest
    assert parsed.digest != parse_line({**raw, "金额合计": "1000.01"}, today=date(2026, 1, 1)).digest


def test_the_longest_prefix_names_the_illness(wuxi_pack: TenantPack) -> None:
    assert illness_of(wuxi_pack, "c34.1") == "malignant-tumour"
    assert illness_of(wuxi_pack, "J18") is None


LINES = st.lists(AMOUNTS, min_size=1, max_size=8).map(
    lambda amounts: [
        Line(n, f"P{n}", f"62284500000000{n:04d}", "许晓霞", "农行", amount, f"{n}")
        for n, amount in enumerate(amounts, start=1)
    ]
)


@given(LINES)
def test_the_banks_answer_is_read_back(wuxi_pack: TenantPack, lines: list[Line]) -> None:
    layout, result = wuxi_pack.bank.batch, wuxi_pack.bank.result
    heading, until = [column.title for column in result.columns], date(2026, 1, 1)
    common = {
        "batch_number": "B1",
        "payer_account": "1",
        "paid_on": "2026-01-01",
        "currency": "CNY",
        "purpose": "",
    }
    rows = []
    for line in lines:
        cells = batch_row(layout, line, common)
        rows.append((line.sequence + 1, [cells[1], cells[3], cells[5], "成功", "", "S", "20260101"]))
    answers, faults = read_answers(result, heading, rows, lines, until=until)
    assert not faults and {a.payout_number for a in answers} == {line.payout_number for line in lines}
    assert all(answer.outcome == "paid" and answer.paid_on == date(2026, 1, 1) for answer in answers)
    assert missing_columns(result, heading) == [] and len(missing_columns(result, ["x"])) == 3
    twice = read_answers(result, heading, [*rows, rows[0]], lines, until=until)[1]
    assert [fault.code for fault in twice] == ["result.repeated_line"]
    open_rows = [(number, [*cells[:3], "处理中", "", "", ""]) for number, cells in rows]
    assert all(
        answer.outcome is None for answer in read_answers(result, heading, open_rows, lines, until=until)[0]
    )


@given(st.lists(st.tuples(st.sampled_from(sorted(SIDES)), AMOUNTS), max_size=20))
def test_whatever_happens_a_fund_sums_to_zero(happened: list[tuple[Cause, Decimal]]) -> None:
    accounts: dict[str, Decimal] = {}
    for cause, amount in happened:
        debit, credit = SIDES[cause]
        accounts[debit] = accounts.get(debit, Decimal(0)) + amount
        accounts[credit] = accounts.get(credit, Decimal(0)) - amount
    assert Balance("f", accounts).difference == 0
    spoken_for = (Account.IN_TRANSIT, Account.REFUNDS_PAYABLE)
    assert Balance("f", accounts).available == accounts.get(Account.BANK, 0) + sum(
        accounts.get(account, Decimal(0)) for account in spoken_for
    ) + min(accounts.get(Account.SUSPENSE, Decimal(0)), Decimal(0))


@given(st.lists(st.tuples(DAYS, AMOUNTS, st.integers(0, 5)), max_size=10))
def test_counts_keep_their_sum(items: list[tuple[date, Decimal, int]]) -> None:
    unit = new_id()
    counts = [Count(unit, "p", day, paid=paid, paid_claims=claims) for day, paid, claims in items]
    months = by_month(counts)
    years = by_year(months)
    assert (
        sum(row["paid"] for row in months) == sum(row["paid"] for row in years) == sum(c.paid for c in counts)
    )
    assert len({row["month"] for row in months}) == len(months)
    assert len({row["year"] for row in years}) == len(years)


@given(st.text(alphabet="abcxyz", min_size=1, max_size=5), st.text(alphabet="abcxyz/", max_size=8))
def test_a_branchs_range_holds_exactly_what_is_below_it(branch: str, path: str) -> None:
    low, high = path_range(f"/{branch}/")
    assert (low <= f"/{branch}/{path}" < high) and (low <= f"/{path}" < high) == f"/{path}".startswith(low)


def test_usage_survives_its_storage() -> None:
    paid = Paid("p", "b", "c", "k", "s", date(2026, 1, 1), Decimal("460.00"), 7, Decimal("3000.00"))
    assert usage_of(usage_json(paid)) == paid
