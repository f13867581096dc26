"""What the calculation of an application reads, taken out of its dossier."""

from ..benefits import BenefitRules, Facts
from ..intake.dossier import Dossier
from ..intake.rules.application import Application
from ..intake.rules.form import WHOLE
from .rules import covers_of, facts_of, membership


def rules_for(dossier: Dossier) -> BenefitRules:
    """Return the benefit rules of the claim's kind, in the pack version that the claim keeps."""
    return BenefitRules.of(dossier.pack, kind=dossier.kind.code, product=dossier.claim.product_code)


def facts_for(dossier: Dossier, application: Application) -> Facts:
    """Return the facts of an application; FactsInvalid for stays that cannot be."""
    claim = dossier.claim
    if claim.product_code is None:
        covers = membership(claim.person_id)
    else:
        gap = dossier.pack.product(claim.product_code).renewable_gap_days
        covers = covers_of(
            [p for p in dossier.policies if p.product_code == claim.product_code], gap_days=gap
        )
    return facts_of(
        claim_id=claim.id,
        person_id=claim.person_id,
        covers=covers,
        whole=application.inputs(WHOLE),
        stays=[application.inputs(stay) for stay in application.stays],
    )
