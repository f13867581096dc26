"""How a command finds the running platform of a home: addresses from the ports it remembers."""

import os
from collections.abc import Mapping
from pathlib import Path

from huzhu.environment import service_environment
from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedKafka, EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey
from huzhu.secret_file import KAFKA_ADMIN


class NotRunning(SystemExit):
    """There has never been a platform on this home; ends a command with one sentence."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} 上还没有平台：请先运行 make run，或检查 HUZHU_HOME。"
            " No platform has been started there: make run first, or check HUZHU_HOME."
        )


def public_url() -> str:
    """The address of the platform that commands talk to."""
    return os.environ.get("HUZHU_URL") or f"http://127.0.0.1:{os.environ.get('PORT', '8080')}"


def local_environment(home: Home | None = None) -> Mapping[str, str]:
    """Return the services' environment of a home whose parts have been started at least once.

    Variables that are set already win, so that the same commands work on a platform elsewhere.
    """
    place = home or running_home()
    if not place.secrets_path.exists():
        raise NotRunning(place.path)
    postgres, valkey, seaweed = EmbeddedPostgres(place), EmbeddedValkey(place), EmbeddedSeaweed(place)
    for part in (postgres, valkey, seaweed):
        part.attach()
    values = service_environment(
        place, postgres=postgres, valkey=valkey, seaweed=seaweed, public_url=public_url()
    )
    values = {**values, **_broker(place)}
    return {name: os.environ.get(name, value) for name, value in values.items()}


def running_home() -> Home:
    """Return the home of the platform that runs: that of `make run`, or else that of `make run-stack`."""
    place = Home()
    return place.stack if place.stack.is_running() and not place.is_running() else place


def _broker(place: Home) -> dict[str, str]:
    """Commands look at the stack's broker as its administrator: they are an operator's."""
    if not (place.data / EmbeddedKafka.name).is_dir():
        return {}
    kafka = EmbeddedKafka(place, users=SERVICES).attach()
    return kafka.environment(dict.fromkeys(SERVICES, KAFKA_ADMIN))


def use_local_environment() -> None:
    """Put the running platform's environment into this process."""
    os.environ.update(local_environment())
