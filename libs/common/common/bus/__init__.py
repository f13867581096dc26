"""The bus: one small interface, two transports (Apache Kafka; an event log in PostgreSQL)."""

from .interface import Bus, BusConsumer, Record, TopicPartition
from .make import make_bus

__all__ = ["Bus", "BusConsumer", "Record", "TopicPartition", "make_bus"]
