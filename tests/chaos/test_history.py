"""The checker can fail: each broken promise planted into a good history is found."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from .history import Found, History, Told, World, check


def good() -> tuple[History, World]:
    told = [
        Told("m1", "claim", "c1", "LP1", {"d1": "x", "d2": "y"}),
        Told("m2", "claim", "c2", "LP2", {"d3": "z"}),
        Told("h", "order", "o1", "2026-1"),
    ]
    found = [Found(t.owner, t.kind, t.id, t.number, "submitted") for t in told]
    papers = {name: digest for t in told for name, digest in t.papers.items()}
    return History(told), World(found, papers, ["LP1 已提交", "LP2 已提交"])


FAULTS: dict[str, tuple[str, Callable[[World], World]]] = {
    "lost": ("is lost", lambda w: replace(w, found=w.found[1:])),
    "doubled": ("nobody was told", lambda w: replace(w, found=[*w.found, replace(w.found[0], id="c9")])),
    "same number": ("was given 2", lambda w: replace(w, found=[*w.found, replace(w.found[0], id="c9")])),
    "renumbered": ("answered", lambda w: replace(w, found=[replace(w.found[0], number="LP7"), *w.found[1:]])),
    "another's": ("answered", lambda w: replace(w, found=[replace(w.found[0], owner="m2"), *w.found[1:]])),
    "undone": (
        "a draft again",
        lambda w: replace(w, found=[replace(w.found[0], status="draft"), *w.found[1:]]),
    ),
    "person twice": ("2 people", lambda w: replace(w, found=[*w.found[:2], replace(w.found[2], people=2)])),
    "paper lost": ("is lost", lambda w: replace(w, papers={"d1": "x", "d2": "y"})),
    "paper changed": ("is changed", lambda w: replace(w, papers={**w.papers, "d1": "q"})),
    "paper twice": ("nobody was told of the paper", lambda w: replace(w, papers={**w.papers, "d9": "q"})),
    "not told": ("told 0 times", lambda w: replace(w, messages=w.messages[1:])),
    "told twice": ("told 2 times", lambda w: replace(w, messages=[*w.messages, w.messages[0]])),
    "outbox": ("outbox", lambda w: replace(w, outbox=1)),
    "parked": ("parked", lambda w: replace(w, parked=1)),
    "dead": ("dead", lambda w: replace(w, dead=1)),
}


def test_a_good_history_has_no_fault() -> None:
    assert check(*good()) == []


@pytest.mark.parametrize("name", FAULTS)
def test_every_planted_fault_is_found(name: str) -> None:
    history, world = good()
    word, plant = FAULTS[name]
    assert any(word in fault for fault in check(history, plant(world)))


def test_a_refusal_is_a_fault() -> None:
    history, world = good()
    history.refused.append("409")
    assert check(history, world) == ["refused: 409"]
