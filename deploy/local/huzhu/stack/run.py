"""The stack of one home: parts, topics with their rights, an api and a worker process for each service, the gateway."""

import sys
from collections.abc import Mapping

from common.bus.kafka import KafkaBus
from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedKafka, PartFailed
from huzhu.parts.ports import HOST, Ports
from huzhu.start import migrate
from huzhu.supervisor import Child, Platform

from .gateway import gateway_child
from .rights import all_rights, topics

READY_SECONDS = 300.0
RECOGNISER = "ocr"


def stack_platform(home: Home, *, port: int) -> Platform:
    """Return the platform, not started. Raises PartFailed where something it needs is missing."""
    ports = Ports(home)
    apis = {name: ports.take(f"{name}.api") for name in SERVICES}
    kafka = EmbeddedKafka(home, users=SERVICES)
    children = [
        *(_api(name, apis[name]) for name in SERVICES),
        *(_prober(name, "worker", ports) for name in SERVICES),
        _prober(RECOGNISER, "recognition", ports),
        gateway_child(
            home, host=HOST, port=port, upstreams={name: f"{HOST}:{number}" for name, number in apis.items()}
        ),
    ]
    return Platform(
        home,
        children,
        public_url=f"http://{HOST}:{port}",
        kafka=kafka,
        variables=_variables(apis),
        prepare=_prepare,
    )


def _variables(apis: Mapping[str, int]) -> dict[str, str]:
    keys = f"http://{HOST}:{apis['identity']}/api/identity/.well-known/jwks.json"
    return {"HUZHU_JWKS_URL": keys, "OCR_THREADS": "1"}


def _api(name: str, port: int) -> Child:
    return Child(
        f"{name}-api",
        [sys.executable, "-m", name, "api"],
        env={"PORT": str(port)},
        ready_url=f"http://{HOST}:{port}/readyz",
        ready_within_s=READY_SECONDS,
        service=name,
    )


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


async def _prepare(platform: Platform) -> None:
    """Databases, then topics and who may do what: no service may make a topic."""
    await migrate(platform)
    kafka = platform.kafka
    if kafka is None:
        raise PartFailed("The stack has no broker.")
    with platform.progress.step("topics and rights"):
        bus = KafkaBus(kafka.servers, access=kafka.access())
        await bus.ensure_topics(topics())
        await bus.close()
        await kafka.grant(all_rights())
