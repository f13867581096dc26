"""How appeals and complaints are shown: titles in the caller's language, papers, and whether the caller may answer."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys, open_words
from common.identifiers import mask_name
from common.tenancy import current_pack

from ..copies.repository import CopyRepository
from ..intake.dossier import NAME
from ..intake.models import Claim, ClaimDocument
from ..intake.repository import ClaimRepository
from ..intake.rules.papers import NOT_YET_SORTED
from .answering import standing_of
from .models import Appeal
from .schemas import AppealPaperRead, AppealRead, AppealStepRead


async def read_appeals(
    session: AsyncSession,
    appeals: Sequence[Appeal],
    claims: Mapping[UUID, Claim],
    keys: TenantKeys,
    *,
    actor: Actor,
) -> list[AppealRead]:
    """Return appeals as `actor` sees them; `claims`: those that they are about, by id."""
    pack = await current_pack(session)
    chain = pack.chains.appeals
    nodes = {node.code: node.title.text().in_language() for node in (chain.nodes if chain else ())}
    kinds = {kind.code: kind.title.text().in_language() for kind in pack.claims}
    tenant_id = session.info["tenant_id"]
    roles = {role.code: role.title.text().in_language() for role in pack.roles}
    handlers = {appeal.handler_id for appeal in appeals if appeal.handler_id}
    names = await CopyRepository(session, tenant_id).staff_names(handlers)

    def title(appeal: Appeal) -> str:
        token = names.get(appeal.handler_id) if appeal.handler_id else None
        name = mask_name(keys.open(token, context=NAME)) if token else ""
        return " ".join(filter(None, (roles.get(appeal.node_role, ""), name))) if appeal.handler_id else ""

    brought = await ClaimRepository(session, tenant_id).papers_of_appeals([appeal.id for appeal in appeals])
    papers = {appeal: [_paper(one, claims, pack) for one in files] for appeal, files in brought.items()}
    standing = await standing_of(session, actor=actor, appeals=appeals, claims=claims)
    return [
        AppealRead(
            id=appeal.id,
            claim_id=appeal.claim_id,
            claim_number=claims[appeal.claim_id].number,
            claim_kind=claims[appeal.claim_id].kind,
            title=kinds.get(claims[appeal.claim_id].kind, claims[appeal.claim_id].kind),
            kind=appeal.kind,
            status=appeal.status,
            words=open_words(keys, appeal.words) or "",
            node=appeal.node,
            node_title=nodes.get(appeal.node, appeal.node),
            due_on=appeal.due_on,
            overdue=appeal.status == "open" and appeal.due_on < today(),
            documents=[paper.document_id for paper in papers.get(appeal.id, [])],
            papers=papers.get(appeal.id, []),
            **standing.get(appeal.id, {}),
            answer=open_words(keys, appeal.answer),
            handler=appeal.handler,
            handler_title=title(appeal),
            earlier=[
                AppealStepRead(
                    node=one["node"],
                    node_title=nodes.get(one["node"], one["node"]),
                    decision=one["decision"],
                    answer=open_words(keys, one["answer"]) or "",
                    handler=one["label"],
                    answered_at=one["at"],
                )
                for one in appeal.handlers
                if one.get("answer")
            ],
            answered_at=appeal.answered_at,
            created_at=appeal.created_at,
            version=appeal.version,
        )
        for appeal in appeals
    ]


def _paper(file: ClaimDocument, claims: Mapping[UUID, Claim], pack: TenantPack) -> AppealPaperRead:
    kind = next((kind for kind in pack.claims if kind.code == claims[file.claim_id].kind), None)
    rule = next((rule for rule in (kind.documents if kind else ()) if rule.code == file.rule), None)
    return AppealPaperRead(
        document_id=file.document_id,
        title=(rule.title.text() if rule else NOT_YET_SORTED).in_language(),
        added_at=file.created_at,
    )
