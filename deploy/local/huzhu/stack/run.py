"""The stack of one home: parts, topics with their rights, an api and a worker process for each service, the gateway."""

import sys
from dataclasses import replace

from common.bus.kafka import KafkaBus
from common.command import DRAIN_SECONDS, GRACE_SECONDS
from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedKafka
from huzhu.parts.ports import HOST, Ports
from huzhu.start import migrate
from huzhu.supervisor import Child, Platform

from .gateway import gateway_child
from .gateway_config import AWAY_SECONDS
from .names import RECOGNISER
from .rights import all_rights, topics

READY_SECONDS = 300.0
API_STOPS_SECONDS = GRACE_SECONDS + DRAIN_SECONDS + 5.0


def stack_platform(home: Home, *, port: int) -> Platform:
    """Return the platform, not started. Raises PartFailed where something it needs is missing."""
    ports = Ports(home)
    apis = {name: (ports.take(f"{name}.api"), ports.take(f"{name}.api.next")) for name in SERVICES}
    public_url = f"http://{HOST}:{port}"
    kafka = EmbeddedKafka(home, users=SERVICES, furnish=_furnish)
    children = [
        *(_api(name, *apis[name]) for name in SERVICES),
        *(_prober(name, "worker", ports) for name in SERVICES),
        _prober(RECOGNISER, "recognition", ports),
        gateway_child(
            home,
            host=HOST,
            port=port,
            upstreams={name: tuple(f"{HOST}:{n}" for n in numbers) for name, numbers in apis.items()},
        ),
    ]
    return Platform(
        home,
        children,
        public_url=public_url,
        kafka=kafka,
        variables=_variables(public_url),
        prepare=migrate,
    )


def _variables(public_url: str) -> dict[str, str]:
    keys = f"{public_url}/api/identity/.well-known/jwks.json"
    return {"HUZHU_JWKS_URL": keys, "OCR_THREADS": "1"}


def _api(name: str, port: int, next_port: int) -> Child:
    """An api on its port; its successor starts on the other one before it ends.

    The gateway asks the first port first, but not one that has just refused it.
    """
    first, second = (
        Child(
            f"{name}-api{suffix}",
            [sys.executable, "-m", name, "api"],
            env={"PORT": str(number)},
            ready_url=f"http://{HOST}:{number}/readyz",
            ready_within_s=READY_SECONDS,
            stop_within_s=API_STOPS_SECONDS,
            service=name,
            known_after_s=known_after_s,
        )
        for number, suffix, known_after_s in ((port, "", AWAY_SECONDS + 1.5), (next_port, "-next", 0.0))
    )
    return replace(first, successor=second)


def _prober(name: str, command: str, ports: Ports) -> Child:
    probe = ports.take(f"{name}.{command}")
    return Child(
        f"{name}-{command}",
        [sys.executable, "-m", name, command],
        env={"HUZHU_PROBE_PORT": str(probe)},
        ready_url=f"http://{HOST}:{probe}/readyz",
        ready_within_s=READY_SECONDS,
        service=name,
    )


async def _furnish(kafka: EmbeddedKafka) -> None:
    """Topics, and who may do what: no service may make a topic. What is there already stays."""
    bus = KafkaBus(kafka.servers, access=kafka.access())
    await bus.ensure_topics(topics())
    await bus.close()
    await kafka.grant(all_rights())
