"""The four packs that ship, and a way to break one of them at a marked place."""

from functools import cache
from pathlib import Path

from common.contracts.pack import TenantPack, load_pack

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
CODES = ("bit", "zhejiang", "wuxi", "beijing")


@cache
def pack_text(code: str) -> str:
    return (TENANTS / f"{code}.yaml").read_text(encoding="utf-8")


@cache
def pack_of(code: str) -> TenantPack:
    return load_pack(TENANTS / f"{code}.yaml")


def edited(code: str, old: str, new: str) -> tuple[str, int, int]:
    """Replace `old`, which must stand in the pack once; return the text with line and column of the mark § in `new`."""
    text = pack_text(code)
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {code}.yaml"
    changed = text.replace(old, new)
    place = changed.index("§")
    line = changed.count("\n", 0, place) + 1
    column = place - (changed.rfind("\n", 0, place) + 1) + 1
    return changed.replace("§", ""), line, column
