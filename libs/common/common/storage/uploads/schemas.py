"""What the interface says about an upload."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from .models import Upload


class UploadRead(BaseModel):
    """An upload: how many bytes it will have, how many are here, until when it can be continued."""

    id: UUID
    length: int
    received: int
    expires_at: datetime

    @classmethod
    def of(cls, upload: Upload) -> "UploadRead":
        """Read it from its row."""
        return cls(id=upload.id, length=upload.length, received=upload.received, expires_at=upload.expires_at)
