"""Use cases of proposals: propose, look at, consent (which runs the command), refuse, take back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..audit import record
from ..auth.actor import Actor
from ..auth.permissions import Permission, meaning_of
from ..clock import now
from ..crypto import Tampered, TenantKeys
from ..errors import NotFound, NotPermitted
from ..http.context import ServiceContext
from ..http.paging import Cursor
from ..ids import new_id
from .commands import Approved, Command
from .errors import ProposalOpen
from .models import Proposal
from .repository import ProposalRepository

PARAMETERS, REASON, OPINION, OUTCOME = (
    f"proposal.{name}" for name in ("parameters", "reason", "opinion", "outcome")
)
DIGEST = "proposal"
Commands = Mapping[str, Command[Any]]


def require(actor: Actor, permission: Permission) -> None:
    """NotPermitted unless the caller has the permission."""
    if not actor.may(permission):
        raise NotPermitted(permission=permission, action=meaning_of(permission))


async def propose(
    session: AsyncSession,
    *,
    actor: Actor,
    command: Command[Any],
    parameters: BaseModel,
    keys: TenantKeys,
    reason: str | None = None,
) -> Proposal:
    """Store a command until another person decides; NotPermitted, ProposalOpen, or what its `check` refuses."""
    require(actor, command.propose)
    if command.check is not None:
        await command.check(session, actor, parameters)
    proposals = ProposalRepository.of(session)
    subject = command.subject(parameters)
    if subject is not None and (open_one := await proposals.open_of(command.name, subject)):
        if open_one.expires_at > now():
            raise ProposalOpen
        open_one.expire()
        forget(open_one, command, keys)
        await session.flush()
    text = canonical(parameters)
    proposal = proposals.add(
        Proposal(
            id=new_id(),
            command=command.name,
            subject=subject,
            parameters=keys.seal(text, context=PARAMETERS),
            digest=keys.blind(DIGEST, f"{command.name}:{text}"),
            proposed_by=actor.id,
            proposer=actor.model_dump(mode="json"),
            reason=keys.seal(reason, context=REASON) if reason else None,
            expires_at=now() + command.lifetime,
        )
    )
    await _note(session, actor, proposal, "proposal.proposed")
    try:
        await session.flush()
    except IntegrityError:
        raise ProposalOpen from None
    return proposal


def canonical(parameters: BaseModel) -> str:
    """Return parameters as one text that stands for them."""
    return orjson.dumps(parameters.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS).decode()


def stored_parameters(proposal: Proposal, command: Command[Any], keys: TenantKeys) -> BaseModel:
    """Return what was proposed; Tampered if the row was changed behind our back."""
    text = keys.open(proposal.parameters, context=PARAMETERS)
    if proposal.digest not in keys.blinds(DIGEST, f"{proposal.command}:{text}"):
        raise Tampered("a proposal's command and parameters do not belong together")
    found: BaseModel = command.parameters.model_validate_json(text)
    return found


async def find_proposal(
    session: AsyncSession, *, actor: Actor, proposal_id: UUID, commands: Commands, lock: bool = False
) -> Proposal:
    """Return a proposal that the caller made or may decide; NotFound also for anybody else's."""
    found = await ProposalRepository.of(session).seen(
        actor, proposal_id, decidable=decidable_by(actor, commands), lock=lock
    )
    if found is None or found.command not in commands:
        raise NotFound
    return found


def decidable_by(actor: Actor, commands: Commands) -> list[str]:
    """Return the names of the commands that the caller may decide."""
    return [name for name, command in commands.items() if actor.may(command.decide)]


async def list_proposals(
    session: AsyncSession,
    *,
    actor: Actor,
    cursor: Cursor,
    state: str | None,
    command: str | None,
    commands: Commands,
) -> Sequence[Proposal]:
    """Return a page of the proposals that the caller made or may decide."""
    return await ProposalRepository.of(session).page(
        actor,
        cursor,
        known=list(commands),
        decidable=decidable_by(actor, commands),
        state=state,
        command=command,
    )


async def approve_proposal(
    session: AsyncSession,
    *,
    actor: Actor,
    proposal_id: UUID,
    opinion: str | None,
    commands: Commands,
    context: ServiceContext,
    keys: TenantKeys,
) -> Proposal:
    """Consent: the stored command runs in this transaction. SamePerson, ProposalDecided, ProposalExpired."""
    proposal = await find_proposal(
        session, actor=actor, proposal_id=proposal_id, commands=commands, lock=True
    )
    command = commands[proposal.command]
    require(actor, command.decide)
    proposal.approve(actor, opinion=keys.seal(opinion, context=OPINION) if opinion else None)
    approved = Approved(
        proposal_id=proposal.id,
        parameters=stored_parameters(proposal, command, keys),
        proposer=proposal.by,
        decider=actor,
        context=context,
        keys=keys,
    )
    outcome = await command.run(session, approved)
    if outcome is not None:
        proposal.outcome = keys.seal(outcome.model_dump_json(), context=OUTCOME)
    forget(proposal, command, keys)
    await _note(session, actor, proposal, "proposal.approved")
    await session.flush()
    return proposal


async def reject_proposal(
    session: AsyncSession,
    *,
    actor: Actor,
    proposal_id: UUID,
    opinion: str,
    commands: Commands,
    keys: TenantKeys,
) -> Proposal:
    """Refuse with an opinion; SamePerson, ProposalDecided, ProposalExpired."""
    proposal = await find_proposal(
        session, actor=actor, proposal_id=proposal_id, commands=commands, lock=True
    )
    command = commands[proposal.command]
    require(actor, command.decide)
    proposal.reject(actor, opinion=keys.seal(opinion, context=OPINION))
    forget(proposal, command, keys)
    await _note(session, actor, proposal, "proposal.rejected")
    return proposal


async def withdraw_proposal(
    session: AsyncSession, *, actor: Actor, proposal_id: UUID, commands: Commands, keys: TenantKeys
) -> Proposal:
    """Take back one's own; NotFound for another's."""
    proposal = await find_proposal(
        session, actor=actor, proposal_id=proposal_id, commands=commands, lock=True
    )
    if proposal.proposed_by != actor.id:
        raise NotFound
    proposal.withdraw()
    forget(proposal, commands[proposal.command], keys)
    await _note(session, actor, proposal, "proposal.withdrawn")
    return proposal


def forget(proposal: Proposal, command: Command[Any], keys: TenantKeys) -> None:
    """Keep of a proposal that has ended what its command keeps: nobody's data only because they were once proposed."""
    if command.forget is None:
        return
    text = canonical(command.forget(stored_parameters(proposal, command, keys)))
    proposal.parameters = keys.seal(text, context=PARAMETERS)
    proposal.digest = keys.blind(DIGEST, f"{command.name}:{text}")


async def _note(session: AsyncSession, actor: Actor, proposal: Proposal, action: str) -> None:
    detail = {"command": proposal.command, "about": proposal.subject}
    await record(session, actor_id=actor.id, action=action, subject=f"proposal:{proposal.id}", detail=detail)
