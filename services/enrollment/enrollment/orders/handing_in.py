"""The submission of a large order as a task: everything in one transaction, with progress beside it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys
from common.tasks import TaskRun, request_task
from common.tasks.models import Task

from ..people.repository import PeopleRepository
from .models import OrderStatus
from .schemas import OrderSubmission, OrderSubmit
from .service import find_order
from .submitting import submit_order


async def request_submission(
    session: AsyncSession, *, actor: Actor, order_id: UUID, kind: str, body: OrderSubmit, keys: TenantKeys
) -> Task:
    """Queue the submission of a draft; NotFound, OrderStateWrong."""
    order = await find_order(session, actor=actor, order_id=order_id)
    order.require(OrderStatus.DRAFT)
    counts = await PeopleRepository(session, actor.tenant_id).counts(order.id)
    wanted = OrderSubmission(order_id=order.id, **body.model_dump())
    return await request_task(
        session,
        actor=actor,
        kind=kind,
        parameters=wanted.model_dump(mode="json"),
        keys=keys,
        total=counts.insurable,
    )


async def submit_in_background(run: TaskRun) -> None:
    """Hand the order in; killed before the commit it is a draft still, after it there is nothing left to do."""
    wanted = OrderSubmission.model_validate(run.parameters)

    async def seen(people: int) -> None:
        await run.progress(done=people)

    async with run.chunk() as chunk:
        if chunk.cursor:
            return
        body = OrderSubmit(**wanted.model_dump(exclude={"order_id"}))
        order, left_out = await submit_order(
            chunk.session, actor=run.actor, order_id=wanted.order_id, body=body, keys=run.keys, seen=seen
        )
        people = order.people
        chunk.advance(cursor={"submitted": True}, done=people, total=people, left_out=left_out)
