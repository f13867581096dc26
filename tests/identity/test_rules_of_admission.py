"""Properties of admission and of members' requests: age, papers, the register; who decides what (rows D.06–D.08)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.auth import Eyes
from common.contracts.pack.eligibility import Eligibility, Sex
from common.identifiers import id_check_digit
from identity.members.admission import rules as admission
from identity.members.admission.rules import Applicant, KnownPerson
from identity.members.requests import rules as requests
from identity.members.requests.rules import Station, Units

D06, D07, D08 = (pytest.mark.feature(row) for row in ("D.06", "D.07", "D.08"))
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The clock of a busy machine decides nothing."""
PAPERS = ("postponed-retirement", "identity")
ELIGIBILITY = Eligibility.model_validate(
    {
        "sexes": ("female", "male"),
        "ages": {"female": {"above": 16, "below": 55}, "male": {"above": 16, "below": 60}},
        "over_age": {"consent_role": "agency", "documents": PAPERS, "absolute": 65},
    }
)
ORDER = ("under", "ok", "over", "never")
BELOW: dict[Sex, int] = {"female": 55, "male": 60}
sexes = st.sampled_from(["female", "male"])
days = st.dates(date(1900, 1, 1), date(2010, 12, 31))
lives = st.integers(0, 110 * 366).map(lambda n: timedelta(days=n))
papers = st.sets(st.sampled_from([*PAPERS, "other"]))
units = st.sampled_from([UUID(int=n) for n in range(1, 4)])
maybe_units = st.none() | units


def completed(born: date, on: date) -> tuple[int, bool]:
    """The years that somebody has completed, and whether this is a birthday; reckoned without the rules' help."""
    day = (born.month, born.day) if (born.month, born.day) != (2, 29) or leap(on.year) else (3, 1)
    today = (on.month, on.day)
    return on.year - born.year - (today < day), today == day


def near_birthday(born: date, years: int, away: int) -> date:
    """The day so many days from a birthday."""
    first_of_march = (born.month, born.day) == (2, 29) and not leap(born.year + years)
    month, day = (3, 1) if first_of_march else (born.month, born.day)
    return date(born.year + years, month, day) + timedelta(days=away)


def leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def numbered(sex: Sex, born: date) -> Applicant:
    first = f"110105{born:%Y%m%d}{12 if sex == 'female' else 13:03d}"
    return Applicant("resident_id", first + id_check_digit(first), "王小京")


@D06
@patient
@given(sexes, days, lives, st.none() | st.tuples(st.sampled_from([16, 55, 60, 65]), st.integers(-1, 1)))
def test_the_standing_is_the_age_exact_to_the_day(
    sex: Sex, born: date, lived: timedelta, edge: tuple[int, int] | None
) -> None:
    on = born + lived if edge is None else near_birthday(born, *edge)
    years, birthday = completed(born, on)
    found = admission.standing(ELIGIBILITY, sex=sex, born=born, on=on)
    if years < 16 or (years == 16 and birthday):
        assert found == "under"
    elif years < BELOW[sex]:
        assert found == "ok"
    else:
        assert found == ("over" if years < 65 or (years == 65 and birthday) else "never")


@D06
@patient
@given(sexes, days, lives, lives)
def test_who_grows_older_never_becomes_younger(sex: Sex, born: date, one: timedelta, more: timedelta) -> None:
    earlier, later = (
        ORDER.index(admission.standing(ELIGIBILITY, sex=sex, born=born, on=born + lived))
        for lived in sorted((one, more))
    )
    assert earlier <= later


@D06
@patient
@given(sexes, days, lives, papers)
def test_papers_help_who_is_over_age_and_nobody_else(
    sex: Sex, born: date, lived: timedelta, given_papers: set[str]
) -> None:
    applicant, on = numbered(sex, born), born + lived
    found = admission.eligibility_faults(ELIGIBILITY, applicant, on=on, papers=given_papers)
    stands = admission.standing(ELIGIBILITY, sex=sex, born=born, on=on)
    complete = set(PAPERS) <= given_papers
    assert (found == []) == (stands == "ok" or (stands == "over" and complete))
    expected = {"under": "age.under", "over": "age.over", "never": "age.over_absolute"}
    assert all(fault.code == expected[stands] and fault.advice.zh for fault in found), (
        "the refusal names its rule"
    )
    assert admission.needs_consent(ELIGIBILITY, applicant, on=on) == (stands == "over"), "papers or not"
    over = ELIGIBILITY.over_age
    assert admission.missing_papers(over, sorted(given_papers)) == [
        p for p in PAPERS if p not in given_papers
    ]


@D06
@patient
@given(sexes, days, lives)
def test_without_limits_everybody_may_come(sex: Sex, born: date, lived: timedelta) -> None:
    assert admission.eligibility_faults(None, numbered(sex, born), on=born + lived, papers=()) == []
    women = Eligibility(sexes=("female",))
    found = admission.eligibility_faults(women, numbered(sex, born), on=born + lived, papers=PAPERS)
    assert [fault.code for fault in found] == ([] if sex == "female" else ["sex.not_eligible"])


