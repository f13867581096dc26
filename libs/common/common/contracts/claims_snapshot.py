"""What claims says again, so that copies of others can be rebuilt."""

from typing import ClassVar
from uuid import UUID

from ..events.contract import Event
from .claims import ClaimFact


class ClaimsSnapshot(Event):
    """Up to 500 claims as they are now, told again, so that copies can be rebuilt. It tells nobody anything new."""

    wire: ClassVar[str] = "claims.claims_snapshot.v1"
    snapshot_id: UUID
    claims: list[ClaimFact]

    @property
    def key(self) -> str:
        """Snapshot."""
        return str(self.snapshot_id)
