"""Membership dues in the books of their fund, once."""

from decimal import Decimal

import pytest

from claims.ledger.models import LedgerPosting
from common.clock import today
from common.contracts.dues import DuesPaid
from common.ids import new_id

from .world import World


@pytest.mark.feature("A.05")
async def test_dues_are_booked_once(world: World) -> None:
    paid = DuesPaid(
        bill_id=new_id(), number="HF202600000001", person_id=new_id(), unit_id=new_id(),
        fund=world.tenant.pack.funds[0].code, amount=Decimal("20.00"), periods=["2026-11"], paid_on=today(),
        receipt_number="202600000001",
    )  # fmt: skip
    await world.tell(paid, paid)
    await world.tell(paid)
    assert await world.count(LedgerPosting) == 1
    assert (await world.ledger())["accounts"]["dues"] == "-20.00"
