"""Where a request stands, and what that means for the caller: whose it is, whether it waits for them."""

from collections.abc import Sequence

from common.auth import Actor, ActorKind, Eyes
from common.contracts.pack import TenantPack

from ...auth import MEMBER_WRITE
from . import rules
from .models import MemberRequest, MemberRequestStep


def units_of(request: MemberRequest) -> rules.Units:
    """Return the two units of a request."""
    return rules.Units(request.unit_id, request.to_unit_id)


def passing_of(request: MemberRequest, pack: TenantPack) -> list[rules.Station]:
    """Return the stations of a request, by the pack that it began with."""
    return list(rules.stations(pack.chains.changes if request.kind == "change" else pack.chains.transfers))


def is_own(actor: Actor, request: MemberRequest) -> bool:
    """Whether the request was made by the caller, or by the caller's unit."""
    same_unit = actor.kind is ActorKind.HANDLER and request.requested_unit_id == actor.unit_id
    return same_unit or request.requested_by == actor.id


def awaits(
    actor: Actor, request: MemberRequest, pack: TenantPack, steps: Sequence[MemberRequestStep]
) -> bool:
    """Whether the caller may decide it now, as far as their part goes; `steps` of this request."""
    station = rules.station_of(passing_of(request, pack), request.node)
    if request.state != "in_review" or station is None or not actor.may(MEMBER_WRITE):
        return False
    unit_id = actor.unit_id if actor.kind is ActorKind.HANDLER else None
    handled = [(step.node, Eyes(step.by, step.human)) for step in steps]
    return rules.may_decide(
        station, roles=actor.roles, unit_id=unit_id, units=units_of(request)
    ) and not rules.is_same_eyes(station, caller=Eyes.of(actor), handled=handled)
