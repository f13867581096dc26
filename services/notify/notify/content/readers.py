"""Who reads: with a token the signed-in person, without one whoever came to a union's entrance."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotSignedIn
from common.http import authenticate, context_of, tenant_of

from .reading import Reader


async def reader_of(
    request: Request,
    tenant: Annotated[
        str | None, Header(alias="X-Tenant", description="工会代码，例如 wuxi；已登录时可不填")
    ] = None,
) -> Reader:
    """Return the reader of a request; a token that does not hold is refused, not ignored."""
    if request.headers.get("authorization"):
        actor = await authenticate(request)
        return Reader(actor.tenant_id, actor)
    if tenant is None:
        raise NotSignedIn
    return Reader(await tenant_of(request, tenant))


ReaderDep = Annotated[Reader, Depends(reader_of)]


async def session_of_reader(request: Request, reader: ReaderDep) -> AsyncIterator[AsyncSession]:
    """A transaction for the reader's union."""
    async with context_of(request).db.transaction(reader.tenant_id) as session:
        yield session


ReaderSessionDep = Annotated[AsyncSession, Depends(session_of_reader, scope="function")]
