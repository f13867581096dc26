"""A real Apache Kafka (KRaft, one node) for `make run-stack` and tests; Java 17 and Maven needed."""

import asyncio
import base64
import re
import shutil
import socket
import subprocess
import uuid
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from huzhu.home import Home
from huzhu.parts.kafka_jars import kafka_jars
from huzhu.parts.kafka_security import KafkaRights, KafkaSecurity, grant
from huzhu.parts.part import NotYet, Part, PartFailed
from huzhu.parts.ports import HOST, Ports
from huzhu.processes.program import Program
from huzhu.secret_file import KAFKA_ADMIN

_OLDEST_JAVA = 17
_LOGGING = """status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m (%c)%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
"""


def available() -> str | None:
    """Why Kafka cannot be started here; None when it can."""
    for program, package in (("java", "Java"), ("mvn", "Maven")):
        if shutil.which(program) is None:
            return f"{package} is not installed (no `{program}` in PATH)"
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S607
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < _OLDEST_JAVA:
        return f"Java {_OLDEST_JAVA} or newer is needed"
    return None


def cluster_id(chosen: uuid.UUID) -> str:
    """Return a cluster's id: base64 of a UUID, never one that begins like an option of the command that takes it."""
    return base64.urlsafe_b64encode(chosen.bytes).decode().rstrip("=").replace("-", "A")


