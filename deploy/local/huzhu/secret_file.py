"""The passwords and keys of one home: made at random once, written atomically, readable by the owner only."""

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

BUS_ROLES = ("bus_owner", "bus_app")
KAFKA_ADMIN = "admin"


class SecretsUnusable(RuntimeError):
    """The secrets file is missing or damaged although data depend on it; says what to do."""


def service_roles(service: str) -> tuple[str, str, str]:
    """The three database roles of a service: owner (migrations), app (requests), relay (outbox)."""
    return f"{service}_owner", f"{service}_app", f"{service}_relay"


def _password() -> str:
    return secrets.token_urlsafe(24)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


_MAKERS: Mapping[str, Callable[[], str]] = {
    "postgres_password": _password,
    "valkey_password": _password,
    "s3_access_key": lambda: secrets.token_hex(10).upper(),
    "s3_secret_key": _password,
    "seaweed_signing_key": _password,
    "master_key": lambda: f"1:{_key()}",
    "link_signing_key": _key,
    "platform_operator_1": _password,
    "platform_operator_2": _password,
    "demo_password": _password,
}


class Secrets:
    """The secrets by name. Never printed: its repr shows no value."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __repr__(self) -> str:
        return f"Secrets({len(self._values)} values)"

    def role(self, role: str) -> str:
        """The password of a database role, the superuser `postgres` included."""
        return self._values["postgres_password" if role == "postgres" else f"role.{role}"]


def load_or_create(path: Path, services: Iterable[str], *, data_exists: bool) -> Secrets:
    """Reads the file, adds what a newer version needs, and makes it at the first start.

    Raises SecretsUnusable when it is missing beside existing data or cannot be read: new random keys would
    make that data unreadable for ever.
    """
    values = _read(path, data_exists=data_exists)
    services = tuple(services)
    wanted: dict[str, Callable[[], str]] = dict(_MAKERS)
    for role in (*BUS_ROLES, *(role for service in services for role in service_roles(service))):
        wanted[f"role.{role}"] = _password
    for user in (KAFKA_ADMIN, *services):
        wanted[f"kafka.{user}"] = _password
    missing = {name: make() for name, make in wanted.items() if name not in values}
    if missing:
        values |= missing
        write_atomically(path, json.dumps(values, indent=1))
    path.chmod(0o600)
    return Secrets(values)


def add_master_key(path: Path, material: str) -> int:
    """Add a master key (base64 of 32 bytes) behind those of a secrets file; return its number."""
    values = _read(path, data_exists=True)
    numbers = [int(entry.split(":", 1)[0]) for entry in values["master_key"].split(",")]
    values["master_key"] += f",{max(numbers) + 1}:{material}"
    write_atomically(path, json.dumps(values, indent=1))
    return max(numbers) + 1


def _read(path: Path, *, data_exists: bool) -> dict[str, str]:
    try:
        values = json.loads(path.read_text())
    except FileNotFoundError:
        if data_exists:
            raise SecretsUnusable(
                f"{path} is missing, but there is data that only its keys open. Put the file back from a "
                "backup, or start on another folder with HUZHU_HOME=."
            ) from None
        return {}
    except ValueError as error:
        raise SecretsUnusable(f"{path} is not readable ({error}). Put it back from a backup.") from None
    return {str(name): str(value) for name, value in values.items()}


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Writes a file so that a reader, also after a crash, sees the old or the new text, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Makes what was created and renamed in a folder last through a loss of power."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
