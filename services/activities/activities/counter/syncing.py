"""Scans that a counter sends, at once or after a time without network: each takes effect once, doubles are reported."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.clock import now
from common.crypto import TenantKeys
from common.errors import DomainError
from common.http import Cursor, Page
from common.text import Text

from ..rewards.errors import RewardAlreadyCollected, RewardExpired, RewardGivenBack
from ..rewards.models import Reward
from ..rewards.reading import Surroundings, read_collection
from ..spoken import spoken
from .errors import CollectedTooEarly, CounterOnly, PassExpired, PassForged, ScanReused, ScanTooLate
from .models import CounterScan
from .repository import CounterRepository
from .rules import MOST_AGE, Outcome, timing
from .schemas import ScanOutcome, ScanRead, ScansTaken, ScansWrite, ScanWrite
from .service import hand_out, handles
from .signing import Pass, public_keys, verify_pass

COLLECTED = Text("已登记领取。", "The collection is noted.")
REPEATED = Text("此前已上传，无需再次登记。", "It was sent before; nothing to do.")
DOUBLE = Text(
    "重复领取：{at} 已在 {device} 登记，请核对并按规定处理。",
    "A double collection: it was noted at {at} at {device}. Look into it.",
)
UNKNOWN = Text("没有找到这份领取，请人工核对。", "There is no such reward. Check by hand.")
BY_REFUSAL: dict[type[DomainError], Outcome] = {
    RewardAlreadyCollected: "double",
    RewardGivenBack: "given_back",
    RewardExpired: "expired",
    CollectedTooEarly: "too_early",
}


class Known(NamedTuple):
    """What one request needs to know of all its scans."""

    passes: dict[UUID, Pass]
    rewards: dict[UUID, Reward]
    scans: dict[UUID, CounterScan]
    around: Surroundings


async def take_scans(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, body: ScansWrite
) -> ScansTaken:
    """登记扫码: each scan in its order; what one is worth never changes what another is."""
    if actor.kind is not ActorKind.STAFF:
        raise CounterOnly
    repository = CounterRepository(session, actor.tenant_id)
    passes = _verified(body.scans, await public_keys(session, keys))
    rewards = await repository.rewards({one.subject for one in passes.values()})
    around = await Surroundings.of(session, list(rewards.values()), with_people=True)
    allowed = {
        reward.id: reward
        for reward in rewards.values()
        if handles(actor, around.campaigns[reward.campaign_id])
    }
    firsts = {reward.scan_id for reward in allowed.values() if reward.scan_id is not None}
    scans = await repository.scans({scan.scan_id for scan in body.scans} | firsts)
    known = Known(passes, allowed, scans, around)
    items = [
        await _take(session, actor=actor, keys=keys, scan=scan, device=body.device, known=known)
        for scan in body.scans
    ]
    return ScansTaken(items=items)


def _verified(scans: Sequence[ScanWrite], public: list[dict[str, Any]]) -> dict[UUID, Pass]:
    passes = {}
    for scan in scans:
        try:
            passes[scan.scan_id] = verify_pass(public, scan.token, "pass")
        except PassForged:
            continue
    return passes


async def _take(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, scan: ScanWrite, device: str, known: Known
) -> ScanOutcome:
    what = known.passes.get(scan.scan_id)
    if what is None:
        return _refused(scan, "forged", PassForged())
    reward, earlier = known.rewards.get(what.subject), known.scans.get(scan.scan_id)
    if reward is None:
        return ScanOutcome(scan_id=scan.scan_id, outcome="unknown", message=UNKNOWN.in_language())
    if earlier is not None:
        if earlier.reward_id != reward.id:
            return _refused(scan, "reused", ScanReused())
        return _told(scan, "repeated", REPEATED, reward, known, keys)
    judged = timing(
        issued_at=what.issued_at, expires_at=what.expires_at, scanned_at=scan.scanned_at, received_at=now()
    )
    if judged == "too_late":
        return _refused(scan, "too_late", ScanTooLate(days=MOST_AGE.days))
    row = CounterScan(
        id=scan.scan_id, campaign_id=reward.campaign_id, reward_id=reward.id, account_id=actor.id,
        device=device, scanned_at=scan.scanned_at, first_scan_id=None, outcome="collected",
    )  # fmt: skip
    refusal: DomainError | None = PassExpired() if judged != "good" else None
    if refusal is None:
        try:
            await hand_out(session, reward, known.around, by=actor.id, scan=row)
        except tuple(BY_REFUSAL) as error:
            refusal = error
    return await _stored(
        session, actor, keys, scan=scan, row=row, reward=reward, refusal=refusal, known=known
    )


async def _stored(
    session: AsyncSession,
    actor: Actor,
    keys: TenantKeys,
    *,
    scan: ScanWrite,
    row: CounterScan,
    reward: Reward,
    refusal: DomainError | None,
    known: Known,
) -> ScanOutcome:
    if refusal is not None:
        row.outcome = BY_REFUSAL.get(type(refusal), "expired")
        row.first_scan_id = reward.scan_id
    CounterRepository(session, actor.tenant_id).add(row)
    known.scans[row.id] = row
    if row.outcome == "double":
        await record(
            session, actor_id=actor.id, action="reward.double_collection", subject=f"reward:{reward.id}",
            detail={"scan": str(row.id), "first": str(reward.scan_id) if reward.scan_id else ""},
        )  # fmt: skip
        return _double(scan, reward, known, keys)
    if refusal is not None:
        shown = _refused(scan, row.outcome, refusal)  # type: ignore[arg-type]
        return shown.model_copy(update={"collection": read_collection(reward, known.around, keys)})
    return _told(scan, "collected", COLLECTED, reward, known, keys)


def _double(scan: ScanWrite, reward: Reward, known: Known, keys: TenantKeys) -> ScanOutcome:
    first = known.scans.get(reward.scan_id) if reward.scan_id else None
    at = spoken(reward.collected_at) if reward.collected_at else ""
    device = first.device if first else "人工核销"
    told = _told(scan, "double", DOUBLE.format(at=at, device=device), reward, known, keys)
    return told.model_copy(update={"first_collected_at": reward.collected_at, "first_device": device})


def _refused(scan: ScanWrite, outcome: Outcome, error: DomainError) -> ScanOutcome:
    return ScanOutcome(scan_id=scan.scan_id, outcome=outcome, message=error.sentence.in_language())


def _told(
    scan: ScanWrite, outcome: Outcome, text: Text, reward: Reward, known: Known, keys: TenantKeys
) -> ScanOutcome:
    return ScanOutcome(
        scan_id=scan.scan_id,
        outcome=outcome,
        message=text.in_language(),
        collection=read_collection(reward, known.around, keys),
    )


async def list_scans(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, cursor: Cursor, outcome: str | None
) -> Page[ScanRead]:
    """扫码记录: newest first; `double` are those to look into."""
    repository = CounterRepository(session, actor.tenant_id)
    rows = await repository.page(actor, cursor, outcome=outcome)
    rewards = await repository.looked_at({row.reward_id for row in rows})
    around = await Surroundings.of(session, list(rewards.values()), with_people=True)

    def read(row: CounterScan) -> ScanRead:
        reward = rewards[row.reward_id]
        return ScanRead(
            id=row.id, campaign_id=row.campaign_id, campaign_title=around.campaigns[row.campaign_id].title,
            reward_id=row.reward_id, number=reward.number, name=around.name_of(reward, keys),
            device=row.device, account_id=row.account_id, outcome=row.outcome, scanned_at=row.scanned_at,
            created_at=row.created_at, first_scan_id=row.first_scan_id,
        )  # fmt: skip

    return cursor.page(rows, read)
