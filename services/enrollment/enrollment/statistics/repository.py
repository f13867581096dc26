"""SQL of the counters: added to in one statement, read by period, rebuilt from the rows they count."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, literal, select, text

from common.auth import Actor
from common.clock import now
from common.db import TenantRepository, unscoped
from common.db.scope import seen_by

from ..copies.models import UnitCopy
from .models import DayCount, Headcount
from .rules import Changes

COUNTS = ("policies", "shares", "contributed", "ended", "covered", "received", "refunded")
ADD = unscoped(
    text(
        """WITH tenant_lock AS MATERIALIZED (
             SELECT pg_advisory_xact_lock_shared(hashtextextended('enrollment.statistics:' || :tenant, 0))),
           unit_locks AS MATERIALIZED (
             SELECT pg_advisory_xact_lock(hashtextextended('enrollment.statistics:' || unit, 0)) FROM
               (SELECT DISTINCT unit FROM unnest(CAST(:units AS text[])) AS unit ORDER BY unit) AS ordered),
           held AS MATERIALIZED (SELECT (SELECT count(*) FROM tenant_lock) + (SELECT count(*) FROM unit_locks) AS n)
           INSERT INTO statistic_day AS known (tenant_id, id, created_at, unit_id, product_code, day, policies, shares,
             contributed, ended, covered, received, refunded)
           SELECT CAST(:tenant AS uuid), gen_random_uuid(), :now, CAST(change.unit AS uuid), change.product, change.day,
             change.policies, change.shares, change.contributed, change.ended, change.covered, change.received,
             change.refunded
           FROM held, unnest(CAST(:units AS text[]), CAST(:products AS text[]), CAST(:days AS date[]),
             CAST(:policies AS int[]), CAST(:shares AS int[]), CAST(:contributed AS numeric[]), CAST(:ended AS int[]),
             CAST(:covered AS int[]), CAST(:received AS numeric[]), CAST(:refunded AS numeric[]))
             AS change (unit, product, day, policies, shares, contributed, ended, covered, received, refunded)
           WHERE held.n > 0
           ORDER BY change.unit, change.product, change.day
           ON CONFLICT (tenant_id, unit_id, product_code, day) DO UPDATE SET
             policies = known.policies + excluded.policies, shares = known.shares + excluded.shares,
             contributed = known.contributed + excluded.contributed, ended = known.ended + excluded.ended,
             covered = known.covered + excluded.covered, received = known.received + excluded.received,
             refunded = known.refunded + excluded.refunded"""
    ),
    why="a batch upsert behind two locks; the tenant is written into every row",
)
HEADCOUNT = unscoped(
    text(
        """WITH tenant_lock AS MATERIALIZED (
             SELECT pg_advisory_xact_lock_shared(hashtextextended('enrollment.statistics:' || :tenant, 0)))
           INSERT INTO unit_headcount AS known (tenant_id, id, created_at, unit_id, members)
           SELECT CAST(:tenant AS uuid), gen_random_uuid(), :now, CAST(change.unit AS uuid), change.members
           FROM (SELECT count(*) AS n FROM tenant_lock) AS held,
             unnest(CAST(:units AS text[]), CAST(:members AS int[])) AS change (unit, members)
           WHERE held.n > 0
           ORDER BY change.unit
           ON CONFLICT (tenant_id, unit_id) DO UPDATE SET members = known.members + excluded.members"""
    ),
    why="a batch upsert; the tenant is written into every row",
)
DECLARE = unscoped(
    text(
        """WITH tenant_lock AS MATERIALIZED (
             SELECT pg_advisory_xact_lock_shared(hashtextextended('enrollment.statistics:' || :tenant, 0)))
           INSERT INTO unit_headcount AS known (tenant_id, id, created_at, unit_id, members, declared)
           SELECT CAST(:tenant AS uuid), gen_random_uuid(), :now, CAST(:unit AS uuid), 0, :employees
           FROM (SELECT count(*) AS n FROM tenant_lock) AS held WHERE held.n > 0
           ON CONFLICT (tenant_id, unit_id) DO UPDATE SET declared = excluded.declared"""
    ),
    why="an upsert; the tenant is written into the row",
)
LOCK_ALL = unscoped(
    text("SELECT pg_advisory_xact_lock(hashtextextended('enrollment.statistics:' || :tenant, 0))"),
    why="a lock that names the tenant reads no row",
)
CLEAR = (
    unscoped(
        text("DELETE FROM statistic_day WHERE tenant_id = :tenant"), why="the tenant is in the condition"
    ),
    unscoped(
        text("DELETE FROM unit_headcount WHERE tenant_id = :tenant"), why="the tenant is in the condition"
    ),
)
SCAN = """
SELECT unit_id, product_code, (created_at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*)::int AS policies,
  sum(shares)::int AS shares, sum(contribution) AS contributed, 0 AS ended, 0 AS covered, 0 AS received, 0 AS refunded
