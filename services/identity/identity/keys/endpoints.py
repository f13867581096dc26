"""The public keys with which every service verifies tokens, and their rotation."""

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
    """The id of the key that signs from now on."""

    kid: str


@router.get("/.well-known/jwks.json")
async def read_jwks(context: Context, response: Response) -> JwksRead:
    """Return the public keys; may be cached for a minute."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return JwksRead.model_validate(await signing_keys(context).jwks())


@router.post("/signing-keys", status_code=201)
async def rotate_signing_key(
    context: Context, actor: Annotated[Actor, requires(TENANT_MANAGE)]
) -> SigningKeyRotated:
    """Sign with a new key from now on (platform operators only)."""
    require_platform(actor)
    return SigningKeyRotated(kid=await signing_keys(context).rotate())
