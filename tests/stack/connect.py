"""Connects to the bus that an environment names; imports only the transport it needs, for a quick start."""

from collections.abc import Mapping

from common.bus.interface import Bus


def bus_of(environment: Mapping[str, str]) -> Bus:
    """Return one more client of the bus."""
    partitions = int(environment["HUZHU_BUS_PARTITIONS"])
    if environment["HUZHU_BUS"] == "kafka":
        from common.bus.kafka import KafkaBus

        return KafkaBus(environment["HUZHU_KAFKA_SERVERS"], partitions=partitions)
    from common.bus.postgres import PostgresBus

    return PostgresBus(environment["HUZHU_BUS_DATABASE_URL"], partitions=partitions)
