"""Security headers of the pages that the gateway itself serves; the services say theirs."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.http.headers import SECURITY_HEADERS

STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
"""Said where TLS ends in front of the gateway; a browser ignores it over plain HTTP."""
# The API reference page loads its own script and style inline from the framework.
API_DOCS = ("/docs",)


class PageHeaders:
    """ASGI middleware: what an answer does not say itself of `SECURITY_HEADERS`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].endswith(API_DOCS):
                    del headers["Content-Security-Policy"]
            await send(message)

        await self.app(scope, receive, send_with_headers)
