"""The checker can fail: each broken promise planted into a good history is found."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from .history import POISONED_KEY, STAGES, DeadEvent, Effect, Entry, History, Sent, World, check, is_poisoned

TENANTS = ("t1", "t2")
KEYS = ("a", "b", POISONED_KEY)
COUNT = 7


def good() -> tuple[History, World]:
    """A history of seven requests for each key of two tenants, and the world it leads to."""
    history, entries = History(), []
    for tenant in TENANTS:
        for key in KEYS:
            for number in range(1, COUNT + 1):
                entry = Entry(tenant, key, number, f"{tenant}/{key}/{number}")
                entries.append(entry)
                history.sent[entry.request] = Sent(tenant, key)
                history.answered[entry.request].append(number)
    clean = [e for e in entries if not is_poisoned(e.key, e.number)]
    effects = [Effect(e.tenant, stage, e.key, e.number, e.request) for e in clean for stage in STAGES]
    dead = [DeadEvent(e.tenant, "sample.noted.v1", e.key, e.number) for e in entries if e not in clean]
    return history, World(entries, effects, dead)


def test_a_good_history_has_no_fault() -> None:
    history, world = good()
    assert len(world.dead) == 6
    assert check(history, world) == []


def lose_entry(history: History, world: World) -> World:
    lost = world.entries[-1]
    return replace(
        world,
        entries=world.entries[:-1],
        effects=[e for e in world.effects if e.request != lost.request],
        dead=[d for d in world.dead if (d.tenant, d.key, d.number) != lost[:3]],
    )


def double_entry(history: History, world: World) -> World:
    again = world.entries[0]._replace(number=COUNT + 1)
    effects = [Effect(again.tenant, stage, again.key, again.number, again.request) for stage in STAGES]
    return replace(world, entries=[*world.entries, again], effects=[*world.effects, *effects])


def told_another_number(history: History, world: World) -> World:
    history.answered["t1/a/1"] = [2]
    return world


def told_two_numbers(history: History, world: World) -> World:
    history.answered["t1/a/1"].append(2)
    return world


def phantom(history: History, world: World) -> World:
    del history.sent["t1/a/1"], history.answered["t1/a/1"]
    return world


def lose_effect(history: History, world: World) -> World:
    return replace(world, effects=world.effects[1:])


def lose_second_stage(history: History, world: World) -> World:
    return replace(world, effects=[e for e in world.effects if (e.stage, e.request) != (2, "t2/b/7")])


def double_effect(history: History, world: World) -> World:
    return replace(world, effects=[world.effects[0], *world.effects])


def reorder_effects(history: History, world: World) -> World:
    effects = list(world.effects)
    one, two = (effects.index(Effect("t1", 1, "a", n, f"t1/a/{n}")) for n in (3, 4))
    effects[one], effects[two] = effects[two], effects[one]
    return replace(world, effects=effects)


def effect_in_another_tenant(history: History, world: World) -> World:
    moved = [e._replace(tenant="t2") if e.request == "t1/a/7" else e for e in world.effects]
    return replace(world, effects=moved)


def entry_in_another_tenant(history: History, world: World) -> World:
    moved = [
        e._replace(tenant="t2", key="c", number=1) if e.request == "t1/a/7" else e for e in world.entries
    ]
    return replace(world, entries=moved)


def effect_of_the_poisoned(history: History, world: World) -> World:
    extra = Effect("t1", 1, POISONED_KEY, 1, f"t1/{POISONED_KEY}/1")
    return replace(world, effects=[extra, *world.effects])


def bury_the_innocent(history: History, world: World) -> World:
    return replace(world, dead=[*world.dead, DeadEvent("t1", "sample.noted.v1", "a", 1)])


def lose_dead_letter(history: History, world: World) -> World:
    return replace(world, dead=world.dead[1:])


def refuse(history: History, world: World) -> World:
    history.refused.append("409")
    return world


FAULTS: dict[Callable[[History, World], World], str] = {
    lose_entry: "is there 0 times",
    double_entry: "is there 2 times",
    told_another_number: "was told 2 and is number 1",
    told_two_numbers: "answered differently",
    phantom: "nobody sent",
    lose_effect: "lost effect (1, 't1', 'a', 1",
    lose_second_stage: "lost effect (2, 't2', 'b', 7",
    double_effect: "happened 2 times",
    reorder_effects: "number 3 after 4",
    effect_in_another_tenant: "belongs to Sent(tenant='t1'",
    entry_in_another_tenant: "belongs to Sent(tenant='t1'",
    effect_of_the_poisoned: "effect without cause",
    bury_the_innocent: "dead letter without reason",
    lose_dead_letter: "no dead letter for",
    refuse: "refused: 409",
    lambda _, world: replace(world, outbox=1): "never left the outbox",
    lambda _, world: replace(world, parked=1): "still parked",
}


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_every_planted_fault_is_found(plant: Callable[[History, World], World]) -> None:
    history, world = good()
    found = check(history, plant(history, world))
    assert any(FAULTS[plant] in finding for finding in found), found
