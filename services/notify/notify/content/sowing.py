"""What comes with a pack becomes articles; what staff have changed since stays theirs."""

from datetime import UTC, datetime, time
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import BUSINESS_ZONE, now
from common.contracts.pack import TenantPack
from common.contracts.pack.content import Article as PackArticle
from common.errors import ServiceBusy
from common.http import ServiceContext
from common.ids import new_id
from common.tenancy import current_pack, current_version

from .models import Article, ArticleRevision, SownPack
from .repository import ContentRepository
from .schemas import ArticleText
from .writing import PACK, Author, revision_of

log = structlog.get_logger()
BY_PACK = Author(None, PACK)
BY_DATE = frozenset({"announcement", "health", "news"})
"""Kinds whose lists are in the order of time; the others keep the order of the pack."""


async def sow_content(context: ServiceContext, tenant_id: UUID) -> None:
    """Bring a tenant's articles to the pack in force, once for each version of it."""
    async with context.db.transaction(tenant_id) as session:
        try:
            version = await current_version(session)
        except ServiceBusy:
            return  # its first version is not in force yet
        repository = ContentRepository(session, tenant_id)
        if await repository.is_sown(version):
            return
        await repository.lock_sowing()
        if await repository.is_sown(version):
            return
        await sow(session, repository, await current_pack(session), version)
        log.info("content.sown", version=version)


async def sow(session: AsyncSession, repository: ContentRepository, pack: TenantPack, version: int) -> None:
    """Write what is new or changed in the pack, take back what is no longer in it, leave what staff edited."""
    known = await repository.of_pack()
    texts = await repository.latest_texts(list(known.values()))
    for place, said in enumerate(pack.content):
        article = known.pop(said.code, None)
        if article is None:
            _begin(repository, pack, said, place, version)
        elif not article.edited:
            _follow(repository, article, texts[article.id], pack, said, place, version)
    for article in known.values():
        if not article.edited and article.state == "published":
            article.withdraw()
            article.sown(version)
    repository.add(SownPack(id=new_id(), version=version))
    await session.flush()


def _text(said: PackArticle) -> ArticleText:
    return ArticleText(
        format="markdown",
        title_zh=said.title.zh,
        title_en=said.title.en,
        body_zh=said.body.zh,
        body_en=said.body.en,
    )


def _position(pack: TenantPack, said: PackArticle, place: int) -> int:
    return 0 if said.kind in BY_DATE else len(pack.content) - place


def _published_on(pack: TenantPack, said: PackArticle) -> datetime:
    day = said.published_on or pack.effective_from
    return min(datetime.combine(day, time.min, BUSINESS_ZONE).astimezone(UTC), now())


def _place(article: Article, pack: TenantPack, said: PackArticle, place: int) -> None:
    article.kind, article.product, article.audience = said.kind, said.product, list(said.audience)
    article.category = said.category.zh if said.category else None
    article.pinned, article.position = said.pinned, _position(pack, said, place)


def _begin(
    repository: ContentRepository, pack: TenantPack, said: PackArticle, place: int, version: int
) -> None:
    article = Article(
        id=new_id(),
        code=said.code,
        version=1,
        state="published",
        latest_revision=1,
        live_revision=1,
        live_from=_published_on(pack, said),
        updated_at=now(),
    )
    _place(article, pack, said, place)
    article.sown(version)
    repository.add(article)
    repository.add(revision_of(_text(said), article_id=article.id, number=1, by=BY_PACK))


def _follow(
    repository: ContentRepository,
    article: Article,
    last: ArticleRevision,
    pack: TenantPack,
    said: PackArticle,
    place: int,
    version: int,
) -> None:
    """Let an article that only the pack ever wrote say what the pack says now."""
    _place(article, pack, said, place)
    new = revision_of(_text(said), article_id=article.id, number=article.latest_revision + 1, by=BY_PACK)
    same = ("title_zh", "title_en", "body_zh", "body_en")
    if any(getattr(new, name) != getattr(last, name) for name in same):
        article.revised()
        repository.add(new)
    if article.has_unpublished or article.state != "published":
        article.publish(None)
    article.sown(version)
