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
    """Return what differs between two packs, their numbers apart, in the order of the newer one, removals last.

    Values are compared whole and cut when they are shown; the order of a list is a place of its own.
    """
    old, new = dict(_leaves(before, "")), dict(_leaves(after, ""))
    paths = [*new, *(path for path in old if path not in new)]
    return [
        Change(path, *_shown(old.get(path), new.get(path)))
        for path in paths
        if path != "version" and old.get(path) != new.get(path)
    ]


def _shown(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """Cut two long values around the first place where they differ."""
    if max(len(before or ""), len(after or "")) <= LONGEST:
        return before, after
    old, new = before or "", after or ""
    both = min(len(old), len(new))
    differs = next((place for place in range(both) if old[place] != new[place]), both)
    begin = max(0, differs - LONGEST // 3)
    return _cut(before, begin), _cut(after, begin)


def _cut(text: str | None, begin: int) -> str | None:
    if text is None:
        return None
    shown = text[begin : begin + LONGEST]
    return f"{'…' if begin else ''}{shown}{'…' if begin + LONGEST < len(text) else ''}"


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield each plain value with its place; items of lists by what names them, else by their number."""
    if isinstance(value, Mapping) and value:
        for name, held in value.items():
            yield from _leaves(held, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple) and value:
        names = _names(value)
        if names is not None:
            yield f"{path}[]", ", ".join(names)
        for place, item in zip(names or map(str, range(len(value))), value, strict=False):
            yield from _leaves(item, f"{path}[{place}]")
    elif path:
        yield path, "" if value is None else str(value)


def _names(items: list[Any] | tuple[Any, ...]) -> list[str] | None:
    """Return what tells the items of a list apart, in their order; None where only their places do."""
    for name in NAMES:
        named = [str(item.get(name)) for item in items if isinstance(item, Mapping) and item.get(name)]
        if len(named) == len(set(named)) == len(items):
            return named
    return None
