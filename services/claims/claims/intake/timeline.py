"""The timeline of a claim: who did what at which node, in the caller's language, and what is still to come."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from common.contracts.pack import Chain, TenantPack
from common.crypto import TenantKeys, open_words
from common.identifiers import mask_name
from common.text import Text

from .dossier import NAME, Dossier
from .models import Claim, ClaimStep
from .rules.step_words import FROM_FEED, OUTCOMES, STEPS
from .schemas import StepRead


def timeline_of(
    claim: Claim, dossier: Dossier, steps: Sequence[ClaimStep], names: Mapping[UUID, str]
) -> list[StepRead]:
    """Return what has been done with a claim, by whom, and the nodes that it has not come to."""
    chain = dossier.pack.claim_chain(claim.kind)
    titles = {node.code: node.title.text() for node in chain.nodes} | STEPS
    found = [
        StepRead(
            node=step.node,
            title=_title_of(step, claim, titles).in_language(),
            action=step.action,
            outcome=OUTCOMES[step.action].in_language() if step.action in OUTCOMES else "",
            handler_id=step.handler_id,
            handler=step.handler,
            role=_role_at(step.node, dossier.pack, chain),
            handler_name=name_of(step.handler_id, names, dossier.keys),
            at=step.created_at,
            opinion=open_words(dossier.keys, step.opinion) or "",
        )
        for step in steps
    ]
    codes = [node.code for node in chain.nodes]
    pending = codes[codes.index(claim.node) :] if claim.node in codes else []
    if claim.status in {"in_review", "approved", "payment_failed"}:
        pending.append("payment")
    later = [StepRead(node=c, title=titles[c].in_language(), action="pending", pending=True) for c in pending]
    return found + later


def _title_of(step: ClaimStep, claim: Claim, titles: Mapping[str, Text]) -> Text:
    """Return what a step is called; what nobody handed in came with the settlements."""
    if step.node == "submit" and step.handler_id is None and claim.opened_by == "feed":
        return FROM_FEED
    return titles.get(step.node, Text(step.node, step.node))


def _role_at(node: str, pack: TenantPack, chain: Chain) -> str:
    """Return the title of the role that decides at a node; an appeal's is the last of its own chain."""
    nodes = {item.code: item.role for item in chain.nodes}
    if pack.chains.appeals is not None:
        nodes.setdefault("appeal", pack.chains.appeals.nodes[-1].role)
    code = nodes.get(node)
    return next((role.title.text().in_language() for role in pack.roles if role.code == code), "")


def name_of(handler_id: UUID | None, names: Mapping[UUID, str], keys: TenantKeys) -> str:
    """Return the masked name of a member of staff; empty where it is not known."""
    token = names.get(handler_id) if handler_id else None
    return mask_name(keys.open(token, context=NAME)) if token else ""
