"""Use cases of the records: search, a member's own cover."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.crypto import TenantKeys
from common.http import Cursor
from common.identifiers import plain_name, plain_number

from ..policies.models import Policy
from ..policies.reading import Names, names_of
from ..searching import require_number, require_product
from ..spans import require_span
from .repository import PolicyFilter, RecordRepository
from .rules import month_days, years_before
from .schemas import PolicySearch


async def require_sense(session: AsyncSession, search: PolicySearch) -> None:
    """Refuse what can find nothing: SpanReversed, NumberIncomplete, NumberWrong, ProductNotKnown."""
    require_span(search.starts_from, search.starts_until)
    require_span(search.ends_from, search.ends_until)
    require_number(search.document_number)
    await require_product(session, search.product)


def filter_of(search: PolicySearch, keys: TenantKeys) -> PolicyFilter:
    """Return a search with the blind indexes of its values; a state is meant as of today."""
    number, name = search.document_number, search.name
    plain = search.model_dump(exclude={"document_number", "name", "member_number"})
    return PolicyFilter(
        **plain,
        on=today(),
        document_indexes=tuple(keys.blinds("document", plain_number(number).upper())) if number else None,
        name_indexes=tuple(keys.blinds("name", plain_name(name).strip())) if name else None,
        member_number=plain_number(search.member_number) if search.member_number else None,
    )


async def search_policies(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, cursor: Cursor, search: PolicySearch
) -> tuple[Sequence[Policy], Names]:
    """Return a page of the policies in the caller's scope (members: their own), with the names beside them."""
    await require_sense(session, search)
    repository = RecordRepository(session, actor.tenant_id)
    policies = await repository.page(actor, cursor, filter_of(search, keys))
    return policies, await names_of(session, policies)


def expiring_in(month: str, product: str | None) -> PolicySearch:
    """Return the search for what ends in a month (2026-12) without having ended before (row D.12)."""
    first, last = month_days(month)
    return PolicySearch(product=product, ends_from=first, ends_until=last)


async def my_policies(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, product: str | None, years: int | None
) -> tuple[Sequence[Policy], Names]:
    """Return a page of the caller's own policies, of a product or of the last years; nothing for nobody's account."""
    policies: Sequence[Policy] = ()
    if actor.person_id is not None:
        since = years_before(today(), years) if years else None
        repository = RecordRepository(session, actor.tenant_id)
        policies = await repository.page_of_person(actor.person_id, cursor, product=product, since=since)
    return policies, await names_of(session, policies)
