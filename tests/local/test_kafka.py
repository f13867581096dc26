"""A real Apache Kafka: formatted, started, killed, started again on the same data."""

import os
import signal
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from huzhu.home import Home
from huzhu.parts import EmbeddedKafka, PartFailed
from huzhu.parts.kafka import available

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
