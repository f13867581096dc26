"""The environment of the platform's processes: where the parts are, and every secret they need."""

from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey

_SCHEME = "postgresql+asyncpg"


def environment(
    home: Home, postgres: EmbeddedPostgres, valkey: EmbeddedValkey, seaweed: EmbeddedSeaweed
) -> dict[str, str]:
    """What running processes get: application and relay roles only (see common.settings for the meanings)."""
    secrets = home.secrets
    names = {
        "HUZHU_ENVIRONMENT": "local",
        "HUZHU_HOME": str(home.path),
        "HUZHU_BUS_DATABASE_URL": postgres.dsn("huzhu_bus", "bus_app", scheme=_SCHEME),
        "HUZHU_REDIS_URL": valkey.url,
        "HUZHU_S3_ENDPOINT": seaweed.endpoint,
        "HUZHU_S3_ACCESS_KEY": seaweed.access_key,
        "HUZHU_S3_SECRET_KEY": seaweed.secret_key,
        "HUZHU_S3_SECURE": "false",
        "HUZHU_MASTER_KEYS": secrets["master_key"],
        "HUZHU_BLIND_INDEX_KEY": secrets["blind_index_key"],
        "HUZHU_LINK_KEY": secrets["link_signing_key"],
        "HUZHU_RECEIPT_KEY": secrets["receipt_signing_key"],
        "HUZHU_TOKEN_KEY": secrets["token_signing_key"],
    }
    for service in SERVICES:
        database = f"huzhu_{service}"
        names[f"{service.upper()}_DATABASE_URL"] = postgres.dsn(database, f"{service}_app", scheme=_SCHEME)
        names[f"{service.upper()}_RELAY_DATABASE_URL"] = postgres.dsn(
            database, f"{service}_relay", scheme=_SCHEME
        )
    return names


def owner_environment(postgres: EmbeddedPostgres) -> dict[str, str]:
    """What migrations get besides: the owner of each database. Not for running processes."""
    names = {"HUZHU_BUS_OWNER_DATABASE_URL": postgres.dsn("huzhu_bus", "bus_owner", scheme=_SCHEME)}
    for service in SERVICES:
        owner = postgres.dsn(f"huzhu_{service}", f"{service}_owner", scheme=_SCHEME)
        names[f"{service.upper()}_OWNER_DATABASE_URL"] = owner
    return names
