"""What staff are told of deadlines, and members of claims that wait for them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, subscribe
from common.contracts.claims import ClaimAssigned, ClaimDeadlineNear, ClaimPapersDue, PayoutDeadlineNear
from common.contracts.identity import StaffChanged, StaffSnapshot
from common.text import Text

from ..copies.service import keep_staff
from ..messages.composing import Told
from . import claims
from .scene import Scene

STATUSES = {
    "to_upload": Text("待会员上传", "waiting for the member's papers"),
    "in_review": Text("审核中", "under review"),
    "returned": Text("待会员补正", "returned to the member"),
    "approved": Text("待付款", "to be paid"),
    "payment_failed": Text("付款失败", "the payment failed"),
}
APPEAL = Text("申诉答复", "the answer to an appeal")
WAITS_FOR = {"approved": "claims.payout.prepare", "payment_failed": "claims.payout.prepare"}
"""The permission of those who can go on with a claim in a state; else those who do the first check."""
FIRST_CHECK = "claims.claim.check"


async def tell_staff(
    scene: Scene,
    name: str,
    variables: dict[str, object],
    *,
    handler_id: UUID | None,
    roles: Collection[str],
    path: str,
) -> None:
    """Tell whoever holds the task, else everybody with one of the roles whose branch holds the path."""
    holder = await scene.copies.staff_account(handler_id) if handler_id else None
    staff = [holder] if holder else await scene.copies.staff_with(roles, path=path)
    told = [Told(one.id, one.mobile, one.id, variables) for one in staff]
    await scene.tell(name, "staff", *told)


async def tell_deadline(scene: Scene, event: ClaimDeadlineNear) -> None:
    """Tell of a node's deadline, or of the day on which an appeal is to be answered."""
    claim = event.claim
    appeal = event.deadline == "appeal"
    variables: dict[str, object] = {
        "claim_number": claim.number,
        "claim_kind": scene.kind_title(claim.kind),
        "node": APPEAL if appeal else scene.node_title(claim.kind, claim.node or ""),
        "days": abs(event.days),
    }
    await tell_staff(
        scene,
        "claims.deadline_over" if event.days < 0 else "claims.deadline_near",
        variables,
        handler_id=event.handler_id,
        roles=[event.role] if event.role else [],
        path=event.org_path,
    )


async def tell_assigned(scene: Scene, event: ClaimAssigned) -> None:
    """Tell whoever was given a task by somebody else, with the reason where one was given."""
    claim, reason = event.claim, scene.keys.open_words(event.reason) if event.reason else ""
    variables: dict[str, object] = {
        "claim_number": claim.number,
        "claim_kind": scene.kind_title(claim.kind),
        "node": scene.node_title(claim.kind, claim.node or ""),
        "reason": Text(f"原因：{reason}", f"Reason: {reason}") if reason else "",
    }
    name = "claims.claim_assigned"
    await tell_staff(scene, name, variables, handler_id=event.handler_id, roles=[], path="")


async def tell_payout_deadline(scene: Scene, event: PayoutDeadlineNear) -> None:
    """Tell of the day by which a claim is to be paid (C.09)."""
    claim = event.claim
    variables: dict[str, object] = {
        "claim_number": claim.number,
        "claim_kind": scene.kind_title(claim.kind),
        "status": STATUSES.get(claim.status, claim.status),
        "due_on": event.due_on,
        "days": abs(event.days_left),
    }
    waits_for = WAITS_FOR.get(claim.status, FIRST_CHECK)
    roles = [event.role] if event.role else scene.roles_with(waits_for)
    await tell_staff(
        scene,
        "claims.payout_deadline_over" if event.days_left < 0 else "claims.payout_deadline_near",
        variables,
        handler_id=event.handler_id,
        roles=roles,
        path=event.org_path,
    )


async def on_staff_changed(session: AsyncSession, event: StaffChanged, context: ConsumerContext) -> None:
    """Keep a staff account."""
    await keep_staff(session, tenant_id=context.envelope.tenantid, facts=[event.staff])


async def on_staff_snapshot(session: AsyncSession, event: StaffSnapshot, context: ConsumerContext) -> None:
    """Keep up to 500 staff accounts."""
    await keep_staff(session, tenant_id=context.envelope.tenantid, facts=event.staff)


async def on_claim_deadline_near(
    session: AsyncSession, event: ClaimDeadlineNear, context: ConsumerContext
) -> None:
    """Tell the staff whose task it is."""
    await tell_deadline(await _scene(session, context), event)


async def on_claim_assigned(session: AsyncSession, event: ClaimAssigned, context: ConsumerContext) -> None:
    """Tell the colleague whose task it is now."""
    await tell_assigned(await _scene(session, context), event)


async def on_payout_deadline_near(
    session: AsyncSession, event: PayoutDeadlineNear, context: ConsumerContext
) -> None:
    """Tell the staff who can go on with it."""
    await tell_payout_deadline(await _scene(session, context), event)


async def on_claim_papers_due(session: AsyncSession, event: ClaimPapersDue, context: ConsumerContext) -> None:
    """Remind the member of the papers."""
    await claims.tell_claim(
        await _scene(session, context), event.claim, "claims.papers_due", days=event.waiting_days
    )


async def _scene(session: AsyncSession, context: ConsumerContext) -> Scene:
    keys = await context.service.keyring.for_tenant(session)
    return await Scene.of(session, keys=keys, cause_id=context.envelope.id)


DEADLINES = (
    subscribe(StaffChanged, on_staff_changed),
    subscribe(StaffSnapshot, on_staff_snapshot),
    subscribe(ClaimAssigned, on_claim_assigned, acts=True),
    subscribe(ClaimDeadlineNear, on_claim_deadline_near, acts=True),
    subscribe(PayoutDeadlineNear, on_payout_deadline_near, acts=True),
    subscribe(ClaimPapersDue, on_claim_papers_due, acts=True),
)
