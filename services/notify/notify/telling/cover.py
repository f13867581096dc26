"""What handlers and members are told about enrolment."""

from collections.abc import Sequence

from common.contracts.enrollment import OrderFact, PolicyFact

from ..messages.composing import Told
from .scene import Scene


async def tell_order(scene: Scene, order: OrderFact, name: str, *, reason: str = "") -> None:
    """Tell the unit's handler about an order."""
    unit = await scene.unit(order.unit_id)
    if unit is None:
        return
    account = scene.pack.account
    variables = {
        "unit_name": unit.name,
        "order_number": order.number,
        "product": scene.product_title(order.product_code),
        "people": order.people,
        "amount": order.amount_due,
        "account_holder": account.holder,
        "account_bank": account.bank,
        "account_number": account.number,
        "reason": reason,
    }
    account_id = order.handler_account_id or unit.account_id
    await scene.tell(name, "handler", Told(unit.id, unit.mobile, account_id, variables))


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
