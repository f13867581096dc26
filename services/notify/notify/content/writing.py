"""From what staff (or a pack) wrote to a revision: cleaned, with excerpts and the words it is found by."""

from dataclasses import dataclass
from uuid import UUID

from common.auth import Actor
from common.ids import new_id

from ..errors import ArticleBlank
from . import rules
from .models import ArticleRevision
from .schemas import ArticleText

PACK = "pack"


@dataclass(frozen=True)
class Author:
    """Who wrote a revision: an account, or the pack."""

    id: UUID | None
    label: str

    @classmethod
    def of(cls, actor: Actor) -> "Author":
        """Return the author that a caller is."""
        return cls(actor.id, actor.label or str(actor.id))


@dataclass(frozen=True)
class Cleaned:
    """Both languages of a text, clean."""

    body_zh: str
    body_en: str | None

    @property
    def excerpt_zh(self) -> str:
        """The beginning of the Chinese text."""
        return rules.excerpt(self.body_zh)

    @property
    def excerpt_en(self) -> str | None:
        """The beginning of the English text, if there is one."""
        return rules.excerpt(self.body_en) if self.body_en is not None else None


def cleaned(text: ArticleText) -> Cleaned:
    """Clean both languages; ArticleBlank if nothing is left of the Chinese text. A blank English one is none."""
    make = rules.html_of_markdown if text.format == "markdown" else rules.clean_html
    body_zh = make(text.body_zh)
    if rules.is_blank(body_zh):
        raise ArticleBlank
    body_en = make(text.body_en) if text.body_en else None
    return Cleaned(body_zh, None if body_en is None or rules.is_blank(body_en) else body_en)


def revision_of(text: ArticleText, *, article_id: UUID, number: int, by: Author) -> ArticleRevision:
    """Return a new revision; ArticleBlank."""
    clean = cleaned(text)
    return ArticleRevision(
        id=new_id(),
        article_id=article_id,
        number=number,
        title_zh=text.title_zh,
        title_en=text.title_en,
        body_zh=clean.body_zh,
        body_en=clean.body_en,
        excerpt_zh=clean.excerpt_zh,
        excerpt_en=clean.excerpt_en,
        cover_id=text.cover_id,
        words=rules.words_of(
            text.title_zh,
            text.title_en,
            rules.plain(clean.body_zh),
            rules.plain(clean.body_en) if clean.body_en else None,
        ),
        author_id=by.id,
        author=by.label,
        note=text.note,
    )
