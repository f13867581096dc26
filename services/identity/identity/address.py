"""Where a request came from, for limits. Behind a gateway the server sets it from the forwarding headers."""

from fastapi import Request


def address_of(request: Request) -> str:
    """Return the client's network address."""
    return request.client.host if request.client else "unknown"


def device_of(request: Request) -> str | None:
    """Return what the browser or app calls itself, shortened; for the list of one's own sessions."""
    agent = "".join(c for c in request.headers.get("user-agent", "") if c.isprintable())
    return agent[:120] or None
