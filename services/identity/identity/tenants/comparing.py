"""What a version of a pack changes: place by place, before and after. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

LONGEST = 300
"""Characters that are shown of a value."""
NAMES = ("code", "name", "key")
"""Members that tell the items of a list apart, whatever their order."""


class Change(NamedTuple):
    """One place of a pack that is not as it was; None: it is not there."""

    path: str
    before: str | None
    after: str | None


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return what differs between two packs, their numbers apart, in the order of the newer one, removals last."""
    old, new = dict(_leaves(before, "")), dict(_leaves(after, ""))
    paths = [*new, *(path for path in old if path not in new)]
    return [
        Change(path, old.get(path), new.get(path))
        for path in paths
        if path != "version" and old.get(path) != new.get(path)
    ]


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield each plain value with its place; items of lists by what names them, else by their number."""
    if isinstance(value, Mapping) and value:
        for name, held in value.items():
            yield from _leaves(held, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple) and value:
        for place, item in _named(value):
            yield from _leaves(item, f"{path}[{place}]")
    else:
        text = "" if value is None else str(value)
        yield path, text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _named(items: list[Any] | tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    for name in NAMES:
        named = [str(item.get(name)) for item in items if isinstance(item, Mapping) and item.get(name)]
        if len(set(named)) == len(items):
            yield from zip(named, items, strict=True)
            return
    yield from ((str(number), item) for number, item in enumerate(items))
