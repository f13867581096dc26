"""The commands of a service that take two people: one table of them, given to its router."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from ..auth.actor import Actor
from ..auth.permissions import Permission
from ..crypto import TenantKeys
from ..http.context import ServiceContext
from ..text import Text

Parameters = TypeVar("Parameters", bound=BaseModel)


@dataclass(frozen=True)
class Approved(Generic[Parameters]):
    """A command at the moment of its consent: what was stored, by whom, and who consents."""

    proposal_id: UUID
    parameters: Parameters
    proposer: Actor
    """As they were when proposing: permissions and scope of that moment."""
    decider: Actor
    context: ServiceContext
    keys: TenantKeys


def _everything(parameters: BaseModel) -> dict[str, Any]:
    return parameters.model_dump(mode="json")


def _nothing_in_particular(parameters: BaseModel) -> str | None:
    return None


@dataclass(frozen=True)
class Command(Generic[Parameters]):
    """One sensitive command.

    `run` does it in the transaction of the consent; what it returns stands in the proposal as its outcome, and what it
    raises leaves the proposal open. `check` may refuse at once what could never run. `subject` names what the command
    is about ("order:<uuid>"): of one command there is one open proposal per subject. `show` returns the parameters as
    the checker reads them, personal values masked. `forget` returns what is kept of parameters that hold somebody's
    data once the proposal has ended, however it ended. `place` names where alone it is proposed, when that takes more
    than its parameters (a document, shown by its receipt): the way for all commands refuses it.
    """

    name: str
    title: Text
    parameters: type[Parameters]
    propose: Permission
    decide: Permission
    run: Callable[[AsyncSession, Approved[Parameters]], Awaitable[BaseModel | None]]
    check: Callable[[AsyncSession, Actor, Parameters], Awaitable[None]] | None = None
    subject: Callable[[Parameters], str | None] = _nothing_in_particular
    show: Callable[[Parameters], dict[str, Any]] = _everything
    forget: Callable[[Parameters], Parameters] | None = None
    lifetime: timedelta = timedelta(days=7)
    place: Text | None = None
