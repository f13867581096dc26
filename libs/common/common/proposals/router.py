"""HTTP of proposals, mounted by every service with commands that take two people."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, status
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from ..auth.actor import Actor
from ..crypto import TenantKeys
from ..http.deps import ContextDep, SessionDep, requires_any
from ..http.keys import KeysDep
from ..http.once import OnceDep
from ..http.paging import CursorDep, Page
from . import service
from .commands import Command
from .errors import CommandUnknown, ProposedElsewhere
from .models import Proposal
from .schemas import Consent, ProposalCreate, ProposalRead, Refusal, State


def valid(command: Command[Any], parameters: dict[str, Any]) -> BaseModel:
    """Return the parameters of a command; refused like any wrong body, naming every field."""
    try:
        found: BaseModel = command.parameters.model_validate(parameters)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(
            [{**item, "loc": ("body", "parameters", *item["loc"])} for item in wrong]
        ) from None
    return found


def proposal_router(commands: Sequence[Command[Any]]) -> APIRouter:
    """Return the endpoints under /proposals for whoever may propose or decide one of the commands."""
    router = APIRouter(prefix="/proposals", tags=["proposals"])
    known = {command.name: command for command in commands}
    proposing = dict.fromkeys(command.propose for command in commands)
    deciding = dict.fromkeys(command.decide for command in commands)
    Proposer = Annotated[Actor, requires_any(*proposing)]  # noqa: N806 (types)
    Decider = Annotated[Actor, requires_any(*deciding)]  # noqa: N806
    Reader = Annotated[Actor, requires_any(*(proposing | deciding))]  # noqa: N806

    def read(proposal: Proposal, actor: Actor, keys: TenantKeys) -> ProposalRead:
        return ProposalRead.of(proposal, known[proposal.command], keys=keys, actor=actor)

    @router.post("", status_code=status.HTTP_201_CREATED)
    async def propose_command(
        session: SessionDep, actor: Proposer, keys: KeysDep, body: ProposalCreate, once: OnceDep
    ) -> ProposalRead:
        """提出需要另一人复核的操作；通过后按此处保存的内容执行。"""
        command = known.get(body.command)
        if command is None:
            raise CommandUnknown(command=body.command)
        if command.place is not None:
            raise ProposedElsewhere(command.title, command.place)

        async def work() -> ProposalRead:
            parameters = valid(command, body.parameters)
            made = await service.propose(
                session, actor=actor, command=command, parameters=parameters, keys=keys, reason=body.reason
            )
            return read(made, actor, keys)

        return await once.run(session, caller=str(actor.id), answer=ProposalRead, work=work)

    @router.get("")
    async def list_proposals(
        session: SessionDep,
        actor: Reader,
        keys: KeysDep,
        cursor: CursorDep,
        state: State | None = None,
        command: str | None = None,
    ) -> Page[ProposalRead]:
        """本人提出的和本人可以复核的申请，新的在前。"""
        found = await service.list_proposals(
            session, actor=actor, cursor=cursor, state=state, command=command, commands=known
        )
        return cursor.page(found, lambda proposal: read(proposal, actor, keys))

    @router.get("/{proposal_id}")
    async def read_proposal(
        session: SessionDep, actor: Reader, keys: KeysDep, proposal_id: UUID
    ) -> ProposalRead:
        """一项申请：将要执行的内容、理由和结论。"""
        found = await service.find_proposal(session, actor=actor, proposal_id=proposal_id, commands=known)
        return read(found, actor, keys)

    @router.post("/{proposal_id}/approve")
    async def approve_proposal(
        session: SessionDep,
        actor: Decider,
        keys: KeysDep,
        context: ContextDep,
        proposal_id: UUID,
        body: Consent,
        once: OnceDep,
    ) -> ProposalRead:
        """复核通过并立即执行；提出人本人（包括其另一账号）不能复核。"""

        async def work() -> ProposalRead:
            done = await service.approve_proposal(
                session,
                actor=actor,
                proposal_id=proposal_id,
                opinion=body.opinion,
                commands=known,
                context=context,
                keys=keys,
            )
            return read(done, actor, keys)

        return await once.run(session, caller=str(actor.id), answer=ProposalRead, work=work)

    @router.post("/{proposal_id}/reject")
    async def reject_proposal(
        session: SessionDep, actor: Decider, keys: KeysDep, proposal_id: UUID, body: Refusal
    ) -> ProposalRead:
        """不同意，须写明意见；不执行任何操作。"""
        done = await service.reject_proposal(
            session, actor=actor, proposal_id=proposal_id, opinion=body.opinion, commands=known, keys=keys
        )
        return read(done, actor, keys)

    @router.post("/{proposal_id}/withdraw")
    async def withdraw_proposal(
        session: SessionDep, actor: Proposer, keys: KeysDep, proposal_id: UUID
    ) -> ProposalRead:
        """提出人撤回自己的申请。"""
        done = await service.withdraw_proposal(
            session, actor=actor, proposal_id=proposal_id, commands=known, keys=keys
        )
        return read(done, actor, keys)

    return router
