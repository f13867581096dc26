"""The table of signing keys. It is the platform's, not a tenant's."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base


class SigningKey(Base):
    """An Ed25519 key: published before it signs, then signing, then retired and published until its tokens are over."""

    __tablename__ = "signing_key"
    kid: Mapped[str] = mapped_column(primary_key=True)
    public_jwk: Mapped[dict[str, Any]]
    wrapped: Mapped[bytes]
    """The private JWK, wrapped by the master key."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]

    def retire(self) -> None:
        """Sign no more with this key."""
        self.retired_at = self.retired_at or now()
