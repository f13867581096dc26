"""Under what activities seals values, and by what it searches them; see `common.crypto.sealed`."""

from common.crypto import SealedValues

SEALED = SealedValues(
    contexts=(
        "person.name",
        "person.document",
        "person.facts",
        "code",
        "code.pin",
        "codes.file",
        "counter.key",
    ),
    kinds=("reward_code",),
)
