"""Under what notify seals values, and by what it searches them; see `common.crypto.sealed`."""

from common.crypto import SealedValues

SEALED = SealedValues(
    contexts=(
        "person.name", "person.document", "person.mobile", "person.sex", "wechat.open_id", "card.tail", "code",
        "message.title", "message.text", "message.variables", "webhook.secret", "picture.key",
    ),
    kinds=("mobile",),
)  # fmt: skip
