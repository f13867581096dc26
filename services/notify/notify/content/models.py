"""An article and its revisions. What readers see is a revision; an edit makes a new one until that is published."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow

from ..errors import ArticleLive, ArticleWithdrawn, NothingToPublish

DRAFT, SCHEDULED, PUBLISHED, WITHDRAWN = "draft", "scheduled", "published", "withdrawn"


class Article(VersionedRow, Base):
    """Where an article stands; its texts are in its revisions. `code` names one that came with the pack."""

    __tablename__ = "article"
    code: Mapped[str | None]
    kind: Mapped[str]
    product: Mapped[str | None]
    audience: Mapped[list[str]] = mapped_column(ARRAY(Text))
    category: Mapped[str | None]
    pinned: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    """Higher ones first; 0 leaves it to the date."""
    state: Mapped[str] = mapped_column(default=DRAFT)
    latest_revision: Mapped[int] = mapped_column(default=1)
    live_revision: Mapped[int | None]
    live_from: Mapped[datetime | None]
    next_revision: Mapped[int | None]
    """Takes the place of the live one at `next_from`."""
    next_from: Mapped[datetime | None]
    from_pack: Mapped[int | None]
    """The pack's version that last wrote it."""
    edited: Mapped[bool] = mapped_column(default=False)
    """Whether staff have changed it: a later pack leaves it alone."""
    updated_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def state_now(self) -> str:
        """draft | scheduled | published | withdrawn, as it is at this moment."""
        if self.state == PUBLISHED and self.live_from is not None and self.live_from > now():
            return SCHEDULED
        return self.state

    @property
    def revision_now(self) -> int | None:
        """The revision that readers see now; None where they see none."""
        if self.state_now != PUBLISHED:
            return None
        return self.next_revision if self._next_is_due() else self.live_revision

    @property
    def has_unpublished(self) -> bool:
        """Whether there is a newer text than the one that is or will be shown."""
        return self.latest_revision != (self.next_revision or self.live_revision)

    def revised(self) -> int:
        """A new text was written; return its number."""
        self._settle()
        self.latest_revision += 1
        self._changed()
        return self.latest_revision

    def place(self, *, pinned: bool) -> None:
        """Pin to the top of the list, or not."""
        self.pinned = pinned
        self._changed()

    def publish(self, at: datetime | None) -> None:
        """Show the latest text from `at` on (now if None or past); what is shown meanwhile stays until then."""
        self._settle()
        if self.state == PUBLISHED and not self.has_unpublished and self.state_now == PUBLISHED:
            raise NothingToPublish
        later = at if at is not None and at > now() else None
        shown = self.state_now == PUBLISHED
        if later is not None and shown:
            self.next_revision, self.next_from = self.latest_revision, later
        else:
            self.live_revision = self.latest_revision
            self.live_from = later or (self.live_from if shown else now())
            self.next_revision = self.next_from = None
        self.state = PUBLISHED
        self._changed()

    def withdraw(self) -> None:
        """Readers see it no more; ArticleWithdrawn for one that is not published."""
        if self.state != PUBLISHED:
            raise ArticleWithdrawn
        self._settle()
        self.next_revision = self.next_from = None
        self.state = WITHDRAWN
        self._changed()

    def require_unseen(self) -> None:
        """ArticleLive for one that readers may have seen: it is withdrawn, not deleted."""
        if self.live_revision is not None:
            raise ArticleLive

    def _next_is_due(self) -> bool:
        return self.next_from is not None and self.next_from <= now()

    def _settle(self) -> None:
        if self._next_is_due():
            self.live_revision, self.next_revision, self.next_from = self.next_revision, None, None

    def _changed(self) -> None:
        self.edited, self.updated_at = True, now()
        self.touch()

    def sown(self, version: int) -> None:
        """The pack wrote it; staff have not."""
        self.from_pack, self.edited = version, False


class ArticleRevision(TenantRow, Base):
    """One text of an article: clean HTML. It never changes. English may be missing, Chinese never."""

    __tablename__ = "article_revision"
    article_id: Mapped[UUID]
    number: Mapped[int]
    title_zh: Mapped[str]
    title_en: Mapped[str | None]
    body_zh: Mapped[str]
    body_en: Mapped[str | None]
    excerpt_zh: Mapped[str]
    excerpt_en: Mapped[str | None]
    cover_id: Mapped[UUID | None]
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))
    author_id: Mapped[UUID | None]
    """The account that wrote it; None: it came with the pack."""
    author: Mapped[str]
    note: Mapped[str | None]


class SownPack(TenantRow, Base):
    """A pack version whose content is here."""

    __tablename__ = "sown_pack"
    version: Mapped[int]
