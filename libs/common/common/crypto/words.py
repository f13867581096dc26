"""What people write in their own words (opinion, reason, answer): kept sealed in a text column, read also in clear.

Words stored before a column was sealed stand there in clear; `open_words` reads both, `seal_stored_words` seals
the old ones batch by batch.
"""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..db.columns import TenantRow
from ..db.repository import unscoped
from ..events.contract import Sealed
from .errors import MalformedToken
from .tenant import TenantKeys, Token

SEALED = "s1."
"""How a stored token begins; see `TenantKeys.seal`."""


def seal_words(keys: TenantKeys, words: str) -> str:
    """Return words as they are stored; none stay none."""
    return keys.sealed_words(words).ciphertext if words else ""


def open_words(keys: TenantKeys, stored: str | None) -> str | None:
    """Return stored words; what stands there in clear (a bank's or the rules' own sentence) as it is."""
    if not stored:
        return stored
    try:
        Token.parse(stored)
    except MalformedToken:
        return stored
    return keys.open_words(Sealed(ciphertext=stored))


async def seal_stored_words(
    session: AsyncSession,
    keys: TenantKeys,
    *,
    model: type[TenantRow],
    columns: Sequence[str],
    limit: int = 500,
) -> int:
    """Seal words of up to `limit` rows that stand in clear, in the caller's transaction; return how many rows.

    Rows that somebody has locked are left for the next time. Nothing to do costs one look at the index of words
    in clear that the column's migration made.
    """
    if session.info.get("tenant_id") != keys.tenant_id:
        raise ValueError("the keys are not those of the session's tenant")
    attributes = [getattr(model, name) for name in columns]
    # The negated LIKE says no to NULL; empty words are none.
    clear = or_(*[(column.not_like(f"{SEALED}%")) & (column != "") for column in attributes])
    statement = unscoped(
        select(model).where(model.tenant_id == keys.tenant_id, clear).limit(limit)
        .with_for_update(skip_locked=True).execution_options(populate_existing=True),
        why="scoped to the tenant of the keys; the model is the caller's",
    )  # fmt: skip
    rows = (await session.execute(statement)).scalars().all()
    for row in rows:
        for name in columns:
            stored = getattr(row, name)
            if stored and not stored.startswith(SEALED):
                setattr(row, name, seal_words(keys, stored))
    await session.flush()
    return len(rows)
