"""Roles and databases of the services: made and repaired at every start, none of them superuser."""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huzhu.secret_file import BUS_ROLES, Secrets, service_roles

if TYPE_CHECKING:
    import asyncpg

_ITERATIONS = 4096


@dataclass(frozen=True)
class Database:
    """A database, its roles (the first owns it) and who may connect."""

    name: str
    roles: tuple[str, ...]

    @property
    def owner(self) -> str:
        """The role that owns the database and runs its migrations."""
        return self.roles[0]


def databases_of(services: Iterable[str]) -> list[Database]:
    """One database for each service and one for the bus."""
    return [
        *(Database(f"huzhu_{name}", service_roles(name)) for name in services),
        Database("huzhu_bus", BUS_ROLES),
    ]


def scram_verifier(password: str) -> str:
    """What PostgreSQL stores for a password (RFC 5803): so no statement, hence no log, holds the password."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(_ITERATIONS, *parts)


async def ensure_roles(admin: "asyncpg.Connection", databases: Iterable[Database], secrets: Secrets) -> None:
    """Creates what is missing and sets every role's rights and password again."""
    known = {row["rolname"] for row in await admin.fetch("SELECT rolname FROM pg_roles")}
    async with admin.transaction():
        for role in (role for database in databases for role in database.roles):
            verb = "ALTER" if role in known else "CREATE"
            await admin.execute(
                f"{verb} ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION "
                f"PASSWORD '{scram_verifier(secrets.role(role))}'"
            )


async def ensure_databases(admin: "asyncpg.Connection", databases: Iterable[Database]) -> None:
    """Creates the missing databases; only a database's own roles may connect to it."""
    known = {row["datname"] for row in await admin.fetch("SELECT datname FROM pg_database")}
    await admin.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
    for database in databases:
        if database.name not in known:
            await admin.execute(f"CREATE DATABASE {database.name} OWNER {database.owner}")
        await admin.execute(f"REVOKE ALL ON DATABASE {database.name} FROM PUBLIC")
        await admin.execute(
            f"GRANT CONNECT, TEMPORARY ON DATABASE {database.name} TO {', '.join(database.roles)}"
        )


async def ensure_schema(connection: "asyncpg.Connection", database: Database) -> None:
    """In the database itself: only its owner may create, its roles may use."""
    await connection.execute(f"ALTER SCHEMA public OWNER TO {database.owner}")
    await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    await connection.execute(f"GRANT USAGE ON SCHEMA public TO {', '.join(database.roles)}")
