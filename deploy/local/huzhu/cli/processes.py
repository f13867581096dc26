"""`huzhu run`, and the processes that it supervises."""

import asyncio
import os
import sys
from importlib import import_module

import typer

from common.command import serve
from common.telemetry import configure
from huzhu.home import SERVICES, Home, HomeInUse
from huzhu.operator import OperatorRefused
from huzhu.parts import PartFailed
from huzhu.parts.ports import Ports
from huzhu.running import port
from huzhu.secret_file import SecretsUnusable
from huzhu.start import announce, migrate
from huzhu.supervisor import Child, ChildFailed, FrontDoor, Platform, PortTaken
from identity.settings import IdentitySettings

HOST = "127.0.0.1"
PROBE_PORT = "HUZHU_PROBE_PORT"


def run() -> None:
    """Start the whole platform on this machine; Ctrl-C stops all of it."""
    number = port()
    url = f"http://{HOST}:{number}"
    door = FrontDoor(HOST, number)
    home = Home()
    program = [sys.executable, "-m", "huzhu"]
    try:
        door.open()
        with home.lock():  # a platform that holds it keeps its ports
            probes = {name: Ports(home).take(name) for name in ("worker", "recognition")}
        children = [
            Child("api", [*program, "api"], env={"PORT": str(number)}, ready_url=f"{url}/readyz", door=door),
            *(Child(name, [*program, name], env={PROBE_PORT: str(at)}) for name, at in probes.items()),
        ]
        platform = Platform(home, children, public_url=url, prepare=migrate)
        asyncio.run(platform.run_forever(started=announce))
    except (PortTaken, HomeInUse, SecretsUnusable, PartFailed, ChildFailed, OperatorRefused) as error:
        typer.echo(f"\n{error}", err=True)
        raise typer.Exit(1) from None


def run_stack() -> None:
    """Start every service as processes of its own on Apache Kafka behind a gateway; Ctrl-C stops all of it."""
    from huzhu.stack.run import stack_platform

    try:
        platform = stack_platform(Home().stack, port=port())
        asyncio.run(platform.run_forever(started=announce))
    except (HomeInUse, SecretsUnusable, PartFailed, ChildFailed, OperatorRefused) as error:
        typer.echo(f"\n{error}", err=True)
        raise typer.Exit(1) from None


def api() -> None:
    """Serve all services in this process."""
    _observe("api")
    serve(import_module("huzhu.gateway").create_gateway())


def worker() -> None:
    """Run all services' relays, consumers and jobs in this process."""
    _observe("worker")
    run_workers = import_module("common.consumer").run_workers
    workers = [import_module(f"{name}.worker").create_worker() for name in SERVICES]
    asyncio.run(run_workers(workers, probe_port=int(os.environ.get(PROBE_PORT, "0"))))


def recognition() -> None:
    """Recognise documents in this process and its pool."""
    _observe("recognition")
    asyncio.run(import_module("ocr.recognizer").run())


def _observe(process: str) -> None:
    """Logs, traces and metrics of this process, without personal data."""
    configure(process, IdentitySettings())
