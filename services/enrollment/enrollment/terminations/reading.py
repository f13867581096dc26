"""Requests as responses show them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.crypto import TenantKeys, open_words
from common.tenancy import pack_of_version
from common.text import Text

from ..copies.repository import CopyRepository
from ..policies.models import Policy
from ..policies.reading import Names, names_of, read_policy
from ..refunds.rules import Refund
from .models import STATUS_TEXTS, Termination, TerminationItem, TerminationStatus
from .refunding import held_by_claims, refunds_of
from .repository import TerminationRepository
from .schemas import ItemRead, TerminationRead, TerminationStepRead, TerminationSummary
from .service import chain_of

COLUMNS = {column.name for column in Termination.__table__.columns}


async def read_summaries(
    session: AsyncSession, rows: Sequence[Termination], keys: TenantKeys
) -> list[TerminationSummary]:
    """Return requests as lists show them."""
    if not rows:
        return []
    units = await CopyRepository(session, rows[0].tenant_id).unit_names({row.unit_id for row in rows})
    return [TerminationSummary(**_summary(row, units.get(row.unit_id), keys)) for row in rows]


def _summary(row: Termination, unit_name: str | None, keys: TenantKeys) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in TerminationSummary.model_fields if name in COLUMNS}
    status_text = STATUS_TEXTS[TerminationStatus(row.status)].in_language()
    words = {name: open_words(keys, columns[name]) for name in ("reason", "answer") if name in columns}
    return columns | words | {"unit_name": unit_name, "status_text": status_text}


async def read_termination(
    session: AsyncSession, termination: Termination, keys: TenantKeys
) -> TerminationRead:
    """Return a request with its policies, what comes back for each, and its history."""
    repository = TerminationRepository(session, termination.tenant_id)
    policies = await repository.policies_of(termination)
    items, names = await repository.items(termination), await names_of(session, policies)
    day = termination.last_day or termination.wanted_day or today()
    expected = await refunds_of(session, policies, last_day=day)
    waiting = await held_by_claims(session, policies, expected) if termination.decided_at is None else {}
    chain = chain_of(await pack_of_version(session, termination.pack_version))
    steps = await repository.steps(termination)
    titles = {node.code: node.title.text().in_language() for node in chain.nodes}
    return TerminationRead(
        **(await read_summaries(session, [termination], keys))[0].model_dump(),
        items=[
            _item(policy, items[policy.id], expected[policy.id], names, keys).model_copy(
                update={"undecided_claims": waiting.get(policy.id, [])}
            )
            for policy in policies
        ],
        steps=[
            TerminationStepRead(
                decision=step.decision,
                node=step.node,
                title=titles.get(step.node or ""),
                opinion=open_words(keys, step.opinion),
                at=step.created_at,
            )
            for step in steps
        ],
        scans=len(termination.scan_ids),
    )


def _item(
    policy: Policy, item: TerminationItem, expected: Refund, names: Names, keys: TenantKeys
) -> ItemRead:
    fixed = item.outcome is not None
    why = Text(**item.why) if item.why else expected.why
    return ItemRead(
        policy=read_policy(policy, names, keys),
        refund=item.refund if fixed else expected.amount,
        refund_reason=why.in_language() if item.why or not fixed else None,
        outcome=item.outcome,
    )
