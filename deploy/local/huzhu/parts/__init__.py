"""The servers the platform stands on: PostgreSQL, Valkey, SeaweedFS and, for tests, Apache Kafka."""

from huzhu.parts.kafka import EmbeddedKafka
from huzhu.parts.part import PartFailed
from huzhu.parts.postgres import EmbeddedPostgres
from huzhu.parts.seaweed import EmbeddedSeaweed
from huzhu.parts.valkey import EmbeddedValkey

__all__ = ["EmbeddedKafka", "EmbeddedPostgres", "EmbeddedSeaweed", "EmbeddedValkey", "PartFailed"]
