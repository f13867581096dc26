"""The environment that the services' processes get: addresses and secrets of one home, nowhere else written."""

from collections.abc import Mapping

from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey

ASYNC = "postgresql+asyncpg"


def database_environment(postgres: EmbeddedPostgres, *, suffix: str = "") -> dict[str, str]:
    """Addresses of every service's database by role, and of the bus; `suffix` names copies (tests)."""
    values = {
        "HUZHU_BUS_DATABASE_URL": postgres.dsn(f"huzhu_bus{suffix}", "bus_app", scheme=ASYNC),
        "BUS_OWNER_DATABASE_URL": postgres.dsn(f"huzhu_bus{suffix}", "bus_owner", scheme=ASYNC),
    }
    for name in SERVICES:
        database = f"huzhu_{name}{suffix}"
        values |= {
            f"{name.upper()}_DATABASE_URL": postgres.dsn(database, f"{name}_app", scheme=ASYNC),
            f"{name.upper()}_RELAY_DATABASE_URL": postgres.dsn(database, f"{name}_relay", scheme=ASYNC),
            f"{name.upper()}_OWNER_DATABASE_URL": postgres.dsn(database, f"{name}_owner", scheme=ASYNC),
        }
    return values


def service_environment(
    home: Home,
    *,
    postgres: EmbeddedPostgres,
    valkey: EmbeddedValkey,
    seaweed: EmbeddedSeaweed,
    public_url: str,
    suffix: str = "",
) -> Mapping[str, str]:
    """Everything the api, worker and recognition processes read."""
    secrets = home.secrets
    return {
        **database_environment(postgres, suffix=suffix),
        "HUZHU_ENVIRONMENT": "local",
        "HUZHU_BUS": "postgres",
        "HUZHU_REDIS_URL": valkey.url,
        "HUZHU_S3_ENDPOINT": seaweed.endpoint,
        "HUZHU_S3_ACCESS_KEY": seaweed.access_key,
        "HUZHU_S3_SECRET_KEY": seaweed.secret_key,
        "HUZHU_MASTER_KEYS": secrets["master_key"],
        "HUZHU_LINK_KEY": secrets["link_signing_key"],
        "HUZHU_PUBLIC_URL": public_url,
        "HUZHU_JWKS_URL": f"{public_url}/api/identity/.well-known/jwks.json",
        "IDENTITY_PLATFORM_OPERATORS": f"ops1:{secrets['platform_operator_1']},ops2:{secrets['platform_operator_2']}",
        "HUZHU_DEMO_PASSWORD": secrets["demo_password"],
        "IDENTITY_PORTALS": "sandbox",
    }
