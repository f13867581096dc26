"""What members are told about claims, payouts and rewards."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from common.clock import today
from common.contracts.activities import RewardIssued
from common.contracts.claims import ClaimFact, PayoutFact
from common.identifiers import mask_name
from common.text import Text

from ..copies.models import Recipient
from ..messages.composing import Told
from ..messages.rules import listed
from .scene import Scene

DECISIONS = {
    "granted": Text("申诉成立，将重新审核", "granted, to be reviewed again"),
    "dismissed": Text("维持原决定", "the decision stands"),
    "answered": Text("投诉已答复", "answered"),
}


MOBILE = "person.mobile"
COMPLETED, TO_OTHER = "claims.payout_completed", "claims.payout_to_other"
"""Told to who is paid, and to who applied for somebody else."""
GIVEN_BACK = Text(
    "款项到账后被银行退回（{reason}）", "the money had arrived and was given back by the bank ({reason})"
)
AGREED = Text("已同意", "agreed")


async def tell_claim(
    scene: Scene,
    claim: ClaimFact,
    name: str,
    *,
    reason: str = "",
    decision: Text | str = "",
    node: Text | str = "",
    days: int | None = None,
) -> None:
    """Tell the person what became of a claim, and whoever applied for them; of one who has died only the latter."""
    people = await _concerned(scene, claim)
    kind = next((kind for kind in scene.pack.claims if kind.code == claim.kind), None)
    variables = {
        "product": scene.product_title(claim.product_code),
        "claim_number": claim.number,
        "claim_kind": scene.kind_title(claim.kind),
        "amount": claim.amount if claim.amount is not None else "",
        "reason": reason,
        "decision": decision,
        "node": node,
        "documents": listed(d.title.text() for d in kind.documents if d.required) if kind else "",
        "days": days if days is not None else kind.submit_within_days if kind else "",
        "appeal_days": kind.appeal_days if kind else "",
    }
    await _tell_each(scene, people, name, variables)


async def _concerned(scene: Scene, fact: ClaimFact | PayoutFact) -> Sequence[Recipient]:
    """Return the person and whoever applied for them; of one who has died only the latter."""
    ids = [] if fact.heir_paid else [fact.person_id]
    ids += [fact.applicant_id] if fact.applicant_id else []
    return list((await scene.copies.recipients(ids)).values())


async def _tell_each(
    scene: Scene, people: Sequence[Recipient], name: str, variables: Mapping[str, object]
) -> None:
    told = [
        Told(person.id, person.mobile, person.account_id, {**variables, "name": scene.name_of(person.name)})
        for person in people
    ]
    await scene.tell(name, "member", *told)


async def tell_payout(scene: Scene, payout: PayoutFact, name: str, *, reason: str | Text = "") -> None:
    """Tell the person that money arrived, or did not, and whoever applied for them; of one who has died only these.

    An heir who is paid is told by SMS where the application gives a mobile.
    """
    people = await _concerned(scene, payout)
    tail = scene.keys.open_sealed(payout.card_tail, context="card.tail") if payout.card_tail else ""
    variables = {
        "app": scene.pack.tenant.short_name.text(),
        "product": scene.product_title(payout.product_code or ""),
        "claim_number": payout.claim_number,
        "claim_kind": scene.kind_title(payout.kind or ""),
        "amount": payout.amount,
        "bank_name": payout.bank_name or "",
        "card_tail": tail,
        "paid_on": payout.paid_on or today(),
        "reason": reason,
    }
    payee, own = await _paid(scene, payout, people)
    others = [person for person in people if name == COMPLETED and person.id not in own]
    if not scene.pack.messages_for(TO_OTHER):
        others = []
    await _tell_each(scene, [person for person in people if person not in others], name, variables)
    await _tell_each(scene, others, TO_OTHER, {**variables, "payee": payee})
    await _tell_heir(scene, payout, people, name, variables)


async def _paid(scene: Scene, payout: PayoutFact, people: Sequence[Recipient]) -> tuple[str, set[UUID]]:
    """Return who is paid, masked, and whoever of those that are told it is themselves."""
    if not payout.heir_paid:
        insured = next((one for one in people if one.id == payout.person_id), None)
        return mask_name(scene.name_of(insured.name)) if insured else "", {payout.person_id}
    name = scene.keys.open_sealed(payout.heir_name, context="person.name") if payout.heir_name else ""
    return mask_name(name), {one.id for one in people if name and scene.name_of(one.name) == name}


async def _tell_heir(
    scene: Scene, payout: PayoutFact, people: Sequence[Recipient], name: str, variables: Mapping[str, object]
) -> None:
    """Tell the heir, who has no account, unless it was told to the same mobile as the applicant's."""
    if payout.heir_mobile is None or payout.heir_name is None:
        return
    mobile = scene.keys.open_sealed(payout.heir_mobile, context=MOBILE)
    if mobile in {scene.keys.open(person.mobile, context=MOBILE) for person in people if person.mobile}:
        return
    heir = {**variables, "name": scene.keys.open_sealed(payout.heir_name, context="person.name")}
    # Kept under the person whose case it is: with them it is erased.
    told = Told(payout.person_id, payout.heir_mobile.ciphertext, None, heir)
    await scene.tell(name, "member", told, channels=frozenset({"sms"}))


async def tell_reward(scene: Scene, event: RewardIssued) -> None:
    """Tell the person the code that they were given."""
    person = await scene.person(event.person_id)
    if person is None:
        return
    variables = {
        "name": scene.name_of(person.name),
        "campaign": event.campaign_title,
        "valid_until": event.valid_until or "",
        "code": scene.keys.open_sealed(event.code, context="code"),
    }
    told = Told(person.id, person.mobile, person.account_id, variables)
    await scene.tell("activities.reward_issued", "member", told)
