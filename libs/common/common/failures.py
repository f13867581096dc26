"""Which failures are the event's and which are the infrastructure's."""

import socket

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from .bus.interface import BusUnavailable
from .http.problems import is_away


class InfrastructureAway(Exception):
    """Raise it in a handler when something outside (a provider, a store) is away: retried for ever."""


def is_infrastructure(error: BaseException) -> bool:
    """Whether trying again later is right however often it failed; such a failure is never dead-lettered."""
    if isinstance(error, DBAPIError | PoolTimeout):
        return is_away(error) and not has_wrong_value(error)
    return isinstance(
        error,
        InfrastructureAway
        | BusUnavailable
        | RedisConnectionError
        | RedisTimeout
        | ConnectionError
        | TimeoutError
        | socket.gaierror,
    )


def has_wrong_value(error: BaseException) -> bool:
    """Whether the driver refused a value before the database saw it, e.g. a number that does not fit its column.

    Such an error carries no SQLSTATE, like that of a lost connection, but trying again never helps.
    """
    return isinstance(getattr(getattr(error, "orig", None), "__cause__", None), ValueError)
