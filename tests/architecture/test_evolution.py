"""A contract may only gain optional fields within its version: the published schemas are kept and compared."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, create_model

from common.contracts.claims import ClaimFact
from common.events.evolution import breaking_changes, schema_of

from .snapshots import faults, present, published, update


class Inner(BaseModel):
    number: str
    amount: Decimal | None = None


class Fact(BaseModel):
    fact_id: UUID
    day: date
    people: list[Inner]
    payee: Inner | None = None
    count: int = 1
    kind: Literal["first", "second"] = "first"


def changed(kind: type[BaseModel], /, *, without: str = "", **fields: object) -> type[BaseModel]:
    """The same contract, with fields taken away, added or declared anew."""
    kept = {name: (info.annotation, info) for name, info in kind.model_fields.items() if name != without}
    return create_model(kind.__name__, **(kept | fields))  # type: ignore[call-overload,no-any-return]


class InnerWithout(BaseModel):
    number: str


PLANTED = {
    "removed": (changed(Fact, without="day"), "day: 字段没有了"),
    "renamed": (changed(Fact, without="day", on=(date, ...)), "day: 字段没有了"),
    "retyped": (changed(Fact, day=(str, ...)), "day: 类型变了"),
    "default moved": (changed(Fact, count=(int, 2)), "count: 类型变了"),
    "widened": (changed(Fact, fact_id=(UUID | None, ...)), "fact_id: 可取的类型变了"),
    "added as required": (changed(Fact, reason=(str, ...)), "reason: 新字段必须是可选的"),
    "made required": (changed(Fact, count=(int, ...)), "count: 变成了必填"),
    "made optional": (changed(Fact, day=(date, date(2026, 1, 1))), "day: 不再必填"),
    "one became many": (changed(Fact, day=(list[date], ...)), "day: 类型变了"),
    "field of a structure": (changed(Fact, people=(list[InnerWithout], ...)), "people[].amount: 字段没有了"),
    "a closed list grew": (
        changed(Fact, kind=(Literal["first", "second", "third"], "first")),
        "kind: 类型变了",
    ),
    "of an optional one": (changed(Fact, payee=(InnerWithout | None, None)), "payee.amount: 字段没有了"),
}


@pytest.mark.feature("N.06")
def test_no_contract_breaks_its_consumers() -> None:
    assert faults(published(), present()) == []


@pytest.mark.feature("N.06")
def test_every_contract_has_its_published_schema() -> None:
    assert published() == present(), "run `make contracts`"


@pytest.mark.feature("N.06")
@pytest.mark.parametrize("change", sorted(PLANTED))
def test_a_change_that_a_consumer_cannot_bear_is_found(change: str) -> None:
    kind, expected = PLANTED[change]
    assert any(expected in line for line in breaking_changes(schema_of(Fact), schema_of(kind)))


def test_an_optional_field_and_other_words_are_no_break() -> None:
    class Said(changed(Fact, note=(str | None, None))):  # type: ignore[misc]
        """Other words."""

    assert breaking_changes(schema_of(Fact), schema_of(Said)) == []


@pytest.mark.feature("N.06")
@pytest.mark.parametrize("field", sorted(ClaimFact.model_fields))
def test_a_field_taken_from_a_real_contract_turns_the_comparison_red(field: str) -> None:
    before = schema_of(ClaimFact)
    assert breaking_changes(before, schema_of(changed(ClaimFact, without=field)))
    assert breaking_changes(before, schema_of(changed(ClaimFact, **{field: (bytes, ...)})))


def closed_lists(schema: Any, *, names: bool = False) -> bool:
    """Whether a schema allows only certain words somewhere: a list of them, one of them, or a pattern."""
    if isinstance(schema, dict):
        words = not names and bool({"enum", "const", "pattern"} & set(schema))
        return words or any(
            closed_lists(part, names=key in ("properties", "$defs") and not names)
            for key, part in schema.items()
        )
    return isinstance(schema, list) and any(map(closed_lists, schema))


@pytest.mark.feature("N.06")
def test_no_contract_has_a_closed_list_that_an_older_process_would_take_for_whole() -> None:
    assert closed_lists(schema_of(Fact))
    assert not closed_lists(schema_of(Inner))
    found = [wire for wire, schema in present().items() if closed_lists(schema)]
    assert found == [], "a text whose docstring names the words: docs/conventions.md"


def test_an_event_may_not_disappear() -> None:
    after = present()
    del after["claims.claim_approved.v1"]
    assert faults(published(), after) == ["claims.claim_approved.v1: 事件没有了 the event is gone"]


def test_the_update_refuses_a_break_and_takes_an_addition(tmp_path: Path) -> None:
    assert update({"a.fact.v1": schema_of(Fact)}, tmp_path) == []
    assert update({"a.fact.v1": schema_of(PLANTED["removed"][0])}, tmp_path)
    assert published(tmp_path) == {"a.fact.v1": schema_of(Fact)}
    grown = schema_of(changed(Fact, note=(str | None, None)))
    assert update({"a.fact.v1": grown, "a.fact.v2": schema_of(Inner)}, tmp_path) == []
    assert published(tmp_path)["a.fact.v1"] == grown
