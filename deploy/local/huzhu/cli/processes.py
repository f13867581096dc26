"""`huzhu run`, and the processes that it supervises."""

import asyncio
import os
import socket
import sys
from importlib import import_module

import typer
import uvicorn

from common.telemetry import configure
from huzhu.home import SERVICES, Home, HomeInUse
from huzhu.operator import OperatorRefused
from huzhu.parts import PartFailed
from huzhu.secret_file import SecretsUnusable
from huzhu.start import announce, migrate
from huzhu.supervisor import Child, ChildFailed, Platform
from identity.settings import IdentitySettings

HOST = "127.0.0.1"
PROBE_PORT = "HUZHU_PROBE_PORT"


def run() -> None:
    """Start the whole platform on this machine; Ctrl-C stops all of it."""
    port = int(os.environ.get("PORT", "8080"))
    url = f"http://{HOST}:{port}"
    if not _is_free(port):
        typer.echo(
            f"端口 {port} 已被占用，请用 PORT= 换一个。Port {port} is in use: choose another with PORT=.",
            err=True,
        )
        raise typer.Exit(1)
    program = [sys.executable, "-m", "huzhu"]
    children = [
        Child("api", [*program, "api"], env={"PORT": str(port)}, ready_url=f"{url}/readyz"),
        Child("worker", [*program, "worker"]),
        Child("recognition", [*program, "recognition"]),
    ]
    platform = Platform(Home(), children, public_url=url, prepare=migrate)
    try:
        asyncio.run(platform.run_forever(started=announce))
    except (HomeInUse, SecretsUnusable, PartFailed, ChildFailed, OperatorRefused) as error:
        typer.echo(f"\n{error}", err=True)
        raise typer.Exit(1) from None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def api() -> None:
    """Serve all services in this process."""
    _observe("api")
    uvicorn.run(
        "huzhu.gateway:create_gateway",
        factory=True,
        host=HOST,
        port=int(os.environ["PORT"]),
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=10,
    )


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
