"""What identity says of staff who identified a member in place of the checks in the app."""

from typing import ClassVar
from uuid import UUID

from ..events.contract import Event, Sealed


class BindingDecided(Event):
    """Staff confirmed who began a binding that waited for them, so that they may sign in now, or refused it."""

    wire: ClassVar[str] = "identity.binding_decided.v1"
    binding_id: UUID
    name: Sealed
    mobile: Sealed
    """Where whoever began it is reached: they proved it by a code."""
    confirmed: bool
    reason: Sealed | None = None
    """Why it was refused, in the words of staff."""

    @property
    def key(self) -> str:
        """Binding."""
        return str(self.binding_id)
