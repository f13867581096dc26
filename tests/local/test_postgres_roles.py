"""Who may do what in the embedded PostgreSQL; how it is set."""

import asyncpg
import psutil
import pytest

from huzhu.home import SERVICES
from huzhu.parts import EmbeddedPostgres


async def ask(
    postgres: EmbeddedPostgres, query: str, database: str = "postgres", role: str = "postgres"
) -> object:
    connection = await asyncpg.connect(postgres.dsn(database, role))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("server_version_num", "18"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("wal_level", "replica"),
        ("max_connections", "500"),
        ("shared_buffers", "256MB"),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("listen_addresses", "127.0.0.1"),
        ("password_encryption", "scram-sha-256"),
        ("data_checksums", "on"),
    ],
)
async def test_settings(shared_postgres: EmbeddedPostgres, setting: str, value: str) -> None:
    assert str(await ask(shared_postgres, f"SELECT current_setting('{setting}')")).startswith(value)


async def test_text_is_sorted_and_folded_by_the_builtin_provider(shared_postgres: EmbeddedPostgres) -> None:
    query = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'huzhu_claims'"
    assert await ask(shared_postgres, query) == "bC.UTF-8"
    assert await ask(shared_postgres, "SELECT lower('ÄÖ李')", "huzhu_claims", "claims_app") == "äö李"


async def test_every_way_in_asks_for_a_password(shared_postgres: EmbeddedPostgres) -> None:
    methods = "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"
    assert await ask(shared_postgres, methods) == "scram-sha-256"
    for password in ("wrong", ""):
        with pytest.raises((asyncpg.InvalidPasswordError, asyncpg.PostgresError)):
            await asyncpg.connect(
                host="127.0.0.1",
                port=shared_postgres.port,
                user="postgres",
                database="postgres",
                password=password,
            )


async def test_the_socket_asks_too(shared_postgres: EmbeddedPostgres) -> None:
    folder = str(await ask(shared_postgres, "SHOW unix_socket_directories"))
    assert folder.startswith(str(shared_postgres.home.data))
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            host=folder, port=shared_postgres.port, user="postgres", database="postgres", password="wrong"
        )


async def test_no_role_of_a_service_is_more_than_it_must_be(shared_postgres: EmbeddedPostgres) -> None:
    query = (
        "SELECT count(*) FROM pg_roles WHERE rolname ~ '_(owner|app|relay)$' AND rolcanlogin AND NOT "
        "(rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)"
    )
    assert await ask(shared_postgres, query) == 3 * len(SERVICES) + 2


@pytest.mark.parametrize("role", ["claims_owner", "claims_app", "claims_relay"])
async def test_a_role_connects_to_its_own_database_only(shared_postgres: EmbeddedPostgres, role: str) -> None:
    assert await ask(shared_postgres, "SELECT current_user::text", "huzhu_claims", role) == role
    for other in ("huzhu_identity", "huzhu_bus", "postgres", "template1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(shared_postgres, "SELECT 1", other, role)


async def test_only_the_owner_creates_tables(shared_postgres: EmbeddedPostgres) -> None:
    create = "CREATE TABLE public.{0} (id int)"
    await ask(shared_postgres, create.format("mine"), "huzhu_claims", "claims_owner")
    await ask(shared_postgres, create.format("bus_mine"), "huzhu_bus", "bus_owner")
    for database, role in (
        ("huzhu_claims", "claims_app"),
        ("huzhu_claims", "claims_relay"),
        ("huzhu_bus", "bus_app"),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(shared_postgres, create.format("theirs"), database, role)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(shared_postgres, "CREATE SCHEMA theirs", database, role)
        # COPY into a table with row-level security goes through a temporary one.
        await ask(shared_postgres, "CREATE TEMPORARY TABLE t (id int)", database, role)


async def test_no_secret_in_command_line_or_log(shared_postgres: EmbeddedPostgres) -> None:
    assert shared_postgres.pid is not None
    shown = " ".join(psutil.Process(shared_postgres.pid).cmdline())
    shown += shared_postgres.home.log_of("postgres").read_text()
    for role in ("postgres", "claims_app", "bus_owner"):
        assert shared_postgres.home.secrets.role(role) not in shown


async def test_values_of_a_refused_row_are_not_logged(shared_postgres: EmbeddedPostgres) -> None:
    await ask(shared_postgres, "CREATE TABLE person (id text PRIMARY KEY)", "huzhu_ocr", "ocr_owner")
    connection = await asyncpg.connect(shared_postgres.dsn("huzhu_ocr", "ocr_owner"))
    try:
        await connection.execute("INSERT INTO person VALUES ($1)", "330102198001019999")
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("INSERT INTO person VALUES ($1)", "330102198001019999")
    finally:
        await connection.close()
    log = shared_postgres.home.log_of("postgres").read_text()
    assert "person_pkey" in log
    assert "330102198001019999" not in log
