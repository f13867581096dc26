"""Masses of policies brought in as the owner, from a series inside the database: for plans and for the bench."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from common.ids import new_id
from common.testing import TestTenant
from enrollment.people.sealing import SealedPerson, seal_person

from .world import id_number, person

UNITS_OF_BRANCH = 10
PER_UNIT = 500
FIRST_YEAR, YEARS = 2021, 6
KNOWN = 200
"""People with values that can be opened and searched; the others' are of the same length."""
# One row by another of a series; what is known of a few people comes from a table beside it.
POLICIES = """
INSERT INTO policy (tenant_id, id, created_at, version, number, person_id, unit_id, order_id, product_code,
  pack_version, term, shares, contribution, starts_on, ends_on, status, ended_on, document_kind, document_token,
  document_index,
  name_token, name_index, mobile_token, mobile_index, card_token, card_index, bank_name)
SELECT $1, uuidv7(), starts_on, 1, 'T' || $2::text || lpad(n::text, 9, '0'),
  CASE WHEN serial < $3::int THEN who.person_id ELSE lpad(to_hex(serial), 32, '0')::uuid END,
  ($4::uuid[])[1 + unit], ($5::uuid[])[1 + unit * $6::int + year],
  ($7::text[])[1 + serial / 7 % cardinality($7::text[])], $8::int,
  year + 1, 1, 120, starts_on, starts_on + 364, CASE WHEN n % 20 = 0 THEN 'terminated' ELSE 'in_force' END,
  CASE WHEN n % 20 = 0 THEN starts_on + 30 END, 'resident_id', who.document_token,
  CASE WHEN serial < $3::int THEN who.document_index ELSE md5('d' || serial) || md5('e' || serial) END, who.name_token,
  CASE WHEN serial < $3::int THEN who.name_index ELSE md5('n' || serial % 50000) || md5('o' || serial % 50000) END,
  who.mobile_token, who.mobile_index, who.card_token, who.card_index, who.bank_name
FROM (SELECT n, n / $6::int AS serial, n / $6::int % cardinality($4::uuid[]) AS unit, n % $6::int AS year,
        make_date($9::int + n % $6::int, 1, 1) + abs(hashint4(n)) % 365 AS starts_on
      FROM generate_series(0, $10::int - 1) AS n) AS series
JOIN known_person who ON who.place = serial % $3::int
"""


@dataclass(frozen=True)
class Mass:
    """What was brought in, as far as searches name it."""

    units: list[UUID]
    orders: list[str]
    numbers: list[str]


async def keep_known(connection: asyncpg.Connection, tenant: TestTenant) -> None:
    """Make the table of the people whose values can be opened."""
    columns = ("place", *SealedPerson._fields)
    types = ", ".join(f"{name} text" for name in SealedPerson._fields[1:])
    await connection.execute(
        f"DROP TABLE IF EXISTS known_person; CREATE TEMP TABLE known_person (place int, person_id uuid, {types})"
    )
    people = []
    for serial in range(KNOWN):
        person_id = tenant.keys.person_id("resident_id", id_number(serial))
        people.append((serial, *seal_person(tenant.keys, person(serial), person_id=person_id)))
    await connection.copy_records_to_table("known_person", columns=columns, records=people)


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
    await keep_known(connection, tenant)
    code, ids = tenant.code[1:6], [order for order, _ in orders]
    await connection.execute(
        POLICIES, tenant.id, code, KNOWN, units, ids, YEARS, products, tenant.pack.version, FIRST_YEAR, count
    )  # fmt: skip
    await connection.execute("ANALYZE policy")
    await connection.execute("ANALYZE unit_copy")
    numbers = [f"T{code}{n:09d}" for n in range(min(count, KNOWN))]
    return Mass(units, [number for _, number in orders], numbers)
