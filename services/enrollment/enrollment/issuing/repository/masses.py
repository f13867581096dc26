"""SQL of issuing: the people of paid orders, cover slots and new policies. Masses never pass through the ORM."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, func

from common.clock import business_day, now, today
from common.contracts.enrollment import PersonEnrolled, PoliciesIssued
from common.db import TenantRepository
from common.events.outbox import ReadyRow

from ...orders.models import Order
from ...people.models import OrderPerson
from ...policies.models import Policy
from ...policies.rules import SERIAL_DIGITS, Term
from ...statistics.repository import StatisticRepository
from ...statistics.rules import Changes, Issued, changes_of_end, changes_of_issued, together
from ..errors import FactsUnsaid
from .statements import (
    ADD_SLOTS,
    ENDS,
    ISSUE,
    SHORTEN_COVERS,
    SKIP_REST,
    SPAN,
    WORK_MEMORY,
)

BATCH = 500
"""Facts of one event at most, as the contract has it."""
PAID = OrderPerson.contribution + func.coalesce(OrderPerson.surplus, 0)
"""What was paid for the rest of a running term; None: the product's contribution for a whole term."""
PAYEE = (
    OrderPerson.name_token, OrderPerson.name_index, OrderPerson.card_token, OrderPerson.card_index,
    OrderPerson.bank_name,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """The next people of an order: those behind the row `after`, up to the row `to`."""

    after: UUID
    to: UUID
    people: int
    leaving: int
    shares: tuple[int, ...]
    """What numbers of shares there are."""

    @property
    def coming(self) -> int:
        """How many people are to be covered."""
        return self.people - self.leaving


class Told(NamedTuple):
    """What is the same in all facts of an order's policies, and of its people where they are told as such, too."""

    facts: Mapping[str, Any]
    people: Mapping[str, Any] | None


class Batch(NamedTuple):
    """Up to 500 new policies with the same days, of which the database has said what the contracts have."""

    starts_on: date
    ends_on: date
    policies: int
    shares: int
    contributed: Decimal
    largest: int
    """Bytes of the largest event of the whole statement"""
    events: int
    """How many events the whole statement wrote"""


class IssuingRepository(TenantRepository):
    """People of one tenant's paid orders and what they become."""

    async def next_span(self, order: Order, after: UUID, most: int) -> Span | None:
        """Return the next people of an order behind a row; None if there are none."""
        values = {"tenant": self.tenant_id, "order_id": order.id, "after": after, "most": most}
        row = (await self.session.execute(SPAN, values)).one()
        if not row.people:
            return None
        return Span(after, row.last, row.people, row.leaving, tuple(row.shares))

    async def people(self, order: Order, span: Span, *, action: str) -> Sequence[Any]:
        """Return the people of a span who come or leave, as plain rows."""
        read = (
            OrderPerson.id,
            OrderPerson.person_id,
            OrderPerson.policy_id,
            OrderPerson.document_kind,
            OrderPerson.document_token,
        )
        statement = self.select_columns(OrderPerson, *read).where(
            OrderPerson.order_id == order.id,
            OrderPerson.insurable,
            OrderPerson.action == action,
            OrderPerson.id > span.after,
            OrderPerson.id <= span.to,
        )
        return list(await self.session.execute(statement.order_by(OrderPerson.id)))

    async def ends(self, order: Order, span: Span, *, people: int) -> list[date | None]:
        """Return up to which days the `people` of a span are covered; None: never yet. Nobody else changes them now.

        The slots are locked, always in the order of the persons; who has none (from before there were slots) gets one.
        """
        values = self._span(order, span) | {"product": order.product_code}
        rows = (await self.session.execute(ENDS, values)).all()
        if sum(row.people for row in rows) < people:
            await self.session.execute(ADD_SLOTS, values | {"now": now()})
            rows = (await self.session.execute(ENDS, values)).all()
        return [row.covered_until for row in rows]

    async def issue(
        self,
        order: Order,
        span: Span,
        terms: Mapping[date | None, Term],
        prices: Mapping[int, Decimal],
        *,
        at: datetime,
        placed: int,
        share_limit: int,
        told: Told,
        events: Sequence[ReadyRow],
    ) -> list[Batch]:
        """Cover the people of a span by the terms that follow their covers, and return the new policies in batches.

        The sealed values move inside the database as they are, into the outbox too. `placed`: the order's policies
        before them. `events`: those of each batch, one batch after the other; what is left over is not written.
        """
        of_a_batch = 2 if told.people is not None else 1
        values = self._span(order, span) | {
            "product": order.product_code, "now": at, "unit": order.unit_id, "pack": order.pack_version,
            "share_limit": share_limit, "order_number": order.number, "digits": SERIAL_DIGITS,
            "placed": placed, "batch": BATCH,
            "untils": list(terms), "starts": [t.starts_on for t in terms.values()],
            "ends": [t.ends_on for t in terms.values()],
            "shares": list(prices), "prices": list(prices.values()),
            "people_json": _members(told.people or {}), "facts_json": _members(told.facts),
            "topic": PoliciesIssued.topic(), "enrolled": of_a_batch == 2,
            "events": [event.event_id for event in events], "partitions": [event.partition for event in events],
            "keys": [event.key for event in events], "heads": [event.head for event in events],
            "of_batches": [1 + place // of_a_batch for place in range(len(events))],
            "of_people": [event.type == PersonEnrolled.wire for event in events],
        }  # fmt: skip
        await self.session.execute(WORK_MEMORY)
        batches = [Batch(*row) for row in await self.session.execute(ISSUE, values)]
        if any(batch.events != len(batches) * of_a_batch for batch in batches):
            raise FactsUnsaid(f"{batches[0].events} events for {len(batches)} batches of policies")
        return batches

    async def count(self, order: Order, batches: Sequence[Batch], *, at: datetime) -> None:
        """Count new policies of an order that is held; behind its lock, since counting locks the unit's counters."""
        unit, product = order.unit_id, order.product_code
        issued = (
            Issued(unit, product, b.policies, b.shares, b.contributed, b.starts_on, b.ends_on)
            for b in batches
        )
        changes = changes_of_issued(issued, on=business_day(at))
        await StatisticRepository(self.session, self.tenant_id).count(changes)

    async def skip_rest(
        self, order: Order, span: Span, *, outcome: str, reasons: list[dict[str, Any]]
    ) -> None:
        """Note who of a span got no policy."""
        more = {"product": order.product_code, "outcome": outcome, "reasons": orjson.dumps(reasons).decode()}
        await self.session.execute(SKIP_REST, self._span(order, span) | more)

    def _span(self, order: Order, span: Span) -> dict[str, Any]:
        return {"tenant": self.tenant_id, "order_id": order.id, "after": span.after, "to": span.to}

    async def mark_skipped(
        self, people: Sequence[UUID], *, outcome: str, reasons: list[dict[str, Any]]
    ) -> None:
        """Note that people of an order could not be covered after all."""
        if people:
            await self.session.execute(
                self.update(OrderPerson)
                .where(OrderPerson.id.in_(people))
                .values(outcome=outcome, insurable=False, reasons=reasons)
                .execution_options(synchronize_session=False)
            )

    async def skipped(self, order: Order) -> dict[tuple[str, int, Decimal | None], int]:
        """Return how many people were not covered, by outcome, shares and what they paid for the rest of a term."""
        by = (OrderPerson.outcome, OrderPerson.shares, PAID)
        statement = self.select_columns(OrderPerson, *by, func.count()).where(
            OrderPerson.order_id == order.id, OrderPerson.outcome.is_not(None), OrderPerson.action == "add"
        )
        rows = (await self.session.execute(statement.group_by(*by))).all()
        return {(row[0], row[1], row[2]): row[3] for row in rows}

    async def skipped_people(self, order: Order, *, after: UUID, most: int) -> Sequence[Any]:
        """Return the next people who were not covered, as plain rows, each with what a refund says of them."""
        read = (
            OrderPerson.id, OrderPerson.person_id, OrderPerson.outcome, OrderPerson.shares, PAID.label("paid"),
            *PAYEE,
        )  # fmt: skip
        statement = self.select_columns(OrderPerson, *read).where(
            OrderPerson.order_id == order.id,
            OrderPerson.outcome.is_not(None),
            OrderPerson.action == "add",
            OrderPerson.id > after,
        )
        return list(await self.session.execute(statement.order_by(OrderPerson.id).limit(most)))

    async def surplus(self, order: Order) -> tuple[int, Decimal]:
        """Return how many of the people who were covered had paid more than their cover is worth, and how much more."""
        statement = self.select_columns(OrderPerson, func.count(), func.sum(OrderPerson.surplus))
        people, amount = (await self.session.execute(statement.where(*_overpaid(order)))).one()
        return people, amount or Decimal("0.00")

    async def surplus_people(self, order: Order, *, after: UUID, most: int) -> Sequence[Any]:
        """Return the next people who were covered and had paid more than their cover is worth, as plain rows."""
        read = (OrderPerson.id, OrderPerson.person_id, OrderPerson.surplus, *PAYEE)
        statement = self.select_columns(OrderPerson, *read).where(*_overpaid(order), OrderPerson.id > after)
        return list(await self.session.execute(statement.order_by(OrderPerson.id).limit(most)))

    async def lock_policies(self, policy_ids: Sequence[UUID]) -> dict[UUID, Policy]:
        """Lock policies that are to end; always in the same order."""
        if not policy_ids:
            return {}
        statement = self.select(Policy).where(Policy.id.in_(policy_ids)).order_by(Policy.id)
        rows = await self.all(statement.with_for_update().execution_options(populate_existing=True))
        return {row.id: row for row in rows}

    async def shorten_covers(self, policies: Sequence[Policy]) -> None:
        """Let people's covers end with the last of their policies, so that they may be covered again.

        Policies that ended before they began count for nothing.
        """
        await self.session.flush()
        people: dict[str, set[UUID]] = {}
        for policy in policies:
            people.setdefault(policy.product_code, set()).add(policy.person_id)
        for product in sorted(people):
            values = {
                "tenant": self.tenant_id, "product": product, "people": sorted(people[product]), "today": today(),
            }  # fmt: skip
            await self.session.execute(SHORTEN_COVERS, values)

    async def count_ends(self, policies: Sequence[Policy]) -> None:
        """Count the ends of policies before their terms."""
        changes: Changes = {}
        for policy in policies:
            ended = changes_of_end(
                unit_id=policy.unit_id,
                product_code=policy.product_code,
                starts_on=policy.starts_on,
                ends_on=policy.ends_on,
                ended_on=policy.ended_on or policy.ends_on,
            )
            for place, change in ended.items():
                together(changes, place, change)
        await StatisticRepository(self.session, self.tenant_id).count(changes)


def _overpaid(order: Order) -> tuple[ColumnElement[bool], ...]:
    return (
        OrderPerson.order_id == order.id,
        OrderPerson.action == "add",
        OrderPerson.outcome.is_(None),
        OrderPerson.surplus > 0,
    )


def _members(common: Mapping[str, Any]) -> str:
    """Return JSON to stand in an object behind others."""
    return orjson.dumps(common, default=str).decode()[1:-1]
