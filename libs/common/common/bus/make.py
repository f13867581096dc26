"""Choice of the transport by settings."""

from ..settings import CommonSettings
from .interface import Bus


def make_bus(settings: CommonSettings) -> Bus:
    """Return the bus that the settings name."""
    if settings.bus == "kafka":
        from .kafka import KafkaBus
        from .kafka_access import kafka_access

        access = kafka_access(
            settings.kafka_security,
            ca_file=settings.kafka_ca_file,
            user=settings.kafka_user,
            password=settings.kafka_password.get_secret_value(),
        )
        return KafkaBus(settings.kafka_servers, partitions=settings.bus_partitions, access=access)
    from .postgres import PostgresBus

    if settings.bus_database_url is None:
        raise ValueError("HUZHU_BUS_DATABASE_URL is not set")
    return PostgresBus(settings.bus_database_url.get_secret_value(), partitions=settings.bus_partitions)
