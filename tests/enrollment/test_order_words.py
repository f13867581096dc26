"""What people read about an order: one wording of its states, clear answers to a second click and to a wrong amount."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select, text

from enrollment.orders.models import RETURNED, RETURNED_TEXT, STATUS_TEXTS, Order, OrderStep
from enrollment.words import seal_clear_words

from .world import World, person

CONSOLE = Path(__file__).resolve().parents[2] / "web/apps/console/src/desk/orders.ts"


def test_the_console_has_the_same_words_for_the_states() -> None:
    listed = re.findall(r"value: '(\w+)', label: \['([^']+)', '([^']+)'\]", CONSOLE.read_text())
    draft, *further = [(state.value, words.zh, words.en) for state, words in STATUS_TEXTS.items()]
    mine = ("to_review", "待我审核", "For me to review")  # no state, but whose turn it is
    assert [one for one in listed if one != mine] == [
        draft,
        (RETURNED, RETURNED_TEXT.zh, RETURNED_TEXT.en),
        *further,
    ]


@pytest.mark.feature("C.05")
async def test_a_second_click_without_a_shared_key_is_told_that_it_was_done(world: World) -> None:
    order = await world.submitted([person(1)])
    again = await world.submit(order)
    assert (again.status_code, again.json()["code"]) == (409, "order.already_done")
    assert again.json()["detail"] == "您已提交成功，无需重复操作；申请当前状态为“待审核”。"
    for path, actor in (("approve", world.reviewer), ("payment/confirm", world.finance)):
        if path != "approve":
            await world.pay(order, "120.00")
        first = await world.client.post(f"/orders/{order}/{path}", actor, json={})
        assert first.status_code == 200, first.text
        second = await world.client.post(f"/orders/{order}/{path}", actor, json={})
        assert (second.status_code, second.json()["code"]) == (409, "order.already_done"), second.text
    stranger = world.client.mint.actor(
        world.tenant, "enrollment.order.read", "enrollment.order.review", roles=frozenset({"reviewer"})
    )
    other = await world.client.post(f"/orders/{order}/approve", stranger, json={})
    assert other.json()["code"] == "order.wrong_state"


@pytest.mark.feature("C.05")
async def test_confirming_what_was_not_paid_in_full_says_what_is_missing(world: World) -> None:
    order = await world.approved([person(1), person(2)])
    await world.pay(order, "200.00")
    refused = await world.client.post(f"/orders/{order}/payment/confirm", world.finance)
    assert (refused.status_code, refused.json()["code"]) == (409, "payment.amount_differs")
    said = refused.json()["detail"]
    assert "应付 240.00 元，实付 200.00 元，少付 40.00 元" in said and "补足后重新上报" in said
    await world.client.post(f"/orders/{order}/payment/refuse", world.finance, json={"reason": "少付40元"})
    await world.pay(order, "250.00")
    much = await world.client.post(f"/orders/{order}/payment/confirm", world.finance)
    assert "多付 10.00 元" in much.json()["detail"]


@pytest.mark.feature("N.07")
async def test_words_of_reviewers_stand_sealed_and_are_read_in_clear(world: World) -> None:
    order = await world.submitted([person(1)])
    words = "张三的身份证号请核对"
    await world.client.post(f"/orders/{order}/return", world.reviewer, json={"reason": words})
    shown = await world.state(order)
    assert shown["return_reason"] == shown["steps"][-1]["reason"] == words
    async with world.client.context.db.transaction(world.tenant.id) as session:
        mine = Order.tenant_id == world.tenant.id
        stored = (await session.execute(select(Order.return_reason).where(mine))).scalar_one()
        steps = select(OrderStep.reason).where(
            OrderStep.tenant_id == world.tenant.id, OrderStep.reason.is_not(None)
        )
        for one in (stored, *(await session.execute(steps)).scalars()):
            assert one is not None and one.startswith("s1.") and words not in one


@pytest.mark.feature("N.07")
async def test_words_from_before_are_sealed_by_a_job(world: World) -> None:
    order = await world.submitted([person(1)])
    async with world.client.context.db.transaction(world.tenant.id) as session:
        await session.execute(
            text("UPDATE order_step SET reason = '请核对' WHERE tenant_id = :tenant"),
            {"tenant": world.tenant.id},
        )
    await seal_clear_words(world.client.context, world.tenant.id)
    assert (await world.state(order))["steps"][0]["reason"] == "请核对"
    async with world.client.context.db.transaction(world.tenant.id) as session:
        steps = select(OrderStep.reason).where(OrderStep.tenant_id == world.tenant.id)
        assert [str(one)[:3] for one in (await session.execute(steps)).scalars()] == ["s1."]
