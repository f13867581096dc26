"""Pure rules of the sandbox's portal: what it tells under which name, CAS answers, the challenge of a code."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from xml.sax.saxutils import escape

from common.contracts.pack.entrances import PortalAttributes

from .schemas import PortalUser

NAMESPACE = "http://www.yale.edu/tp/cas"


def told(user: PortalUser, names: PortalAttributes) -> dict[str, str]:
    """Return the facts of a user under the names that the pack gives them."""
    facts = {
        names.name: user.name,
        names.work_number: user.work_number,
        names.document_number: user.document_number,
        names.mobile: user.mobile,
        names.user_name: user.user_name,
    }
    return {name: value for name, value in facts.items() if name and value}


def cas_success(subject: str, facts: Mapping[str, str]) -> str:
    """Return the service response about a user (CAS protocol 3.0, 2.5.2)."""
    attributes = "".join(f"<cas:{name}>{escape(value)}</cas:{name}>" for name, value in facts.items())
    return _response(
        f"<cas:authenticationSuccess><cas:user>{escape(subject)}</cas:user>"
        f"<cas:attributes>{attributes}</cas:attributes></cas:authenticationSuccess>"
    )


def cas_failure() -> str:
    """Return the service response about a ticket that is none (CAS protocol 3.0, 2.5.3)."""
    return _response(
        '<cas:authenticationFailure code="INVALID_TICKET">not a ticket</cas:authenticationFailure>'
    )


def fits_challenge(verifier: str, challenge: str) -> bool:
    """Whether a code is redeemed by who asked for it (RFC 7636, S256)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(digest, challenge)


def _response(inner: str) -> str:
    return f'<cas:serviceResponse xmlns:cas="{NAMESPACE}">{inner}</cas:serviceResponse>'
