"""Switches telemetry on: called once at the start of a process, does nothing the second time."""

from ..settings import CommonSettings
from .logs import configure_logs
from .metrics import SERVICE_UP
from .tracing import configure_tracing

_done: set[str] = set()


def configure(service: str, settings: CommonSettings) -> None:
    """Set up logs and traces of the process; with several services in it the first one's settings hold."""
    if not _done:
        configure_logs(service, level=settings.log_level)
        configure_tracing(service, endpoint=settings.otlp_endpoint)
    _done.add(service)
    SERVICE_UP.labels(service).set(1)
