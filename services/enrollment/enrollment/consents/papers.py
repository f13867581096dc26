"""Papers of a consent: which files are accepted."""

from common.text import Text

from ..payments.papers import PaperKind

CONSENT_PAPER = PaperKind(
    Text("延迟退休证明", "papers of postponed retirement"),
    frozenset({"application/pdf", "image/jpeg", "image/png"}),
    "pdf, jpg, png",
)
