"""Commands that work on a service's own data open its worker's context, without running it."""

from importlib import import_module

from common.consumer.worker import Worker
from huzhu.running import use_local_environment
from huzhu.service_names import known


def worker_of(service: str) -> Worker:
    """Return a service's worker, not running; ends the command where there is no such service."""
    known(service)
    use_local_environment()
    worker: Worker = import_module(f"{service}.worker").create_worker()
    return worker
