"""The public keys with which every service verifies tokens, and their rotation."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from common.auth import Actor
from common.http import ServiceContext, context_of, requires

from ..auth import TENANT_MANAGE
from ..extras import signing_keys
from ..platform.rules import require_platform

router = APIRouter(tags=["keys"])
Context = Annotated[ServiceContext, Depends(context_of)]


class JwksRead(BaseModel):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, Any]]


class SigningKeyRotated(BaseModel):
    """The id of the new key, and when it signs: everybody who verifies tokens has it by then."""

    kid: str
    signs_from: datetime


@router.get("/.well-known/jwks.json")
async def read_jwks(context: Context, response: Response) -> JwksRead:
    """Return the public keys; may be cached for a minute."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return JwksRead.model_validate(await signing_keys(context).jwks())


@router.post("/signing-keys", status_code=201)
async def rotate_signing_key(
    context: Context, actor: Annotated[Actor, requires(TENANT_MANAGE)]
) -> SigningKeyRotated:
    """Make a new key, which signs in a quarter of an hour (platform operators only)."""
    require_platform(actor)
    kid, signs_from = await signing_keys(context).rotate()
    return SigningKeyRotated(kid=kid, signs_from=signs_from)
