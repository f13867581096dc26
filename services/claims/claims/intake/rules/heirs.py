"""The legal heir who is paid where the person has died: how they are related, and what cannot be right. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from common.identifiers import DocumentKind, document_faults, mobile_faults, name_faults, plain_name
from common.text import Text

from .form import Fault

HeirRelation = Literal["spouse", "child", "parent", "sibling", "grandparent", "grandchild", "other"]
HEIR_RELATIONS: dict[HeirRelation, Text] = {
    "spouse": Text("配偶", "Spouse"),
    "child": Text("子女", "Child"),
    "parent": Text("父母", "Parent"),
    "sibling": Text("兄弟姐妹", "Sibling"),
    "grandparent": Text("祖父母、外祖父母", "Grandparent"),
    "grandchild": Text("孙子女、外孙子女（代位继承）", "Grandchild, in a parent's place"),
    "other": Text("其他法定继承人", "Another legal heir"),
}
"""Who inherits by law, in its order. Source: Civil Code, articles 1127 to 1129."""

THE_DEAD = Text(
    "这是已去世的被保障人本人的{what}，请填写收款的法定继承人的{what}。",
    "This is the {what} of the person who has died. Enter the {what} of the legal heir who is paid.",
)
NAME, NUMBER = Text("姓名", "name"), Text("证件号码", "ID number")


@dataclass(frozen=True, slots=True)
class Heir:
    """An heir as typed; None is not known yet."""

    name: str | None = None
    document_kind: DocumentKind = "resident_id"
    document_number: str | None = None
    mobile: str | None = None


def heir_faults(heir: Heir, *, insured_names: list[str], is_insured: bool) -> Iterator[Fault]:
    """Yield all that cannot be right with an heir; `is_insured`: the number is the insured person's own.

    An heir may bear the same name as the person who has died: the number then tells them apart.
    """
    if heir.name is not None:
        for fault in name_faults(heir.name):
            yield Fault(fault.code, fault.sentence, "payee.name")
        if _bare(heir.name) in map(_bare, insured_names) and (heir.document_number is None or is_insured):
            yield Fault("payee.is_the_insured", _of_the_dead(NAME), "payee.name")
    if is_insured:
        yield Fault("payee.is_the_insured", _of_the_dead(NUMBER), "payee.document_number")
    elif heir.document_number is not None:
        for fault in document_faults(heir.document_kind, heir.document_number):
            yield Fault(fault.code, fault.sentence, "payee.document_number")
    if heir.mobile is not None:
        for fault in mobile_faults(heir.mobile):
            yield Fault(fault.code, fault.sentence, "payee.mobile")


def _bare(name: str) -> str:
    return "".join(plain_name(name).split())


def _of_the_dead(what: Text) -> Text:
    return Text(THE_DEAD.zh.format(what=what.zh), THE_DEAD.en.format(what=what.en))
