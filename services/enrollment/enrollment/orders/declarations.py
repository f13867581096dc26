"""What a unit declares with an order: how many employees it has, and the health declaration."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import Product

from ..people.context import expected_start
from ..people.repository import PeopleRepository
from ..statistics.repository import StatisticRepository
from .errors import EmployeesMissing, EmployeesTooFew, HealthDeclarationMissing, ParticipationTooLow
from .models import Order
from .rules import people_needed
from .schemas import OrderSubmit


async def check_declarations(
    session: AsyncSession, order: Order, product: Product, body: OrderSubmit
) -> None:
    """Keep the declarations of a submission.

    EmployeesMissing, EmployeesTooFew, ParticipationTooLow or HealthDeclarationMissing where the product asks for them.
    """
    health = product.eligibility.health_declaration
    if health is not None:
        if body.health_declaration != health.version:
            raise HealthDeclarationMissing(version=health.version)
        order.health_version = health.version
    if body.employees is not None:
        order.employees = body.employees
    rule = product.eligibility.participation
    if order.employees is None:
        if rule is not None:
            raise EmployeesMissing
        return
    start = expected_start(order, product)
    covered = await PeopleRepository(session, order.tenant_id).unit_people(order, running_on=start)
    if covered > order.employees:
        raise EmployeesTooFew(employees=order.employees, covered=covered)
    needed = people_needed(rule, order.employees) if rule is not None else 0
    if covered < needed:
        raise ParticipationTooLow(employees=order.employees, needed=needed, covered=covered)
    await StatisticRepository(session, order.tenant_id).declare(order.unit_id, order.employees)
