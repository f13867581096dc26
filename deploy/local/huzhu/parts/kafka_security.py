"""A Kafka that asks who it is: TLS, a SCRAM user for each service, and rights by topic and group as in production."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huzhu.parts.part import PartFailed
from huzhu.secret_file import KAFKA_ADMIN, Secrets

if TYPE_CHECKING:
    from aiokafka.admin import AIOKafkaAdminClient

    from huzhu.parts.certificates import Certificates

_ANY_HOST, _ALLOW, _LITERAL, _PREFIXED = "*", 3, 3, 4
_TOPIC, _GROUP = 2, 3
_READ, _WRITE, _DESCRIBE = 3, 4, 8


@dataclass(frozen=True)
class KafkaRights:
    """What a service may do: write its own topic, read those it listens to, in groups that begin with its name."""

    user: str
    writes: tuple[str, ...]
    reads: tuple[str, ...]

    def entries(self) -> Iterable[tuple[int, str, int, int]]:
        """Yield (resource type, name, pattern, operation)."""
        for topic in self.writes:
            yield _TOPIC, topic, _LITERAL, _WRITE
            yield _TOPIC, topic, _LITERAL, _DESCRIBE
        for topic in self.reads:
            yield _TOPIC, topic, _LITERAL, _READ
            yield _TOPIC, topic, _LITERAL, _DESCRIBE
        yield _GROUP, self.user, _PREFIXED, _READ
        yield _GROUP, self.user, _PREFIXED, _DESCRIBE


class KafkaSecurity:
    """Certificates, users and passwords of one home's secured broker."""

    def __init__(self, folder: Path, secrets: Secrets, users: Iterable[str]) -> None:
        self._folder = folder
        self._secrets = secrets
        self.users = (KAFKA_ADMIN, *users)

    def password(self, user: str) -> str:
        """The password of a user: for environments, never for logs."""
        return self._secrets[f"kafka.{user}"]

    @property
    def certificates(self) -> "Certificates":
        """Made at the first start and kept: clients that run on trust the authority after a restart of the broker."""
        from huzhu.parts.certificates import Certificates, make_certificates

        folder = self._folder / "certificates"
        made = Certificates(folder / "authority.crt", folder / "server.crt", folder / "server.key")
        return made if made.key.exists() else make_certificates(folder)

    def settings(self) -> Mapping[str, str]:
        """The broker's settings; the controller's listener is the broker talking to itself."""
        made = self.certificates
        store = self._folder / "keystore.pem"
        store.touch(mode=0o600)
        store.write_bytes(made.key.read_bytes() + made.certificate.read_bytes())
        login = "org.apache.kafka.common.security.scram.ScramLoginModule required"
        return {
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
            "listener.name.clients.scram-sha-512.sasl.jaas.config": (
                f'{login} username="{KAFKA_ADMIN}" password="{self.password(KAFKA_ADMIN)}";'
            ),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(store),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(made.authority),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:{KAFKA_ADMIN};User:ANONYMOUS",
            "allow.everyone.if.no.acl.found": "false",
        }

    def scram_arguments(self) -> str:
        """The users for the storage's first format, as lines of a Java argument file: no command line shows them."""
        return "".join(
            f'--add-scram\n"SCRAM-SHA-512=[name={user},password={self.password(user)}]"\n'
            for user in self.users
        )


async def grant(admin: "AIOKafkaAdminClient", rights: Iterable[KafkaRights]) -> None:
    """Give rights; those that are there stay. Raises PartFailed with the broker's reason."""
    from aiokafka.errors import for_code
    from aiokafka.protocol.admin import CreateAclsRequest

    for one in rights:
        for kind, name, pattern, operation in one.entries():
            request = CreateAclsRequest(kind, name, pattern, f"User:{one.user}", _ANY_HOST, operation, _ALLOW)
            answer = await admin._send_to_controller(request)
            for code, *_ in answer.creation_responses:
                if code:
                    raise PartFailed(f"Kafka refused a right of {one.user}: {for_code(code).__name__}")
