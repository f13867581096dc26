"""What tests of every service share: fresh tenants, minted tokens, an ASGI client, a pump for events."""

from .clients import Client, client_of
from .pump import Pump
from .tenants import TestTenant, add_tenant
from .tokens import Mint

__all__ = ["Client", "Mint", "Pump", "TestTenant", "add_tenant", "client_of"]
