"""Pure rules of content: clean HTML, excerpts, and the words that a search finds a text by."""

import html
import json
import re
from collections.abc import Iterable
from pathlib import Path

import nh3
from markdown_it import MarkdownIt

ALLOWED = json.loads((Path(__file__).parent / "allowed.json").read_text(encoding="utf-8"))
"""Tags, attributes, schemes of links and where pictures are: the one list, which the console's editor reads too."""
PICTURE_PATH: str = ALLOWED["pictures"]
TAGS = frozenset(ALLOWED["tags"])
ATTRIBUTES = {tag: set(names) for tag, names in ALLOWED["attributes"].items()}
EXCERPT_CHARACTERS = 120
MOST_WORDS = 20_000
BEGINNINGS = range(3, 21)
"""Lengths of the beginnings by which a Latin word is found; a longer word is found by its first twenty characters."""
LONGEST = BEGINNINGS[-1]
_BLOCK = re.compile(
    r"<(?:br|hr|/p|/h[2-4]|/li|/tr|/td|/th|/blockquote|/figcaption|/pre)\b[^>]*>", re.IGNORECASE
)
_HEADINGS = re.compile(r"(</?)h1\b", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_LATIN = re.compile(r"[0-9a-z]+(?:[-.][0-9a-z]+)*")
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def _own_pictures(tag: str, attribute: str, value: str) -> str | None:
    """Keep pictures of the platform's own only: another site's would tell that site who reads."""
    if tag == "img" and attribute == "src" and not value.startswith(PICTURE_PATH):
        return None
    return value


def clean_html(text: str) -> str:
    """Return the harmless part of an HTML text: no script, style, form, frame, foreign picture or event handler."""
    cleaned = nh3.clean(
        _HEADINGS.sub(r"\1h2", text),
        tags=set(TAGS),
        clean_content_tags={"script", "style", "iframe", "object", "template", "noscript", "svg", "math"},
        attributes=ATTRIBUTES,
        attribute_filter=_own_pictures,
        url_schemes=set(ALLOWED["link_schemes"]),
        link_rel="noopener noreferrer",
    )
    return cleaned.strip()


def html_of_markdown(text: str) -> str:
    """Return a Markdown text as clean HTML; HTML inside it is shown as text."""
    return clean_html(_markdown.render(text))


def plain(cleaned: str) -> str:
    """Return the words of a clean HTML text on one line."""
    spaced = _BLOCK.sub(r"\g<0> ", cleaned)
    return " ".join(html.unescape(nh3.clean(spaced, tags=set())).split())


def excerpt(cleaned: str) -> str:
    """Return the first sentences of a clean HTML text, cut with … where it is longer."""
    words = plain(cleaned)
    return words if len(words) <= EXCERPT_CHARACTERS else words[: EXCERPT_CHARACTERS - 1].rstrip() + "…"


def is_blank(cleaned: str) -> bool:
    """Whether a clean HTML text shows nothing, neither words nor a picture."""
    return not plain(cleaned) and "<img " not in cleaned


def words_of(*texts: str | None) -> list[str]:
    """Return what texts are found by: each Chinese character, each pair of neighbours, each Latin word and its
    beginnings of three to twenty letters, all in lower case. The work grows with the length of the texts only.
    """
    found: dict[str, None] = {}
    for text in texts:
        lowered = (text or "").lower()
        for run in _HAN.findall(lowered):
            found.update(dict.fromkeys(run))
            found.update(dict.fromkeys(_pairs(run)))
        for word in _LATIN.findall(lowered):
            found.update(dict.fromkeys(word[:length] for length in BEGINNINGS if length < len(word)))
            found[word[:LONGEST]] = None
    return list(found)[:MOST_WORDS]


def sought(query: str) -> list[str]:
    """Return what a text must all have to be found by a query; empty if the query has no word in it."""
    lowered = query.lower()
    wanted: list[str] = []
    for run in _HAN.findall(lowered):
        wanted += _pairs(run) if len(run) > 1 else [run]
    wanted += [word[:LONGEST] for word in _LATIN.findall(lowered)]
    return list(dict.fromkeys(wanted))


def _pairs(run: str) -> Iterable[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]
