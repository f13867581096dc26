"""Use cases of decisions: calculate under the caps, approve, let go of a refused claim."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.claims import ClaimApproved
from common.crypto import TenantKeys
from common.events import emit
from common.ids import new_id
from common.text import Text

from ..benefits import BenefitDecision, BenefitRules, Facts, FactsInvalid, History, calculate
from ..intake.dossier import Dossier
from ..intake.facts import claim_fact
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..intake.rules.application import Application
from ..intake.rules.routing import Reason
from ..ledger.rules import Cause, Movement
from ..ledger.service import book
from ..payouts.cards import with_cards
from ..payouts.repository import PayoutRepository
from ..payouts.service import Payee, request_payouts
from ..sampling.drawing import draw_samples
from .inputs import facts_for, rules_for
from .models import BenefitUse
from .repository import DecisionRepository
from .rules import explanation_json, usage_json, usage_of

EXPLANATION = "claims.explanation"
FIRST_ROUND = 1
CAP_HELD = Reason(
    "cap.held",
    Text(
        "同一封顶额度由本人其他未办结的申请占用；其办结前不能按规则定论，其被拒绝或撤回后金额会自动重新计算",
        "undecided claims of the person hold the cap; the amount is calculated again when they let it go",
    ),
)


class Calculator:
    """Calculates claims of some persons while their caps are locked: nobody else decides about them meanwhile."""

    def __init__(
        self, repository: DecisionRepository, histories: dict[UUID, History], keys: TenantKeys
    ) -> None:
        self._repository = repository
        self._histories = histories
        self._keys = keys
        self._uses: list[BenefitUse] = []
        self._undecided: set[str] = set()
        self._held = False

    @classmethod
    async def holding(
        cls,
        session: AsyncSession,
        *,
        tenant_id: UUID,
        person_ids: Iterable[UUID],
        keys: TenantKeys,
        without: UUID | None = None,
    ) -> "Calculator":
        """Lock the persons and read what their claims used so far; `without` one that is calculated again."""
        repository = DecisionRepository(session, tenant_id)
        persons = set(person_ids)
        await repository.hold_persons(persons)
        if without is not None:
            await repository.forget(without)
        entries: dict[UUID, list[BenefitUse]] = {person: [] for person in persons}
        for use in await repository.uses(persons):
            entries[use.person_id].append(use)
        histories = {
            person: History(tuple(usage_of(use.facts) for use in uses)) for person, uses in entries.items()
        }
        calculator = cls(repository, histories, keys)
        if any(entries.values()):
            calculator._undecided = {str(claim_id) for claim_id in await repository.undecided(persons)}
        return calculator

    def calculate(self, claim: Claim, *, rules: BenefitRules, facts: Facts) -> BenefitDecision:
        """Calculate a claim, note amount and explanation on it, and count it against the caps from now on.

        `store` writes what is counted; the claims must be in the database by then.
        """
        history = self._histories[claim.person_id]
        decision = calculate(rules, facts, history)
        self._held = self._without_undecided(history, rules, facts) > decision.amount
        self._histories[claim.person_id] = history.plus(decision.usage)
        claim.amount = decision.amount
        text = orjson.dumps(explanation_json(decision)).decode()
        claim.explanation = self._keys.seal(text, context=EXPLANATION)
        self._uses += [
            BenefitUse(
                id=new_id(),
                claim_id=claim.id,
                person_id=claim.person_id,
                policy_id=claim.policy_id,
                facts=usage_json(paid),
            )
            for paid in decision.usage
        ]
        return decision

    def _without_undecided(self, history: History, rules: BenefitRules, facts: Facts) -> Decimal:
        """Return what the claim would come to if every other one that is not decided yet came to nothing."""
        mine = facts.claim_key
        decided = tuple(
            paid for paid in history.entries if paid.claim == mine or paid.claim not in self._undecided
        )
        if len(decided) == len(history.entries):
            return Decimal(0)
        return calculate(rules, facts, History(decided)).amount

    def held_back(self) -> Iterator[Reason]:
        """Yield that the claim calculated last comes to less only because undecided claims hold the cap (ADR 0032)."""
        if self._held:
            yield CAP_HELD

    def leave_to_people(self, claim: Claim) -> None:
        """A claim calculated here is not decided yet: what it holds may be let go."""
        self._undecided.add(str(claim.id))

    def store(self) -> None:
        """Write what the claims calculated so far use up."""
        self._repository.add_all(self._uses)
        self._uses = []


async def estimate(
    session: AsyncSession, *, dossier: Dossier, application: Application
) -> BenefitDecision | None:
    """Return what an application would come to now, without any lock; None while its stays cannot be."""
    claim = dossier.claim
    uses = await DecisionRepository(session, claim.tenant_id).uses([claim.person_id])
    history = History(tuple(usage_of(use.facts) for use in uses if use.claim_id != claim.id))
    try:
        return calculate(rules_for(dossier), facts_for(dossier, application), history)
    except FactsInvalid:
        return None


@dataclass(frozen=True, slots=True)
class Approval:
    """A claim to be approved and who is paid. `handler_id` is None where rules alone decided."""

    claim: Claim
    payee: Payee
    node: str = "automatic"
    handler_id: UUID | None = None
    handler: str = ""
    human: UUID | None = None
    opinion: str = ""
    """As it is stored: sealed."""
    covered_since: date | None = None
    """First day of the cover that pays: a young one is a risk that samples are drawn by."""


async def approve_claims(
    session: AsyncSession, *, tenant_id: UUID, approvals: Sequence[Approval], keys: TenantKeys
) -> None:
    """Decide claims in their persons' favour: timeline, ledger, one payout each, events."""
    claims = ClaimRepository(session, tenant_id)
    for approval in approvals:
        automatic = approval.handler_id is None
        action = "decided" if automatic else "agreed"
        claims.add_step(
            approval.claim,
            node=approval.node,
            action=action,
            handler_id=approval.handler_id,
            handler=approval.handler,
            human=approval.human,
            opinion=approval.opinion,
        )
        approval.claim.approve(automatic=automatic)
    await session.flush()
    await book(
        session,
        tenant_id=tenant_id,
        movements=[movement_of(a.claim, Cause.APPROVAL) for a in approvals if a.claim.amount],
    )
    for approval in approvals:
        emit(session, ClaimApproved(claim=claim_fact(approval.claim)))
    drawn = [(a.claim, a.covered_since) for a in approvals if a.handler_id is None]
    await draw_samples(session, tenant_id=tenant_id, drawn=drawn)
    approved = await with_cards(session, tenant_id, [(a.claim, a.payee) for a in approvals])
    again = [a.claim.id for a in approvals if a.claim.round > FIRST_ROUND]
    withdrawn = await PayoutRepository(session, tenant_id).withdrawn(again)
    request_payouts(session, tenant_id=tenant_id, approved=approved, withdrawn=withdrawn, keys=keys)


def movement_of(claim: Claim, cause: Cause) -> Movement:
    """Return what the approval of a claim books, or its withdrawal: once for each round in which it is decided."""
    first = claim.round == FIRST_ROUND
    cause_id = claim.id if first else uuid5(claim.id, f"round {claim.round}")
    return Movement(claim.fund, cause, cause_id, claim.amount or Decimal(0), today(), claim.number or "")


async def let_go(session: AsyncSession, *, claim: Claim) -> None:
    """A refused or withdrawn claim frees its receipts, stays and the caps that it counted against.

    Under the person's lock: another of their claims may use the same receipt, and be let go of, at this very time.
    """
    await DecisionRepository(session, claim.tenant_id).hold_persons([claim.person_id])
    await ClaimRepository(session, claim.tenant_id).release(claim.id)
    await DecisionRepository(session, claim.tenant_id).forget(claim.id)
