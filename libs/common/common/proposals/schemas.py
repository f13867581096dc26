"""Proposals as requests and answers."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field

from ..auth.actor import Actor
from ..crypto import TenantKeys
from ..opinions import Opinion, Reason
from .commands import Command
from .models import Proposal
from .service import OPINION, OUTCOME, REASON, stored_parameters

State = Literal["proposed", "approved", "rejected", "withdrawn", "expired"]


class ProposalCreate(BaseModel):
    """A command and what it is to be run with."""

    model_config = ConfigDict(extra="forbid")
    command: str = Field(max_length=100)
    parameters: dict[str, Any]
    reason: Opinion | None = None


class Consent(BaseModel):
    """Consent, with an opinion if there is one."""

    model_config = ConfigDict(extra="forbid")
    opinion: Opinion | None = None


class Refusal(BaseModel):
    """A refusal says why."""

    model_config = ConfigDict(extra="forbid")
    opinion: Reason


class ProposalRead(BaseModel):
    """One proposal: the command as it is stored, who proposed it, what became of it."""

    id: UUID
    command: str
    title: str
    subject: str | None
    parameters: dict[str, Any]
    reason: str | None
    state: State
    proposed_by: UUID
    proposer: str = Field("", description="提出人的登录名")
    created_at: datetime
    expires_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    opinion: str | None
    outcome: dict[str, Any] | None
    may_decide: bool = Field(description="当前用户可以复核")

    @classmethod
    def of(
        cls, proposal: Proposal, command: Command[Any], *, keys: TenantKeys, actor: Actor
    ) -> "ProposalRead":
        """Return a proposal as the caller sees it."""

        def opened(token: str | None, context: str) -> str | None:
            return keys.open(token, context=context) if token is not None else None

        outcome = opened(proposal.outcome, OUTCOME)
        state = proposal.state_now
        mine = proposal.by.is_same_human(actor)
        return cls(
            id=proposal.id,
            command=proposal.command,
            title=command.title.in_language(),
            subject=proposal.subject,
            parameters=command.show(stored_parameters(proposal, command, keys)),
            reason=opened(proposal.reason, REASON),
            state=state,
            proposed_by=proposal.proposed_by,
            proposer=str(proposal.proposer.get("label") or ""),
            created_at=proposal.created_at,
            expires_at=proposal.expires_at,
            decided_by=proposal.decided_by,
            decided_at=proposal.decided_at,
            opinion=opened(proposal.opinion, OPINION),
            outcome=orjson.loads(outcome) if outcome is not None else None,
            may_decide=state == "proposed" and not mine and actor.may(command.decide),
        )
