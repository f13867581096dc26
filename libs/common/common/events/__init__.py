"""Events: the facts that services tell each other."""

from .contract import BatchItem, Event, Sealed, event_type
from .emit import emit
from .envelope import Envelope, partition_of, slot_of

__all__ = ["BatchItem", "Envelope", "Event", "Sealed", "emit", "event_type", "partition_of", "slot_of"]
