"""How two vendors say that requests to them are signed, written down from their documentation for the stand-ins.

TC3-HMAC-SHA256: Tencent Cloud, "Signature v3" (cloud.tencent.com/document/api/213/30654).
ACS3-HMAC-SHA256: Alibaba Cloud, "V3 request structure and signature" (help.aliyun.com/zh/sdk/product-overview).
"""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tc3(
    *,
    secret: str,
    service: str,
    timestamp: int,
    date: str,
    headers: Mapping[str, str],
    signed: list[str],
    body: bytes,
) -> str:
    """Return the signature of a POST to /."""
    lines = "".join(
        f"{name}:{headers[name].strip().lower() if name != 'content-type' else headers[name].strip()}\n"
        for name in signed
    )
    request = "\n".join(["POST", "/", "", lines, ";".join(signed), sha256(body)])
    text = "\n".join(
        ["TC3-HMAC-SHA256", str(timestamp), f"{date}/{service}/tc3_request", sha256(request.encode())]
    )
    key = f"TC3{secret}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def acs3(
    *,
    secret: str,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    signed: list[str],
    body: bytes,
) -> str:
    """Return the signature of a request; `query` as it stands in the address."""
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    canonical = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in pairs)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in signed)
    request = "\n".join([method, path, canonical, lines, ";".join(signed), headers["x-acs-content-sha256"]])
    assert headers["x-acs-content-sha256"] == sha256(body)
    text = f"ACS3-HMAC-SHA256\n{sha256(request.encode())}"
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()
