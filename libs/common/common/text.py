"""A sentence in the two languages of the interface, Chinese first."""

from contextvars import ContextVar
from typing import NamedTuple

language: ContextVar[str] = ContextVar("language", default="zh")


class Text(NamedTuple):
    """One sentence in Chinese and in English."""

    zh: str
    en: str

    def format(self, **values: object) -> "Text":
        """Return the sentence with its {placeholders} filled."""
        return Text(self.zh.format(**values), self.en.format(**values))

    def in_language(self, code: str | None = None) -> str:
        """Return the sentence in `code` (default: the language of the current request)."""
        return self.en if (code or language.get()) == "en" else self.zh


def preferred_language(accept_language: str | None) -> str:
    """Choose "zh" or "en" from an Accept-Language header; Chinese unless English is asked for first."""
    first = (accept_language or "").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"
