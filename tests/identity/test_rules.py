"""Pure rules of identity, with properties."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.auth import ActorKind
from common.contracts.pack import TenantPack, parse_pack
from common.contracts.pack.registration import ProfileDocument
from common.identifiers import credit_code_check_digit
from identity.accounts import rules as accounts
from identity.codes import rules as codes
from identity.members import rules as members
from identity.platform import rules as platform
from identity.staff import rules as staff
from identity.tenants import rules as tenants
from identity.units import rules as units

from .union import SOURCE

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
NOBODY = UUID(int=1)


@pytest.fixture(scope="module")
def pack() -> TenantPack:
    return parse_pack(SOURCE)


def document(code: str, group: str | None = None, required: bool = True) -> ProfileDocument:
    title = {"zh": code, "en": code}
    return ProfileDocument.model_validate(
        {"code": code, "title": title, "group": group, "required": required}
    )


@given(st.integers(0, 10_000), st.integers(1, 600))
def test_the_letter_is_accepted_exactly_when_its_seconds_are_over(milliseconds: int, seconds: int) -> None:
    at = NOW + timedelta(milliseconds=milliseconds * 100)
    left = units.seconds_to_read(opened_at=NOW, at=at, read_seconds=seconds)
    assert (left == 0) == (at - NOW >= timedelta(seconds=seconds))
    assert left <= seconds


@given(st.text(alphabet="0123456789", max_size=12))
def test_a_medical_code_has_six_or_eight_digits(code: str) -> None:
    assert (units.medical_code_faults(code, (6, 8)) == []) == (len(code) in {6, 8})


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (None, "missing"),
        ("", "missing"),
        ("12345a", "characters"),
        ("１２３４５６", "characters"),
        ("1234567", "length"),
    ],
)
def test_faults_of_a_medical_code(code: str | None, fault: str) -> None:
    assert [f.code for f in units.medical_code_faults(code, (6, 8))] == [f"medical_code.{fault}"]
    assert units.medical_code_faults(code, ()) == []


@given(st.sets(st.sampled_from(["union", "licence", "extra", "must"])))
def test_one_paper_of_a_group_is_enough(given_codes: set[str]) -> None:
    wanted = [
        document("union", "proof"),
        document("licence", "proof"),
        document("extra", required=False),
        document("must"),
    ]
    missing = units.missing_documents(wanted, given_codes)
    assert (not missing) == (bool(given_codes & {"union", "licence"}) and "must" in given_codes)


@pytest.mark.parametrize(
    ("status", "states"),
    [
        ("registered", ["current", "waiting", "waiting"]),
        ("returned", ["current", "waiting", "waiting"]),
        ("under_review", ["done", "current", "waiting"]),
        ("approved", ["done", "done", "done"]),
    ],
)
def test_three_visible_steps(status: str, states: list[str]) -> None:
    assert [step.state for step in units.steps(status)] == states


@given(st.integers(0, 9_999_999))
def test_registration_names_every_fault(serial: int) -> None:
    first = f"91320211MA{serial:07d}"
    good = first + credit_code_check_digit(first)
    assert not any(units.registration_faults(name="单位", credit_code=good, mobile="13900000000").values())
    bad = units.registration_faults(name="", credit_code=good[:-1], mobile="2")
    assert all(bad.values())


def test_names_of_units_are_printable() -> None:
    assert [f.code for f in units.unit_name_faults("一" * 101 + "\n")] == [
        "unit_name.length",
        "unit_name.characters",
    ]


@given(st.integers(0, 1000))
def test_locks_grow_and_are_bounded(failures: int) -> None:
    assert (
        0 <= accounts.lock_seconds(failures) <= accounts.lock_seconds(failures + 1) <= accounts.LONGEST_LOCK
    )
    assert (accounts.lock_seconds(failures) == 0) == (failures < accounts.FREE_FAILURES)


@given(st.integers(0, 3600), st.integers(0, 300))
def test_a_refresh_token_is_good_once_and_briefly_again(seconds: int, grace: int) -> None:
    spent = NOW - timedelta(seconds=seconds)
    verdict = accounts.judge_refresh(spent_at=spent, at=NOW, grace=timedelta(seconds=grace))
    assert verdict == ("repeated" if seconds <= grace else "reused")
    assert accounts.judge_refresh(spent_at=None, at=NOW, grace=timedelta(seconds=grace)) == "fresh"


@pytest.mark.parametrize("kind", ["member", "handler", "staff"])
def test_a_token_holds_what_the_roles_and_the_kind_give(pack: TenantPack, kind: str) -> None:
    roles = {"member": "member", "handler": "handler", "staff": "reviewer"}
    facts = accounts.AccountFacts(NOBODY, kind, (roles[kind], "gone"), "/binhu/", None, None, 3, "majiajia")
    actor = accounts.actor_of(facts, pack, tenant_id=NOBODY, session_id=NOBODY)
    assert actor.roles == {roles[kind]} and actor.epoch == 3
    assert actor.label == ("majiajia" if kind == "staff" else "")
    assert actor.permissions >= set(pack.role(roles[kind]).permissions) | {"identity.session.own"}
    assert ("identity.unit.own" in actor.permissions) == (kind == "handler")
    assert ("identity.member.own" in actor.permissions) == (kind == "member")
    assert actor.org_path == ""


def test_a_subtree_role_keeps_its_path(pack: TenantPack) -> None:
    narrow = pack.model_copy(
        update={"roles": tuple(r.model_copy(update={"scope": "subtree"}) for r in pack.roles)}
    )
    facts = accounts.AccountFacts(NOBODY, "staff", ("reviewer",), "/binhu/", None, None, 0)
    assert accounts.actor_of(facts, narrow, tenant_id=NOBODY, session_id=NOBODY).org_path == "/binhu/"
    assert ActorKind.STAFF


@given(st.text(max_size=10))
def test_codes_have_six_digits_and_their_digests_compare_by_value(other: str) -> None:
    code = codes.new_code()
    assert len(code) == 6 and code.isascii() and code.isdigit()
    assert (
        codes.same_digest("a", ["b", "a"])
        and not codes.same_digest("a", ["b"])
        and not codes.same_digest("a", [])
    )
    assert codes.digest_source(NOBODY, code) != codes.digest_source(UUID(int=2), code)


@given(st.integers(1, 100), st.none() | st.integers(1, 100))
def test_a_new_version_has_a_number_never_used(written: int, newest: int | None) -> None:
    number = tenants.next_number(written=written, newest=newest)
    assert number >= written and (newest is None or number > newest)


def test_a_later_version_never_reaches_back(pack: TenantPack) -> None:
    assert tenants.effective_instant(pack, at=NOW, first=True) < NOW
    assert tenants.effective_instant(pack, at=NOW, first=False) == NOW
    later = pack.model_copy(update={"effective_from": (NOW + timedelta(days=9)).date()})
    assert tenants.effective_instant(later, at=NOW, first=True) == NOW
    assert tenants.effective_instant(later, at=NOW, first=False) > NOW


def test_a_fingerprint_leaves_the_number_out(pack: TenantPack) -> None:
    assert tenants.fingerprint(pack) == tenants.fingerprint(pack.model_copy(update={"version": 9}))
    assert tenants.fingerprint(pack) != tenants.fingerprint(
        pack.model_copy(update={"effective_from": NOW.date()})
    )


def test_paths_of_a_deep_tree(pack: TenantPack) -> None:
    branch = pack.organisation.branches[0]
    below = branch.model_copy(update={"code": "below", "parent": branch.code})
    organisation = pack.organisation.model_copy(update={"branches": (below, branch)})
    nodes = {n.code: n.path for n in tenants.nodes_of(pack.model_copy(update={"organisation": organisation}))}
    assert nodes == {"root": "/", branch.code: f"/{branch.code}/", "below": f"/{branch.code}/below/"}


@given(st.sets(st.sampled_from(sorted(tenants.SERVICES))))
def test_live_needs_every_service(have: set[str]) -> None:
    assert tenants.is_live(have) == (have == tenants.SERVICES)


@pytest.mark.parametrize(
    ("known", "name", "changed"),
    [
        (members.Known("confirmed", NOBODY, "张三", True), "张三", set()),
        (members.Known("confirmed", None, "张三", True), "张三", {"unit_id"}),
        (members.Known("confirmed", UUID(int=2), "张三", True), "李四", {"unit_id"}),
        (members.Known("new", None, "张三", True), "张三", {"unit_id", "state"}),
        (members.Known("new", None, "张三", True), "李四", {"unit_id", "state", "name"}),
    ],
)
def test_what_a_roster_changes(known: members.Known, name: str, changed: set[str]) -> None:
    assert set(members.roster_changes(known, members.Rostered(NOBODY, name))) == changed


def test_names_are_compared_as_they_are_meant() -> None:
    assert members.same_name("John·Smith", "john•smith") and not members.same_name("张三", "张三丰")


def test_staff_rules(pack: TenantPack) -> None:
    assert (
        staff.user_name_faults("shenhe1") == []
        and staff.user_name_faults("1x")
        and staff.user_name_faults("审核")
    )
    for good in (
        "correct horse 8",
        "kJ8#mQz2",
        "Demo-Password-2026",
        "海内存知己天涯若比邻",
        "x7" * 3 + "gh29kw",
    ):
        assert staff.password_faults(good, user_name="someone") == [], good
    assert staff.password_faults("short", user_name="someone") == [staff.PASSWORD_LENGTH]
    for weak in (
        "12345678", "aaaaaaaaaa", "Passw0rd", "Admin@123", "1qaz2wsx", "woaini1314", "20260101", "abcd1234",
        "13812345678", "Huzhu2026!", "88888888" * 16, "Shenhe.9",
    ):  # fmt: skip
        assert staff.password_faults(weak, user_name="shenhe.9"), weak
    held = staff.password_faults("kJ8-Someone-1-mQz2", user_name="someone-1")
    assert held == [staff.PASSWORD_NAMES_USER] and not staff.password_faults("kJ8-mQz2-77", user_name="")
    assert staff.role_faults(["reviewer", "finance"], pack) == []
    assert (
        staff.role_faults(["member"], pack)
        and staff.role_faults([], pack)
        and staff.role_faults(["nobody"], pack)
    )
    assert staff.needs_code(pack) and staff.offers_password(pack)


def test_operators_are_told_apart_by_their_secrets() -> None:
    known = {"ops1": "secret-number-one", "ops2": "secret-number-two"}
    assert platform.operator_of(known, name=None, secret="secret-number-two") == "ops2"
    assert platform.operator_of(known, name="ops1", secret="secret-number-two") is None
    assert platform.operator_of(known, name=None, secret="") is None
    assert platform.operator_actor("ops1").id != platform.operator_actor("ops2").id
