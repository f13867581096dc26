"""Properties of the pure rules."""

from urllib.parse import quote, unquote

from hypothesis import example, given
from hypothesis import strategies as st

from common.auth import Actor, ActorKind
from common.ids import new_id
from ocr.auth import READ
from ocr.documents import rules
from ocr.queue.rules import CRASHED, DAMAGED, FAILED, TOO_LONG, is_hopeless, problem

ids = st.uuids()
names = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=rules.LONGEST_NAME)
actors = st.builds(
    Actor,
    kind=st.sampled_from(ActorKind),
    id=ids,
    tenant_id=ids,
    tenant=st.just("t"),
    permissions=st.frozensets(st.sampled_from([READ, "ocr.document.upload"])),
    person_id=st.none() | ids,
    unit_id=st.none() | ids,
    org_path=st.sampled_from(["", "/a/", "/a/b/"]),
)


@given(names)
def test_a_name_comes_back_without_its_folders(name: str) -> None:
    found = rules.filename_of(quote(name))
    if found is not None:
        assert found == name.replace("\\", "/").rsplit("/", 1)[-1].strip()
        shown = rules.disposition(found, rules.PDF)
        assert shown.isascii() and "\n" not in shown
        assert unquote(shown.removeprefix("inline; filename*=UTF-8''")) == (found or "document.pdf")


@given(st.text(max_size=400))
def test_no_header_makes_a_name_that_is_dangerous(header: str) -> None:
    found = rules.filename_of(header)
    assert found is None or (found.isprintable() and "/" not in found and len(found) <= rules.LONGEST_NAME)


@given(st.binary(max_size=64))
@example(b"MM\0*")
@example(b"BM\0\0\0\0\0\0\0\0")
def test_what_is_sniffed_is_a_kind_that_is_taken_or_nothing(data: bytes) -> None:
    assert rules.sniff(data) in {*rules.EXTENSIONS, *rules.PICTURES.values(), None}


@given(actors)
def test_whoever_hands_in_owns_and_only_members_bring_their_person(actor: Actor) -> None:
    owner = rules.owner_of(actor)
    assert rules.is_own(actor, owner_id=owner.account_id, person_id=owner.person_id)
    assert owner.person_id is None or actor.kind is ActorKind.MEMBER
    document = new_id()
    assert owner.key_id(document) == (owner.person_id or document)


@given(actors, ids, st.none() | ids)
def test_a_stranger_sees_nothing_but_as_staff_of_the_whole_tenant(
    actor: Actor, owner: object, person: object
) -> None:
    own = rules.is_own(actor, owner_id=owner, person_id=person)  # type: ignore[arg-type]
    assert own == (owner == actor.id or (person is not None and person == actor.person_id))
    if rules.reads_all(actor):
        assert actor.kind is ActorKind.STAFF and READ in actor.permissions and actor.org_path == ""


@given(*[st.integers(0, 20)] * 4)
def test_every_document_is_given_up_at_last(attempts: int, crashes: int, more: int, again: int) -> None:
    limits = {"most_attempts": 10, "most_crashes": 2}
    if is_hopeless(attempts=attempts, crashes=crashes, **limits):
        assert is_hopeless(attempts=attempts + more, crashes=crashes + again, **limits)
    assert is_hopeless(attempts=10, crashes=0, **limits) and is_hopeless(attempts=2, crashes=2, **limits)


def test_every_problem_says_what_to_do_in_both_languages() -> None:
    for code in (TOO_LONG, CRASHED, FAILED, DAMAGED):
        said = problem(code)
        assert said["code"] == code and said["zh"].endswith("。") and said["en"].endswith(".")
