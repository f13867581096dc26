"""What a member has begun with enrollment and what is not over yet (未办结事项): nobody's data goes meanwhile."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from ..events.contract import Event


class MemberMatterChanged(Event):
    """Something of a member began, went on, or is over; the newest word of it counts."""

    wire: ClassVar[str] = "enrollment.member_matter_changed.v1"
    matter_id: UUID
    person_id: UUID
    kind: str
    """application: for cover, handed in and neither refused, withdrawn nor paid | payment: online, not decided yet, or
    money of it is on its way back"""
    number: str
    open: bool
    told_at: datetime

    @property
    def key(self) -> str:
        """Matter."""
        return str(self.matter_id)
