"""The web apps' sources as the architecture tests see them: what stands in a template bare, and what scripts say."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .source import ROOT

WEB = ROOT / "web"
HAN = re.compile(r"[\u3400-\u9fff]")
COMMENTS = re.compile(r"<!--.*?-->|/\*.*?\*/|(?<![:\"'`\w])//[^\n]*", re.DOTALL)
TAG = re.compile(r"<(/?[A-Za-z][\w-]*)((?:\s+[^\s=>]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?)*)\s*/?>")
ATTRIBUTE = re.compile(r"([^\s=>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
MUSTACHE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
TEMPLATE = re.compile(r"^<template[^>]*>(.*)^</template>", re.DOTALL | re.MULTILINE)
REGEX = re.compile(r"(?<=[=(,:\[!&|?])\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*")
ELSE = re.compile(r"\?\s*$")
ENGLISH = re.compile(r"\s*,\s*(?=['\"`])")


class Source(NamedTuple):
    """One file of the web apps: its path below web/, and its text."""

    path: str
    text: str


def sources(*folders: str) -> list[Source]:
    """Return the sources below some folders of web/, without tests."""
    return [
        Source(path.relative_to(WEB).as_posix(), path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted(Path(WEB / folder).rglob("*"))
        if path.suffix in {".ts", ".vue"} and ".test." not in path.name
    ]


def bare_chinese(source: Source) -> Iterator[str]:
    """Yield Chinese that is shown in every language: bare in a template, or a text without its English beside it."""
    text = COMMENTS.sub("", source.text)
    scripts = [text]
    if source.path.endswith(".vue"):
        found = TEMPLATE.search(text)
        template = found[1] if found else ""
        scripts = [text.replace(template, "")]
        for tag in TAG.finditer(template):
            for name, one, other in ATTRIBUTE.findall(tag[2]):
                if name.startswith((":", "@", "v-", "#")):
                    scripts.append(one or other)
                elif HAN.search(one or other):
                    yield f"{name}={one or other}"
        scripts += MUSTACHE.findall(template)
        yield from (line.strip() for line in _shown(template) if HAN.search(line))
    for script in scripts:
        yield from _alone(REGEX.sub(" 0", script))


def _shown(template: str) -> list[str]:
    return MUSTACHE.sub(" ", TAG.sub("\n", template)).splitlines()


def _alone(script: str) -> Iterator[str]:
    """Yield Chinese texts beside which no English stands: `'…', 'English'` or `english ? 'English' : '…'`."""
    texts = list(_texts(script))
    by_start = {start: said for start, _, said in texts}
    for number, (start, end, said) in enumerate(texts):
        if not HAN.search(said):
            continue
        gap = ENGLISH.match(script, end)
        beside = by_start.get(gap.end()) if gap else None
        if beside is None and number:
            first, its_end, before = texts[number - 1]
            chosen = script[its_end:start].strip() == ":" and ELSE.search(script, 0, first)
            beside = before if chosen else None
        if beside is None or HAN.search(beside):
            yield said


def _texts(script: str, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, text without what is filled in) of string literals.

    What is filled into a Chinese sentence is Chinese with it; what is filled into any other stands on its own.
    """
    at, last = start, len(script) if stop is None else stop
    while at < last:
        if script[at] in "'\"":
            end = _closing(script, at)
            yield at, end, script[at + 1 : end - 1]
            at = end
        elif script[at] == "`":
            pieces, inner, end = _template_text(script, at)
            yield at, end, "".join(pieces)
            for begin, ending in [] if HAN.search("".join(pieces)) else inner:
                yield from _texts(script, begin, ending)
            at = end
        else:
            at += 1


def _closing(script: str, at: int) -> int:
    quote, at = script[at], at + 1
    while at < len(script) and script[at] not in (quote, "\n"):
        at += 2 if script[at] == "\\" else 1
    return at + 1


def _template_text(script: str, at: int) -> tuple[list[str], list[tuple[int, int]], int]:
    """Return the written pieces of a `…`, the ranges of its ${…}, and where it ends."""
    pieces, inner, at = [], [], at + 1
    while at < len(script) and script[at] != "`":
        if script.startswith("${", at):
            end = _brace(script, at + 2)
            inner.append((at + 2, end))
            at = end + 1
        else:
            pieces.append(script[at])
            at += 2 if script[at] == "\\" else 1
    return pieces, inner, at + 1


def _brace(script: str, at: int) -> int:
    """Return where the `}` stands that closes a `${`, past texts and braces inside."""
    depth = 0
    while at < len(script) and (depth or script[at] != "}"):
        if script[at] in "'\"":
            at = _closing(script, at)
        elif script[at] == "`":
            at = _template_text(script, at)[2]
        else:
            depth += {"{": 1, "}": -1}.get(script[at], 0)
            at += 1
    return at
