"""WeChat sign-in: code2session of the mini-program server API (auth.code2Session)."""

import os

import httpx
import structlog

from .interface import VerificationAway, WeChatCodeInvalid

log = structlog.get_logger()
PATH = "/sns/jscode2session"
CODE_INVALID = {40029, 40163, 40226}
"""Code invalid, code used already, user blocked by WeChat for risk."""
MOST_BYTES = 16_384


class WeChat:
    """The real one; the app's key is read from the environment variable that the pack names."""

    def __init__(self, *, endpoint: str, timeout: float, client: httpx.AsyncClient | None = None) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._client = client or httpx.AsyncClient(timeout=timeout, trust_env=False)

    async def open_id(self, *, app_id: str, key_name: str, code: str) -> str:
        """Exchange the code; WeChatCodeInvalid if it is not good, VerificationAway for every other failure."""
        key = os.environ.get(key_name, "")
        if not key:
            log.error("wechat.key_missing", variable=key_name)
            raise VerificationAway
        query = {"appid": app_id, "secret": key, "js_code": code, "grant_type": "authorization_code"}
        try:
            response = await self._client.get(self._endpoint + PATH, params=query)
            answer = response.json() if response.is_success and len(response.content) < MOST_BYTES else None
        except (httpx.HTTPError, ValueError) as error:
            log.warning("wechat.away", kind=type(error).__name__)
            raise VerificationAway from None
        return _open_id(answer)

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()


def _open_id(answer: object) -> str:
    if not isinstance(answer, dict):
        raise VerificationAway
    failure = answer.get("errcode") or 0
    if failure in CODE_INVALID:
        raise WeChatCodeInvalid
    open_id = answer.get("openid")
    if failure or not isinstance(open_id, str) or not open_id:
        log.warning("wechat.failed", code=failure)
        raise VerificationAway
    return open_id
