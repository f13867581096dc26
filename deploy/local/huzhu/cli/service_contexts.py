"""Commands that work on a service's own data open its worker's context, without running it."""

from importlib import import_module

import typer

from common.consumer.worker import Worker
from huzhu.home import SERVICES
from huzhu.running import use_local_environment


def worker_of(service: str) -> Worker:
    """Return a service's worker, not running; ends the command where there is no such service."""
    if service not in SERVICES:
        typer.echo(f"没有服务 {service}；可选 choose one of: {', '.join(SERVICES)}", err=True)
        raise typer.Exit(2)
    use_local_environment()
    worker: Worker = import_module(f"{service}.worker").create_worker()
    return worker
