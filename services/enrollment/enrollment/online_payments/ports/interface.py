"""What enrollment asks of a payment provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol
from uuid import UUID

from common.contracts.pack import TenantPack

Mode = Literal["qr", "web", "wechat"]
"""qr: a code on a desktop screen; web: a phone's browser; wechat: inside WeChat, which needs the payer's open id."""
Handle = dict[str, Any]
State = Literal["open", "paid", "failed", "closed"]


class ProviderAway(Exception):
    """The provider does not answer, or answers what it may not; the sentence is for the log, without personal data."""

    def __init__(self, sentence: str = "", *, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        """The provider's own code, where it gave one."""


class RefundRefused(Exception):
    """The provider will never send this money back by itself, e.g. since the payer's card is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayOrder:
    """What is to be paid, by the number that both sides know it by."""

    tenant_id: UUID
    number: str
    title: str
    amount: Decimal
    mode: Mode
    expires_at: datetime
    open_id: str | None = None
    client_ip: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """What goes back of a payment of `total` yuan."""

    number: str
    refund_number: str
    amount: Decimal
    total: Decimal
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the provider says that a payment stands."""

    state: State
    amount: Decimal | None = None
    transaction_id: str | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A verified notice: which payment, and how it stands."""

    number: str
    outcome: Outcome


class PaymentPort(Protocol):
    """A provider for one platform; the pack says for which union."""

    channel: str
    modes: frozenset[Mode]

    def serves(self, pack: TenantPack) -> bool:
        """Whether the union can be paid through this provider."""

    async def create(self, order: PayOrder, pack: TenantPack) -> Handle:
        """Begin a payment; ProviderAway if that fails."""

    async def query(self, number: str, pack: TenantPack) -> Outcome:
        """Ask how a payment stands; ProviderAway if there is no answer."""

    async def close(self, number: str, pack: TenantPack) -> None:
        """Close a payment that nobody will make any more; a paid one stays paid."""

    async def refund(self, order: RefundOrder, pack: TenantPack) -> bool:
        """Send money back, once per `refund_number`; True when it is on its way for good, False: ask again.

        RefundRefused where asking again will not help; ProviderAway where it may.
        """

    async def read_notice(self, headers: Mapping[str, str], body: bytes, pack: TenantPack) -> Notice | None:
        """Return a verified notice, None for one that is about nothing here; NoticeForged."""

    def accepted(self) -> tuple[int, Handle]:
        """Return the status and body that tell the provider its notice has arrived."""
