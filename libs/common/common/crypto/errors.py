"""What can go wrong with keys and ciphertext. No message ever holds a key, a plaintext or a token."""

from ..errors import DomainError
from ..text import Text


class CryptoError(Exception):
    """Base of the failures of encryption; not the caller's fault, so not a `DomainError`."""


class MalformedToken(CryptoError):
    """The text is not a sealed token, or not in its one canonical spelling."""


class Tampered(CryptoError):
    """The ciphertext does not verify: changed, or sealed for another tenant, context or object."""


class Truncated(Tampered):
    """An encrypted object has a size that none can have, or ends within its header."""


class UnknownKeyVersion(CryptoError):
    """The token names a tenant key version that is not here (yet); reloading the keys may help."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"tenant key version {version} is not known here")


class UnknownMasterKey(CryptoError):
    """A tenant key is wrapped by a master key that the settings do not hold."""

    def __init__(self, key_id: int) -> None:
        self.key_id = key_id
        super().__init__(f"master key {key_id} is not configured")


class NoTenantKey(CryptoError):
    """The tenant has no key in this service's database yet: its first key has not arrived."""


class PersonErased(CryptoError):
    """The person's key was destroyed: what was encrypted with it is gone for ever."""


class LinkForged(DomainError):
    """A signed link or receipt does not verify, or was made for another purpose."""

    status = 403
    code = "link.forged"
    text = Text("链接无效，请从页面重新打开。", "This link is not valid. Open it again from the page.")


class LinkExpired(DomainError):
    """A signed link or receipt was good once, but its time is over."""

    status = 410
    code = "link.expired"
    text = Text(
        "链接已过期，请返回页面重新获取。", "This link has expired. Go back to the page for a new one."
    )