class EmbeddedKafka(Part):
    """The Kafka of one home, loopback only. With `users` it speaks TLS and asks for names and passwords."""

    name = "kafka"
    title = "Apache Kafka"
    ready_within_s = 90.0

    def __init__(
        self,
        home: Home,
        *,
        heap_mb: int = 384,
        partitions: int = 12,
        users: Sequence[str] = (),
        furnish: Callable[["EmbeddedKafka"], Awaitable[None]] | None = None,
    ) -> None:
        """Take `furnish`, which makes topics and rights: awaited after each start, for a volume may have been lost."""
        super().__init__(home)
        self.port = self._controller_port = 0
        self._heap_mb = heap_mb
        self._partitions = partitions
        self._jars = Path()
        self._furnish = furnish
        self.security = KafkaSecurity(self._folder, home.secrets, users) if users else None

    @property
    def servers(self) -> str:
        """The bootstrap servers."""
        return f"{HOST}:{self.port}"

    def access(self, user: str = KAFKA_ADMIN) -> dict[str, Any]:
        """What aiokafka's clients need to come in as a user."""
        if self.security is None:
            return {}
        from common.bus.kafka_access import kafka_access

        authority = self.security.certificates.authority
        return kafka_access("SASL_SSL", ca_file=authority, user=user, password=self.security.password(user))

    def environment(self, users: Mapping[str, str]) -> dict[str, str]:
        """The settings with which services use it; `users`: as whom, by the service's name."""
        values = {"HUZHU_BUS": "kafka", "HUZHU_KAFKA_SERVERS": self.servers}
        if self.security is None:
            return values
        for service, user in users.items():
            values[f"{service.upper()}_KAFKA_USER"] = user
            values[f"{service.upper()}_KAFKA_PASSWORD"] = self.security.password(user)
        authority = self.security.certificates.authority
        return values | {"HUZHU_KAFKA_SECURITY": "SASL_SSL", "HUZHU_KAFKA_CA_FILE": str(authority)}

    async def complete(self) -> None:
        """Topics and rights, where somebody has said which."""
        if self._furnish is not None:
            await self._furnish(self)

    async def grant(self, rights: Iterable[KafkaRights]) -> None:
        """Give users their rights."""
        from aiokafka.admin import AIOKafkaAdminClient

        admin = AIOKafkaAdminClient(bootstrap_servers=self.servers, **self.access())
        try:
            await admin.start()
            await grant(admin, rights)
        finally:
            await admin.close()

    async def prepare(self) -> None:
        """Fetches the jars and formats the storage at the first start. Raises PartFailed."""
        if (reason := available()) is not None:
            raise PartFailed(f"Apache Kafka cannot run: {reason}.")
        self._jars = await kafka_jars()
        if not (self._folder / "log" / "meta.properties").exists():
            self.use_ports(Ports(self.home))
            self._configure()
            await self._format()

    def use_ports(self, ports: Ports) -> None:
        """One for clients, one for the controller."""
        self.port, self._controller_port = ports.take("kafka"), ports.take("kafka.controller")

    def program(self) -> Program:
        """The server."""
        self._configure()
        argv = [
            *self._java(f"-Xmx{self._heap_mb}m", f"-Xms{self._heap_mb}m"),
            "kafka.Kafka",
            str(self._settings),
        ]
        return Program("kafka", argv, cwd=self._folder, stop_within_s=30.0)

    async def answers(self) -> None:
        """A broker that the cluster counts as alive (it listens earlier)."""
        from aiokafka.admin import AIOKafkaAdminClient
        from aiokafka.errors import KafkaError

        with socket.create_connection((HOST, self.port), timeout=2):
            pass  # aiokafka would log an error for each refused connection
        admin = AIOKafkaAdminClient(bootstrap_servers=self.servers, request_timeout_ms=2000, **self.access())
        try:
            await admin.start()
            if not (await admin.describe_cluster())["brokers"]:
                raise NotYet("no broker yet")
        except KafkaError as error:
            raise NotYet(str(error)) from error
        finally:
            await admin.close()

    @property
    def _folder(self) -> Path:
        return self.home.data_of("kafka")

    @property
    def _settings(self) -> Path:
        return self._folder / "server.properties"

    def _configure(self) -> None:
        controller = self._controller_port
        protocol = "PLAINTEXT" if self.security is None else "SASL_SSL"
        settings = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.bootstrap.servers": f"{HOST}:{controller}",
            "listeners": f"CLIENTS://{HOST}:{self.port},CONTROLLER://{HOST}:{controller}",
            "advertised.listeners": f"CLIENTS://{HOST}:{self.port},CONTROLLER://{HOST}:{controller}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "CLIENTS",
            "listener.security.protocol.map": f"CONTROLLER:PLAINTEXT,CLIENTS:{protocol}",
            "log.dirs": str(self._folder / "log"),
            "num.partitions": str(self._partitions),
            "auto.create.topics.enable": "false",
            # So that a restart after kill -9 need not wait nine seconds for its own old session to end.
            "broker.session.timeout.ms": "2000",
            "broker.heartbeat.interval.ms": "500",
            "group.initial.rebalance.delay.ms": "0",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.num.partitions": "4",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.min.isr": "1",
        }
        for topic in ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic"):
            settings[f"{topic}.replication.factor"] = "1"
        if self.security is not None:
            settings |= self.security.settings()
        self._settings.touch(mode=0o600)
        self._settings.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        (self._folder / "log4j2.properties").write_text(_LOGGING)

    async def _format(self) -> None:
        cluster = cluster_id(uuid.uuid4())
        shutil.rmtree(self._folder / "log", ignore_errors=True)
        arguments = self._folder / "format.args"
        arguments.touch(mode=0o600)
        users = "" if self.security is None else self.security.scram_arguments()
        arguments.write_text(
            f'kafka.tools.StorageTool format --standalone -t {cluster} -c "{self._settings}"\n{users}'
        )
        process = await asyncio.create_subprocess_exec(
            *(*self._java(), f"@{arguments}"),
            stdout=PIPE,
            stderr=STDOUT,
        )
        output, _ = await process.communicate()
        arguments.unlink()
        if process.returncode != 0:
            raise PartFailed(f"Kafka's storage could not be formatted:\n{output.decode(errors='replace')}")

    def _java(self, *options: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self._folder / 'log4j2.properties'}"
        faster = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")
        return [shutil.which("java") or "java", *options, *faster, logging, "-cp", f"{self._jars}/*"]
