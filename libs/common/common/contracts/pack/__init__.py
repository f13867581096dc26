"""The tenant pack: a city union described as data, read from YAML with every fault named by its place.

`load_pack(path)` gives a TenantPack or raises PackInvalid; `check_pack(text)` lists the faults; `json_schema()` is
what editors use. The models of the sections lie in the modules of the same names.
"""

from .base import LocalProse, LocalText
from .benefits import Benefit, Cap
from .chains import Chain, Node
from .claims import ClaimKind
from .eligibility import AgeLimits, Eligibility
from .faults import Fault, PackInvalid
from .load import check_pack, load_pack, parse_pack, read_text
from .messages import MESSAGE_EVENTS, Message
from .model import TenantPack
from .money import Rounding
from .products import Product
from .roles import PERMISSIONS, Role
from .schema import json_schema, schema_text

__all__ = [
    "MESSAGE_EVENTS",
    "PERMISSIONS",
    "AgeLimits",
    "Benefit",
    "Cap",
    "Chain",
    "ClaimKind",
    "Eligibility",
    "Fault",
    "LocalProse",
    "LocalText",
    "Message",
    "Node",
    "PackInvalid",
    "Product",
    "Role",
    "Rounding",
    "TenantPack",
    "check_pack",
    "json_schema",
    "load_pack",
    "parse_pack",
    "read_text",
    "schema_text",
]
