"""Identity verifies tokens with the keys of its own database instead of asking itself over the network."""

from datetime import timedelta
from typing import Any

from common.auth import TokenVerifier

from .service import SigningKeys

FRESH = timedelta(seconds=5)


class OwnTokenVerifier(TokenVerifier):
    """A verifier that reads the published keys where they are made; keys given by `use_keys` count besides."""

    def __init__(self, keys: SigningKeys, *, issuer: str) -> None:
        super().__init__(issuer=issuer, jwks_url="")
        self._signing_keys = keys
        self._given: list[dict[str, Any]] = []

    def use_keys(self, jwks: dict[str, Any]) -> None:
        """Trust these keys besides the own ones."""
        self._given = list(jwks["keys"])
        super().use_keys(jwks)

    async def _refresh(self, before: int) -> bool:
        """Read the own keys again when a token names one that is not known."""
        own = await self._signing_keys.jwks(no_older_than=FRESH)
        super().use_keys({"keys": [*self._given, *own["keys"]]})
        return True
