"""What identity says of the language that an account's owner wants messages in."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from ..events.contract import Event


class LanguageChosen(Event):
    """An account's owner chose the language of messages; the last choice counts."""

    wire: ClassVar[str] = "identity.language_chosen.v1"
    account_id: UUID
    language: str
    """zh | en"""
    chosen_at: datetime

    @property
    def key(self) -> str:
        """Account."""
        return str(self.account_id)
