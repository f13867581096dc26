"""Batches as staff see them: with the names of whoever prepared, released or gave them up."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.crypto import TenantKeys

from ...copies.repository import CopyRepository
from ..repository import PayoutRepository
from ..schemas import BatchRead
from ..service import NAME
from .models import PayoutBatch


async def show_batches(
    session: AsyncSession, batches: Sequence[PayoutBatch], *, keys: TenantKeys
) -> list[BatchRead]:
    """Return batches in their order; names and answers are read at once."""
    names = await _names(session, batches, keys)
    repository = PayoutRepository(session, session.info["tenant_id"])
    answered = await repository.answered([batch.id for batch in batches])
    return [BatchRead.of(batch, names=names, answered=answered.get(batch.id, 0)) for batch in batches]


async def show_batch(session: AsyncSession, batch: PayoutBatch, *, keys: TenantKeys) -> BatchRead:
    """Return one batch."""
    return (await show_batches(session, [batch], keys=keys))[0]


async def must_be_prepared(session: AsyncSession, batch: PayoutBatch, *, keys: TenantKeys) -> None:
    """Raise BatchNotPrepared, which names whoever did it, once a batch was released or cancelled."""
    if batch.status != "prepared":
        who = batch.canceller_id if batch.status == "cancelled" else batch.releaser_id
        batch.must_be_prepared(by=(await _names(session, [batch], keys)).get(who, ""))


async def must_be_unconfirmed(session: AsyncSession, batch: PayoutBatch, *, keys: TenantKeys) -> None:
    """Raise BatchAlreadyConfirmed, which names whoever did it, once somebody answers for a batch."""
    if batch.maker_id is not None:
        batch.must_be_unconfirmed(by=(await _names(session, [batch], keys)).get(batch.maker_id, ""))


async def _names(
    session: AsyncSession, batches: Sequence[PayoutBatch], keys: TenantKeys
) -> dict[UUID | None, str]:
    people = {
        account
        for batch in batches
        for account in (batch.maker_id, batch.releaser_id, batch.canceller_id)
        if account is not None
    }
    tokens = await CopyRepository(session, session.info["tenant_id"]).staff_names(people)
    return {account: keys.open(token, context=NAME) for account, token in tokens.items()}
