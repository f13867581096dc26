"""SQL of issuing: paid orders, the people on them, cover slots and new policies. Masses never pass through the ORM."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, text

from common.clock import business_day, now, today
from common.db import TenantRepository, unscoped

from ..orders.models import Order, OrderStatus
from ..people.models import OrderPerson
from ..policies.models import Cover, Policy
from ..statistics.repository import StatisticRepository
from ..statistics.rules import Issued, changes_of_end, changes_of_issued

_PERSONAL = (
    "document_kind", "document_token", "document_index", "name_token", "name_index", "mobile_token", "mobile_index",
    "card_token", "card_index", "bank_name",
)  # fmt: skip
_READ = ("id", "person_id", "shares", "action", "policy_id", "contribution", *_PERSONAL)
NEW_COVERS = unscoped(
    text(
        """INSERT INTO cover (tenant_id, id, created_at, person_id, product_code, covered_until, terms, shares)
           SELECT :tenant, gen_random_uuid(), :now, asked.person_id, :product, :ends_on, 1, asked.shares
           FROM unnest(CAST(:people AS uuid[]), CAST(:shares AS int[])) AS asked (person_id, shares)
           ORDER BY asked.person_id
           ON CONFLICT (tenant_id, person_id, product_code) DO NOTHING RETURNING person_id"""
    ),
    why="a batch insert; the tenant is written into every row",
)
EXTEND_COVERS = unscoped(
    text(
        """UPDATE cover SET covered_until = term.ends_on, terms = cover.terms + 1, shares = term.shares
           FROM unnest(CAST(:people AS uuid[]), CAST(:ends AS date[]), CAST(:shares AS int[]))
             AS term (person_id, ends_on, shares)
           WHERE cover.tenant_id = :tenant AND cover.product_code = :product
             AND cover.person_id = term.person_id"""
    ),
    why="a batch update; the tenant is in its condition",
)
SHORTEN_COVER = unscoped(
    text(
        """UPDATE cover SET covered_until = held.until
           FROM (SELECT coalesce(max(term.last) FILTER (WHERE term.last >= term.starts_on),
                                 least(min(term.starts_on), :today) - 1) AS until
                 FROM (SELECT starts_on, coalesce(ended_on, ends_on) AS last FROM policy
                       WHERE tenant_id = :tenant AND person_id = :person AND product_code = :product) term) held
           WHERE cover.tenant_id = :tenant AND cover.person_id = :person AND cover.product_code = :product"""
    ),
    why="an update from the person's policies; the tenant is in every condition",
)
NEW_POLICIES = unscoped(
    text(
        f"""INSERT INTO policy (tenant_id, created_at, version, unit_id, order_id, product_code, pack_version, status,
             share_limit, id, number, person_id, term, shares, contribution, starts_on, ends_on,
             {", ".join(_PERSONAL)})
           SELECT placed.tenant_id, :now, 1, :unit, placed.order_id, :product, :pack, 'in_force',
             :share_limit, made.id, made.number, placed.person_id, made.term, placed.shares, made.contribution,
             made.starts_on, made.ends_on, {", ".join(f"placed.{name}" for name in _PERSONAL)}
           FROM unnest(CAST(:rows AS uuid[]), CAST(:ids AS uuid[]), CAST(:numbers AS text[]), CAST(:terms AS int[]),
             CAST(:contributions AS numeric[]), CAST(:starts AS date[]), CAST(:ends AS date[]))
             AS made (row_id, id, number, term, contribution, starts_on, ends_on)
           JOIN order_person placed ON placed.tenant_id = :tenant AND placed.id = made.row_id"""
    ),
    why="a batch insert; the tenant is in the condition of what is read",
)


@dataclass(frozen=True, slots=True)
class NewPolicy:
    """A policy about to be issued to a person on an order."""

    row_id: UUID
    person_id: UUID
    id: UUID
    number: str
    term: int
    shares: int
    contribution: Decimal
    starts_on: date
    ends_on: date


class IssuingRepository(TenantRepository):
    """Paid orders of one tenant and what they become."""

    async def order_to_issue(self, order_id: UUID) -> Order | None:
        """Lock and return an order that is paid; None if it is not, or another works on it."""
        statement = self.select(Order).where(Order.id == order_id, Order.status == OrderStatus.PAID.value)
        statement = statement.with_for_update(skip_locked=True).execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def waiting_orders(self, limit: int) -> Sequence[UUID]:
        """Return the paid orders that may be tried now: those that failed wait until their time comes."""
        statement = self.select_columns(Order, Order.id).where(
            Order.status == OrderStatus.PAID.value,
            or_(Order.issue_retry_at.is_(None), Order.issue_retry_at <= now()),
        )
        found = await self.session.execute(statement.order_by(Order.id).limit(limit))
        return list(found.scalars())

    async def order(self, order_id: UUID) -> Order | None:
        """Return an order, locked."""
        return await self.find(Order, order_id, lock=True)

    async def people(self, order: Order, limit: int) -> Sequence[Any]:
        """Return the next people of an order, after those that have been dealt with, as plain rows."""
        statement = self.select_columns(OrderPerson, *(getattr(OrderPerson, name) for name in _READ))
        statement = statement.where(OrderPerson.order_id == order.id, OrderPerson.insurable)
        if order.issued_to is not None:
            statement = statement.where(OrderPerson.id > order.issued_to)
        return list(await self.session.execute(statement.order_by(OrderPerson.id).limit(limit)))

    async def open_covers(
        self, product_code: str, people: dict[UUID, int], *, ends_on: date
    ) -> frozenset[UUID]:
        """Make the cover of people (with their shares) who never had one of the product; return who they are."""
        values = {
            "tenant": self.tenant_id, "now": now(), "product": product_code, "ends_on": ends_on,
            "people": list(people), "shares": list(people.values()),
        }  # fmt: skip
        return frozenset((await self.session.execute(NEW_COVERS, values)).scalars())

    async def lock_covers(self, product_code: str, people: Sequence[UUID]) -> dict[UUID, Cover]:
        """Lock the cover rows of people; always in the same order."""
        if not people:
            return {}
        statement = self.select(Cover).where(Cover.product_code == product_code, Cover.person_id.in_(people))
        statement = statement.order_by(Cover.person_id).with_for_update()
        rows = await self.all(statement.execution_options(populate_existing=True))
        return {row.person_id: row for row in rows}

    async def extend_covers(self, product_code: str, policies: Sequence[NewPolicy]) -> None:
        """Let the covers of people run to the end of their new terms."""
        if policies:
            values = {
                "tenant": self.tenant_id, "product": product_code, "people": [p.person_id for p in policies],
                "ends": [p.ends_on for p in policies], "shares": [p.shares for p in policies],
            }  # fmt: skip
            await self.session.execute(EXTEND_COVERS, values)

    async def insert_policies(self, order: Order, policies: Sequence[NewPolicy], *, share_limit: int) -> None:
        """Insert policies; the sealed values move inside the database, as they are."""
        if not policies:
            return
        values: dict[str, Any] = {
            "tenant": self.tenant_id, "now": now(), "unit": order.unit_id, "product": order.product_code,
            "pack": order.pack_version, "share_limit": share_limit,
            "rows": [p.row_id for p in policies], "ids": [p.id for p in policies],
            "numbers": [p.number for p in policies], "terms": [p.term for p in policies],
            "contributions": [p.contribution for p in policies], "starts": [p.starts_on for p in policies],
            "ends": [p.ends_on for p in policies],
        }  # fmt: skip
        await self.session.execute(NEW_POLICIES, values)
        unit, product = order.unit_id, order.product_code
        issued = (Issued(unit, product, p.shares, p.contribution, p.starts_on, p.ends_on) for p in policies)
        changes = changes_of_issued(issued, on=business_day(values["now"]))
        await StatisticRepository(self.session, self.tenant_id).count(changes)

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
        """Return how many people were not covered, by outcome, shares and what the rest of a term costs."""
        by = (OrderPerson.outcome, OrderPerson.shares, OrderPerson.contribution)
        statement = self.select_columns(OrderPerson, *by, func.count()).where(
            OrderPerson.order_id == order.id, OrderPerson.outcome.is_not(None), OrderPerson.action == "add"
        )
        rows = (await self.session.execute(statement.group_by(*by))).all()
        return {(row[0], row[1], row[2]): row[3] for row in rows}

    async def lock_policies(self, policy_ids: Sequence[UUID]) -> dict[UUID, Policy]:
        """Lock policies that are to end; always in the same order."""
        if not policy_ids:
            return {}
        statement = self.select(Policy).where(Policy.id.in_(policy_ids)).order_by(Policy.id)
        rows = await self.all(statement.with_for_update().execution_options(populate_existing=True))
        return {row.id: row for row in rows}

    async def shorten_cover(self, policy: Policy) -> None:
        """Let a person's cover end with the last of their policies, so that they may be covered again.

        Policies that ended before they began count for nothing.
        """
        await self.session.flush()
        values = {
            "tenant": self.tenant_id,
            "person": policy.person_id,
            "product": policy.product_code,
            "today": today(),
        }
        await self.session.execute(SHORTEN_COVER, values)

    async def count_end(self, policy: Policy) -> None:
        """Count the end of a policy before its term."""
        changes = changes_of_end(
            unit_id=policy.unit_id,
            product_code=policy.product_code,
            starts_on=policy.starts_on,
            ends_on=policy.ends_on,
            ended_on=policy.ended_on or policy.ends_on,
        )
        await StatisticRepository(self.session, self.tenant_id).count(changes)
