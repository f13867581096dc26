"""Under what identity seals values, and by what it searches them; see `common.crypto.sealed`."""

from common.crypto import SealedValues

SEALED = SealedValues(
    contexts=(
        "person.name", "person.document", "person.mobile", "person.card", "person.born", "person.reason",
        "work_number", "link.subject", "link.ticket", "wechat.open_id", "card.tail", "code", "staff.totp",
        "address.recipient", "address.detail", "ocr.recognition", "admission.cells", "admission.file",
        "person.export",
    ),
    kinds=("document", "name", "mobile", "card", "link", "work_number"),
)  # fmt: skip
