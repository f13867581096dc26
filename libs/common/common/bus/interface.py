"""What a transport must do. The contract tests hold both transports to it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class TopicPartition(NamedTuple):
    """One ordered sequence of a topic."""

    topic: str
    partition: int


class Record(NamedTuple):
    """One event on the bus; `offset` is -1 before it is published."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    offset: int = -1


class BusUnavailable(Exception):
    """The transport can't be reached at the moment; what was asked may or may not have happened. Retry."""


class BusConsumer(Protocol):
    """One member of a consumer group. A partition has one owner per group."""

    async def start(self) -> None:
        """Join the group."""

    async def poll(self, *, within: float, most: int) -> Mapping[TopicPartition, Sequence[Record]]:
        """Return the next records of the partitions owned, in order; empty after `within` seconds."""

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        """Say which offset comes next in each partition; called after the effects are committed."""

    async def lag(self) -> Mapping[TopicPartition, int]:
        """Return how many records each owned partition still has to give."""

    async def stop(self) -> None:
        """Leave the group; what was polled and not committed comes again, to whoever owns it then."""


class Bus(Protocol):
    """A transport."""

    async def publish(self, records: Sequence[Record]) -> None:
        """Append records, in order within each partition; they are durable when this returns."""

    def consumer(self, group: str, topics: Sequence[str]) -> BusConsumer:
        """Return a new member of a group that reads `topics` from the beginning."""

    async def close(self) -> None:
        """Release connections."""
