"""The payment port: one interface, WeChat Pay by its SDK, and a sandbox for local runs."""

from .interface import (
    Handle,
    Notice,
    Outcome,
    PaymentPort,
    PayOrder,
    ProviderAway,
    RefundOrder,
    RefundRefused,
)
from .make import make_ports

__all__ = [
    "Handle",
    "Notice",
    "Outcome",
    "PayOrder",
    "PaymentPort",
    "ProviderAway",
    "RefundOrder",
    "RefundRefused",
    "make_ports",
]
