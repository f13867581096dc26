"""Codes, and what units are told about their registration."""

from common.clock import now
from common.contracts.bindings import BindingDecided
from common.contracts.identity import PersonFact, UnitFact, VerificationCodeIssued

from ..messages.composing import Cause, Told, tell
from ..messages.rules import PURPOSES
from .scene import Scene


async def tell_code(scene: Scene, event: VerificationCodeIssued) -> None:
    """Make the SMS with a one-time code, in the lane that nothing holds up; an expired code is not sent."""
    left = (event.expires_at - now()).total_seconds()
    if left <= 0:
        return
    variables = {
        "code": scene.keys.open_sealed(event.code, context="code"),
        "minutes": max(1, round(left / 60)),
        "purpose": PURPOSES.get(event.purpose, event.purpose),
    }
    cause = Cause(
        scene.cause_id,
        "identity.sms_code",
        "applicant",
        urgent=True,
        expires_at=event.expires_at,
        language=event.language,
    )
    told = Told(event.challenge_id, mobile=event.mobile.ciphertext, variables=variables)
    await tell(scene.session, pack=scene.pack, keys=scene.keys, cause=cause, recipients=[told])


async def tell_unit(scene: Scene, unit: UnitFact, name: str, reason: str = "") -> None:
    """Tell a unit's handler what became of its profile."""
    mobile = unit.handler_mobile.ciphertext if unit.handler_mobile else None
    variables = {"unit_name": unit.name, "reason": reason}
    await scene.tell(name, "handler", Told(unit.unit_id, mobile, unit.handler_account_id, variables))


async def tell_account(scene: Scene, person: PersonFact, name: str) -> None:
    """Tell a member that an account was bound to them, or closed."""
    mobile = person.mobile.ciphertext if person.mobile else None
    variables = {"name": scene.name_of(person.name.ciphertext), "app": scene.pack.tenant.short_name.text()}
    await scene.tell(name, "member", Told(person.person_id, mobile, person.account_id, variables))


async def tell_binding(scene: Scene, event: BindingDecided) -> None:
    """Tell whoever waited for staff that they may sign in now, or why not."""
    variables = {
        "name": scene.name_of(event.name.ciphertext),
        "app": scene.pack.tenant.short_name.text(),
        "reason": scene.keys.open_words(event.reason).rstrip("。.；;"),
    }
    told = Told(event.binding_id, event.mobile.ciphertext, None, variables)
    name = "identity.binding_confirmed" if event.confirmed else "identity.binding_refused"
    await scene.tell(name, "applicant", told)
