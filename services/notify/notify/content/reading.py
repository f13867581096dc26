"""Use cases of readers: lists, articles, categories, the home page's modules and the service catalogue."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, audiences_of
from common.contracts.pack import TenantPack
from common.errors import NotFound
from common.http import Cursor, Page
from common.http.paging import cursor_of
from common.tenancy import current_pack
from common.text import language

from ..pictures.service import url_of
from .models import Article, ArticleRevision
from .repository import ContentRepository, Shown
from .rules import sought
from .schemas import ArticleRead, ArticleSummary, CategoryList, CategoryRead


@dataclass(frozen=True)
class Reader:
    """Whoever reads: the union they came to, and who they are if they have signed in."""

    tenant_id: UUID
    actor: Actor | None = None

    @property
    def audiences(self) -> tuple[str, ...]:
        """What is written for them."""
        return audiences_of(self.actor)


async def list_articles(
    session: AsyncSession,
    *,
    reader: Reader,
    cursor: Cursor,
    kind: str | None,
    category: str | None = None,
    programme: str | None = None,
    product: str | None = None,
    q: str | None = None,
) -> Page[ArticleSummary]:
    """Return a page of what the reader may read: pinned ones first, then in the union's order, then the newest.

    A query finds what has all of its words, in the title or the text; one without a word finds nothing.
    """
    words = sought(q) if q else []
    if q and not words:
        return Page(items=[])
    pack = await current_pack(session)
    found = await ContentRepository(session, reader.tenant_id).shown(
        audiences=reader.audiences,
        cursor=cursor,
        kind=kind,
        category=category,
        products=_products(pack, programme, product),
        words=words,
    )
    items = [_summary(shown, pack) for shown in found[: cursor.limit]]
    return Page(items=items, next_cursor=cursor_of(items[-1].id) if len(found) > cursor.limit else None)


async def read_article(session: AsyncSession, *, reader: Reader, article: str) -> ArticleRead:
    """Return an article by its id or, if it came with the pack, by its code; NotFound also if it is not for them."""
    try:
        by = {"article_id": UUID(article)}
    except ValueError:
        by = {"code": article}  # type: ignore[dict-item]
    repository = ContentRepository(session, reader.tenant_id)
    found = await repository.shown_one(audiences=reader.audiences, **by)  # type: ignore[arg-type]
    if found is None:
        raise NotFound
    return _whole(found, await current_pack(session))


async def list_categories(session: AsyncSession, *, reader: Reader, kind: str | None) -> CategoryList:
    """Return the categories of what the reader may read."""
    repository = ContentRepository(session, reader.tenant_id)
    found = await repository.categories(audiences=reader.audiences, kind=kind)
    pack = await current_pack(session)
    return CategoryList(
        items=[
            CategoryRead(category=name, title=_category(pack, name) or name, articles=number)
            for name, number in found
        ]
    )


def _category(pack: TenantPack, name: str | None) -> str | None:
    """Return a category as the reader's language calls it: the pack says so of its own, staff's stay as they are."""
    own = next((each.category for each in pack.content if each.category and each.category.zh == name), None)
    return own.text().in_language() if own else name


def _products(pack: TenantPack, programme: str | None, product: str | None) -> list[str] | None:
    if programme is None:
        return None if product is None else [product]
    codes = [each.code for each in pack.products if each.kind == programme]
    return codes if product is None else [code for code in codes if code == product]


def _programme(pack: TenantPack, article: Article) -> str | None:
    if article.product is None or article.kind != "introduction":
        return None
    return next((product.kind for product in pack.products if product.code == article.product), None)


def _summary(shown: Shown, pack: TenantPack) -> ArticleSummary:
    article, revision = shown
    english = language.get() == "en"
    return ArticleSummary(
        id=article.id,
        code=article.code,
        kind=article.kind,
        category=article.category,
        category_title=_category(pack, article.category),
        product=article.product,
        programme=_programme(pack, article),
        title=(english and revision.title_en) or revision.title_zh,
        excerpt=(english and revision.excerpt_en) or revision.excerpt_zh,
        cover=url_of(article.tenant_id, revision.cover_id) if revision.cover_id else None,
        pinned=article.pinned,
        published_at=article.live_from or article.updated_at,
    )


def _whole(shown: Shown, pack: TenantPack) -> ArticleRead:
    revision: ArticleRevision = shown[1]
    english = language.get() == "en" and revision.body_en is not None
    return ArticleRead(
        **_summary(shown, pack).model_dump(),
        body=(revision.body_en or "") if english else revision.body_zh,
        language="en" if english else "zh",
        updated_at=revision.created_at,
    )
