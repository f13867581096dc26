"""What the register's people are told: that they are members now, that they belong to another unit."""

from collections.abc import Sequence

from common.contracts.identity import MemberTransferred, PersonFact

from ..messages.composing import Told
from .scene import Scene


async def tell_admitted(scene: Scene, members: Sequence[PersonFact]) -> None:
    """Tell everybody of a batch that they are members, with their member number."""
    units = await scene.units({member.unit_id for member in members if member.unit_id})
    recipients = []
    for member in members:
        unit = units.get(member.unit_id) if member.unit_id else None
        variables = {
            "name": scene.name_of(member.name.ciphertext),
            "member_number": member.member_number or "",
            "unit_name": unit.name if unit else "",
        }
        recipients.append(_told(member, variables))
    await scene.tell("identity.member_admitted", "member", *recipients)


async def tell_transferred(scene: Scene, event: MemberTransferred) -> None:
    """Tell a member from which unit to which they were transferred."""
    units = await scene.units({unit_id for unit_id in (event.from_unit_id, event.to_unit_id) if unit_id})
    names = {unit_id: unit.name for unit_id, unit in units.items()}
    variables = {
        "name": scene.name_of(event.member.name.ciphertext),
        "from_unit": names.get(event.from_unit_id, "") if event.from_unit_id else "",
        "unit_name": names.get(event.to_unit_id, ""),
    }
    await scene.tell("identity.member_transferred", "member", _told(event.member, variables))


def _told(member: PersonFact, variables: dict[str, str]) -> Told:
    mobile = member.mobile.ciphertext if member.mobile else None
    return Told(member.person_id, mobile, member.account_id, variables)
