"""How a command finds the running platform of a home: addresses from the ports it remembers."""

import os
from collections.abc import Mapping

from huzhu.environment import service_environment
from huzhu.home import Home
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey


def public_url() -> str:
    """The address of the platform that commands talk to."""
    return os.environ.get("HUZHU_URL") or f"http://127.0.0.1:{os.environ.get('PORT', '8080')}"


def local_environment(home: Home | None = None) -> Mapping[str, str]:
    """Return the services' environment of a home whose parts have been started at least once.

    Variables that are set already win, so that the same commands work on a platform elsewhere.
    """
    place = home or Home()
    postgres, valkey, seaweed = EmbeddedPostgres(place), EmbeddedValkey(place), EmbeddedSeaweed(place)
    for part in (postgres, valkey, seaweed):
        part.attach()
    values = service_environment(
        place, postgres=postgres, valkey=valkey, seaweed=seaweed, public_url=public_url()
    )
    return {name: os.environ.get(name, value) for name, value in values.items()}


def use_local_environment() -> None:
    """Put the running platform's environment into this process."""
    os.environ.update(local_environment())
