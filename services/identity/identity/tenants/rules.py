"""Pure decisions about packs: which number a version gets, from when it holds, which paths a tree has."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time

import orjson

from common.clock import BUSINESS_ZONE
from common.contracts.pack import TenantPack
from common.contracts.tenancy import PACK_INSTALLED

ROOT = "/"
ROOT_CODE = "root"
SERVICES = frozenset(PACK_INSTALLED)
"""Services that must have a version before it is live."""


@dataclass(frozen=True)
class NodeFacts:
    """A node of the tree as a pack describes it."""

    code: str
    level: str
    parent: str | None
    path: str
    name_zh: str
    name_en: str
    region: str | None


def fingerprint(pack: TenantPack) -> str:
    """Return a digest of what a pack says, its number apart: equal exactly when nothing else differs."""
    content = pack.to_dict()
    content.pop("version")
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def next_number(*, written: int, newest: int | None) -> int:
    """Return the number of a new version: the one written in the pack, unless it was given out already."""
    return written if newest is None else max(written, newest + 1)


def effective_instant(pack: TenantPack, *, at: datetime, first: bool) -> datetime:
    """Return from when a version holds, UTC.

    A first version holds at once, and for earlier days as far back as the pack says. A later one never reaches back:
    what was decided under its predecessor stays decided.
    """
    written = datetime.combine(pack.effective_from, time.min, BUSINESS_ZONE).astimezone(UTC)
    return min(written, at) if first else max(written, at)


def nodes_of(pack: TenantPack) -> list[NodeFacts]:
    """Return the root and the branches of a pack, each behind its parent."""
    union = pack.organisation.levels[0]
    name = pack.tenant.short_name
    nodes = [NodeFacts(ROOT_CODE, union.code, None, ROOT, name.zh, name.en, None)]
    paths: dict[str, str] = {}
    waiting = list(pack.organisation.branches)
    while waiting:
        ready = [b for b in waiting if b.parent is None or b.parent in paths]
        if not ready:
            break  # the pack's checks refuse circles, so nothing is left in fact
        for branch in ready:
            paths[branch.code] = f"{paths[branch.parent] if branch.parent else ROOT}{branch.code}/"
            parent = branch.parent or ROOT_CODE
            nodes.append(
                NodeFacts(
                    branch.code, branch.level, parent, paths[branch.code],
                    branch.name.zh, branch.name.en, branch.region,
                )
            )  # fmt: skip
        waiting = [b for b in waiting if b.code not in paths]
    return nodes


def is_live(acknowledged: Iterable[str]) -> bool:
    """Whether every service has the version."""
    return set(acknowledged) >= SERVICES
