"""Use case: the preview of an application (表单预览): what is still missing, and what it would come to."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys

from ..decisions.service import estimate
from .dossier import Dossier, load_dossier
from .preview_schemas import ChecklistItem, FaultRead, PreviewRead
from .reading import read_decision
from .rules.application import Application
from .rules.cards import differing_cards
from .rules.checks import faults_of
from .rules.papers import handed_in, needed_documents, not_brought, present
from .rules.routing import disagreements
from .schemas import ReasonRead
from .service import find_claim, show


async def preview_claim(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys
) -> PreviewRead:
    """Return the application as it would be handed in now; nothing is changed."""
    claim = await find_claim(session, actor=actor, claim_id=claim_id)
    dossier = await load_dossier(session, claim, keys=keys)
    application = dossier.application()
    faults = faults_of(application) + not_brought(application, dossier.asked_for)
    decision = await estimate(session, dossier=dossier, application=application)
    explanation, not_paid = read_decision(decision)
    chain = dossier.pack.claim_chain(claim.kind)
    return PreviewRead(
        claim=await show(session, dossier),
        ready=not faults,
        faults=[FaultRead(**fault.as_error()) for fault in faults],
        notices=[
            ReasonRead(code=r.code, text=r.text.in_language(), field=r.field)
            for r in (*disagreements(application), *differing_cards(application))
        ],
        checklist=_checklist(dossier, application),
        estimate=decision.amount if decision else None,
        explanation=explanation,
        not_paid=not_paid,
        next_nodes=[node.title.text().in_language() for node in chain.nodes],
    )


def _checklist(dossier: Dossier, application: Application) -> list[ChecklistItem]:
    items = []
    for rule, stay in needed_documents(application):
        instead = dossier.kind.text_instead_of(rule)
        there = present(application, rule, stay)
        items.append(
            ChecklistItem(
                code=rule.code,
                title=rule.title.text().in_language(),
                stay=stay,
                present=there,
                instead=instead.code if instead else None,
                by_text=there and not handed_in(application, rule, stay),
            )
        )
    needed = {(item.code, item.stay) for item in items}
    for rule in dossier.kind.documents:
        for stay in sorted({d.stay for d in application.documents if d.rule == rule.code}):
            if (rule.code, stay) not in needed:
                # Handed in though nothing asks for it: it goes with the application, too.
                title = rule.title.text().in_language()
                items.append(
                    ChecklistItem(code=rule.code, title=title, stay=stay, present=True, instead=None)
                )
    return items
