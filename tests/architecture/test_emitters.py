"""Every event that a service declares as its own is said somewhere in that service's code."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import pytest

from common.events.asyncapi import load_contracts
from common.events.contract import Event

from .source import SERVICES, Module, modules
from .test_modules import COMMON, planted, services

MASSES = {"ReadyEvent"}
"""What is given the class and the payload ready made: events of thousands that are written by one statement."""
FOR_ALL = {
    "pack_installed.v1": "tenancy",
    "person_erasure_done.v1": "erasure",
    "person_export_part.v1": "export",
}
"""Events that common says in every service's name, and the file that does."""
OUTSIDE = {
    "settlement.lines_reported.v1": "said by the bureau that settles, over the bus that it shares with us"
}
TOLD_AGAIN = {
    "identity.staff_snapshot.v1": "is itself what a snapshot tells; StaffChanged says what changes",
    "claims.claims_snapshot.v1": "is itself what a snapshot tells; each claim's own events say what changes",
}


def said_in(found: Iterable[Module]) -> Iterator[tuple[str, str]]:
    """Yield (service, class) of what is made there; snapshots tell again what was said and do not count."""
    for module in found:
        if any("snapshot" in part for part in module.name.split(".")):
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).split(".")[-1]
            made = [one for one in node.args if isinstance(one, ast.Name)] if name in MASSES else [node.func]
            yield from ((module.service, ast.unparse(one).split(".")[-1]) for one in made)


@cache
def said() -> frozenset[tuple[str, str]]:
    return frozenset(said_in(services()))


def unsaid(events: Mapping[str, type[Event]], made: Iterable[tuple[str, str]]) -> set[str]:
    known = set(made)
    return {
        wire
        for wire, kind in events.items()
        if wire not in {**OUTSIDE, **TOLD_AGAIN}
        and wire.split(".", 1)[1] not in FOR_ALL
        and (wire.split(".", 1)[0], kind.__name__) not in known
    }


def test_every_event_is_said() -> None:
    assert unsaid(load_contracts(), said()) == set()


@pytest.mark.parametrize(("ending", "room"), FOR_ALL.items())
def test_what_is_said_for_all_is_said_by_common(ending: str, room: str) -> None:
    texts = [module.text for module in modules(COMMON) if room in module.name.split(".")]
    assert any(ending.removesuffix(".v1") in text for text in texts), f"nothing says {ending}"


def test_every_topic_is_a_services_or_named() -> None:
    strangers = {wire for wire in load_contracts() if wire.split(".", 1)[0] not in SERVICES}
    assert strangers == set(OUTSIDE)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("services/claims/claims/submission/service.py", "from x import ClaimWithdrawn\n"),
        ("services/claims/claims/snapshots.py", "ClaimWithdrawn(claim=fact)\n"),
        ("services/notify/notify/service.py", "emit(session, ClaimWithdrawn(claim=fact))\n"),
    ],
)
def test_an_event_that_nobody_says_is_seen(path: str, text: str) -> None:
    events = {"claims.claim_withdrawn.v1": load_contracts()["claims.claim_withdrawn.v1"]}
    assert unsaid(events, said_in(planted(path, text))) == set(events)
    emitting = planted("services/claims/claims/service.py", "emit(session, ClaimWithdrawn(claim=fact))\n")
    assert unsaid(events, said_in(emitting)) == set()
