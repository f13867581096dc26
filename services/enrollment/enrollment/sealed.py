"""Under what enrollment seals values, and by what it searches them; see `common.crypto.sealed`."""

from common.crypto import SealedValues

SEALED = SealedValues(
    contexts=(
        "person.name", "person.document", "person.mobile", "person.card", "person.born", "work_number",
        "enrollment.note", "enrollment.application", "enrollment.wage", "enrollment.roster_row",
        "enrollment.roster_file",
    ),
    kinds=("document", "name", "mobile", "card"),
)  # fmt: skip
