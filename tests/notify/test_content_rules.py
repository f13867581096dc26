"""Properties of cleaning and searching, and of what a pack may say."""

import tracemalloc

import nh3
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.pack import check_pack
from notify.content.rules import (
    EXCERPT_CHARACTERS,
    LONGEST,
    clean_html,
    excerpt,
    html_of_markdown,
    plain,
    sought,
    words_of,
)

from ..pack.packs import pack_text

TEXTS = st.text(alphabet="住院津贴医疗互助abcDE12 <>&\"'/=。，", max_size=60)


@given(TEXTS)
def test_cleaning_again_changes_nothing(text: str) -> None:
    once = clean_html(text)
    assert clean_html(once) == once


@given(TEXTS)
def test_the_plain_words_hold_no_markup(text: str) -> None:
    words = plain(clean_html(f"<p>{text}</p><script>{text}</script>"))
    assert "<script" not in words and len(excerpt(clean_html(text))) <= EXCERPT_CHARACTERS
    assert nh3.clean(html_of_markdown(text)).count("<script") == 0


@given(TEXTS, st.integers(0, 50), st.integers(1, 12))
def test_every_part_of_a_text_is_found(text: str, start: int, length: int) -> None:
    part = text[start : start + length]
    chinese = "".join(character for character in part if character > "\u3400")
    for run in [run for run in part.split() if run and all(c > "\u3400" and c not in "。，" for c in run)]:
        assert set(sought(run)) <= set(words_of(text)), (run, chinese)


@given(TEXTS)
def test_a_text_is_found_by_itself(text: str) -> None:
    assert set(sought(text)) <= set(words_of(text))


def test_a_catalogue_entry_that_opens_a_list_names_a_kind() -> None:
    text = pack_text("beijing").replace("opens: articles, target: health", "opens: articles, target: healthy")
    (fault,) = check_pack(text)
    assert fault.path.endswith(".target") and "health" in fault.en


def test_a_very_long_word_costs_little_and_is_found_by_its_beginning() -> None:
    tracemalloc.start()
    words = words_of("a" * 200_000, "短 abcdefghijklmnopqrstuvwxyz0123")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000 and len(words) < 50 and max(map(len, words)) == LONGEST
    for query in ("a" * 200_000, "aaa", "abcdefghijklmnopqrstuvwxyz0123", "ABCDEFGHIJKLMNOPQRST"):
        assert sought(query) and set(sought(query)) <= set(words), query[:40]
    assert not set(sought("abcdefghijklmnopqrsz")) <= set(words)
