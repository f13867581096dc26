"""Choice of the transport by settings."""

from ..settings import CommonSettings
from .interface import Bus


def make_bus(settings: CommonSettings) -> Bus:
    """Return the bus that the settings name."""
    if settings.bus == "kafka":
        from .kafka import KafkaBus

        return KafkaBus(settings.kafka_servers, partitions=settings.bus_partitions)
    from .postgres import PostgresBus

    if settings.bus_database_url is None:
        raise ValueError("HUZHU_BUS_DATABASE_URL is not set")
    return PostgresBus(settings.bus_database_url.get_secret_value(), partitions=settings.bus_partitions)
