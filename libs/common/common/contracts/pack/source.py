"""Reads the text of a pack: a safe subset of YAML (no anchors, tags or repeated keys), each value with its place.

Works on the parser's events, so that nothing is constructed, nested deeper or repeated more than allowed.
Scalars follow YAML 1.2 (no `yes`/`no`, no 12:00 as a number, no octal by a leading zero); days stay text.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from common.text import Text

from .faults import Place, Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NODES = 100_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(slots=True)
class Node:
    """A value with its place: `value` is a scalar, a list of nodes or a dict of nodes; `key_at` is where its key is."""

    value: Any
    line: int
    column: int
    key_at: tuple[int, int] | None = None

    def plain(self) -> Any:
        """Return the value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def find(self, place: Place) -> "Node | None":
        """Return the node at a place below this one, or None."""
        node = self
        for step in place:
            inside = step in node.value if isinstance(node.value, dict) else _is_place(node.value, step)
            if not inside:
                return None
            node = node.value[step]
        return node


def _is_place(value: Any, step: str | int) -> bool:
    return isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)


class Unreadable(Exception):
    """The text is no YAML or exceeds a limit: nothing more can be said about it."""

    def __init__(self, code: str, text: Text, line: int = 1, column: int = 1) -> None:
        self.code, self.text, self.line, self.column = code, text, line, column
        super().__init__(code)


@dataclass(slots=True)
class _Open:
    node: Node
    place: Place
    key: str | None = None
    key_at: tuple[int, int] | None = None


@dataclass(slots=True)
class _Builder:
    problems: list[tuple[Problem, int, int]] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    root: Node | None = None
    nodes: int = 0

    def feed(self, event: yaml.Event) -> None:
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            text = Text(
                "不允许使用锚点和别名（& 与 *），请直接写出内容",
                "anchors and aliases are not allowed: write it out",
            )
            raise Unreadable("yaml.alias", text, line, column)
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise Unreadable(
                "yaml.documents", Text("一个文件只能有一个文档", "one document per file"), line, column
            )
        if isinstance(event, yaml.CollectionStartEvent | yaml.ScalarEvent):
            self._begin(event, line, column)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def _begin(self, event: Any, line: int, column: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES or len(self.stack) >= MAX_DEPTH:
            raise Unreadable(
                "yaml.too_large",
                Text("内容过多或嵌套过深", "too much content or nested too deeply"),
                line,
                column,
            )
        if event.tag is not None:
            text = Text(f"不允许使用标签 {event.tag}", f"the tag {event.tag} is not allowed")
            raise Unreadable("yaml.tag", text, line, column)
        if isinstance(event, yaml.ScalarEvent):
            self._add(Node(_scalar(event), line, column), event.value)
        else:
            self._add(Node({} if isinstance(event, yaml.MappingStartEvent) else [], line, column), None)

    def _add(self, node: Node, text: str | None) -> None:
        place: Place = ()
        if not self.stack:
            self.root = node
        else:
            top = self.stack[-1]
            if isinstance(top.node.value, dict) and top.key is None:
                if text is None:
                    raise Unreadable(
                        "yaml.key", Text("键必须是文本", "a key must be a text"), node.line, node.column
                    )
                top.key, top.key_at = text, (node.line, node.column)
                return
            place = self._attach(top, node)
        if isinstance(node.value, dict | list):
            self.stack.append(_Open(node, place))

    def _attach(self, top: _Open, node: Node) -> Place:
        if isinstance(top.node.value, list):
            top.node.value.append(node)
            return (*top.place, len(top.node.value) - 1)
        key, key_at = top.key or "", top.key_at
        node.key_at, top.key, top.key_at = key_at, None, None
        place = (*top.place, key)
        if key in top.node.value:
            text = Text(f"键 {key} 重复", f"the key {key} is repeated")
            line, column = key_at or (node.line, node.column)
            self.problems.append((Problem(place, "yaml.duplicate_key", text), line, column))
        else:
            top.node.value[key] = node
        return place


def _scalar(event: yaml.ScalarEvent) -> Any:
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def read_source(text: str) -> tuple[Node, list[tuple[Problem, int, int]]]:
    """Return the tree of a pack's text and the repeated keys in it; Unreadable if there is no tree."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        zh, en = f"文件超过 {MAX_BYTES} 字节", f"the file is larger than {MAX_BYTES} bytes"
        raise Unreadable("yaml.too_large", Text(zh, en))
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.feed(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise Unreadable(
            "yaml.syntax", Text("不是有效的 YAML 文本", f"no valid YAML text: {error!s:.100}")
        ) from None
    if builder.root is None or not isinstance(builder.root.value, dict):
        raise Unreadable(
            "yaml.not_a_mapping", Text("文件内容应为键值结构", "the file must hold keys and values")
        )
    return builder.root, builder.problems


_SYNTAX = (
    ("cannot start any token", "不能用制表符（Tab）缩进，也不能以 @ 或 ` 开头，请改用空格或加引号"),
    ("mapping values are not allowed", "这里不能有冒号：可能上一行少了冒号，或含冒号的文字没有加引号"),
    ("could not find expected ':'", "缺少冒号，键和值之间要写“: ”（冒号加空格）"),
    ("expected <block end>", "缩进不一致，请与同级的行对齐"),
    ("expected ',' or", "括号里的各项要用逗号分开，并且括号要成对"),
    ("while scanning a quoted scalar", "引号没有成对"),
    ("unexpected end of stream", "引号没有成对"),
)
"""What the parser says, and what somebody who writes a pack does about it."""


def _syntax(error: yaml.MarkedYAMLError) -> Unreadable:
    mark = error.problem_mark or error.context_mark
    what = error.problem or "syntax"
    why = next((zh for said, zh in _SYNTAX if said in what), "请检查这一行和上一行的缩进、冒号、引号和括号")
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Unreadable("yaml.syntax", Text(f"YAML 语法错误：{why}", f"YAML syntax: {what}"), line, column)
