"""Keys and ciphertext: sealed values with a blind index, encrypted objects, signed links.

`common.crypto.persons` (a key per person) has a table of its own and is imported by who owns that table. What speaks to
a database is imported when it is first asked for: processes that only seal never pay for SQLAlchemy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import (
    CryptoError,
    LinkExpired,
    LinkForged,
    MalformedToken,
    NoTenantKey,
    PersonErased,
    Tampered,
    Truncated,
    UnknownKeyVersion,
    UnknownMasterKey,
)
from .links import parse_link_key, sign, verify
from .master import MasterKeys, new_tenant_key, rewrap_tenant_key, unwrap_tenant_key, wrap_tenant_key
from .objects import ObjectCipher, ciphertext_length, decrypt, encrypt, plaintext_length
from .sealed import SealedValues
from .tenant import TenantKeys, key_version

if TYPE_CHECKING:
    from .keyring import Keyring, KeyVersionConflict
    from .rotation import ResealProgress, SealedTable, reseal_batch, rows_left, sealed_tables
    from .words import open_words, seal_stored_words, seal_words

_LATER = {
    **dict.fromkeys(("Keyring", "KeyVersionConflict"), ".keyring"),
    **dict.fromkeys(
        ("ResealProgress", "SealedTable", "reseal_batch", "rows_left", "sealed_tables"), ".rotation"
    ),
    **dict.fromkeys(("open_words", "seal_stored_words", "seal_words"), ".words"),
}

__all__ = [
    "CryptoError",
    "KeyVersionConflict",
    "Keyring",
    "LinkExpired",
    "LinkForged",
    "MalformedToken",
    "MasterKeys",
    "NoTenantKey",
    "ObjectCipher",
    "PersonErased",
    "ResealProgress",
    "SealedTable",
    "SealedValues",
    "Tampered",
    "TenantKeys",
    "Truncated",
    "UnknownKeyVersion",
    "UnknownMasterKey",
    "ciphertext_length",
    "decrypt",
    "encrypt",
    "key_version",
    "new_tenant_key",
    "open_words",
    "parse_link_key",
    "plaintext_length",
    "reseal_batch",
    "rewrap_tenant_key",
    "rows_left",
    "seal_stored_words",
    "seal_words",
    "sealed_tables",
    "sign",
    "unwrap_tenant_key",
    "verify",
    "wrap_tenant_key",
]


def __getattr__(name: str) -> Any:
    """Import what speaks to a database when it is first asked for."""
    if name in _LATER:
        return getattr(import_module(_LATER[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
