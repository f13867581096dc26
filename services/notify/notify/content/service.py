"""Use cases of staff: write, revise, publish, order and withdraw content."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.auth.scope import sees_whole_tenant
from common.contracts.notify import ArticlePublished, ArticleWithdrawn
from common.errors import NotFound, PreconditionFailed
from common.events import emit
from common.http import Cursor, Page
from common.http.paging import cursor_of
from common.ids import new_id
from common.tenancy import current_pack

from ..auth import MANAGE_CONTENT
from ..errors import OrderIncomplete, PictureNotFound, ProductNotInPack, WholeUnionOnly
from ..pictures.service import url_of
from .models import Article, ArticleRevision
from .repository import ContentRepository
from .rules import sought
from .schemas import (
    ArticleCreate,
    ArticleEdit,
    ArticleOrder,
    ArticlePlace,
    ArticleText,
    ContentRead,
    ContentSummary,
    Ordered,
    PreviewRead,
    RevisionRead,
)
from .writing import Author, cleaned, revision_of


def require_whole_union(actor: Actor) -> None:
    """WholeUnionOnly for staff of a branch: what is published reaches everybody."""
    if not sees_whole_tenant(actor):
        raise WholeUnionOnly(permission=MANAGE_CONTENT, action="发布全市内容")


def read(article: Article, revision: ArticleRevision) -> ContentRead:
    """Return an article as staff see it."""
    own = ContentRead.model_fields.keys() & {column.key for column in Article.__table__.columns}
    shown = {name: getattr(article, name) for name in own if name not in ("state", "created_at")}
    texts = ("title_zh", "title_en", "body_zh", "body_en", "excerpt_zh", "excerpt_en", "cover_id", "author")
    return ContentRead(
        **shown,
        state=article.state_now,
        created_at=article.created_at,
        revision=article.latest_revision,
        has_unpublished=article.has_unpublished,
        cover=url_of(article.tenant_id, revision.cover_id) if revision.cover_id else None,
        **{name: getattr(revision, name) for name in texts},
    )


async def preview_article(*, actor: Actor, body: ArticleText) -> PreviewRead:
    """Return what a text becomes; nothing is stored."""
    require_whole_union(actor)
    clean = cleaned(body)
    return PreviewRead(
        body_zh=clean.body_zh,
        body_en=clean.body_en,
        excerpt_zh=clean.excerpt_zh,
        excerpt_en=clean.excerpt_en,
    )


async def create_article(session: AsyncSession, *, actor: Actor, body: ArticleCreate) -> ContentRead:
    """Begin an article as a draft; ArticleBlank, ProductNotInPack, PictureNotFound."""
    require_whole_union(actor)
    repository = ContentRepository(session, actor.tenant_id)
    await _check(session, repository, body, body)
    article = repository.add(
        Article(
            id=new_id(),
            kind=body.kind,
            product=body.product,
            audience=list(body.audience),
            category=body.category,
            edited=True,
            version=1,
            latest_revision=1,
            state="draft",
            pinned=False,
            position=0,
        )
    )
    revision = repository.add(revision_of(body, article_id=article.id, number=1, by=Author.of(actor)))
    await _note(session, actor, article, "content.created")
    await session.flush()
    return read(article, revision)


async def edit_article(
    session: AsyncSession, *, actor: Actor, article_id: UUID, version: int, body: ArticleEdit
) -> ContentRead:
    """Write a new revision; readers see it once it is published. PreconditionFailed, and as `create_article`."""
    repository, article = await _changed(session, actor, article_id, version)
    await _check(session, repository, body, body)
    article.product, article.audience, article.category = body.product, list(body.audience), body.category
    revision = repository.add(
        revision_of(body, article_id=article.id, number=article.revised(), by=Author.of(actor))
    )
    await _note(session, actor, article, "content.revised")
    await session.flush()
    return read(article, revision)


async def restore_revision(
    session: AsyncSession, *, actor: Actor, article_id: UUID, version: int, number: int
) -> ContentRead:
    """Write an earlier text again as the newest; NotFound, PreconditionFailed."""
    repository, article = await _changed(session, actor, article_id, version)
    old = await repository.revision(article.id, number)
    if old is None:
        raise NotFound
    author = Author.of(actor)
    kept = ("title_zh", "title_en", "body_zh", "body_en", "excerpt_zh", "excerpt_en", "cover_id", "words")
    revision = repository.add(
        ArticleRevision(
            id=new_id(),
            article_id=article.id,
            number=article.revised(),
            author_id=author.id,
            author=author.label,
            note=f"恢复第 {number} 版",
            **{name: getattr(old, name) for name in kept},
        )
    )
    await _note(session, actor, article, "content.revised")
    await session.flush()
    return read(article, revision)


async def publish_article(
    session: AsyncSession, *, actor: Actor, article_id: UUID, version: int, at: object
) -> ContentRead:
    """Show the latest text, now or at a time; NothingToPublish, PreconditionFailed."""
    repository, article = await _changed(session, actor, article_id, version)
    article.publish(at)  # type: ignore[arg-type]
    revision = await _latest(repository, article)
    emit(
        session,
        ArticlePublished(
            article_id=article.id,
            kind=article.kind,
            title=revision.title_zh,
            audience=article.audience,
            revision=article.latest_revision,
            visible_from=article.next_from or article.live_from or article.updated_at,
        ),
    )
    await _note(session, actor, article, "content.published")
    await session.flush()
    return read(article, revision)


async def withdraw_article(
    session: AsyncSession, *, actor: Actor, article_id: UUID, version: int
) -> ContentRead:
    """Take it from the readers; ArticleWithdrawn, PreconditionFailed."""
    repository, article = await _changed(session, actor, article_id, version)
    article.withdraw()
    emit(session, ArticleWithdrawn(article_id=article.id, kind=article.kind))
    await _note(session, actor, article, "content.withdrawn")
    await session.flush()
    return read(article, await _latest(repository, article))


async def pin_article(
    session: AsyncSession, *, actor: Actor, article_id: UUID, version: int, pinned: bool
) -> ContentRead:
    """Pin it to the top of its list or let it go; PreconditionFailed."""
    repository, article = await _changed(session, actor, article_id, version)
    article.place(pinned=pinned)
    await _note(session, actor, article, "content.pinned" if pinned else "content.unpinned")
    await session.flush()
    return read(article, await _latest(repository, article))


async def order_articles(session: AsyncSession, *, actor: Actor, body: ArticleOrder) -> Ordered:
    """Put a kind's articles into an order; OrderIncomplete for another kind's or a repeated one."""
    require_whole_union(actor)
    repository = ContentRepository(session, actor.tenant_id)
    found = await repository.of_kind(body.kind, body.ids)
    if len(found) != len(body.ids):
        raise OrderIncomplete
    for place, article_id in enumerate(body.ids):
        found[article_id].position = len(body.ids) - place
    await record(
        session, actor_id=actor.id, action="content.ordered", subject=f"articles:{body.kind}",
        detail={"articles": len(body.ids)},
    )  # fmt: skip
    return Ordered(ordered=len(body.ids))


async def delete_draft(session: AsyncSession, *, actor: Actor, article_id: UUID, version: int) -> None:
    """Remove a draft that no reader has seen; ArticleLive, PreconditionFailed."""
    repository, article = await _changed(session, actor, article_id, version)
    article.require_unseen()
    await repository.remove(article)
    await _note(session, actor, article, "content.deleted")


async def list_content(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, kind: str | None, state: str | None, q: str | None
) -> Page[ContentSummary]:
    """Return a page of all articles, newest first."""
    require_whole_union(actor)
    words = sought(q) if q else []
    found = await ContentRepository(session, actor.tenant_id).page(
        cursor, kind=kind, state=state, words=words, nothing=bool(q) and not words
    )
    items = [
        ContentSummary.model_validate(read(article, revision).model_dump())
        for article, revision in found[: cursor.limit]
    ]
    more = len(found) > cursor.limit
    return Page(items=items, next_cursor=cursor_of(items[-1].id) if more else None)


async def read_content(session: AsyncSession, *, actor: Actor, article_id: UUID) -> ContentRead:
    """Return an article with its latest text; NotFound."""
    require_whole_union(actor)
    repository = ContentRepository(session, actor.tenant_id)
    article = await repository.find(Article, article_id)
    if article is None:
        raise NotFound
    return read(article, await _latest(repository, article))


async def list_revisions(
    session: AsyncSession, *, actor: Actor, article_id: UUID, cursor: Cursor
) -> Page[RevisionRead]:
    """Return the texts of an article, newest first; NotFound."""
    require_whole_union(actor)
    repository = ContentRepository(session, actor.tenant_id)
    article = await repository.find(Article, article_id)
    if article is None:
        raise NotFound
    rows = await repository.revisions(article.id, cursor)
    texts = RevisionRead.model_fields.keys() - {"shown"}
    return cursor.page(
        rows,
        lambda row: RevisionRead(
            **{name: getattr(row, name) for name in texts}, shown=row.number == article.revision_now
        ),
    )


async def _changed(
    session: AsyncSession, actor: Actor, article_id: UUID, version: int
) -> tuple[ContentRepository, Article]:
    require_whole_union(actor)
    repository = ContentRepository(session, actor.tenant_id)
    article = await repository.find(Article, article_id, lock=True)
    if article is None:
        raise NotFound
    if article.version != version:
        raise PreconditionFailed
    return repository, article


async def _latest(repository: ContentRepository, article: Article) -> ArticleRevision:
    found = await repository.revision(article.id, article.latest_revision)
    if found is None:
        raise NotFound
    return found


async def _check(
    session: AsyncSession, repository: ContentRepository, place: ArticlePlace, text: ArticleText
) -> None:
    products = {product.code for product in (await current_pack(session)).products}
    if place.product is not None and place.product not in products:
        raise ProductNotInPack(product=place.product)
    if text.cover_id is not None and not await repository.has_picture(text.cover_id):
        raise PictureNotFound


async def _note(session: AsyncSession, actor: Actor, article: Article, action: str) -> None:
    detail = {"kind": article.kind, "revision": article.latest_revision}
    await record(session, actor_id=actor.id, action=action, subject=f"article:{article.id}", detail=detail)
