"""WeChat subscription messages 订阅消息 of the union's mini-program, by the server API subscribeMessage.send."""

import asyncio
import os
import time
from dataclasses import dataclass
from typing import Any

import httpx
import structlog

from common.crypto import TenantKeys

from ..messages.rules import fitted
from .ports import Outgoing, ProviderAway, ProviderRefused

log = structlog.get_logger()
TOKEN_PATH, SEND_PATH = "/cgi-bin/stable_token", "/cgi-bin/message/subscribe/send"
TOKEN_WRONG = frozenset({40001, 40014, 42001})
REFUSED = frozenset({40003, 40037, 41030, 43101, 43107, 47003})
"""Open id unknown, template unknown, page unknown, not subscribed, blocked, field wrong: it will never arrive."""
LANGUAGES = {"zh": "zh_CN", "en": "en_US"}
"""In which the mini-program opens."""
MOST_BYTES = 16_384
EARLY_SECONDS = 120.0


@dataclass
class Token:
    """An access token and until when it is used."""

    value: str
    until: float


class WeChatMessages:
    """Sends subscription messages; tokens are kept per app and fetched anew when WeChat says they are not good."""

    name = "wechat"

    def __init__(self, *, endpoint: str, timeout: float, client: httpx.AsyncClient | None = None) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._client = client or httpx.AsyncClient(timeout=timeout, trust_env=False)
        self._tokens: dict[str, Token] = {}
        self._lock = asyncio.Lock()

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        """Send one message; ProviderRefused for who is not subscribed, ProviderAway for what may work later."""
        if message.wechat is None or message.app is None:
            raise ProviderAway("template.missing")
        if not message.open_id:
            raise ProviderRefused("not_linked")
        body = {
            "touser": message.open_id,
            "template_id": message.wechat.template_id,
            "lang": LANGUAGES.get(message.language, "zh_CN"),
            "data": {
                name: {"value": fitted(name, message.variables.get(name, ""))}
                for name in message.wechat.fields
            },
        }
        if message.wechat.page:
            body["page"] = message.wechat.page
        for fresh in (False, True):
            token = await self._token(message.app.app_id, message.app.key_env, fresh=fresh)
            answer = await self._post(f"{SEND_PATH}?access_token={token}", body)
            code = int(answer.get("errcode") or 0)
            if code not in TOKEN_WRONG:
                break
        if code == 0:
            return str(answer.get("msgid") or message.token)
        if code in REFUSED:
            raise ProviderRefused(f"wechat.{code}")
        raise ProviderAway(f"wechat.{code}")

    async def _token(self, app_id: str, key_env: str, *, fresh: bool) -> str:
        async with self._lock:
            known = self._tokens.get(app_id)
            if known is not None and not fresh and known.until > time.monotonic():
                return known.value
            key = os.environ.get(key_env, "")
            if not key:
                log.error("wechat.key_missing", variable=key_env)
                raise ProviderAway("key.missing")
            asked = {
                "grant_type": "client_credential",
                "appid": app_id,
                "secret": key,
                "force_refresh": fresh,
            }
            answer = await self._post(TOKEN_PATH, asked)
            value, lasting = answer.get("access_token"), answer.get("expires_in")
            if not isinstance(value, str) or not value or not isinstance(lasting, int):
                raise ProviderAway(f"wechat.{answer.get('errcode') or 'token'}")
            self._tokens[app_id] = Token(value, time.monotonic() + lasting - EARLY_SECONDS)
            return value

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            response = await self._client.post(self._endpoint + path, json=body)
            if not response.is_success or len(response.content) > MOST_BYTES:
                raise ProviderAway(f"http.{response.status_code}")
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderAway(type(error).__name__) from None
        if not isinstance(answer, dict):
            raise ProviderAway("no answer")
        return answer

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()