FROM policy WHERE tenant_id = :tenant GROUP BY 1, 2, 3
UNION ALL SELECT unit_id, product_code, starts_on, 0, 0, 0, 0, count(*)::int, 0, 0
FROM policy WHERE tenant_id = :tenant GROUP BY 1, 2, 3
UNION ALL SELECT unit_id, product_code, ends_on + 1, 0, 0, 0, 0, -count(*)::int, 0, 0
FROM policy WHERE tenant_id = :tenant GROUP BY 1, 2, 3
UNION ALL SELECT unit_id, product_code, ended_on, 0, 0, 0, count(*)::int, 0, 0, 0
FROM policy WHERE tenant_id = :tenant AND status = 'terminated' GROUP BY 1, 2, 3
UNION ALL SELECT unit_id, product_code, greatest(ended_on + 1, starts_on), 0, 0, 0, 0, -count(*)::int, 0, 0
FROM policy WHERE tenant_id = :tenant AND status = 'terminated' GROUP BY 1, 2, 3
UNION ALL SELECT unit_id, product_code, ends_on + 1, 0, 0, 0, 0, count(*)::int, 0, 0
FROM policy WHERE tenant_id = :tenant AND status = 'terminated' GROUP BY 1, 2, 3
UNION ALL SELECT unit_id, product_code, confirmed_on, 0, 0, 0, 0, 0, sum(amount_paid), 0
FROM enrolment_order WHERE tenant_id = :tenant AND status IN ('paid', 'done') AND amount_paid > 0 GROUP BY 1, 2, 3
UNION ALL SELECT unit_id, product_code, due_on, 0, 0, 0, 0, 0, 0, sum(amount)
FROM refund_owed WHERE tenant_id = :tenant AND unit_id IS NOT NULL GROUP BY 1, 2, 3"""
REBUILD = unscoped(
    text(
        f"""INSERT INTO statistic_day (tenant_id, id, created_at, unit_id, product_code, day, policies, shares,
              contributed, ended, covered, received, refunded)
            SELECT :tenant, gen_random_uuid(), :now, unit_id, product_code, day, sum(policies), sum(shares),
              sum(contributed), sum(ended), sum(covered), sum(received), sum(refunded)
            FROM ({SCAN}) AS scanned GROUP BY unit_id, product_code, day"""
    ),
    why="counts the tenant's rows anew; the tenant is in every condition",
)
REBUILD_HEADCOUNT = unscoped(
    text(
        """INSERT INTO unit_headcount (tenant_id, id, created_at, unit_id, members, declared)
           SELECT :tenant, gen_random_uuid(), :now, unit_id, sum(members), sum(declared) FROM (
             SELECT unit_id, count(*) AS members, 0 AS declared FROM person_copy
             WHERE tenant_id = :tenant AND unit_id IS NOT NULL AND state = 'confirmed' GROUP BY unit_id
             UNION ALL (SELECT DISTINCT ON (unit_id) unit_id, 0, employees FROM enrolment_order
               WHERE tenant_id = :tenant AND employees IS NOT NULL AND status <> 'draft'
               ORDER BY unit_id, submitted_at DESC NULLS LAST, id DESC)) AS found
           GROUP BY unit_id"""
    ),
    why="counts the tenant's members anew; the tenant is in every condition",
)
EMPLOYEES = func.greatest(Headcount.members, Headcount.declared)
"""People of a unit: where people come by rosters the register knows no others, and many units declare nothing."""


class StatisticRepository(TenantRepository):
    """Counters of one tenant."""

    async def count(self, changes: Changes) -> None:
        """Add to the counters; units are locked one after the other, so that nobody waits in a circle."""
        if not changes:
            return
        places = list(changes)
        values: dict[str, Any] = {name: [getattr(changes[p], name) for p in places] for name in COUNTS}
        values |= {
            "tenant": str(self.tenant_id),
            "now": now(),
            "units": [str(place.unit_id) for place in places],
            "products": [place.product_code for place in places],
            "days": [place.day for place in places],
        }
        await self.session.execute(ADD, values)

    async def count_members(self, changes: dict[UUID, int]) -> None:
        """Add to the numbers of members by unit."""
        moved = {unit: change for unit, change in changes.items() if change}
        if moved:
            values = {
                "tenant": str(self.tenant_id),
                "now": now(),
                "units": [str(unit) for unit in moved],
                "members": list(moved.values()),
            }
            await self.session.execute(HEADCOUNT, values)

    async def declare(self, unit_id: UUID, employees: int) -> None:
        """Note how many employees a unit says that it has."""
        values = {"tenant": str(self.tenant_id), "now": now(), "unit": str(unit_id), "employees": employees}
        await self.session.execute(DECLARE, values)

    async def rebuild(self) -> None:
        """Count everything anew while nobody adds."""
        values = {"tenant": str(self.tenant_id)}
        await self.session.execute(LOCK_ALL, values)
        rows = {"tenant": self.tenant_id, "now": now()}
        for statement in CLEAR:
            await self.session.execute(statement, {"tenant": self.tenant_id})
        await self.session.execute(REBUILD, rows)
        await self.session.execute(REBUILD_HEADCOUNT, rows)

    async def sums(
        self,
        actor: Actor,
        *,
        group: str,
        since: date | None,
        until: date | None,
        product: str | None,
        unit_id: UUID | None,
    ) -> Sequence[Any]:
        """Return the sums of the counters in the caller's scope, by month, year, product, unit, or all together."""
        key = {
            "month": func.to_char(DayCount.day, "YYYY-MM"),
            "year": func.to_char(DayCount.day, "YYYY"),
            "product": DayCount.product_code,
            "unit": DayCount.unit_id,
            "all": literal("all"),
        }[group]
        columns = [func.sum(getattr(DayCount, name)).label(name) for name in COUNTS if name != "covered"]
        statement = self.select_columns(DayCount, key.label("key"), *columns).where(self._seen(actor))
        if since is not None:
            statement = statement.where(DayCount.day >= since)
        if until is not None:
            statement = statement.where(DayCount.day <= until)
        statement = self._narrowed(statement, product, unit_id)
        # Days on which only the number of covered people changes are no row of the series.
        happened = func.sum(DayCount.policies + DayCount.ended) + func.sum(
            DayCount.received + DayCount.refunded
        )
        statement = statement.group_by("key").having(happened > 0).order_by("key").limit(2_000)
        found: Sequence[Any] = (await self.session.execute(statement)).all()
        return found

    async def covered(self, actor: Actor, *, on: date, product: str | None, unit_id: UUID | None) -> int:
        """Return how many terms of cover run on a day, in the caller's scope."""
        statement = self.select_columns(DayCount, func.coalesce(func.sum(DayCount.covered), 0))
        statement = statement.where(self._seen(actor), DayCount.day <= on)
        return int((await self.session.execute(self._narrowed(statement, product, unit_id))).scalar_one())

    def _units(self, actor: Actor, *, on: date, product: str, by_register: bool) -> Select[Any]:
        """Units with their employees (none: not known) and how many are covered on a day.

        `by_register`: people enter the register before they are enrolled, so that it knows employees by itself.
        """
        covered = (
            self.select_columns(DayCount, DayCount.unit_id, func.sum(DayCount.covered).label("covered"))
            .where(DayCount.product_code == product, DayCount.day <= on)
            .group_by(DayCount.unit_id)
            .subquery()
        )
        known = Headcount.declared > 0
        if by_register:
            known = known | (Headcount.members > 0)
        return (
            select(
                UnitCopy.id,
                UnitCopy.name,
                case((known, EMPLOYEES)).label("members"),
                func.coalesce(covered.c.covered, 0).label("covered"),
            )
            .select_from(UnitCopy)
            .outerjoin(
                Headcount, (Headcount.tenant_id == UnitCopy.tenant_id) & (Headcount.unit_id == UnitCopy.id)
            )
            .outerjoin(covered, covered.c.unit_id == UnitCopy.id)
            .where(self.mine(UnitCopy), seen_by(actor, unit=UnitCopy.id, path=UnitCopy.org_path))
        )

    async def participation(
        self, actor: Actor, *, on: date, product: str, by_register: bool, after: UUID | None, limit: int
    ) -> Sequence[Any]:
        """Return units in the order of their ids, as `_units` has them."""
        statement = self._units(actor, on=on, product=product, by_register=by_register)
        if after is not None:
            statement = statement.where(UnitCopy.id > after)
        found: Sequence[Any] = (
            await self.session.execute(statement.order_by(UnitCopy.id).limit(limit))
        ).all()
        return found

    async def participation_of_all(
        self, actor: Actor, *, on: date, product: str, by_register: bool
    ) -> tuple[int, int, int, int]:
        """Return employees and covered people of the units whose employees are known, then how many units are not
        known and the covered people of these; a unit without cover of which nothing is known counts among them too.
        """
        units = self._units(actor, on=on, product=product, by_register=by_register).subquery()
        known = units.c.members.is_not(None)
        statement = unscoped(
            select(
                func.coalesce(func.sum(units.c.members), 0),
                func.coalesce(func.sum(units.c.covered).filter(known), 0),
                func.count().filter(~known),
                func.coalesce(func.sum(units.c.covered).filter(~known), 0),
            ),
            why="sums of the units above, which are this tenant's",
        )
        employees, covered, unknown, theirs = (await self.session.execute(statement)).one()
        return int(employees), int(covered), int(unknown), int(theirs)

    async def members(self, actor: Actor, *, unit_id: UUID | None) -> int:
        """Return how many employees the units in the caller's scope have: those declared, or more in the register."""
        seen = seen_by(actor, unit=Headcount.unit_id, units=UnitCopy)
        statement = self.select_columns(Headcount, func.coalesce(func.sum(EMPLOYEES), 0)).where(seen)
        if unit_id is not None:
            statement = statement.where(Headcount.unit_id == unit_id)
        return int((await self.session.execute(statement)).scalar_one())

    def _seen(self, actor: Actor) -> Any:
        return seen_by(actor, unit=DayCount.unit_id, units=UnitCopy)

    def _narrowed(self, statement: Any, product: str | None, unit_id: UUID | None) -> Any:
        if product is not None:
            statement = statement.where(DayCount.product_code == product)
        if unit_id is not None:
            statement = statement.where(DayCount.unit_id == unit_id)
        return statement
