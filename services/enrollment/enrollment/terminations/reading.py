"""Requests as responses show them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.contracts.pack.chains import Chain
from common.crypto import TenantKeys, open_words
from common.tenancy import pack_of_version
from common.text import Text

from ..copies.repository import CopyRepository
from ..policies.models import Policy
from ..policies.reading import Names, names_of, read_policy
from ..refunds.rules import Refund
from .deciding import may_decide, waits_at
from .models import STATUS_TEXTS, Termination, TerminationItem, TerminationStatus, TerminationStep
from .refunding import held_by_claims, refunds_of
from .repository import TerminationRepository
from .schemas import ItemRead, TerminationRead, TerminationStepRead, TerminationSummary
from .service import chain_of

COLUMNS = {column.name for column in Termination.__table__.columns}


async def read_summaries(
    session: AsyncSession, rows: Sequence[Termination], keys: TenantKeys, *, actor: Actor
) -> list[TerminationSummary]:
    """Return requests as lists show them to a caller."""
    if not rows:
        return []
    units = await CopyRepository(session, rows[0].tenant_id).unit_names({row.unit_id for row in rows})
    steps = await TerminationRepository(session, rows[0].tenant_id).steps_of(rows)
    shown = []
    for row in rows:
        node = await waits_at(session, row)
        waiting = {
            "node_title": node.title.text().in_language() if node else None,
            "may_decide": node is not None and may_decide(actor, row, node, steps[row.id]),
        }
        shown.append(TerminationSummary(**_summary(row, units.get(row.unit_id), keys) | waiting))
    return shown


def _summary(row: Termination, unit_name: str | None, keys: TenantKeys) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in TerminationSummary.model_fields if name in COLUMNS}
    status_text = STATUS_TEXTS[TerminationStatus(row.status)].in_language()
    words = {name: open_words(keys, columns[name]) for name in ("reason", "answer") if name in columns}
    return columns | words | {"unit_name": unit_name, "status_text": status_text}


async def read_termination(
    session: AsyncSession, termination: Termination, keys: TenantKeys, *, actor: Actor
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
    shown = [
        _item(policy, items[policy.id], expected[policy.id], names, keys).model_copy(
            update={"undecided_claims": waiting.get(policy.id, [])}
        )
        for policy in policies
    ]
    return TerminationRead(
        **(await read_summaries(session, [termination], keys, actor=actor))[0].model_dump(),
        expected_refund=_sum(shown) if termination.refunded is None else None,
        items=shown,
        steps=[_step(step, chain, keys) for step in steps] + _to_come(termination, chain),
        scans=len(termination.scan_ids),
    )


def _sum(items: Sequence[ItemRead]) -> Decimal | None:
    amounts = [item.refund for item in items]
    return sum((one for one in amounts if one is not None), Decimal("0.00")) if None not in amounts else None


def _step(step: TerminationStep, chain: Chain, keys: TenantKeys) -> TerminationStepRead:
    titles = {node.code: node.title.text().in_language() for node in chain.nodes}
    return TerminationStepRead(
        decision=step.decision,
        node=step.node,
        title=titles.get(step.node or ""),
        actor_id=step.actor_id,
        opinion=open_words(keys, step.opinion),
        at=step.created_at,
    )


def _to_come(termination: Termination, chain: Chain) -> list[TerminationStepRead]:
    """Return the nodes that a request under review has still to pass."""
    codes = [node.code for node in chain.nodes]
    left = chain.nodes[codes.index(termination.node) :] if termination.node in codes else ()
    return [
        TerminationStepRead(
            decision="pending",
            node=node.code,
            title=node.title.text().in_language(),
            actor_id=None,
            opinion=None,
            at=None,
        )
        for node in left
    ]


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
