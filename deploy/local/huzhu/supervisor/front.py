"""The platform's own address, held by the supervisor so that it outlives the api.

The api accepts on this socket while it runs. While it starts, or has crashed, the supervisor answers on it itself, at
once: 503, when to come again, and that nothing is lost. No connection is ever refused, and none passes a proxy.
"""

import asyncio
import base64
import contextlib
import hashlib
import socket
from asyncio import StreamReader, StreamWriter

import orjson

from common.errors import ServiceBusy
from common.text import Text, preferred_language

RETRY_SECONDS = 3
_BACKLOG = 2048
_HEAD_BYTES = 32 * 1024
_PATIENCE_S = 5.0
_DRAIN_BYTES = 4 * 1024 * 1024
_STYLE = (
    "body{margin:0;font:1.125rem/1.7 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;color:#1d2129;"
    "background:#f6f7f9}main{max-width:36rem;margin:18vh auto 0;padding:0 1.25rem}h1{font-size:1.4rem;color:#b3261e}"
)
_SCRIPT = f"setTimeout(function(){{location.reload()}},{RETRY_SECONDS * 1000})"
"""Both apps name their pages behind a # in the address, where a refresh in the head asks for nothing."""


def _hash(inline: str) -> str:
    """What a policy allows by its content: this and nothing else that stands in a page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


_POLICY = (
    f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; frame-ancestors 'none'"
)
_TITLE = Text("系统正在启动，马上就好", "Starting, back in a moment")
_WORDS = Text(
    "页面会自动重新打开，您已提交的内容没有丢失。如果超过一分钟仍未恢复，请联系管理员。",
    "This page opens by itself again; nothing that you have submitted is lost. If it takes longer than a minute, "
    "tell your administrator.",
)


class PortTaken(RuntimeError):
    """Another program listens on the platform's port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"端口 {port} 已被占用，请用 PORT= 换一个。Port {port} is in use: choose another with PORT=."
        )


class FrontDoor:
    """The listening socket, and the answers while nobody else gives them."""

    def __init__(self, host: str, port: int) -> None:
        self.address = (host, port)
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None

    def open(self) -> None:
        """Listens; connections wait until somebody accepts. Raises PortTaken."""
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(self.address)
        except OSError:
            made.close()
            raise PortTaken(self.address[1]) from None
        made.listen(_BACKLOG)
        self._socket = made

    def fileno(self) -> int:
        """The socket's number, to be inherited."""
        if self._socket is None:
            self.open()
        return self._socket.fileno() if self._socket else -1

    async def stand_in(self) -> None:
        """Answers from now on; does nothing when it does already."""
        if self._server is None:
            number = self.fileno()
            self._server = await asyncio.start_server(
                _answer, sock=socket.socket(fileno=socket.dup(number)), limit=_HEAD_BYTES, backlog=_BACKLOG
            )

    async def stand_down(self) -> None:
        """Leaves the answers to the process that accepts on the socket now."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(server.wait_closed(), _PATIENCE_S)

    async def close(self) -> None:
        """Gives the address up."""
        await self.stand_down()
        if self._socket is not None:
            self._socket.close()
            self._socket = None


async def _answer(reader: StreamReader, writer: StreamWriter) -> None:
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        async with asyncio.timeout(_PATIENCE_S):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            writer.write(response_to(head))
            await writer.drain()
            writer.write_eof()
            # Closing with an upload unread would reset the connection before the answer is read.
            left = _DRAIN_BYTES
            while left > 0 and (piece := await reader.read(65536)):
                left -= len(piece)
    writer.close()


def response_to(head: str) -> bytes:
    """Return the whole answer to a request's head: a page for pages, a problem document for everything else."""
    line, *fields = head.split("\r\n")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)
    }
    chosen = preferred_language(headers.get("accept-language"))
    if "text/html" in headers.get("accept", ""):
        kind, body = "text/html; charset=utf-8", _page(chosen).encode()
    else:
        kind, body = "application/problem+json", _problem(chosen)
    shown = {
        "Content-Type": kind,
        "Content-Length": str(len(body)),
        "Retry-After": str(RETRY_SECONDS),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": _POLICY,
        "Connection": "close",
    }
    front = "HTTP/1.1 503 Service Unavailable\r\n" + "".join(f"{n}: {v}\r\n" for n, v in shown.items())
    return front.encode() + b"\r\n" + (b"" if line.startswith("HEAD ") else body)


def _page(chosen: str) -> str:
    title, words = _TITLE.in_language(chosen), _WORDS.in_language(chosen)
    other_title, other_words = (
        text.in_language("en" if chosen == "zh" else "zh") for text in (_TITLE, _WORDS)
    )
    return (
        f'<!doctype html><html lang="{"zh-CN" if chosen == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<noscript><meta http-equiv="refresh" content="{RETRY_SECONDS}"></noscript><title>{title}</title>'
        f"<style>{_STYLE}</style><script>{_SCRIPT}</script></head>"
        f"<body><main><h1>{title}</h1><p>{words}</p><p>{other_title}. {other_words}</p></main></body></html>"
    )


def _problem(chosen: str) -> bytes:
    text = ServiceBusy.text.in_language(chosen)
    return orjson.dumps(
        {
            "type": f"urn:huzhu:problem:{ServiceBusy.code}",
            "title": text,
            "status": 503,
            "code": ServiceBusy.code,
            "detail": text,
        }
    )
