"""The event catalogue (docs/events.md): every event with its fields, written from the contracts' own words."""

from collections.abc import Iterator
from typing import Any

from .asyncapi import DESCRIPTION, asyncapi_document, load_contracts, said_by, subject_of
from .contract import Event

HEAD = """\
# 事件目录 · Event catalogue

<!-- 由 `make contracts` 根据契约生成，请勿手工修改 · written by `make contracts` from the contracts; do not edit -->

{description}
机器可读的版本：[asyncapi.yaml](asyncapi.yaml)，运行中的平台在 `/asyncapi.json`（JSON）和 `/asyncapi.yaml`。
Machine-readable: [asyncapi.yaml](asyncapi.yaml); a running platform serves `/asyncapi.json` and `/asyncapi.yaml`.

查看与重放 · To look and to replay: `huzhu events tail`、`huzhu events replay`、`huzhu events snapshot`。
"""


def catalogue() -> str:
    """Return the page as Markdown."""
    events = sorted(load_contracts().items())
    lines = [HEAD.format(description=DESCRIPTION), *_contents(events)]
    for topic in sorted({kind.topic() for _, kind in events}):
        lines += ["", f"## {topic}", "", said_by(topic)]
        for wire, kind in events:
            if kind.topic() == topic:
                lines += _event(wire, kind)
    lines += ["", "## 共用结构 · Shared structures"]
    for name, schema in sorted(asyncapi_document()["components"]["schemas"].items()):
        if name not in {kind.__name__ for _, kind in events}:
            lines += ["", f"### {name}", "", _text(schema), "", *_table(schema)]
    return "\n".join(lines) + "\n"


def _contents(events: list[tuple[str, type[Event]]]) -> Iterator[str]:
    yield "| 事件 event | 含义 meaning |"
    yield "|---|---|"
    for wire, kind in events:
        meaning = (kind.__doc__ or "").strip().splitlines()[0].replace("|", "\\|")
        yield f"| [`{wire}`](#{wire.replace('.', '')}) | {meaning} |"


def _event(wire: str, kind: type[Event]) -> Iterator[str]:
    schema = asyncapi_document()["components"]["schemas"][kind.__name__]
    yield from ("", f"### {wire}", "", _text(schema), "", f"`subject`: {subject_of(kind)}", "")
    yield from _table(schema)


def _text(schema: dict[str, Any]) -> str:
    return "\n".join(line.strip() for line in str(schema.get("description", "")).strip().splitlines())


def _table(schema: dict[str, Any]) -> Iterator[str]:
    yield "| 字段 field | 类型 type | 必有 always | 含义 meaning |"
    yield "|---|---|---|---|"
    for field, part in schema.get("properties", {}).items():
        always = "✓" if field in schema.get("required", ()) else ""
        meaning = " ".join(_text(part).split()).replace("|", "\\|")
        yield f"| `{field}` | {_type(part)} | {always} | {meaning} |"


def _type(part: dict[str, Any]) -> str:
    """A field's type in a word or two; structures link to their own table."""
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in part:
        return " / ".join(_type(each) for each in part["anyOf"])
    if part.get("type") == "array":
        return f"{_type(part.get('items', {}))}[]"
    return str(part.get("format") or part.get("type", "any"))
