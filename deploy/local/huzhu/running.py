"""How a command finds the running platform of a home: addresses from the ports it remembers."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from huzhu.environment import service_environment
from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedKafka, EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey
from huzhu.secret_file import KAFKA_ADMIN

NEEDED = (
    "HUZHU_REDIS_URL",
    "HUZHU_MASTER_KEYS",
    "HUZHU_LINK_KEY",
    "HUZHU_JWKS_URL",
    *(f"{name.upper()}_{role}" for name in SERVICES for role in ("DATABASE_URL", "RELAY_DATABASE_URL")),
)
"""What a command must find in its environment where no home of this machine says it."""


class NotRunning(SystemExit):
    """There has never been a platform on this home; ends a command with one sentence."""

    def __init__(self, path: Path, missing: Sequence[str] = NEEDED) -> None:
        words = (
            f"{path} 上还没有平台：请先运行 make run，或检查 HUZHU_HOME。"
            " No platform has been started there: make run first, or check HUZHU_HOME."
        )
        if len(missing) < len(NEEDED):  # somebody means a platform elsewhere
            words = f"环境变量不全，缺少 the environment lacks: {', '.join(missing)} (docs/configuration.md)"
        super().__init__(words)


class Unanswered(SystemExit):
    """Nobody answers where the platform should be; ends a command with one sentence."""

    def __init__(self) -> None:
        super().__init__(
            f"{public_url()} 没有应答：请核对平台是否在运行，以及 PORT= 或 HUZHU_URL=。"
            " Nobody answers there: does the platform run, and are PORT= or HUZHU_URL= right?"
        )


class NoPort(SystemExit):
    """PORT is no port; ends a command with one sentence."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"PORT={given} 不是端口号：请用 1 到 65535 之间的数字，例如 PORT=8080。"
            f" PORT={given} is no port: give a number from 1 to 65535, e.g. PORT=8080."
        )


def port() -> int:
    """The port of the platform on this machine. Raises NoPort."""
    given = os.environ.get("PORT") or "8080"
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        raise NoPort(given)
    return int(given)


def public_url() -> str:
    """The address of the platform that commands talk to."""
    return os.environ.get("HUZHU_URL") or f"http://127.0.0.1:{port()}"


def local_environment(home: Home | None = None) -> Mapping[str, str]:
    """Return the services' environment of a home whose parts have been started at least once.

    Variables that are set already win, so that the same commands work on a platform elsewhere. Where all of them are
    set, as in the image `huzhu-operator`, no home is needed.
    """
    place = home or running_home()
    if not place.secrets_path.exists():
        if missing := [name for name in NEEDED if not os.environ.get(name)]:
            raise NotRunning(place.path, missing)
        return dict(os.environ)
    postgres, valkey, seaweed = EmbeddedPostgres(place), EmbeddedValkey(place), EmbeddedSeaweed(place)
    for part in (postgres, valkey, seaweed):
        part.attach()
    values = service_environment(
        place, postgres=postgres, valkey=valkey, seaweed=seaweed, public_url=public_url()
    )
    values = {**values, **_broker(place)}
    return {name: os.environ.get(name, value) for name, value in values.items()}


def running_home() -> Home:
    """Return the home of the platform that runs: that of `make run`, or else that of `make run-stack`.

    Where none runs, that which has been started before.
    """
    place = Home()
    if place.is_running():
        return place
    alone = place.stack.secrets_path.exists() and not place.secrets_path.exists()
    return place.stack if alone or place.stack.is_running() else place


def _broker(place: Home) -> dict[str, str]:
    """Commands look at the stack's broker as its administrator: they are an operator's."""
    if not (place.data / EmbeddedKafka.name).is_dir():
        return {}
    kafka = EmbeddedKafka(place, users=SERVICES).attach()
    return kafka.environment(dict.fromkeys(SERVICES, KAFKA_ADMIN))


def use_local_environment() -> None:
    """Put the running platform's environment into this process."""
    os.environ.update(local_environment())
