"""What identity says of WeChat users who own accounts."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from ..events.contract import Event, Sealed


class WechatLinked(Event):
    """A member's account was opened to a WeChat user, whom the union's mini-program may send messages to."""

    wire: ClassVar[str] = "identity.wechat_linked.v1"
    account_id: UUID
    changed_at: datetime
    open_id: Sealed | None = None
    """The WeChat user (context "wechat.open_id"); None: there is none any more."""

    @property
    def key(self) -> str:
        """Account."""
        return str(self.account_id)
