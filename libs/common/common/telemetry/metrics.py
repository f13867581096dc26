"""Prometheus metrics: the one registry of the process, in which every name begins with huzhu_.

Modules declare their metrics with prometheus_client where they use them; labels hold names of things
(service, route, event type), never ids of people.
"""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest

registry: CollectorRegistry = REGISTRY
PREFIX = "huzhu_"
FROM_LIBRARIES = ("python_", "process_")
SERVICE_UP = Gauge("huzhu_service_up", "1 for every service that runs in this process", ["service"])


def exposition() -> tuple[bytes, str]:
    """Return all metrics in the Prometheus text format, and its content type."""
    return generate_latest(registry), CONTENT_TYPE_LATEST


def misnamed() -> list[str]:
    """Return the metrics that do not keep to the naming; a test asks for it."""
    names = [family.name for family in registry.collect()]
    return sorted(name for name in names if not name.startswith((PREFIX, *FROM_LIBRARIES)))
