"""The submission of a large order as a task: everything in one transaction, with progress beside it."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys
from common.tasks import TaskRun, request_task
from common.tasks.models import Task
from common.tasks.repository import TaskRepository

from ..people.repository import PeopleRepository
from .errors import AlreadyDone, BeingSubmitted
from .models import Order, OrderStatus
from .repository import OrderRepository
from .schemas import OrderSubmission, OrderSubmit
from .service import find_order
from .submitting import submit_order


async def request_submission(
    session: AsyncSession, *, actor: Actor, order_id: UUID, kind: str, body: OrderSubmit, keys: TenantKeys
) -> Task:
    """Queue the submission of a draft as it stands, or return the one under way; NotFound, OrderStateWrong.

    Who asks does not wait for the order, which the task locks for as long as it judges the people.
    """
    await OrderRepository(session, actor.tenant_id).one_submission(order_id)
    order = await find_order(session, actor=actor, order_id=order_id)
    if (under_way := await _under_way(session, order)) is not None:
        if under_way.requested_by != actor.id:
            raise BeingSubmitted
        return under_way
    order.require(OrderStatus.DRAFT)
    counts = await PeopleRepository(session, actor.tenant_id).counts(order.id)
    wanted = OrderSubmission(order_id=order.id, version=order.version, **body.model_dump())
    task = await request_task(
        session,
        actor=actor,
        kind=kind,
        parameters=wanted.model_dump(mode="json"),
        keys=keys,
        total=counts.insurable,
    )
    order.submission_id = task.id
    return task


async def _under_way(session: AsyncSession, order: Order) -> Task | None:
    """Return the task that hands an order in, if it has not ended."""
    if order.submission_id is None:
        return None
    task = await TaskRepository.of(session).find(Task, order.submission_id)
    return task if task is not None and not task.ended else None


async def submit_in_background(run: TaskRun) -> None:
    """Hand the order in; killed before the commit it is a draft still, after it there is nothing left to do.

    Who has handed it in beside the task, by another click, finds the task done, not failed.
    """
    wanted = OrderSubmission.model_validate(run.parameters)

    async def seen(people: int) -> None:
        await run.progress(done=people)

    async with run.chunk() as chunk:
        if chunk.cursor:
            return
        body = OrderSubmit(**wanted.model_dump(exclude={"order_id", "version"}))
        asked: Any = {"actor": run.actor, "order_id": wanted.order_id, "version": wanted.version}
        try:
            order, left_out = await submit_order(chunk.session, body=body, keys=run.keys, seen=seen, **asked)
        except AlreadyDone:
            order, left_out = await find_order(chunk.session, actor=run.actor, order_id=wanted.order_id), 0
        people = order.people
        chunk.advance(cursor={"submitted": True}, done=people, total=people, left_out=left_out)
