"""The same contract on both transports."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from common.bus.interface import Bus
from common.bus.kafka import KafkaBus
from common.bus.postgres import PostgresBus
from common.ids import new_id

PARTITIONS = 4
MakeBus = Callable[[], Bus]


@pytest_asyncio.fixture(loop_scope="session")
async def opened() -> AsyncIterator[list[Bus]]:
    """Transports that a test opened; closed at its end."""
    buses: list[Bus] = []
    yield buses
    for bus in buses:
        await bus.close()


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=pytest.mark.stack)])
def make_bus(request: pytest.FixtureRequest, opened: list[Bus]) -> MakeBus:
    """Return a function that connects one more client to the transport under test."""
    if request.param == "kafka":
        broker: Any = request.getfixturevalue("broker")

        def make() -> Bus:
            opened.append(KafkaBus(broker.servers, partitions=PARTITIONS))
            return opened[-1]
    else:
        environment: dict[str, str] = request.getfixturevalue("environment")

        def make() -> Bus:
            opened.append(PostgresBus(environment["HUZHU_BUS_DATABASE_URL"], partitions=PARTITIONS))
            return opened[-1]

    return make


@pytest.fixture
def topic() -> str:
    """A topic that no other test uses."""
    return f"t{new_id().hex}"
