"""What handlers are told about renewals, and members about their applications, dues, terminations and refunds."""

from collections.abc import Mapping
from uuid import UUID

from common.consumer import known_word
from common.contracts.dues import DuesPaid
from common.contracts.enrollment import ApplicationDecided, PolicyExpiring, PolicyTerminated, RefundDue
from common.contracts.stray import LatePaymentReceived
from common.text import Text

from ..messages.composing import Told
from ..messages.rules import listed
from .scene import Scene

DECISIONS = {
    "passed": "enrollment.application_approved",
    "returned": "enrollment.application_returned",
    "rejected": "enrollment.application_rejected",
}


async def tell_expiring(scene: Scene, event: PolicyExpiring) -> None:
    """Tell a unit's handler whose cover ends: one message for all products."""
    unit = await scene.unit(event.unit_id)
    if unit is None or not event.groups:
        return
    variables = {
        "unit_name": unit.name,
        "product": listed(scene.product_title(group.product_code) for group in event.groups),
        "people": sum(group.people for group in event.groups),
        "first_ends_on": min(group.first_ends_on for group in event.groups),
        "last_ends_on": max(group.last_ends_on for group in event.groups),
    }
    account_id = event.handler_account_id or unit.account_id
    await scene.tell(
        "enrollment.policies_expiring", "handler", Told(unit.id, unit.mobile, account_id, variables)
    )


async def tell_application(scene: Scene, event: ApplicationDecided) -> None:
    """Tell a member what became of their application; a node that is not the last is told to nobody."""
    fact = event.application
    if event.decision == "passed" and fact.status == "submitted":
        return
    variables = {
        "product": scene.product_title(fact.product_code),
        "application_number": fact.number,
        "amount": fact.amount_due or 0,
        "reason": scene.keys.open_words(event.reason),
    }
    kind = known_word(DECISIONS, event.decision, "decision")
    await _tell_person(scene, fact.person_id, kind, variables)


async def tell_dues(scene: Scene, event: DuesPaid) -> None:
    """Tell a member that the dues have arrived, with the receipt's number."""
    variables = {
        "amount": event.amount,
        "period": listed(Text(period, period) for period in event.periods),
        "receipt_number": event.receipt_number,
    }
    await _tell_person(scene, event.person_id, "enrollment.dues_paid", variables)


async def tell_late(scene: Scene, event: LatePaymentReceived) -> None:
    """Tell a member that what they paid was not needed any more and goes back."""
    variables = {"title": event.title, "amount": event.amount, "number": event.number}
    await _tell_person(scene, event.person_id, "enrollment.late_payment_received", variables)


async def tell_terminated(scene: Scene, event: PolicyTerminated) -> None:
    """Tell a member that cover ended early, and what comes back."""
    variables = {
        "product": scene.product_title(event.policy.product_code),
        "policy_number": event.policy.number,
        "ends_on": event.ended_on,
        "refund": event.refund,
    }
    await _tell_person(scene, event.policy.person_id, "enrollment.policy_terminated", variables)


async def tell_refund(scene: Scene, event: RefundDue) -> None:
    """Tell a member who paid that money comes back; a unit sees it with its order."""
    if event.payee != "member" or event.person_id is None or event.instead:
        return
    variables = {"product": scene.product_title(event.product_code), "amount": event.amount}
    await _tell_person(scene, event.person_id, "enrollment.refund_due", variables)


async def _tell_person(scene: Scene, person_id: UUID, name: str, variables: Mapping[str, object]) -> None:
    person = await scene.person(person_id)
    if person is None:
        return
    told = Told(
        person.id, person.mobile, person.account_id, {"name": scene.name_of(person.name), **variables}
    )
    await scene.tell(name, "member", told)
