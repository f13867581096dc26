"""CAS protocol 3.0: /login, and /p3/serviceValidate, whose XML tells user and attributes."""

from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from common.contracts.pack.entrances import Portal

from .errors import PortalAway, PortalRefused
from .outside import client_for

log = structlog.get_logger()
NAMESPACE = "{http://www.yale.edu/tp/cas}"


def login_url(portal: Portal, *, service: str) -> str:
    """Return where the browser goes."""
    return f"{portal.server}/login?{urlencode({'service': service})}"


async def facts(portal: Portal, *, service: str, ticket: str) -> dict[str, Any]:
    """Validate a ticket and return "user" and the attributes; PortalRefused or PortalAway."""
    try:
        async with client_for(portal) as client:
            response = await client.get(
                f"{portal.server}/p3/serviceValidate", params={"service": service, "ticket": ticket}
            )
            response.raise_for_status()
            return parse(response.content)
    except (httpx.HTTPError, ElementTree.ParseError, DefusedXmlException) as error:
        log.warning("portal.away", portal=portal.code, kind=type(error).__name__)
        raise PortalAway from None


def parse(document: bytes) -> dict[str, Any]:
    """Read a service response; PortalRefused for a failure, PortalAway for what is neither."""
    root = ElementTree.fromstring(document, forbid_dtd=True)
    if root.find(f"{NAMESPACE}authenticationFailure") is not None:
        raise PortalRefused
    success = root.find(f"{NAMESPACE}authenticationSuccess")
    user = success.findtext(f"{NAMESPACE}user") if success is not None else None
    if root.tag != f"{NAMESPACE}serviceResponse" or success is None or not user:
        raise PortalAway
    found: dict[str, Any] = {}
    for attribute in success.iterfind(f"{NAMESPACE}attributes/*"):
        found.setdefault(attribute.tag.removeprefix(NAMESPACE), []).append(attribute.text or "")
    return {**found, "user": user}
