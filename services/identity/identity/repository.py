"""Base of identity's repositories, and the one definition of which units and persons a caller may see."""

from typing import Any, Self

from sqlalchemy import false, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from common.auth import Actor, ActorKind
from common.db import TenantRepository

Condition = ColumnElement[bool]


class IdentityRepository(TenantRepository):
    """A repository of the session's tenant."""

    @classmethod
    def of(cls, session: AsyncSession) -> Self:
        """Return the repository for the tenant that the session was opened for."""
        return cls(session, session.info["tenant_id"])


def within(actor: Actor, path: ColumnElement[str]) -> Condition:
    """The condition that a path lies in a staff member's subtree; a row without a path lies in none but the whole.

    A range, not LIKE: LIKE is not leakproof, so under row-level security no index is used for it.
    """
    if not actor.org_path:
        return true()
    return (path >= actor.org_path) & (path < actor.org_path[:-1] + "0")  # "0" follows "/" in byte order


def seen_by(
    actor: Actor,
    *,
    path: ColumnElement[str],
    unit: ColumnElement[Any],
    person: ColumnElement[Any] | None = None,
) -> Condition:
    """The condition that a row concerns what the caller may see: staff their subtree, handlers their unit,
    members themselves.
    """
    if actor.kind is ActorKind.STAFF:
        return within(actor, path)
    if actor.kind is ActorKind.HANDLER and actor.unit_id is not None:
        return unit == actor.unit_id
    if actor.kind is ActorKind.MEMBER and actor.person_id is not None and person is not None:
        return person == actor.person_id
    return false()
