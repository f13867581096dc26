"""Base of the event contracts and the register of all wire names."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

_registry: dict[str, type["Event"]] = {}


class Sealed(BaseModel):
    """A personal or medical value in an event: ciphertext under the tenant's key, and its blind index.

    `ciphertext` names its key version; `index` is base64 of the HMAC for equal-match search, or None where
    nobody searches by the value.
    """

    model_config = ConfigDict(frozen=True)

    ciphertext: str
    index: str | None = None


class BatchItem(BaseModel):
    """One fact of a batch event; `version` is its aggregate's, so that a consumer ignores what is older."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    version: int = 1


class Event(BaseModel):
    """A fact in the past tense. Subclasses set `wire`, e.g. "claims.claim_submitted.v1".

    Unknown fields are ignored, so that an older consumer reads a newer producer; a change that an older
    consumer cannot read gets a new wire version beside the old one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    wire: ClassVar[str] = ""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        """Register the contract under its wire name."""
        if cls.wire:
            if cls.wire in _registry and _registry[cls.wire].__qualname__ != cls.__qualname__:
                raise TypeError(f"two events are called {cls.wire}")
            _registry[cls.wire] = cls

    @property
    def key(self) -> str:
        """The aggregate whose order is kept; events of one key arrive in the order they were emitted."""
        raise NotImplementedError(type(self).__name__)

    @classmethod
    def topic(cls) -> str:
        """The topic, which is the producing service's name."""
        return cls.wire.split(".", 1)[0]

    @classmethod
    def schema_version(cls) -> int:
        """The number behind "v" in the wire name."""
        return int(cls.wire.rsplit(".v", 1)[1])


def event_type(wire: str) -> type[Event] | None:
    """Return the contract of a wire name, or None if this build does not know it."""
    return _registry.get(wire)


def is_known(wire: str) -> bool:
    """Whether this build's catalogue has an event, in whichever version.

    A new version of an event is said beside the old one: who knows the old one is told.
    """
    name = wire.rpartition(".v")[0]
    return wire in _registry or any(known.rpartition(".v")[0] == name for known in _registry)


def all_event_types() -> dict[str, type[Event]]:
    """Return every registered contract by wire name."""
    return dict(_registry)
