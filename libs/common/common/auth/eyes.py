"""Four eyes (四眼原则): whether two accounts are one person's. Pure; the same rule for every decision of two people."""

from dataclasses import dataclass
from uuid import UUID

from .actor import Actor


@dataclass(frozen=True, slots=True)
class Eyes:
    """An account, and the person behind it as far as that is known."""

    account_id: UUID | None
    human: UUID | None = None

    @classmethod
    def of(cls, actor: Actor) -> "Eyes":
        """Return the eyes of a caller."""
        return cls(actor.id, actor.human)

    def are(self, other: "Eyes") -> bool:
        """Say whether two accounts are one pair of eyes."""
        if self.account_id is not None and self.account_id == other.account_id:
            return True
        return self.human is not None and self.human == other.human
