"""Staff are told that a report is ready: once each, where it lies, and no figure of it."""

from datetime import date

import pytest

from common.contracts.reports import ReportReady
from common.ids import new_id
from common.testing import Client

from .conftest import Place


@pytest.mark.feature("P.07")
async def test_subscribers_find_a_message_with_the_place_of_the_report(place: Place, notify: Client) -> None:
    readers = [notify.mint.actor(place.tenant, "notify.message.read_own") for _ in range(2)]
    stranger = notify.mint.actor(place.tenant, "notify.message.read_own")
    run_id = new_id()
    event = ReportReady(
        run_id=run_id, report="monthly", title="互助保障月报", first_day=date(2026, 10, 1),
        last_day=date(2026, 10, 31), account_ids=[reader.id for reader in readers],
    )  # fmt: skip
    await place.deliver(event, times=2)
    for reader in readers:
        [message] = (await notify.get("/messages", reader)).json()["items"]
        assert f"/console/reports/{run_id}" in message["text"] and "互助保障月报" in message["text"]
        assert "2026-10-01 至 2026-10-31" in message["text"]
    assert (await notify.get("/messages", stranger)).json()["items"] == []
