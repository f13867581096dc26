"""What handlers and members are told about enrolment."""

from collections.abc import Mapping, Sequence

from common.contracts.enrollment import OrderFact, PaymentHeld, PolicyFact
from common.contracts.orders import OrderCompleted

from ..messages.composing import Told
from .scene import Scene


async def tell_order(
    scene: Scene, order: OrderFact, name: str, *, reason: str = "", more: Mapping[str, object] | None = None
) -> None:
    """Tell the unit's handler about an order."""
    unit = await scene.unit(order.unit_id)
    if unit is None:
        return
    account = scene.pack.account
    variables: dict[str, object] = {
        "unit_name": unit.name,
        "order_number": order.number,
        "product": scene.product_title(order.product_code),
        "people": order.people,
        "amount": order.amount_due,
        "account_holder": account.holder,
        "account_bank": account.bank,
        "account_number": account.number,
        "reason": reason,
        **(more or {}),
    }
    account_id = order.handler_account_id or unit.account_id
    await scene.tell(name, "handler", Told(unit.id, unit.mobile, account_id, variables))


async def tell_held(scene: Scene, event: PaymentHeld) -> None:
    """Tell the unit's handler that another amount than the one due was reported, and how far the two are apart."""
    order = event.order
    apart = {"paid": event.amount_paid, "difference": abs(order.amount_due - event.amount_paid)}
    await tell_order(scene, order, "enrollment.payment_held", more=apart)


async def tell_completed(scene: Scene, event: OrderCompleted) -> None:
    """Tell the unit's handler how many people an order covers, from when until when; of nobody there is no word."""
    if not event.issued:
        return
    done = {"people": event.issued, "starts_on": event.starts_on, "ends_on": event.ends_on}
    await tell_order(scene, event.order, "enrollment.policies_issued", more=done)


async def tell_covered(scene: Scene, policies: Sequence[PolicyFact]) -> None:
    """Tell everybody of a batch that they are covered."""
    units = await scene.units({policy.unit_id for policy in policies})
    people = await scene.copies.recipients({policy.person_id for policy in policies})
    recipients = []
    for policy in policies:
        person, unit = people.get(policy.person_id), units.get(policy.unit_id)
        variables = {
            "name": scene.name_of(policy.name.ciphertext),
            "unit_name": unit.name if unit else "",
            "product": scene.product_title(policy.product_code),
            "policy_number": policy.number,
            "starts_on": policy.starts_on,
            "ends_on": policy.ends_on,
        }
        mobile = policy.mobile.ciphertext if policy.mobile else None
        recipients.append(Told(policy.person_id, mobile, person.account_id if person else None, variables))
    await scene.tell("enrollment.member_covered", "member", *recipients)
