"""What a contract may change within its version: compares the JSON Schemas of two builds, purely.

A consumer of yesterday reads today's events, and a consumer of today reads yesterday's from the bus. So nothing
may be taken away, renamed, given another type or newly required; what is added must be optional. Words (titles,
descriptions) are free.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]
WORDS = frozenset({"title", "description"})


def schema_of(kind: type[BaseModel]) -> Schema:
    """Return the schema of what is sent, as it is kept for comparison: without words, definitions included."""
    schema: Schema = _bare(kind.model_json_schema(mode="serialization"))
    return schema


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """Return every change that a consumer of the same version could not bear, each with its place."""
    return list(dict.fromkeys(_compared(old, new, old, new, place="", seen=frozenset())))


def _bare(part: Any, *, names: bool = False) -> Any:
    """Leave out words; the keys of a map of names (fields, definitions) are no words though they look like it."""
    if isinstance(part, dict):
        kept = {key: value for key, value in part.items() if names or key not in WORDS}
        return {
            key: _bare(value, names=key in ("properties", "$defs") and not names)
            for key, value in kept.items()
        }
    return [_bare(each) for each in part] if isinstance(part, list) else part


def _resolved(schema: Schema, root: Schema) -> tuple[Schema, str | None]:
    name = schema.get("$ref")
    if name is None:
        return schema, None
    found: Schema = root["$defs"][name.rsplit("/", 1)[1]]
    return found, str(name)


def _compared(
    old: Schema, new: Schema, old_root: Schema, new_root: Schema, *, place: str, seen: frozenset[str]
) -> Iterator[str]:
    (was, name), (is_, _) = _resolved(old, old_root), _resolved(new, new_root)
    if name is not None and name in seen:
        return
    inner = seen | {name} if name else seen
    if "properties" in was or "properties" in is_:
        yield from _fields(was, is_, old_root, new_root, place=place, seen=inner)
    yield from _alternatives(was, is_, old_root, new_root, place=place, seen=inner)
    if "items" in was and "items" in is_:
        yield from _compared(was["items"], is_["items"], old_root, new_root, place=f"{place}[]", seen=inner)
    if _plain(was) != _plain(is_):
        yield f"{place or 'event'}: 类型变了 another type: {_plain(was)} → {_plain(is_)}"


def _plain(schema: Schema) -> Schema:
    """The type of a value itself. A default is part of it: who reads an older event fills it in."""
    apart = {"properties", "required", "items", "anyOf", "$defs", "$ref"}
    plain = {key: value for key, value in schema.items() if key not in apart}
    return plain | {key: True for key in ("items", "properties") if key in schema}


def _fields(
    was: Schema, is_: Schema, old_root: Schema, new_root: Schema, *, place: str, seen: frozenset[str]
) -> Iterator[str]:
    before, after = was.get("properties", {}), is_.get("properties", {})
    needed_before, needed_after = set(was.get("required", ())), set(is_.get("required", ()))
    for field, schema in before.items():
        here = f"{place}.{field}".lstrip(".")
        if field not in after:
            yield f"{here}: 字段没有了 removed or renamed"
            continue
        if field in needed_after - needed_before:
            yield f"{here}: 变成了必填 newly required"
        if field in needed_before - needed_after:
            yield f"{here}: 不再必填，旧的消费者读不了 no longer always there"
        yield from _compared(schema, after[field], old_root, new_root, place=here, seen=seen)
    for field in needed_after - set(before):
        yield f"{place}.{field}".lstrip(".") + ": 新字段必须是可选的 a new field must be optional"


def _alternatives(
    was: Schema, is_: Schema, old_root: Schema, new_root: Schema, *, place: str, seen: frozenset[str]
) -> Iterator[str]:
    before, after = was.get("anyOf", []), is_.get("anyOf", [])
    if len(before) != len(after):
        yield f"{place}: 可取的类型变了 other types allowed"
        return
    for one, other in zip(before, after, strict=True):
        yield from _compared(one, other, old_root, new_root, place=place, seen=seen)
