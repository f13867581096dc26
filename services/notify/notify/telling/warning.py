"""What a member is warned of: somebody else may have changed how they are reached, or on which card they are paid."""

from common.contracts.identity import BankCardChanged, PersonFact
from common.events import Sealed

from ..messages.composing import Told
from .scene import Scene


async def tell_replaced_mobile(scene: Scene, person: PersonFact, former: Sealed | None) -> None:
    """Tell the owner of a mobile that another has taken its place; whoever changed it has the new one."""
    if former is None:
        return
    variables = {"name": scene.name_of(person.name.ciphertext), "app": scene.pack.tenant.short_name.text()}
    told = Told(person.person_id, former.ciphertext, None, variables)
    await scene.tell("identity.mobile_replaced", "member", told)


async def tell_changed_card(scene: Scene, event: BankCardChanged) -> None:
    """Tell a member on which card they are paid from now on; nothing where a card was only taken away."""
    person = await scene.person(event.person_id)
    if person is None or event.card_tail is None:
        return
    variables = {
        "name": scene.name_of(person.name),
        "app": scene.pack.tenant.short_name.text(),
        "bank_name": event.bank_name or "",
        "card_tail": scene.keys.open_sealed(event.card_tail, context="card.tail"),
    }
    told = Told(person.id, person.mobile, person.account_id, variables)
    await scene.tell("identity.bank_card_changed", "member", told)
