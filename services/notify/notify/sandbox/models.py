"""A message on a phone of the sandbox."""

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class SandboxMessage(TenantRow, Base):
    """What a local run would have sent; `id` is the message's, so that the same one arrives once."""

    __tablename__ = "sandbox_message"
    mobile: Mapped[str]
    mobile_index: Mapped[str]
    template: Mapped[str]
    channel: Mapped[str]
    text: Mapped[str]
