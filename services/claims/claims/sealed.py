"""Under what claims seals values, and by what it searches them; see `common.crypto.sealed`."""

from common.crypto import SealedValues

SEALED = SealedValues(
    contexts=(
        "person.name", "person.document", "person.mobile", "person.card", "card.tail", "claims.form",
        "claims.explanation", "claims.feed_line", "claims.feed_file", "settlement.line", "ocr.recognition",
        "bank.memo", "bank.counterparty", "report.key",
    ),
    kinds=("document", "name", "mobile"),
)  # fmt: skip
