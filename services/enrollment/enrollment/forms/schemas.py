"""What the printing of a roster is asked with."""

from uuid import UUID

from pydantic import BaseModel


class RosterPrint(BaseModel):
    """The order whose people are printed."""

    order_id: UUID
