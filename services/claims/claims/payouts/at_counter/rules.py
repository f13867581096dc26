"""Which paper of a claim's form proves a bank card. Pure."""

from common.contracts.pack.claims import ClaimKind
from common.contracts.pack.forms import DocumentRule

PROOF = "bank_card"


def proof_of_card(kind: ClaimKind | None) -> DocumentRule | None:
    """Return the paper of a kind of claim that shows a card or bank book, None where its form has none."""
    papers = kind.documents if kind else ()
    return next((paper for paper in papers if PROOF in paper.types), None)
