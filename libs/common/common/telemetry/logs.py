"""Logs: one JSON object per line, from structlog and the standard library alike, without personal data."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import Processor, WrappedLogger

from .context import add_surroundings
from .personal import clean
from .repeats import Repeats, Waits

QUIET = ("uvicorn.access", "httpx", "httpcore", "urllib3", "aiokafka", "asyncio")
FRAMES = 12
OWN = ("trace_id", "span_id")


def remove_personal(_: WrappedLogger, __: str, entry: MutableMapping[str, Any]) -> dict[str, Any]:
    """Processor of structlog: everything that goes into the line, cleaned, except what we made at random."""
    cleaned: dict[str, Any] = clean(dict(entry))
    return cleaned | {name: entry[name] for name in OWN if name in entry}


def add_exception(_: WrappedLogger, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Processor of structlog: class, message and places of an exception and its causes, no local values."""
    info = entry.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()[1]
    elif isinstance(info, tuple):
        info = info[1]
    if isinstance(info, BaseException):
        entry["exception"] = _chain(info)
    return entry


def _chain(error: BaseException) -> list[dict[str, Any]]:
    chain: list[dict[str, Any]] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 5:
        frames = traceback.extract_tb(current.__traceback__)[-FRAMES:]
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        chain.append({"error": current, "at": places})
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def _dump(entry: Any, **_: Any) -> str:
    return orjson.dumps(entry, default=str).decode(errors="replace")


def processors() -> list[Processor]:
    """What every line goes through before it is written."""
    return [
        structlog.contextvars.merge_contextvars,
        add_surroundings,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_exception,
    ]


def configure_logs(service: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send all logs of the process to `stream` (default: standard output); the last call holds."""

    def name_service(_: WrappedLogger, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        entry.setdefault("service", service)
        return entry

    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=processors(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_service,
            remove_personal,
            structlog.processors.JSONRenderer(serializer=_dump),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(formatter)
    handler.addFilter(Repeats())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            Waits(),
            *processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
