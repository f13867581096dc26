"""Lists of codes as they come over HTTP: plain text, received before a transaction begins."""

from typing import Annotated

from fastapi import Depends, Request

from common.auth import Actor
from common.http import requires

from ..auth import MANAGE
from .errors import CodesNotPlainText, CodesTooLarge
from .rules import MOST_LINES, MOST_MEGABYTES


async def received_text(request: Request, _: Annotated[Actor, requires(MANAGE)]) -> str:
    """Return the body of a request as text; CodesNotPlainText or CodesTooLarge."""
    if not request.headers.get("content-type", "").lower().startswith("text/plain"):
        raise CodesNotPlainText
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_MEGABYTES * 1024 * 1024:
            raise CodesTooLarge(most_lines=MOST_LINES, most_megabytes=MOST_MEGABYTES)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise CodesNotPlainText from None


ReceivedText = Annotated[str, Depends(received_text)]
PLAIN_TEXT = {"requestBody": {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}}}
"""What the published document says about the body, which FastAPI does not see."""
