"""Keys and ciphertext: sealed values with a blind index, encrypted objects, signed links.

`common.crypto.persons` (a key per person) has a table of its own and is imported by who owns that table.
"""

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
from .keyring import Keyring, KeyVersionConflict
from .links import parse_link_key, sign, verify
from .master import MasterKeys, new_tenant_key, rewrap_tenant_key, unwrap_tenant_key, wrap_tenant_key
from .objects import ObjectCipher, ciphertext_length, decrypt, encrypt, plaintext_length
from .rotation import ResealProgress, SealedTable, reseal_batch, rows_left, sealed_tables
from .sealed import SealedValues
from .tenant import TenantKeys, key_version
from .words import open_words, seal_stored_words, seal_words

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
