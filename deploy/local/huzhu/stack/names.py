"""What the stack's processes are called."""

from huzhu.home import SERVICES

RECOGNISER = "ocr"


def process_names() -> tuple[str, ...]:
    """Return the names of the services' processes."""
    pairs = (f"{name}-{command}" for name in SERVICES for command in ("api", "worker"))
    return (*pairs, f"{RECOGNISER}-recognition")
