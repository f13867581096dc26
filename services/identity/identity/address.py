"""Where a request came from, for limits. Behind a gateway the server sets it from the forwarding headers."""

from fastapi import Request


def address_of(request: Request) -> str:
    """Return the client's network address."""
    return request.client.host if request.client else "unknown"
