"""The one definition of which rows a caller may see (common.auth.scope) as conditions of statements."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true

from ..auth.actor import Actor, ActorKind
from ..auth.scope import path_range, reaches_whole_tenant, sees_whole_tenant

Condition = ColumnElement[bool]
Column = Any
"""A mapped attribute or another expression for a column."""
Units = Any
"""A mapped class with tenant_id, id and org_path: the units themselves or a copy of them."""


def within_reach(actor: Actor, path: Column) -> Condition:
    """The condition that a path lies within the caller's reach; a row without a path lies in the whole only."""
    if reaches_whole_tenant(actor):
        return true()
    if actor.kind is not ActorKind.STAFF:
        return false()
    low, high = path_range(actor.org_path)
    condition: Condition = (path >= low) & (path < high)
    return condition


def seen_by(
    actor: Actor,
    *,
    unit: Column | None = None,
    path: Column | None = None,
    units: Units | None = None,
    person: Column | None = None,
    account: Column | None = None,
) -> Condition:
    """The condition that the caller may see a row, by the columns that say whom it concerns.

    `unit` holds the unit's id; its place stands in `path` or is looked up in `units`. `person` and `account` say
    whose it is. What a row does not have is left out, and whoever would see by it sees nothing.
    """
    if sees_whole_tenant(actor):
        return true()
    if actor.kind is ActorKind.STAFF:
        return _in_branch(actor, unit=unit, path=path, units=units)
    if actor.kind is ActorKind.HANDLER and actor.unit_id is not None and unit is not None:
        return _is(unit, actor.unit_id)
    if actor.kind is ActorKind.MEMBER:
        own = [_is(account, actor.id)] if account is not None else []
        if actor.person_id is not None and person is not None:
            own.append(_is(person, actor.person_id))
        return or_(false(), *own)
    return false()


def _in_branch(actor: Actor, *, unit: Column | None, path: Column | None, units: Units | None) -> Condition:
    if path is not None:
        return within_reach(actor, path)
    if unit is None or units is None:
        return false()
    places = select(units.id).where(units.tenant_id == actor.tenant_id, within_reach(actor, units.org_path))
    found: Condition = unit.in_(places)
    return found


def _is(column: Column, value: UUID) -> Condition:
    condition: Condition = column == value
    return condition
