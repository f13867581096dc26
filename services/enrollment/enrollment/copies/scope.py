"""Which units a caller may see, as one SQL condition: the single definition of scope in enrollment."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import InstrumentedAttribute

from common.auth import Actor, ActorKind

from .models import UnitCopy

_NEXT_OF_SLASH = "0"
"""The character after "/" in byte order: a path and all below it are the range from "/a/b/" to "/a/b0"."""


def visible_units(actor: Actor, unit_id: InstrumentedAttribute[UUID] | Any) -> ColumnElement[bool]:
    """Condition that a row's unit is within the caller's scope.

    Handlers see their own unit, staff the subtree of their organisation node, the system everything, others nothing.
    """
    if actor.kind == ActorKind.HANDLER:
        return unit_id == actor.unit_id if actor.unit_id else false()
    if actor.kind == ActorKind.SYSTEM:
        return true()
    if actor.kind != ActorKind.STAFF:
        return false()
    if actor.org_path in ("", "/"):
        return true()
    path = actor.org_path.rstrip("/")
    within = select(UnitCopy.id).where(
        UnitCopy.tenant_id == actor.tenant_id,
        UnitCopy.org_path >= f"{path}/",
        UnitCopy.org_path < f"{path}{_NEXT_OF_SLASH}",
    )
    return unit_id.in_(within)
