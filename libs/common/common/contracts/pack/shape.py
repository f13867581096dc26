"""Checks the shape of a pack section by section and item by item, so that one fault does not hide another."""

from collections.abc import Iterator
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from common.text import Text

from .faults import Place, Problem
from .model import TenantPack
from .sentences import sentence
from .source import Node

ITEMISED = ("funds", "illnesses", "benefits", "products", "claims", "roles", "messages", "catalogue", "content",
            "activities", "reports")  # fmt: skip
"""Sections that are lists: an item with a fault leaves the other items to be checked."""
_FIELDS = TenantPack.model_fields
_WHOLE: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(field.rebuild_annotation()) for name, field in _FIELDS.items()
}
_ITEMS: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(_item_type)
    for name in ITEMISED
    for _item_type in [_FIELDS[name].annotation.__args__[0]]  # type: ignore[union-attr]
}


class View:
    """What of a pack has the right shape: whole sections by name, items of a list by their place in it."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self.sections: dict[str, Any] = {}
        self.items: dict[str, dict[int, Any]] = {name: {} for name in ITEMISED}

    def section(self, name: str) -> Any:
        """Return a section of the right shape, or None."""
        return self.sections.get(name)

    def listed(self, name: str) -> dict[int, Any]:
        """Return the items of the right shape of a list, by place."""
        return self.items[name]

    def codes(self, *place: str | int) -> set[str]:
        """Return the codes written in a list of the file, also those of items that have faults."""
        node = self._root.find(place)
        items = node.value if node and isinstance(node.value, list) else []
        codes = (item.find(("code",)) for item in items)
        return {code.value for code in codes if code and isinstance(code.value, str)}


def check_shape(root: Node) -> tuple[View, list[Problem]]:
    """Return what has the right shape, and every fault of shape."""
    view, problems = View(root), []
    for name in root.value:
        if name not in _FIELDS:
            zh, en = sentence("extra_forbidden", {})
            problems.append(Problem((name,), "extra_forbidden", Text(zh, en), at_key=True))
    for name, field in _FIELDS.items():
        node = root.value.get(name)
        if node is None:
            if field.is_required():
                zh, en = sentence("missing", {"name": name})
                problems.append(Problem((name,), "missing", Text(zh, en)))
            else:
                view.sections[name] = field.get_default(call_default_factory=True)
            continue
        problems += _check_section(view, name, node)
    return view, problems


def _check_section(view: View, name: str, node: Node) -> list[Problem]:
    problems: list[Problem] = []
    if name in _ITEMS and isinstance(node.value, list) and node.value:
        for place, item in enumerate(node.value):
            value, found = _validate(_ITEMS[name], item, (name, place))
            problems += found
            if not found:
                view.items[name][place] = value
        return problems
    value, problems = _validate(_WHOLE[name], node, (name,))
    if not problems:
        view.sections[name] = value
    return problems


def _validate(adapter: TypeAdapter[Any], node: Node, place: Place) -> tuple[Any, list[Problem]]:
    try:
        return adapter.validate_json(orjson.dumps(node.plain())), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        found = [problem for detail in details for problem in _problem(detail, node, place)]
        return None, [problem for problem in found if not _follows(problem, found)]


def _follows(problem: Problem, found: list[Problem]) -> bool:
    """Whether a list is called too short only because its items have faults of their own."""
    below = [one for one in found if one.place[: len(problem.place)] == problem.place and one is not problem]
    return problem.code == "too_short" and bool(below)


def _problem(detail: ErrorDetails, node: Node, place: Place) -> Iterator[Problem]:
    where: list[str | int] = []
    loc = list(detail["loc"])
    at_key = detail["type"] == "extra_forbidden" or loc[-1:] == ["[key]"]
    if loc[-1:] == ["[key]"]:
        loc.pop()
    for step in loc:
        # A step that is not in the file is the name of a union's member, unless it is the field that is missing.
        if node.find((*where, step)) is not None:
            where.append(step)
    if detail["type"] == "missing":
        where.append(loc[-1])
    elif detail["type"] in {"union_tag_not_found", "union_tag_invalid"}:
        where.append("kind")
    zh, en = sentence(
        detail["type"], {"name": where[-1] if where else "", "msg": detail["msg"], **detail.get("ctx", {})}
    )
    yield Problem((*place, *where), detail["type"], Text(zh, en), at_key=at_key)
