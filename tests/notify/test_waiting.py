"""The senders ask once for all unions who has something to send, and see nothing else of it."""

import pytest
from sqlalchemy import text

from common.contracts.identity import MemberChanged
from common.db import unscoped
from notify.waiting.repository import with_codes, with_deliveries, with_messages

from .conftest import Place
from .test_messages import code_event, payout
from .webhooking import ORDER, Owner, handler, order, receiver

__all__ = ["handler", "receiver"]


async def test_a_union_is_waiting_while_it_has_something_to_send(place: Place) -> None:
    context, mine = place.client.context, place.tenant.id
    assert mine not in await with_codes(context) and mine not in await with_messages(context)
    await place.deliver(code_event(place))
    assert mine in await with_codes(context) and mine not in await with_messages(context)
    await place.deliver(MemberChanged(member=place.person()), payout(place))
    assert mine in await with_messages(context)
    await place.send(urgent=True)
    await place.send()
    assert mine not in await with_codes(context) and mine not in await with_messages(context)


async def test_a_union_is_waiting_while_it_has_something_to_deliver(handler: Owner) -> None:
    context, mine = handler.place.client.context, handler.place.tenant.id
    await handler.register(ORDER)
    assert mine not in await with_deliveries(context)
    await handler.place.deliver(order(handler.place))
    assert mine in await with_deliveries(context)
    assert await handler.deliver() == 1
    assert mine not in await with_deliveries(context)


@pytest.mark.parametrize("column", ["message.text", "message.mobile", "webhook_delivery.payload"])
async def test_who_looks_for_all_unions_sees_no_content(place: Place, column: str) -> None:
    table = column.split(".", maxsplit=1)[0]
    async with place.client.context.relay_db.sessions() as session:
        with pytest.raises(Exception, match="permission denied"):
            await session.execute(unscoped(text(f"SELECT {column} FROM {table}"), why="test"))
