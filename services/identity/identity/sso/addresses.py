"""The way back from other systems: a provider's answer stands in a query, the page of the web app behind '#'.

A redirect address may have no fragment (RFC 6749, 3.1.2), so providers send the browser to identity, and it goes on.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

ANSWER = ("state", "code", "ticket", "error")
"""What OpenID Connect and CAS answer with; nothing else is passed on."""


def portal_returns_to(public_url: str, *, app: str, tenant: str, code: str) -> str:
    """Return the address that a portal sends the browser back to."""
    return f"{public_url}/api/identity/returns/{app}/{tenant}/portal/{code}"


def sandbox_portal(public_url: str, *, tenant: str, code: str) -> str:
    """Return where the sandbox stands in for a union's portal."""
    return f"{public_url.rstrip('/')}/api/identity/sandbox/portals/{tenant}/{code}"


def face_returns_to(public_url: str, *, tenant: str) -> str:
    """Return the address that a face verification sends the browser back to."""
    return f"{public_url}/api/identity/returns/m/{tenant}/bind"


def portal_page(app: str, tenant: str, code: str, given: Mapping[str, str]) -> str:
    """Return the page of a web app that finishes a sign-in with the portal's answer."""
    told = {name: given[name] for name in ANSWER if name in given}
    return f"/{app}/{'?' if told else ''}{urlencode(told)}#/{tenant}/portal/{code}"


def binding_page(tenant: str) -> str:
    """Return the page of the binding under way, which asks how the face verification ended."""
    return f"/m/#/{tenant}/bind?faced=1"
