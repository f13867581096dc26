"""The built web apps: files with a hash in their name are kept for a year, the first page is asked for each time."""

import re
from pathlib import Path

from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

WEB = Path(__file__).resolve().parents[4] / "web" / "apps"
WEB_APPS = {"/m": WEB / "member" / "dist", "/console": WEB / "console" / "dist"}
PAGE_OF_MESSAGES = re.compile(r"^/console(/reports/[0-9a-f-]{36})$")
"""Addresses in messages, where the console's own begin with #."""
FOREVER = "public, max-age=31536000, immutable"
NOT_BUILT = "网页尚未构建，请先运行 make web。The web apps are not built: run `make web` first.\n"


class WebApp:
    """ASGI application that serves one app's folder; without the folder it says how to make it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = StaticFiles(directory=folder, html=True, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not (self._folder / "index.html").is_file():
            await PlainTextResponse(NOT_BUILT, 503)(scope, receive, send)
            return
        if page := PAGE_OF_MESSAGES.search(scope["path"]):
            await RedirectResponse(f"/console/#{page[1]}", 302)(scope, receive, send)
            return
        response: Response = await self._files.get_response(self._files.get_path(scope), scope)
        hashed = "/assets/" in scope["path"] and response.status_code < 400
        response.headers["Cache-Control"] = FOREVER if hashed else "no-cache"
        await response(scope, receive, send)
