"""The processes of a service, `python -m claims COMMAND`: the same on a laptop, one server and Kubernetes.

api serves requests; worker relays and consumes events, does long work, and whichever worker holds the lock runs the
schedule too; schedule runs only that; migrate brings the database and the bucket up to date and ends.
Everything else comes from the environment.
"""

import asyncio
import socket
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from .settings import CommonSettings, SettingsUnusable, error_of_settings
from .telemetry import configure

GRACE_SECONDS = 20
DRAIN_SECONDS = 5.0
"""How long open connections may run out at the end; longer than the gateway keeps one that nobody uses."""
KEEP_ALIVE_SECONDS = 75
"""Longer than any gateway in front keeps an unused connection: it must be the one that closes it."""


class ProcessSettings(BaseSettings):
    """Where a process listens."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    host: str = Field("127.0.0.1", validation_alias="HUZHU_HOST")
    """Address on which a process listens."""
    port: int = Field(8080, validation_alias="PORT")
    """Its port."""
    listen_fd: int | None = Field(None, validation_alias="HUZHU_LISTEN_FD")
    """A listening socket that the process has inherited, in place of host and port."""
    probe_port: int = Field(0, validation_alias="HUZHU_PROBE_PORT")
    """Where worker and schedule answer /healthz, /readyz and /metrics; 0: nowhere."""


class MigrationSettings(BaseSettings):
    """What `migrate` reads beside the service's settings; only it gets the owner's address."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    grace_seconds: float = Field(60.0, validation_alias="HUZHU_MIGRATE_WITHIN_SECONDS")
    """How long it waits for a database or store that is still starting."""


class DrainingServer(uvicorn.Server):
    """Ends without cutting a request off: refuses new connections, lets the open ones run out, then closes.

    A gateway that holds connections open would otherwise send a request into one that is being closed, and could
    not send it again where it changes something.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then end as the framework does."""
        for server in self.servers:
            server.close()
        # Whoever asks meanwhile is answered and told to connect elsewhere.
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        end = time.monotonic() + DRAIN_SECONDS
        while self.server_state.connections and time.monotonic() < end:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)
        await super().shutdown(sockets)


def serve(application: FastAPI) -> None:
    """Serve an application where this process's settings say, until SIGTERM or SIGINT."""
    chosen = ProcessSettings()
    config = uvicorn.Config(
        application,
        host=chosen.host,
        port=chosen.port,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    # On an inherited socket the supervisor answers for it at once: there is nothing to hand over.
    server = uvicorn.Server(config) if chosen.listen_fd is not None else DrainingServer(config)
    server.run(sockets=None if chosen.listen_fd is None else [socket.socket(fileno=chosen.listen_fd)])
    if not server.started:
        sys.exit(3)


def api(service: str) -> None:
    """Serve the service below /api/<service>."""
    from .http.mounting import mounted

    app: FastAPI = import_module(f"{service}.app").create_app()
    _insist(app.state.context.settings)
    configure(f"{service}-api", app.state.context.settings)
    serve(mounted({service: app}))


def worker(service: str) -> None:
    """Run relay, consumers, long work and, when it is this process's turn, the schedule."""
    _run_worker(service, "worker")


def schedule(service: str) -> None:
    """Run the schedule alone; of several such processes one works and the others stand by."""
    _run_worker(service, "schedule")


def _run_worker(service: str, command: str) -> None:
    from .consumer import run_workers

    made = import_module(f"{service}.worker").create_worker()
    _insist(made.context.settings)
    configure(f"{service}-{command}", made.context.settings)
    asyncio.run(
        run_workers([made], probe_port=ProcessSettings().probe_port, schedule_only=command == "schedule")
    )


def _insist(settings: CommonSettings) -> None:
    """SettingsUnusable where what was chosen cannot work: better now than at the first message or payment."""
    if unmet := settings.unmet():
        raise SettingsUnusable("\n".join(unmet))


def migrate(service: str) -> None:
    """Bring the service's database to the newest revision, as its owner, and make its bucket."""
    from .migrating import bring_up_to_date

    package = import_module(service)
    context = import_module(f"{service}.worker").create_worker().context
    configure(f"{service}-migrate", context.settings)
    folder = Path(str(package.__file__)).resolve().parents[1] / "migrations"
    bring_up_to_date(service, folder, context.settings, within=MigrationSettings().grace_seconds)


COMMANDS: Mapping[str, Callable[[str], None]] = {
    "api": api,
    "worker": worker,
    "schedule": schedule,
    "migrate": migrate,
}


def main(service: str, more: Mapping[str, Callable[[CommonSettings], None]] | None = None) -> None:
    """Run the command of this process's arguments; `more`: commands that this service alone has.

    Settings that are missing or wrong end it with one line for each, by name and without any value.
    """
    try:
        _run(service, more or {}, sys.argv[1] if len(sys.argv) == 2 else "")
    except ValidationError as error:
        if not (settings := error_of_settings(error)):
            raise
        sys.exit("\n".join(settings))
    except SettingsUnusable as error:
        sys.exit(str(error))


def _run(service: str, extra: Mapping[str, Callable[[CommonSettings], None]], wanted: str) -> None:
    if wanted in COMMANDS:
        COMMANDS[wanted](service)
    elif wanted in extra:
        context = import_module(f"{service}.worker").create_worker().context
        _insist(context.settings)
        configure(f"{service}-{wanted}", context.settings)
        extra[wanted](context.settings)
    else:
        known = " | ".join([*COMMANDS, *extra])
        sys.exit(f"用法 usage: python -m {service} {known}")
