"""SQL of verification codes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal

from ..accounts.models import Account
from ..members.models import Person
from ..repository import IdentityRepository
from .models import VerificationCode


class CodeRepository(IdentityRepository):
    """The codes of one tenant."""

    async def knows(self, indexes: Sequence[str]) -> bool:
        """Whether a mobile is that of an account or of somebody on the register."""
        for model in (Account, Person):
            statement = self.select_columns(model, literal(1)).where(model.mobile_index.in_(indexes)).limit(1)
            if (await self.session.execute(statement)).first() is not None:
                return True
        return False

    async def newest(self, *, purpose: str, indexes: Sequence[str]) -> VerificationCode | None:
        """Lock and return the code sent last to a mobile for a purpose."""
        statement = (
            self.select(VerificationCode)
            .where(VerificationCode.mobile_index.in_(indexes), VerificationCode.purpose == purpose)
            .order_by(VerificationCode.id.desc())
            .with_for_update()
        )
        return await self.first(statement)

    async def newest_for_anything_else(
        self, *, purpose: str, indexes: Sequence[str], at: datetime
    ) -> VerificationCode | None:
        """Return the code sent last to a mobile for another purpose that is still good."""
        statement = self.select(VerificationCode).where(
            VerificationCode.mobile_index.in_(indexes), VerificationCode.purpose != purpose,
            VerificationCode.used_at.is_(None), VerificationCode.expires_at > at,
        )  # fmt: skip
        return await self.first(statement.order_by(VerificationCode.id.desc()).limit(1))

    async def challenge(self, challenge_id: UUID, *, purpose: str) -> VerificationCode | None:
        """Lock and return one code by its challenge."""
        found = await self.find(VerificationCode, challenge_id, lock=True)
        return found if found is not None and found.purpose == purpose else None

    async def forget(self, *, expired_before: datetime) -> None:
        """Delete codes that expired long ago."""
        await self.session.execute(
            self.delete(VerificationCode).where(VerificationCode.expires_at < expired_before)
        )
