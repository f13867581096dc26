"""Ways in that other systems open: campus portals, apps that hand their users over, WeChat (rows A.01, E.02)."""

import ipaddress
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from .base import Code, Line, LocalText, Part, broken

PortalAudience = Literal["member", "staff", "handler"]
MatchedBy = Literal["work_number", "document_number"]


def _address(value: str) -> str:
    """Accept https addresses without credentials, query or fragment; http only on this machine."""
    parts = urlsplit(value)
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise broken(
            "地址要写成 https://主机/路径", "write the address as https://host/path, nothing before or behind"
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise broken("地址必须以 https:// 开头", "the address must begin with https://")
    return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


Address = Annotated[str, StringConstraints(max_length=200), AfterValidator(_address)]
Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+(?::[0-9]{1,5})?$", max_length=120)]
PortalSecretName = Annotated[
    str,
    StringConstraints(pattern=r"^HUZHU_PORTAL_[A-Z0-9_]{1,60}$"),
    Field(description="Name of the environment variable that holds the secret; never the secret itself."),
]
HandOverSecretName = Annotated[
    str,
    StringConstraints(pattern=r"^HUZHU_HANDOVER_[A-Z0-9_]{1,60}$"),
    Field(description="Name of the environment variable that holds the shared secret."),
]
WeChatSecretName = Annotated[
    str,
    StringConstraints(pattern=r"^HUZHU_WECHAT_[A-Z0-9_]{1,60}$"),
    Field(description="Name of the environment variable that holds the app's secret."),
]


class PortalAttributes(Part):
    """What the portal calls the facts it tells of a user (claims of OpenID Connect, attributes of CAS)."""

    subject: Line = "sub"
    name: Line = "name"
    work_number: Line | None = None
    document_number: Line | None = None
    mobile: Line | None = None
    user_name: Line | None = Field(None, description="For staff: the user name of their account here.")


class Portal(Part):
    """A portal through which people sign in, by OpenID Connect or CAS 3.0.

    `server`: the issuer, or the base address of the CAS server. Only its host and those of `hosts` are ever called.
    `match`: by what the user is found in the register, in this order.
    """

    code: Code
    title: LocalText
    kind: Literal["oidc", "cas"]
    server: Address
    hosts: tuple[Host, ...] = ()
    client_id: Line | None = None
    key_env: PortalSecretName | None = None
    scopes: Annotated[tuple[Line, ...], Field(min_length=1)] = ("openid", "profile")
    people: Annotated[tuple[PortalAudience, ...], Field(min_length=1)] = ("member",)
    match: Annotated[tuple[MatchedBy, ...], Field(min_length=1)] = ("work_number", "document_number")
    attributes: PortalAttributes = PortalAttributes()

    @property
    def on_this_machine(self) -> bool:
        """Whether the portal runs beside the platform: somebody tries their own."""
        return _is_loopback(urlsplit(self.server).hostname or "")

    @model_validator(mode="after")
    def _complete(self) -> "Portal":
        if self.kind == "oidc" and not self.client_id:
            raise broken("OpenID Connect 门户必须写 client_id", "an OpenID Connect portal needs client_id")
        if self.kind == "oidc" and "openid" not in self.scopes:
            raise broken("scopes 必须包含 openid", "scopes must contain openid")
        for way in self.match:
            if getattr(self.attributes, way) is None:
                raise broken(f"attributes 中缺少 {way}", f"attributes lacks {way}, which match names")
        if "staff" in self.people and self.attributes.user_name is None:
            raise broken(
                "工作人员登录需要 attributes.user_name", "portals for staff need attributes.user_name"
            )
        return self


class HandOver(Part):
    """An app that hands its signed-in member over by a signed token (docs/hand-over.md).

    HS256 uses the shared secret of the environment variable `key_env`; the others `public_key` (PEM).
    """

    code: Code
    title: LocalText
    issuer: Line
    algorithm: Literal["HS256", "ES256", "RS256", "Ed25519"] = "HS256"
    key_env: HandOverSecretName | None = None
    public_key: Annotated[str, StringConstraints(max_length=2000)] | None = None

    @model_validator(mode="after")
    def _key(self) -> "HandOver":
        shared = self.algorithm == "HS256"
        if shared != (self.key_env is not None) or shared == (self.public_key is not None):
            raise broken(
                "HS256 写 key_env，其他算法写 public_key",
                "HS256 needs key_env, the other algorithms public_key",
            )
        return self


class WeChatApp(Part):
    """The union's WeChat mini-program (小程序), whose users sign in by their open id."""

    app_id: Annotated[str, StringConstraints(pattern=r"^wx[0-9a-f]{16}$")]
    key_env: WeChatSecretName
