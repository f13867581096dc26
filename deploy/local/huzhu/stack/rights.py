"""Which topics there are and who may do what with them, read off the services' own subscriptions and contracts."""

from importlib import import_module

from common.events.asyncapi import load_contracts
from huzhu.home import SERVICES
from huzhu.parts.kafka_security import KafkaRights


def topics() -> tuple[str, ...]:
    """Return the topics of all events: one for each producer, those outside the services included."""
    return tuple(sorted({kind.topic() for kind in load_contracts().values()}))


def rights_of(service: str) -> KafkaRights:
    """Return what a service says and listens to."""
    subscriptions = import_module(f"{service}.consumers").SUBSCRIPTIONS
    reads = {subscription.event.topic() for subscription in subscriptions}
    return KafkaRights(service, writes=(service,), reads=tuple(sorted(reads)))


def rights_of_operators() -> KafkaRights:
    """Return the rights of the user as whom `huzhu events tail` looks at the bus: it reads everything, no more."""
    return KafkaRights("operator", writes=(), reads=topics())


def all_rights() -> list[KafkaRights]:
    """Return the rights of every service."""
    return [rights_of(name) for name in SERVICES]
