"""Who decides a request, in which order, and who may not (row D.08)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from common.auth import Eyes
from common.contracts.pack.chains import Chain
from common.text import Text

Kind = Literal["change", "transfer"]
Side = Literal["giving", "receiving"]
APPROVAL = "approval"


class Station(NamedTuple):
    """A node as requests pass it; without a role anybody who may write the register decides, but the submitter."""

    code: str
    title: Text
    role: str | None
    side: Side | None
    four_eyes_with: tuple[str, ...]
    may_return: bool = True
    may_reject: bool = True


DEFAULT = (Station(APPROVAL, Text("复核", "Check"), None, None, ("submitter",)),)
"""Where a pack has no chain: a second person with the permission."""


class Units(NamedTuple):
    """The unit a member is in and, for a transfer, the one they go to."""

    giving: UUID | None
    receiving: UUID | None

    def of(self, side: Side) -> UUID | None:
        """Return the unit of a side."""
        return self.giving if side == "giving" else self.receiving


def stations(chain: Chain | None) -> Sequence[Station]:
    """Return the nodes of a pack's chain, or the one that every union has."""
    if chain is None:
        return DEFAULT
    return [
        Station(
            node.code, node.title.text(), node.role, node.unit, node.four_eyes_with, node.may_return, node.may_reject
        )
        for node in chain.nodes
    ]  # fmt: skip


def station_of(passing: Sequence[Station], code: str | None) -> Station | None:
    """Return the station with a code."""
    return next((station for station in passing if station.code == code), None)


def next_station(
    passing: Sequence[Station], after: str | None, *, units: Units, submitter_unit: UUID | None
) -> Station | None:
    """Return the station that comes next; None when all are passed.

    A unit's station is passed by the submission itself where that unit's handler made the request, and does not exist
    where the member has no unit.
    """
    codes = [station.code for station in passing]
    start = codes.index(after) + 1 if after in codes else 0
    for station in passing[start:]:
        if station.side is None:
            return station
        unit = units.of(station.side)
        if unit is not None and unit != submitter_unit:
            return station
    return None


def may_decide(station: Station, *, roles: Collection[str], unit_id: UUID | None, units: Units) -> bool:
    """Whether somebody with these roles, a handler of this unit, decides at a station."""
    if station.role is not None and station.role not in roles:
        return False
    return station.side is None or (unit_id is not None and units.of(station.side) == unit_id)


def whose(station: Station, *, roles: Mapping[str, Text]) -> Text:
    """Return who decides at a station, in words; `roles` are the titles of the pack's roles."""
    role = roles.get(
        station.role or "", Text("有会员办理权限的工作人员", "staff who may change the register")
    )
    if station.side is None:
        return Text(f"“{role.zh}”", role.en)
    side = (
        Text("调出单位", "the unit that is left")
        if station.side == "giving"
        else Text("调入单位", "the new unit")
    )
    return Text(f"{side.zh}的“{role.zh}”", f"{role.en} of {side.en}")


def is_same_eyes(station: Station, *, caller: Eyes, handled: Sequence[tuple[str, Eyes]]) -> bool:
    """Whether the caller handled a step that this station wants other eyes than.

    `handled`: node and eyes of each step so far; the submission's node is "submitter".
    """
    return any(by.are(caller) and node in station.four_eyes_with for node, by in handled)
