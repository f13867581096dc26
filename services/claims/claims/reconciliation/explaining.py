"""Use cases about what does not match by itself: matched by hand, or explained."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys
from common.errors import NotFound

from ..ledger.rules import Cause
from .errors import AlreadyMatched, AmountsDiffer
from .models import BankLine, BookNote
from .repository import ReconciliationRepository
from .rules import ZERO, Match
from .schemas import BankLineRead
from .service import read_line


async def match_line(
    session: AsyncSession, *, actor: Actor, line_id: UUID, entry_ids: Sequence[UUID], keys: TenantKeys
) -> BankLineRead:
    """Say by hand which entries belong to a line; they may not sum to more than is open of it."""
    line = await _line(session, actor=actor, line_id=line_id)
    if line.rest == ZERO:
        raise AlreadyMatched
    repository = ReconciliationRepository(session, actor.tenant_id)
    amounts = await repository.entries_by_id(line.fund, entry_ids)
    if set(amounts) != set(entry_ids):
        raise AlreadyMatched
    total = sum(amounts.values(), ZERO)
    if total * line.rest <= 0 or abs(total) > abs(line.rest):
        raise AmountsDiffer(chosen=str(total), rest=str(line.rest))
    if await repository.store([Match(line.id, tuple(entry_ids), "hand")]) != set(entry_ids):
        raise AlreadyMatched
    line.match(total)
    await _note(session, actor, "bank_line.matched", f"bank_line:{line.id}")
    return read_line(line, keys)


async def match_posting(
    session: AsyncSession, *, tenant_id: UUID, line_id: UUID, fund: str, cause: Cause, cause_id: UUID
) -> None:
    """Let the bank's entry of a posting belong to the line that the posting was made for."""
    repository = ReconciliationRepository(session, tenant_id)
    line = await repository.line_of(line_id, fund)
    entry = await repository.entry_of(fund, cause, cause_id)
    if line is None or entry is None:
        raise AlreadyMatched
    if await repository.store([Match(line.id, (entry.id,), "hand")]):
        line.match(entry.amount)


async def explain_line(
    session: AsyncSession, *, actor: Actor, line_id: UUID, text: str, keys: TenantKeys
) -> BankLineRead:
    """Say why a line stands at the bank alone."""
    line = await _line(session, actor=actor, line_id=line_id)
    line.explain(text, actor.id)
    await _note(session, actor, "bank_line.explained", f"bank_line:{line.id}")
    return read_line(line, keys)


async def explain_entry(session: AsyncSession, *, actor: Actor, entry_id: UUID, text: str) -> None:
    """Say why an entry stands in the books alone."""
    repository = ReconciliationRepository(session, actor.tenant_id)
    if not await repository.has_entry(entry_id):
        raise NotFound
    note = await repository.find(BookNote, entry_id, lock=True)
    if note is None:
        repository.add(BookNote(id=entry_id, explanation=text, explained_by=actor.id))
    else:
        note.explanation, note.explained_by = text, actor.id
    await _note(session, actor, "ledger_entry.explained", f"ledger_entry:{entry_id}")


async def _note(session: AsyncSession, actor: Actor, action: str, subject: str) -> None:
    await record(session, actor_id=actor.id, action=action, subject=subject, detail={})


async def _line(session: AsyncSession, *, actor: Actor, line_id: UUID) -> BankLine:
    line = await ReconciliationRepository(session, actor.tenant_id).find(BankLine, line_id, lock=True)
    if line is None:
        raise NotFound
    return line
