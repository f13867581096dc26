"""Settings that every service reads from the environment; secrets come from nowhere else."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsUnusable(RuntimeError):
    """The settings choose what cannot work; the words say which variable, and what it should be."""


class CommonSettings(BaseSettings):
    """What all services need. A service subclasses it with its own prefix, e.g. CLAIMS_."""

    # An error never shows the values: they are passwords and keys.
    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    environment: str = Field("production", validation_alias="HUZHU_ENVIRONMENT")
    """"local" opens the sandbox pages; anything else keeps them shut."""
    database_url: SecretStr
    """asyncpg address of the service's database as its app role (row-level security holds)."""
    relay_database_url: SecretStr
    """The same database as its relay role, which sees the outbox of all tenants and nothing else."""
    database_pool_size: int = Field(10, ge=1, le=200)
    """Connections that one process keeps to the service's database; under load up to twice as many."""
    relay_pool_size: int = Field(4, ge=1, le=50)
    """Connections of the relay, which carries events to the bus."""
    union_requests_per_second: int = Field(300, ge=0, validation_alias="HUZHU_UNION_REQUESTS_PER_SECOND")
    """Requests of one union that one process answers, ten seconds' worth at once; beyond it 429. 0: no limit."""
    bus: str = Field("postgres", pattern="^(postgres|kafka)$", validation_alias="HUZHU_BUS")
    """What carries events between services: the log in PostgreSQL, or Kafka."""
    bus_database_url: SecretStr | None = Field(None, validation_alias="HUZHU_BUS_DATABASE_URL")
    """Address of the event log in PostgreSQL as its app role; needed where the bus is PostgreSQL."""
    kafka_servers: str = Field("", validation_alias="HUZHU_KAFKA_SERVERS")
    """The brokers, "host:port,host:port"; needed where the bus is Kafka."""
    kafka_security: str = Field(
        "PLAINTEXT", pattern="^(PLAINTEXT|SSL|SASL_SSL)$", validation_alias="HUZHU_KAFKA_SECURITY"
    )
    """SASL_SSL in production: TLS, and the service's own user by SCRAM-SHA-512."""
    kafka_ca_file: Path | None = Field(None, validation_alias="HUZHU_KAFKA_CA_FILE")
    """The authority of the brokers' certificates, PEM; left out: those that the machine trusts."""
    kafka_user: str = ""
    """The service's own user at the brokers."""
    kafka_password: SecretStr = SecretStr("")
    """Its password."""
    bus_partitions: int = Field(12, ge=1, le=1024, validation_alias="HUZHU_BUS_PARTITIONS")
    """Partitions of each topic; the same for all services, and never fewer than before."""
    redis_url: SecretStr = Field(validation_alias="HUZHU_REDIS_URL")
    """Address of the cache, password included: sessions that were ended, codes, limits."""
    s3_endpoint: str = Field("", validation_alias="HUZHU_S3_ENDPOINT")
    """host:port of the object store."""
    s3_access_key: SecretStr = Field(SecretStr(""), validation_alias="HUZHU_S3_ACCESS_KEY")
    """Its access key."""
    s3_secret_key: SecretStr = Field(SecretStr(""), validation_alias="HUZHU_S3_SECRET_KEY")
    """Its secret key."""
    s3_secure: bool = Field(False, validation_alias="HUZHU_S3_SECURE")
    """Whether the object store is called by TLS."""
    master_keys: SecretStr = Field(validation_alias="HUZHU_MASTER_KEYS")
    """Key-encryption keys, "1:<base64 of 32 bytes>,2:…"; the highest number is used for new keys."""
    link_key: SecretStr = Field(validation_alias="HUZHU_LINK_KEY")
    """Key of document receipts and signed links between services, base64 of 32 bytes."""
    worker_schedule: bool = Field(True, validation_alias="HUZHU_WORKER_SCHEDULE")
    """Whether workers also run the schedule (one of them at a time); off where a process of its own does."""
    task_slots: int = Field(2, ge=1, le=64, validation_alias="HUZHU_TASK_SLOTS")
    """Tasks that people asked for which one worker runs at a time."""
    task_processes: int = Field(1, ge=1, le=16, validation_alias="HUZHU_TASK_PROCESSES")
    """Processes for the computing of tasks; started at the first."""
    task_lease_seconds: float = Field(30, gt=0, validation_alias="HUZHU_TASK_LEASE_SECONDS")
    """After so long without a sign of life of its worker a task goes on elsewhere."""
    task_results_days: int = Field(7, ge=1, le=366, validation_alias="HUZHU_TASK_RESULTS_DAYS")
    """How long result files can be downloaded."""
    jwks_url: str = Field(validation_alias="HUZHU_JWKS_URL")
    """Where the keys are read that verify tokens: identity's /api/identity/.well-known/jwks.json."""
    issuer: str = Field("huzhu", validation_alias="HUZHU_ISSUER")
    """The issuer that tokens name."""
    otlp_endpoint: str = Field("", validation_alias="HUZHU_OTLP_ENDPOINT")
    """Where traces are sent, OTLP by HTTP; empty: nowhere."""
    log_level: str = Field("INFO", validation_alias="HUZHU_LOG_LEVEL")

    def unmet(self) -> list[str]:
        """Return a line for each thing that these settings choose and cannot work: a process does not start with it.

        Commands of operators and migrations do not ask: they call no provider.
        """
        needed = "kafka_servers" if self.bus == "kafka" else "bus_database_url"
        return self.needs(f"HUZHU_BUS={self.bus}", needed)

    def needs(self, choice: str, *names: str) -> list[str]:
        """Return a line for each of the settings that is empty although a choice needs it."""
        return [
            f"环境变量 {variable_of(type(self), name)} 未设置 is not set: {choice} 需要它 needs it"
            for name in names
            if not _plain(getattr(self, name)).strip()
        ]


def variable_of(settings: type[BaseSettings], name: str) -> str:
    """Return the environment variable of a setting."""
    alias = settings.model_fields[name].validation_alias
    return str(alias) if alias else f"{settings.model_config.get('env_prefix', '')}{name}".upper()


def _plain(value: object) -> str:
    shown = value.get_secret_value() if isinstance(value, SecretStr) else value
    return "" if shown is None else str(shown)


def error_of_settings(error: ValidationError) -> list[str]:
    """Return a line for each setting that is missing or wrong, without its value; none for any other error."""
    prefixes = {of.__name__: str(of.model_config.get("env_prefix", "")) for of in _settings(BaseSettings)}
    if error.title not in prefixes:
        return []
    return [
        f"环境变量 {name} {'未设置 is not set' if one['type'] == 'missing' else '不正确 is wrong'}: {one['msg']}"
        for one in error.errors(include_input=False, include_url=False)
        for name in [_variable(one["loc"], prefixes[error.title])]
    ]


def _settings(base: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for one in base.__subclasses__():
        yield one
        yield from _settings(one)


def _variable(place: tuple[int | str, ...], prefix: str) -> str:
    """Return the variable's name: an alias stands as it is, a field behind the prefix of its service."""
    name = str(place[0]) if place else "?"
    return name if name.isupper() else f"{prefix}{name}".upper()
