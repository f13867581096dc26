"""SQL of terminations."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import case, exists, func, or_, tuple_
from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.clock import now
from common.db import TenantRepository, unscoped
from common.db.scope import seen_by
from common.http import Cursor
from common.ids import new_id

from ..cases.repository import agreed
from ..copies.models import UnitCopy
from ..orders.models import Order
from ..policies.models import Policy
from .models import BenefitPaid, Termination, TerminationItem, TerminationStep


class TerminationRepository(TenantRepository):
    """Requests of one tenant."""

    async def visible(self, actor: Actor, termination_id: UUID, *, lock: bool = False) -> Termination | None:
        """Return a request within the caller's scope, or None."""
        statement = self.select(Termination).where(
            Termination.id == termination_id, seen_by(actor, unit=Termination.unit_id, units=UnitCopy)
        )
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def page(
        self,
        actor: Actor,
        cursor: Cursor,
        *,
        status: str | None,
        number: str | None,
        nodes: Sequence[tuple[int, str]] | None,
    ) -> Sequence[Termination]:
        """Return a page of the requests in the caller's scope, newest first; `nodes`: those that wait at one of these
        nodes (with the pack's version) only.
        """
        statement = self.select(Termination).where(seen_by(actor, unit=Termination.unit_id, units=UnitCopy))
        if status is not None:
            statement = statement.where(Termination.status == status)
        if number is not None:
            statement = statement.where(Termination.number == number)
        if nodes is not None:
            statement = statement.where(tuple_(Termination.pack_version, Termination.node).in_(nodes))
        return await self.all(cursor.apply(statement, Termination))

    async def seen_policies(self, actor: Actor, ids: Sequence[UUID]) -> Sequence[Policy]:
        """Return the policies among these that the caller sees."""
        seen = seen_by(actor, unit=Policy.unit_id, units=UnitCopy)
        statement = self.select(Policy).where(Policy.id.in_(ids), seen)
        return await self.all(statement.order_by(Policy.id))

    async def policies_of(self, termination: Termination, *, lock: bool = False) -> Sequence[Policy]:
        """Return the policies of a request, in the order of their ids."""
        items = self.select_columns(TerminationItem, TerminationItem.policy_id).where(
            TerminationItem.termination_id == termination.id
        )
        statement = self.select(Policy).where(Policy.id.in_(items)).order_by(Policy.id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await self.all(statement)

    async def items(self, termination: Termination) -> dict[UUID, TerminationItem]:
        """Return the items of a request by policy."""
        statement = self.select(TerminationItem).where(TerminationItem.termination_id == termination.id)
        return {item.policy_id: item for item in await self.all(statement)}

    async def put(self, termination: Termination, policies: Sequence[UUID]) -> set[UUID]:
        """Put policies on a request; return those that stand on another open one."""
        rows = [
            {
                "tenant_id": self.tenant_id,
                "id": new_id(),
                "created_at": now(),
                "termination_id": termination.id,
                "policy_id": policy,
                "open": True,
            }
            for policy in sorted(policies)
        ]
        statement = insert(TerminationItem).values(rows).on_conflict_do_nothing()
        put = set((await self.session.execute(statement.returning(TerminationItem.policy_id))).scalars())
        return set(policies) - put

    async def take_off(self, termination: Termination, policies: Sequence[UUID] | None = None) -> None:
        """Take policies (none named: all) off a request."""
        statement = self.delete(TerminationItem).where(TerminationItem.termination_id == termination.id)
        if policies is not None:
            statement = statement.where(TerminationItem.policy_id.in_(policies))
        await self.session.execute(statement)

    async def remove_draft(self, termination: Termination) -> None:
        """Delete a draft with everything of it."""
        await self.take_off(termination)
        steps = self.delete(TerminationStep).where(TerminationStep.termination_id == termination.id)
        await self.session.execute(steps)
        await self.remove(termination)

    async def steps(self, termination: Termination) -> Sequence[TerminationStep]:
        """Return what was done with a request, oldest first."""
        statement = self.select(TerminationStep).where(TerminationStep.termination_id == termination.id)
        return await self.all(statement.order_by(TerminationStep.id))

    async def steps_of(self, terminations: Sequence[Termination]) -> dict[UUID, list[TerminationStep]]:
        """Return what was done with each of several requests, oldest first."""
        found: dict[UUID, list[TerminationStep]] = {one.id: [] for one in terminations}
        statement = self.select(TerminationStep).where(TerminationStep.termination_id.in_(found))
        for step in await self.all(statement.order_by(TerminationStep.id)):
            found[step.termination_id].append(step)
        return found

    async def versions_waiting(self) -> list[int]:
        """Return the pack versions of the requests that wait for a decision."""
        column = Termination.pack_version
        statement = self.select_columns(Termination, column).where(Termination.node.is_not(None)).distinct()
        return list((await self.session.execute(statement)).scalars())

    def record(
        self, termination: Termination, *, node: str | None, decision: str, actor: Actor, opinion: str | None
    ) -> None:
        """Add a step to the history."""
        self.add(
            TerminationStep(
                termination_id=termination.id,
                round=termination.round,
                node=node,
                decision=decision,
                actor_id=actor.id,
                human=actor.human,
                opinion=opinion,
            )
        )

    async def with_benefit(self, policies: Sequence[Policy]) -> set[UUID]:
        """Return the policies whose cover was used: a case in their term is paid, or is to be paid."""
        ids = [policy.id for policy in policies]
        paid = exists().where(
            self.mine(BenefitPaid),
            BenefitPaid.person_id == Policy.person_id,
            BenefitPaid.product_code == Policy.product_code,
            func.coalesce(BenefitPaid.event_on, BenefitPaid.paid_on).between(
                Policy.starts_on, Policy.ends_on
            ),
        )
        statement = self.select_columns(Policy, Policy.id).where(
            Policy.id.in_(ids), or_(paid, exists().where(agreed()))
        )
        return set((await self.session.execute(statement)).scalars()) if ids else set()

    async def paid_by_member(self, policies: Sequence[Policy]) -> set[UUID]:
        """Return the policies that their own person ordered and paid."""
        orders = {policy.order_id for policy in policies}
        statement = self.select_columns(Order, Order.id).where(
            Order.id.in_(orders), Order.ordered_by == "member"
        )
        members = set((await self.session.execute(statement)).scalars()) if orders else set()
        return {policy.id for policy in policies if policy.order_id in members}

    async def forget_benefit(self, payout_id: UUID) -> None:
        """A benefit is not owed after all."""
        await self.session.execute(self.delete(BenefitPaid).where(BenefitPaid.id == payout_id))

    async def note_benefit(
        self,
        *,
        payout_id: UUID,
        person_id: UUID,
        product_code: str,
        event_on: date | None,
        paid_on: date | None,
        version: int = 0,
    ) -> None:
        """Keep that a benefit is to be paid, or was, or came back; what is older than what is known changes nothing."""
        values = {
            "tenant_id": self.tenant_id,
            "id": payout_id,
            "created_at": now(),
            "person_id": person_id,
            "product_code": product_code,
            "event_on": event_on,
            "paid_on": paid_on,
            "version": version,
        }
        statement = insert(BenefitPaid).values(values)
        new = statement.excluded
        same = func.coalesce(new.paid_on, BenefitPaid.paid_on)
        known = {
            "event_on": func.coalesce(new.event_on, BenefitPaid.event_on),
            "paid_on": case((BenefitPaid.version < new.version, new.paid_on), else_=same),
            "version": new.version,
        }
        statement = statement.on_conflict_do_update(
            index_elements=["tenant_id", "id"], set_=known, where=BenefitPaid.version <= new.version
        )
        await self.session.execute(unscoped(statement, why="the row carries this tenant's id"))
