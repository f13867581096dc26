"""What the platform says, it says in Chinese and in English: every sentence in the code is looked at."""

import ast
import re
from collections.abc import Iterable, Iterator

import pytest

from .source import Module, modules
from .test_modules import LOCAL, everything, planted

HAN = re.compile(r"[\u3400-\u9fff]+")
BLANK = re.compile(r"\{(\w*)")
WORD = re.compile(r"[A-Za-z]{2,}")
TYPED = {"全部删除", "男", "女"}
"""Chinese words that an English sentence asks to be typed."""
UNLIKE = {
    frozenset({"action", "permission"}): "Chinese names what one wanted to do, English the permission",
    frozenset({"done", "status"}): "Chinese says it in a word of its own, English by the state",
}
"""Pairs of blanks that differ between the languages."""


def sentences(found: Iterable[Module]) -> Iterator[tuple[str, str, str]]:
    """Yield (place, Chinese, English) of every Text("…", "…") that is written out."""
    for module in found:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Text":
                given = {key.arg: key.value for key in node.keywords}
                both = [*node.args, *(given[name] for name in ("zh", "en") if name in given)]
                texts = [one.value for one in both if isinstance(one, ast.Constant)]
                if len(texts) == len(both) == 2:
                    yield f"{module.path}:{node.lineno}", *map(str, texts)


def one_language(found: Iterable[Module]) -> Iterator[str]:
    """Sentences that are Chinese twice, English twice, empty, or fill other blanks in the one language."""
    for place, zh, en in sentences(found):
        bare = BLANK.sub("", zh + en)
        if not bare.strip(" }"):
            continue  # only blanks: both languages come filled
        if not HAN.search(zh):
            yield f"{place} has no Chinese: {zh}"
        if set(HAN.findall(en)) - TYPED:
            yield f"{place} is Chinese in English, too: {en}"
        elif not WORD.search(BLANK.sub("", en)):
            yield f"{place} has no English: {en}"
        elif (other := blanks(zh) ^ blanks(en)) and frozenset(other) not in UNLIKE:
            yield f"{place} fills {', '.join(sorted(other))} in one language only"


def blanks(text: str) -> set[str]:
    """Return the blanks of a sentence; those that come in both languages ({name_zh}) by their name alone."""
    return {name.removesuffix("_zh").removesuffix("_en") for name in BLANK.findall(text)}


def test_every_sentence_is_in_both_languages() -> None:
    found = [*everything(), *modules(LOCAL)]
    assert list(one_language(found)) == []
    assert len(list(sentences(found))) > 900, "the sentences are found"


@pytest.mark.parametrize(
    "text",
    [
        'Text("已过申诉期限。", "已过申诉期限。")',
        'Text("已过申诉期限。", "")',
        'Text("已过申诉期限。", "404")',
        'Text("Too late.", "Too late.")',
        'Text(zh="已过申诉期限。", en="Too late: 已过期限.")',
        'Text("共 {count} 人。", "{people} people.")',
    ],
)
def test_a_planted_sentence_in_one_language_is_seen(text: str) -> None:
    assert list(one_language(planted("services/claims/claims/appeals/errors.py", f"text = {text}\n")))
