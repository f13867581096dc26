"""SQL of individual applications, and of what decides whether their applicants may join."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from common.auth import Actor, Eyes
from common.db import TenantRepository
from common.db.scope import Condition, seen_by
from common.http import Cursor

from ..copies.models import UnitCopy
from ..orders.models import Order
from ..people.models import OrderPerson
from ..policies.models import Cover
from ..slots.repository import SlotRepository
from .models import Application, ApplicationStatus, ApplicationStep

OPEN = (ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED, ApplicationStatus.TO_PAY)
"""States of which a person has at most one application for a product; the database holds it."""


class ApplicationRepository(TenantRepository):
    """Applications of one tenant."""

    async def visible(self, actor: Actor, application_id: UUID, *, lock: bool = False) -> Application | None:
        """Return an application that the caller may see, or None; staff see no drafts."""
        statement = self.select(Application).where(Application.id == application_id, *self._seen(actor))
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    def _seen(self, actor: Actor) -> list[Condition]:
        seen = seen_by(actor, unit=Application.unit_id, units=UnitCopy, person=Application.person_id)
        drafts = [] if actor.person_id else [Application.status != ApplicationStatus.DRAFT.value]
        return [seen, *drafts]

    async def page(
        self, actor: Actor, cursor: Cursor, *, status: str | None, product: str | None
    ) -> Sequence[Application]:
        """Return a page of the applications that the caller may see, newest first."""
        statement = self.select(Application).where(*self._seen(actor))
        if status is not None:
            statement = statement.where(Application.status == status)
        if product is not None:
            statement = statement.where(Application.product_code == product)
        return await self.all(cursor.apply(statement, Application))

    async def open_one(self, person_id: UUID, product_code: str, *, lock: bool = True) -> Application | None:
        """Return a person's application for a product that is a draft or under way."""
        statement = self.select(Application).where(
            Application.person_id == person_id,
            Application.product_code == product_code,
            Application.status.in_([state.value for state in OPEN]),
        )
        if lock:
            statement = statement.with_for_update()
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def steps(self, application_id: UUID) -> Sequence[ApplicationStep]:
        """Return what was done with an application, oldest first."""
        statement = self.select(ApplicationStep).where(ApplicationStep.application_id == application_id)
        return await self.all(statement.order_by(ApplicationStep.id))

    def record(
        self,
        application: Application,
        *,
        node: str | None,
        decision: str,
        by: Eyes,
        opinion: str | None = None,
    ) -> None:
        """Add a step to the history."""
        self.add(
            ApplicationStep(
                application_id=application.id,
                round=application.round,
                node=node,
                decision=decision,
                actor_id=by.account_id,
                human=by.human,
                opinion=opinion,
            )
        )

    async def remove_draft(self, application: Application) -> None:
        """Delete a draft with its history."""
        steps = self.delete(ApplicationStep).where(ApplicationStep.application_id == application.id)
        await self.session.execute(steps)
        await self.remove(application)

    async def covered_until(self, person_id: UUID, product_code: str) -> date | None:
        """Return the last day of a person's cover by a product, None if there never was any."""
        statement = self.select_columns(Cover, Cover.covered_until).where(
            Cover.person_id == person_id, Cover.product_code == product_code
        )
        until: date | None = (await self.session.execute(statement)).scalar_one_or_none()
        return until

    async def of_order(self, order_id: UUID) -> Application | None:
        """Return the application that an order carries."""
        return await self.first(self.select(Application).where(Application.order_id == order_id))

    async def order_of(self, application: Application, *, lock: bool = False) -> Order | None:
        """Return the order that carries an approved application; locked so that what refers to it doesn't wait."""
        if application.order_id is None:
            return None
        statement = self.select(Order).where(Order.id == application.order_id)
        if lock:
            statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
        return await self.first(statement)

    async def remove_order(self, order: Order) -> None:
        """Delete the order of an application that was withdrawn before it was paid."""
        await SlotRepository(self.session, self.tenant_id).give_back(order)
        await self.session.execute(self.delete(OrderPerson).where(OrderPerson.order_id == order.id))
        await self.remove(order)
