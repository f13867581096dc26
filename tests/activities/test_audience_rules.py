"""Properties of the rules of who may join."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from activities.audience.rules import Audience, Facts, age_on, refusals
from activities.installing.rules import paths_of

days = st.dates(date(1930, 1, 1), date(2030, 12, 31))
paths = st.lists(st.sampled_from("abc"), max_size=3).map(lambda steps: "/" + "".join(f"{s}/" for s in steps))
units = st.integers(1, 4).map(lambda n: UUID(int=n))
products = st.sampled_from(["one", "two", "three"])
facts = st.builds(
    Facts,
    known=st.just(True),
    member=st.booleans(),
    born=st.none() | days,
    sex=st.sampled_from([None, "female", "male"]),
    unit_id=st.none() | units,
    org_path=st.none() | paths,
    covered_by=st.frozensets(products),
)
ages = st.none() | st.integers(0, 100)


@st.composite
def audiences(draw: st.DrawFn) -> Audience:
    low, high = draw(ages), draw(ages)
    if low is not None and high is not None and high < low:
        low, high = high, low
    return Audience(
        members_only=draw(st.booleans()),
        branches=tuple(draw(st.lists(paths, max_size=2))),
        units=tuple(draw(st.lists(units, max_size=2))),
        age_from=low,
        age_to=high,
        sex=draw(st.sampled_from([None, "female", "male"])),
        covered_by=tuple(draw(st.lists(products, max_size=2))),
    )


def holds(audience: Audience, one: Facts, on: date) -> bool:
    """The rule said in another way."""
    age = None if one.born is None else age_on(on, one.born)
    placed = (one.org_path or "").startswith(audience.branches) if audience.branches else False
    return (
        (one.member or not audience.members_only)
        and (placed or one.unit_id in audience.units or not (audience.branches or audience.units))
        and (audience.age_from is None or (age is not None and age >= audience.age_from))
        and (audience.age_to is None or (age is not None and age <= audience.age_to))
        and audience.sex in (None, one.sex)
        and (not audience.covered_by or bool(one.covered_by & set(audience.covered_by)))
    )


@given(audiences(), facts, days)
def test_one_may_join_exactly_if_all_conditions_hold(audience: Audience, one: Facts, on: date) -> None:
    assert (refusals(audience, one, on=on) == []) == holds(audience, one, on)


@given(audiences(), facts, days)
def test_each_condition_refuses_on_its_own(audience: Audience, one: Facts, on: date) -> None:
    """The reasons of a rule are those of its conditions taken one by one: none hides another."""
    every = audience.model_dump()
    groups = [
        {"members_only"}, {"branches", "units"}, {"age_from", "age_to"}, {"sex"}, {"covered_by"},
    ]  # fmt: skip
    alone = [
        refusal.code
        for group in groups
        for refusal in refusals(Audience(**{name: every[name] for name in group}), one, on=on)
    ]
    assert sorted(refusal.code for refusal in refusals(audience, one, on=on)) == sorted(alone)


@given(audiences(), days)
def test_of_somebody_unknown_it_says_so(audience: Audience, on: date) -> None:
    codes = [refusal.code for refusal in refusals(audience, Facts(), on=on)]
    assert codes == ([] if audience.open_to_all else ["audience.person_unknown"])


@given(days, days)
def test_age_grows_by_one_at_each_birthday(born: date, on: date) -> None:
    age = age_on(on, born)
    following = on + timedelta(days=1)
    birthday = (following.month, following.day) == (born.month, born.day) or (
        (born.month, born.day) == (2, 29) and (on.month, on.day) == (2, 28) and following.month == 3
    )
    assert age_on(following, born) == age + birthday
    assert age_on(born, born) == 0


def test_born_on_a_leap_day() -> None:
    born = date(2000, 2, 29)
    assert age_on(date(2018, 2, 28), born) == 17
    assert age_on(date(2018, 3, 1), born) == 18
    assert age_on(date(2020, 2, 29), born) == 20


def test_branches_become_paths() -> None:
    parents = {"chaoyang": None, "jianwai": "chaoyang"}
    assert list(paths_of(["jianwai", "chaoyang"], parents)) == ["/chaoyang/jianwai/", "/chaoyang/"]
