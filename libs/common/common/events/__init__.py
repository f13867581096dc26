"""Events: the facts that services tell each other."""

from .contract import BatchItem, Event, Sealed, event_type
from .emit import ReadyEvent, emit
from .envelope import Envelope, partition_of, slot_of

__all__ = [
    "BatchItem",
    "Envelope",
    "Event",
    "ReadyEvent",
    "Sealed",
    "emit",
    "event_type",
    "partition_of",
    "slot_of",
]