@D07
@patient
@given(sexes, days, st.none() | sexes, st.none() | days)
def test_what_is_entered_beside_the_number_must_agree_with_it(
    sex: Sex, born: date, said: Sex | None, said_born: date | None
) -> None:
    applicant = numbered(sex, born)._replace(sex=said, born=said_born)
    found = admission.applicant_faults(applicant, today=date(2026, 3, 1))
    assert found["document_number"] == []
    assert [f.code for f in found["sex"]] == ([] if said in (None, sex) else ["sex.mismatch"])
    assert [f.code for f in found["born_on"]] == ([] if said_born in (None, born) else ["born.mismatch"])


persons = st.builds(
    KnownPerson,
    st.sampled_from(["new", "reported", "confirmed", "left"]),
    maybe_units,
    st.sampled_from(["王小京", "李梅"]),
)


@D07
@patient
@given(st.lists(persons, max_size=4), units, st.sampled_from(["王小京", "李梅"]))
def test_the_register_refuses_for_who_is_here_and_says_where(
    known: list[KnownPerson], unit: UUID, name: str
) -> None:
    found = admission.register_faults(known, unit_id=unit, name=name)
    living = [person for person in known if person.state != "left"]
    assert found == admission.register_faults(living, unit_id=unit, name=name), (
        "who left speaks against nobody"
    )
    placed = [person for person in living if person.unit_id is not None]
    renamed = any(person.name != name for person in living)
    if not placed and not renamed:
        assert found == {}
    else:
        codes = {fault.code for faults in found.values() for fault in faults}
        assert codes <= {"member.duplicate", "member.other_unit", "name.mismatch"} and codes
        assert renamed or "name.mismatch" not in codes
    if len(living) == 1 and placed:
        wanted = "member.duplicate" if placed[0].unit_id == unit else "member.other_unit"
        assert [f.code for f in found["document_number"]] == [wanted]


stations = st.lists(
    st.tuples(st.sampled_from(["clerk", "agency", None]), st.sampled_from(["giving", "receiving", None])), max_size=5
).map(
    lambda nodes: [
        Station(f"n{place}", requests.DEFAULT[0].title, role, side, ("submitter",))
        for place, (role, side) in enumerate(nodes)
    ]
)  # fmt: skip


@D08
@patient
@given(stations, maybe_units, maybe_units, maybe_units)
def test_a_request_passes_each_station_once_and_none_of_the_submitters_own_unit(
    passing: list[Station], giving: UUID | None, receiving: UUID | None, submitter: UUID | None
) -> None:
    between = Units(giving, receiving)
    passed: list[str] = []
    station = requests.next_station(passing, None, units=between, submitter_unit=submitter)
    while station is not None:
        assert station.code not in passed, "never back"
        passed.append(station.code)
        station = requests.next_station(passing, station.code, units=between, submitter_unit=submitter)
    sides = {
        None: True,
        "giving": giving not in (None, submitter),
        "receiving": receiving not in (None, submitter),
    }
    assert passed == [one.code for one in passing if sides[one.side]]


@D08
@patient
@given(
    st.sampled_from(["clerk", None]), st.sampled_from(["giving", "receiving", None]),
    st.sets(st.sampled_from(["clerk", "agency"])), maybe_units, maybe_units, maybe_units,
)  # fmt: skip
def test_role_and_unit_both_must_fit(
    role: str | None, side: requests.Side | None, roles: set[str], mine: UUID | None, giving: UUID | None,
    receiving: UUID | None,
) -> None:  # fmt: skip
    station = Station("n", requests.DEFAULT[0].title, role, side, ())
    between = Units(giving, receiving)
    wanted = {"giving": giving, "receiving": receiving}
    fits = side is None or (mine is not None and mine == wanted[side])
    decides = requests.may_decide(station, roles=roles, unit_id=mine, units=between)
    assert decides == (fits and (role is None or role in roles))


eyes = st.builds(Eyes, units, maybe_units)
NODES = st.sampled_from(["submitter", "n0", "n1"])


@D08
@patient
@given(st.sets(NODES), eyes, st.lists(st.tuples(NODES, eyes), max_size=4))
def test_the_same_eyes_are_refused_by_account_and_by_human(
    others: set[str], caller: Eyes, handled: list[tuple[str, Eyes]]
) -> None:
    station = Station("n2", requests.DEFAULT[0].title, None, None, tuple(sorted(others)))
    same = [
        node
        for node, by in handled
        if by.account_id == caller.account_id or (caller.human is not None and by.human == caller.human)
    ]
    assert requests.is_same_eyes(station, caller=caller, handled=handled) == bool(others & set(same))
