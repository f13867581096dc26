"""A product gives either a benefit or a refund: begun cover goes back by the bank, where claims are looked at first."""

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from common.contracts.pack import TenantPack
from common.contracts.pack.products import RefundRule
from common.testing import Client, Pump
from enrollment.online_payments.jobs import send_refunds

from .campus import CRITICAL, Campus
from .test_amendments import said
from .test_online_payments import look, opened
from .test_terminations import terminated


async def opened_with(client: Client, new_tenant: Any, pack: TenantPack, rule: RefundRule) -> Campus:
    """A campus whose members get back by a rule what they pay online."""
    products = tuple(
        product.model_copy(update={"refund": rule}) if product.code == CRITICAL else product
        for product in pack.products
    )
    changed = pack.model_copy(update={"products": products})
    return await Campus(client, await new_tenant(client.context, pack=changed)).open()


@pytest.mark.feature("A.05", "D.11", "N.05")
@pytest.mark.parametrize(
    ("not_after_claim", "days", "way"),
    [(True, 10, "transfer"), (True, 0, "online"), (False, 10, "online")],
    ids=["begun", "before its first day", "a benefit takes nothing away"],
)
async def test_begun_cover_that_a_claim_may_take_the_refund_of_is_never_sent_back_online(
    enrollment: Client, new_tenant: Any, bit_pack: TenantPack, pump: Pump,
    not_after_claim: bool, days: int, way: str,
) -> None:  # fmt: skip
    rule = RefundRule(rule="pro_rata_days", not_after_claim=not_after_claim)
    campus = await opened_with(enrollment, new_tenant, bit_pack, rule)
    member, _, payment = await opened(campus)
    await campus.press(payment)
    await pump.settle()
    with clock.set_to(clock.now() + timedelta(days=days)):
        await terminated(campus, member)
        (due,) = await said(campus, "enrollment.refund_due.v1")
        await pump.settle()
        await send_refunds(campus.client.context, campus.tenant.id)
    assert (due["way"], due["reason"]) == (way, "terminated")
    states = [one["state"] for one in (await look(campus, payment))["refunds"]]
    assert states == ([] if way == "transfer" else ["done"])
    assert len(await said(campus, "enrollment.refund_returned.v1")) == len(states)
