"""All services in one ASGI application under the gateway's own paths."""

from .app import create_gateway

__all__ = ["create_gateway"]
