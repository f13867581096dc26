"""Masses of policies brought in by COPY as the owner: for plans and for the bench."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from common.ids import new_id
from common.testing import TestTenant
from enrollment.people.sealing import seal_person

from .world import id_number, person

UNITS_OF_BRANCH = 10
PER_UNIT = 500
FIRST_YEAR, YEARS = 2021, 6
KNOWN = 200
"""People with values that can be opened and searched; the others' are of the same length."""
COLUMNS = (
    "tenant_id", "id", "created_at", "version", "number", "person_id", "unit_id", "order_id", "product_code",
    "pack_version", "term", "shares", "contribution", "starts_on", "ends_on", "status", "document_kind",
    "document_token", "document_index", "name_token", "name_index", "mobile_token", "mobile_index", "card_token",
    "card_index", "bank_name", "ended_on",
)  # fmt: skip


@dataclass(frozen=True)
class Mass:
    """What was brought in, as far as searches name it."""

    units: list[UUID]
    orders: list[str]
    numbers: list[str]


def sealed_people(tenant: TestTenant) -> list[dict[str, Any]]:
    found = []
    for serial in range(KNOWN):
        values = person(serial)
        sealed = seal_person(tenant.keys, values, person_id=None)._asdict()
        found.append(sealed | {"person_id": tenant.keys.person_id("resident_id", id_number(serial))})
    return found


def rows_of(
    tenant: TestTenant, count: int, units: list[UUID], orders: list[UUID], products: list[str]
) -> Iterator[tuple[Any, ...]]:
    """Policies of some years; every twentieth has ended early; of one person each year has one."""
    known, chance = sealed_people(tenant), random.Random(count)
    version = tenant.pack.version
    for n in range(count):
        unit, year = (n // YEARS) % len(units), n % YEARS
        serial = n // YEARS
        who = known[serial % KNOWN]
        starts = date(FIRST_YEAR + year, 1, 1) + timedelta(days=chance.randrange(365))
        ends = starts + timedelta(days=364)
        gone = n % 20 == 0
        named = serial < KNOWN
        index = who["document_index"] if named else digest(f"d{serial}")
        name = who["name_index"] if named else digest(f"n{serial % 50_000}")
        created = datetime(starts.year, starts.month, starts.day, tzinfo=UTC)
        yield (
            tenant.id, new_id(), created, 1, f"T{tenant.code[1:6]}{n:09d}",
            who["person_id"] if named else UUID(int=(1 << 100) + serial), units[unit], orders[unit * YEARS + year],
            products[serial // 7 % len(products)], version, year + 1, 1, Decimal("120.00"), starts, ends,
            "terminated" if gone else "in_force", "resident_id", who["document_token"], index, who["name_token"], name,
            who["mobile_token"], who["mobile_index"], who["card_token"], who["card_index"], who["bank_name"],
            starts + timedelta(days=30) if gone else None,
        )  # fmt: skip


def digest(value: str) -> str:
    return hashlib.blake2b(value.encode(), digest_size=24).hexdigest()


async def bring_in(
    connection: asyncpg.Connection, tenant: TestTenant, count: int, products: list[str]
) -> Mass:
    """Bring in units, orders and policies of a tenant; the first ten units are a branch of their own."""
    units = [new_id() for _ in range(max(UNITS_OF_BRANCH * 2, count // PER_UNIT))]
    at = datetime.now(UTC)
    await connection.copy_records_to_table(
        "unit_copy",
        columns=("tenant_id", "id", "created_at", "version", "name", "credit_code", "org_path", "status"),
        records=[
            (
                tenant.id,
                unit,
                at,
                1,
                f"单位{n}",
                "X",
                "/branch/" if n < UNITS_OF_BRANCH else "/rest/",
                "approved",
            )
            for n, unit in enumerate(units)
        ],
    )
    orders = [(new_id(), f"O{tenant.code[1:6]}{n:08d}") for n in range(len(units) * YEARS)]
    await connection.copy_records_to_table(
        "enrolment_order",
        columns=(
            "tenant_id", "id", "created_at", "version", "number", "unit_id", "product_code", "pack_version", "status",
            "created_by", "people", "shares", "paper_ids", "issued", "skipped", "amount_due", "amount_paid",
            "starts_on", "ends_on", "confirmed_on",
        ),
        records=[
            (
                tenant.id, order, at, 1, number, units[n // YEARS], products[0], tenant.pack.version, "done",
                order, 1, 1, "[]", 1, 0, Decimal(0), Decimal(0), date(2024, 1, 1), date(2024, 12, 31), date(2024, 1, 1),
            )
            for n, (order, number) in enumerate(orders)
        ],
    )  # fmt: skip
    ids = [order for order, _ in orders]
    numbers: list[str] = []

    def counted() -> Iterator[tuple[Any, ...]]:
        for row in rows_of(tenant, count, units, ids, products):
            if len(numbers) < KNOWN:
                numbers.append(row[4])
            yield row

    await connection.copy_records_to_table("policy", columns=COLUMNS, records=counted())
    await connection.execute("ANALYZE policy")
    await connection.execute("ANALYZE unit_copy")
    return Mass(units, [number for _, number in orders], numbers)
