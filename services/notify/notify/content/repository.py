"""SQL of content."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, false, func, select, tuple_

from common.clock import now
from common.db import TenantRepository, unscoped
from common.http import Cursor

from ..pictures.models import Picture
from .models import Article, ArticleRevision, SownPack

Shown = tuple[Article, ArticleRevision]


def _revision_now(moment: datetime) -> Any:
    return case((Article.next_from <= moment, Article.next_revision), else_=Article.live_revision)


class ContentRepository(TenantRepository):
    """Articles of one tenant."""

    def _shown(self, audiences: Sequence[str]) -> Select[Any]:
        """Articles that these readers see now, with the revision they see."""
        moment = now()
        revision = and_(
            ArticleRevision.tenant_id == Article.tenant_id,
            ArticleRevision.article_id == Article.id,
            ArticleRevision.number == _revision_now(moment),
        )
        return (
            self.select_columns(Article, Article, ArticleRevision)
            .join(ArticleRevision, revision)
            .where(
                self.mine(ArticleRevision),
                Article.state == "published",
                Article.live_from <= moment,
                Article.audience.overlap(list(audiences)),
            )
        )

    async def shown(
        self,
        *,
        audiences: Sequence[str],
        cursor: Cursor,
        kind: str | None = None,
        category: str | None = None,
        products: Sequence[str] | None = None,
        words: Sequence[str] = (),
    ) -> list[Shown]:
        """Return a page of what readers see, the pinned first, then in the union's order, then the newest."""
        order = (Article.pinned, Article.position, Article.live_from, Article.id)
        statement = self._shown(audiences)
        if kind is not None:
            statement = statement.where(Article.kind == kind)
        if category is not None:
            statement = statement.where(Article.category == category)
        if products is not None:
            statement = statement.where(Article.product.in_(products))
        if words:
            statement = statement.where(ArticleRevision.words.contains(list(words)))
        if cursor.after is not None:
            behind = self.select_columns(Article, *order).where(Article.id == cursor.after)
            statement = statement.where(tuple_(*order) < behind.scalar_subquery())
        statement = statement.order_by(*(column.desc() for column in order)).limit(cursor.limit + 1)
        return [(article, revision) for article, revision in await self.session.execute(statement)]

    async def shown_one(
        self, *, audiences: Sequence[str], code: str | None = None, article_id: UUID | None = None
    ) -> Shown | None:
        """Return one article that readers see, by its code or id."""
        match = Article.code == code if article_id is None else Article.id == article_id
        found = (await self.session.execute(self._shown(audiences).where(match))).first()
        return (found[0], found[1]) if found else None

    async def categories(self, *, audiences: Sequence[str], kind: str | None) -> list[tuple[str, int]]:
        """Return the categories that readers see, each with the number of articles."""
        statement = self.select_columns(Article, Article.category, func.count()).where(
            Article.state == "published",
            Article.live_from <= now(),
            Article.audience.overlap(list(audiences)),
            Article.category.is_not(None),
            *([Article.kind == kind] if kind else []),
        )
        rows = await self.session.execute(statement.group_by(Article.category).order_by(Article.category))
        return [(name, number) for name, number in rows]

    async def page(
        self, cursor: Cursor, *, kind: str | None, state: str | None, words: Sequence[str], nothing: bool
    ) -> list[Shown]:
        """Return a page of all articles as staff see them, with their latest revision, newest first."""
        latest = and_(
            ArticleRevision.tenant_id == Article.tenant_id,
            ArticleRevision.article_id == Article.id,
            ArticleRevision.number == Article.latest_revision,
        )
        statement = self.select_columns(Article, Article, ArticleRevision).join(ArticleRevision, latest)
        statement = statement.where(self.mine(ArticleRevision))
        if nothing:
            statement = statement.where(false())
        if kind is not None:
            statement = statement.where(Article.kind == kind)
        if state is not None:
            statement = statement.where(*_in_state(state))
        if words:
            statement = statement.where(ArticleRevision.words.contains(list(words)))
        if cursor.after is not None:
            statement = statement.where(Article.id < cursor.after)
        statement = statement.order_by(Article.id.desc()).limit(cursor.limit + 1)
        return [(article, revision) for article, revision in await self.session.execute(statement)]

    async def revision(self, article_id: UUID, number: int) -> ArticleRevision | None:
        """Return one revision of an article."""
        return await self.first(
            self.select(ArticleRevision).where(
                ArticleRevision.article_id == article_id, ArticleRevision.number == number
            )
        )

    async def revisions(self, article_id: UUID, cursor: Cursor) -> Sequence[ArticleRevision]:
        """Return the revisions of an article, newest first."""
        statement = self.select(ArticleRevision).where(ArticleRevision.article_id == article_id)
        return await self.all(cursor.apply(statement, ArticleRevision))

    async def of_kind(self, kind: str, ids: Sequence[UUID]) -> dict[UUID, Article]:
        """Lock and return those of the ids that are of a kind."""
        statement = self.select(Article).where(Article.kind == kind, Article.id.in_(ids)).with_for_update()
        return {row.id: row for row in await self.all(statement)}

    async def of_pack(self) -> dict[str, Article]:
        """Lock and return the articles that came with a pack, by code."""
        statement = self.select(Article).where(Article.code.is_not(None)).with_for_update()
        return {row.code: row for row in await self.all(statement) if row.code is not None}

    async def latest_texts(self, articles: Sequence[Article]) -> dict[UUID, ArticleRevision]:
        """Return the latest revision of each article."""
        if not articles:
            return {}
        wanted = [(article.id, article.latest_revision) for article in articles]
        statement = self.select(ArticleRevision).where(
            tuple_(ArticleRevision.article_id, ArticleRevision.number).in_(wanted)
        )
        return {row.article_id: row for row in await self.all(statement)}

    async def is_sown(self, version: int) -> bool:
        """Whether the content of a pack version is here."""
        statement = self.select(SownPack).where(SownPack.version == version)
        return await self.first(statement) is not None

    async def lock_sowing(self) -> None:
        """Let one worker at a time sow this tenant's content, until the transaction ends."""
        key = func.hashtextextended(f"notify.sowing:{self.tenant_id}", 0)
        await self.session.execute(unscoped(select(func.pg_advisory_xact_lock(key)), why="a lock, no rows"))

    async def has_picture(self, picture_id: UUID) -> bool:
        """Whether a picture was uploaded here."""
        return await self.find(Picture, picture_id) is not None


def _in_state(state: str) -> list[Any]:
    if state == "scheduled":
        return [Article.state == "published", Article.live_from > now()]
    if state == "published":
        return [Article.state == "published", Article.live_from <= now()]
    return [Article.state == state]
