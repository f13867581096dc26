"""A real Apache Kafka: formatted, started, killed, started again on the same data."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from dataclasses import replace

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from common.bus.interface import BusUnavailable, Record
from common.bus.kafka import KafkaBus
from common.bus.kafka_access import kafka_access
from huzhu.home import Home
from huzhu.parts import EmbeddedKafka, PartFailed
from huzhu.parts.kafka import available
from huzhu.parts.kafka_security import KafkaRights
from huzhu.stack.rights import rights_of_operators

from ..stack_broker import skip_without_kafka
from .processes import running_on

TOPIC = "claims"


@pytest.fixture
async def kafka(home: Home) -> AsyncIterator[EmbeddedKafka]:
    if (reason := available()) is not None:
        pytest.skip(f"Apache Kafka cannot run here: {reason}")
    async with EmbeddedKafka(home) as part:
        yield part
    assert running_on(home) == []


async def create_topic(kafka: EmbeddedKafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(TOPIC, num_partitions=3, replication_factor=1)])
    finally:
        await admin.close()


async def send(kafka: EmbeddedKafka, value: bytes) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=kafka.servers, acks="all", enable_idempotence=True
    ) as producer:
        await producer.send_and_wait(TOPIC, value, key=b"key")


async def read_all(kafka: EmbeddedKafka, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(
        TOPIC, bootstrap_servers=kafka.servers, auto_offset_reset="earliest", enable_auto_commit=False
    ) as consumer:
        return [(await consumer.getone()).value for _ in range(count)]


@pytest.mark.stack
async def test_messages_survive_kill_and_restart(kafka: EmbeddedKafka) -> None:
    servers = kafka.servers
    await create_topic(kafka)
    await send(kafka, b"one")
    assert kafka.pid is not None
    os.kill(kafka.pid, signal.SIGKILL)
    await kafka.wait()
    await kafka.stop()
    await kafka.start()
    assert kafka.servers == servers
    await send(kafka, b"two")
    assert await read_all(kafka, 2) == [b"one", b"two"]
    await kafka.stop()
    await kafka.start()
    assert await read_all(kafka, 2) == [b"one", b"two"]


async def test_without_java_the_reason_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert available() == "Java is not installed (no `java` in PATH)"
    with pytest.raises(PartFailed, match="Java is not installed"):
        await EmbeddedKafka(home).start()


SECURED = KafkaRights("claims", writes=("claims",), reads=("identity",))
LOOKING = replace(rights_of_operators(), user="ocr")
"""What operators may, under a name for which this home has a password."""


async def furnish(kafka: EmbeddedKafka) -> None:
    """What the stack does after each start of its broker."""
    admin = KafkaBus(kafka.servers, access=kafka.access())
    await admin.ensure_topics(["claims", "identity", "notify"])
    await admin.close()
    await kafka.grant([SECURED, LOOKING])


async def the_only_volume_is_lost(kafka: EmbeddedKafka) -> None:
    """The broker starts on an empty one, as its supervisor would start it."""
    await kafka.stop()
    shutil.rmtree(kafka.home.data / "kafka" / "log")
    await kafka.start()


async def an_operator_reads_everything_and_writes_nothing(looking: KafkaBus) -> None:
    """As `huzhu events tail` does: a group of its own name, all topics at once."""
    reader, seen = looking.consumer("ocr-tail-1", ["claims", "identity", "notify"]), set[bytes]()
    await reader.start()
    async with asyncio.timeout(60):
        while seen != {b"fact", b"said"}:
            seen |= {r.value for found in (await reader.poll(within=5, most=10)).values() for r in found}
    await reader.stop()
    with pytest.raises(BusUnavailable):
        await looking.publish([Record("notify", 0, b"k", b"forged")])
    await looking.close()


@pytest.mark.stack
async def test_a_secured_broker_lets_each_service_do_its_own_and_nothing_else(home: Home) -> None:
    skip_without_kafka()
    async with EmbeddedKafka(home, users=("claims", "notify", "ocr"), furnish=furnish) as kafka:
        admin = KafkaBus(kafka.servers, access=kafka.access())
        await admin.publish([Record("identity", 0, b"k", b"fact")])
        await admin.close()

        claims = KafkaBus(kafka.servers, access=kafka.access("claims"))
        await claims.publish([Record("claims", 0, b"k", b"said")])
        reader = claims.consumer("claims", ["identity"])
        await reader.start()
        seen = []
        while not seen:
            seen = [r.value for found in (await reader.poll(within=5, most=10)).values() for r in found]
        assert seen == [b"fact"]
        await reader.stop()
        with pytest.raises(BusUnavailable):
            await claims.publish([Record("identity", 0, b"k", b"not mine to say")])
        await claims.close()

        await an_operator_reads_everything_and_writes_nothing(
            KafkaBus(kafka.servers, access=kafka.access("ocr"))
        )

        stranger = KafkaBus(kafka.servers, access=kafka.access("notify"))
        with pytest.raises(BusUnavailable):
            await stranger.publish([Record("claims", 0, b"k", b"forged")])
        await stranger.close()
        with pytest.raises(BusUnavailable):
            await KafkaBus(kafka.servers).ensure_topics(["claims"])
        shown = " ".join(psutil.Process(kafka.pid).cmdline())
        await the_only_volume_is_lost(kafka)
        claims = KafkaBus(kafka.servers, access=kafka.access("claims"))
        await claims.publish([Record("claims", 0, b"k", b"said again")])
        await claims.close()
        shown += " ".join(psutil.Process(kafka.pid).cmdline())
        assert kafka.security is not None and kafka.security.password("claims") not in shown
    assert running_on(home) == []


def test_sasl_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="_KAFKA_USER"):
        kafka_access("SASL_SSL", ca_file=None, user="", password="x")
