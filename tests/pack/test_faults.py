"""Every rule of a pack, broken once: the fault stands at its place in the file, with its code, alone."""

import re

import pytest

from common.contracts.pack import TenantPack, check_pack, parse_pack
from common.contracts.pack.forms_in_words import form_in_words

from .packs import CODES, edited, pack_text

WUXI = [
    # products: amendments, acceptance, articles
    (
        "    amendment: {charge: months}\n",
        "    amendment: {charge: §weekly}\n",
        "products[0].amendment.charge",
        "literal_error",
    ),
    (
        "    amendment: {charge: months}\n",
        "    amendment: §{add: false, remove: false}\n",
        "products[0].amendment",
        "broken_rule",
    ),
    (
        "      numbered: true\n",
        "      numbered: true\n      acceptance: §second_person\n",
        "products[0].roster.acceptance",
        "role_lacks_permission",
    ),
    (
        "    introduction: three-in-one\n",
        "    introduction: three-in-one\n    terms: §nothing\n",
        "products[0].terms",
        "unknown_reference",
    ),
    # shape
    ("    term_months: 12\n", "    term_months: §zwölf\n", "products[0].term_months", "int_type"),
    ("    term_months: 12\n", "    term_months: §0\n", "products[0].term_months", "greater_than_equal"),
    ("per_share: 120,", "per_share: §-1,", "products[0].contribution.per_share", "greater_than_equal"),
    ("per_share: 120,", "per_share: §120.005,", "products[0].contribution.per_share", "decimal_max_places"),
    ("per_share: 120,", "per_share: §.inf,", "products[0].contribution.per_share", "decimal_parsing"),
    ("  code: wuxi\n", "  code: §无锡\n", "tenant.code", "string_pattern_mismatch"),
    ('  number: "839010188900024409"', "  number: §839010188900024409", "account.number", "string_type"),
    ("effective_from: 2023-03-01\n\ntenant", "effective_from: §2023-02-30\n\ntenant", "effective_from", None),
    ("  id: 01a2065e-6f88-7789-89ff-84d473cc0977", "  id: §wuxi", "tenant.id", "uuid_parsing"),
    ("    kind: contribution\n", "    kind: §commercial\n", "products[0].kind", "literal_error"),
    ("    refund: {rule: full_before_start, not_after_claim: true}\n", "", "products[0].refund", "missing"),
    (
        "    waiting_days: 0\n    effective",
        "    §waiting_day: 0\n    effective",
        "products[0].waiting_day",
        "extra_forbidden",
    ),
    ("units: self\n", "units: self\n  §unitss: 1\n", "registration.unitss", "extra_forbidden"),
    ("\nrounding:", "\n§surprise: 1\nrounding:", "surprise", "extra_forbidden"),
    (
        "kind: daily_allowance, per_day: 30",
        "kind: daily_allowance, per_day: §0",
        "benefits[1].formula.per_day",
        "greater_than",
    ),
    (
        "{kind: daily_allowance, per_day: 30,",
        "{kind: §weekly, per_day: 30,",
        "benefits[1].formula.kind",
        "union_tag_invalid",
    ),
    (
        "{kind: daily_allowance, per_day: 30,",
        "§{kind: daily_allowance,",
        "benefits[1].formula.per_day",
        "missing",
    ),
    ("read_seconds: 15", "read_seconds: §-1", "registration.commitment.read_seconds", "greater_than_equal"),
    # rules inside a part
    (
        "{above: 5000, up_to: 20000, rate: 0.15}",
        "{above: 6000, up_to: 20000, rate: 0.15}",
        "benefits[0].formula",
        "broken_rule",
    ),
    ("      - {per: term, amount: 10000}\n", "      - §{per: term}\n", "benefits[0].caps[1]", "broken_rule"),
    ("rate: 0.20}", "rate: §1.20}", "benefits[0].formula.tiers[2].rate", "less_than_equal"),
    (
        "          rules: [luhn]\n",
        "          rules: [§crc]\n",
        "products[0].roster.columns[2].rules[0]",
        "literal_error",
    ),
    # between parts
    (
        "    fund: three-in-one\n    ordered_by",
        "    fund: §three-in-on\n    ordered_by",
        "products[0].fund",
        "unknown_reference",
    ),
    (
        "    benefits: [hospital-expense, hospital-allowance, critical-illness, accident]",
        "    benefits: [hospital-expense, hospital-allowance, critical-illness, accident, §dental]",
        "products[0].benefits[4]",
        "unknown_reference",
    ),
    (
        "    introduction: three-in-one\n",
        "    introduction: §brochure\n",
        "products[0].introduction",
        "unknown_reference",
    ),
    (
        "{code: review, role: reviewer, deadline_days: 3",
        "{code: review, role: §reviwer, deadline_days: 3",
        "chains.units.nodes[0].role",
        "unknown_reference",
    ),
    (
        "{code: review, role: reviewer, deadline_days: 3",
        "{code: review, role: §finance, deadline_days: 3",
        "chains.units.nodes[0].role",
        "role_lacks_permission",
    ),
    ("    chain: claim-accident\n", "    chain: §claim-accidents\n", "claims[2].chain", "unknown_reference"),
    (
        "four_eyes_with: [first-check, review], deadline_days: 5",
        "four_eyes_with: [first-check, ghost], deadline_days: 5",
        "chains.claims[1]",
        "broken_rule",
    ),
    (
        "notify.message.read_own, activities.campaign.join]\n",
        "notify.message.read_own, §claims.everything]\n",
        "roles[1].permissions[6]",
        "unknown_reference",
    ),
    ("    scope: own\n", "    scope: §tenant\n", "roles[1].scope", "role_scope"),
    (
        "【无锡互助】{unit_name}的单位资料已审核通过",
        "【无锡互助】{unit_nam}的单位资料已审核通过",
        "messages[1].text",
        "unknown_variable",
    ),
    ("您的理赔{claim_number}已审核通过", "您的理赔{claim_number}}已审核通过", None, "broken_rule"),
    (
        "  - event: claims.deadline_near\n",
        "  - event: §claims.deadline_far\n",
        "messages[21].event",
        "unknown_reference",
    ),
    (
        "        - {code: malignant-tumour, amount: 15000}",
        "        - {code: §common-cold, amount: 15000}",
        "benefits[2].formula.amounts[0].code",
        "unknown_reference",
    ),
    (
        "input: account_paid, title",
        "input: §acount_paid, title",
        "claims[0].stays.fields[8].input",
        "unknown_input+",
    ),
    (
        "options_from: accident",
        "options_from: §accidents",
        "claims[2].form.fields[1].options_from",
        "unknown_reference",
    ),
    (
        "options_from: accident",
        "options_from: §hospital-expense",
        "claims[2].form.fields[1].options_from",
        "no_options",
    ),
    (
        "types: [other], when: {field: grade, is_one_of: [death]}",
        "types: [other], when: {field: degree, is_one_of: [death]}",
        "claims[2]",
        "broken_rule",
    ),
    ("sample: sample-pathology", "sample: §sample", "claims[1].documents[0].sample", "unknown_reference"),
    (
        "  - {code: binhu, level: district",
        "  - {code: binhu, level: §unit",
        "organisation.branches[1].level",
        "branch_level",
    ),
    (
        "    - {code: binhu, level",
        "    - {code: §liangxi, level",
        "organisation.branches[1].code",
        "duplicate+",
    ),
    (
        "opens: claim, target: critical-illness}",
        "opens: claim, target: §critical}",
        "catalogue[4].target",
        "unknown_reference",
    ),
    (
        "name: 支丹, roles: [payout_maker]",
        "name: 支丹, roles: [§treasurer]",
        "demo.staff[10].roles[0]",
        "unknown_reference+",
    ),
    ('mobile: "13861700002"', 'mobile: §"13861700001"', "demo.staff[1].mobile", "duplicate"),
    ("  - code: faq-records-missing\n", "  - code: §faq-network\n", "content[4].code", "duplicate"),
]


@pytest.mark.parametrize(("old", "new", "path", "code"), WUXI)
def test_a_broken_rule_is_reported_at_its_place(
    old: str, new: str, path: str | None, code: str | None
) -> None:
    marked = "§" in new
    text, line, column = edited("wuxi", old, new if marked else "§" + new)
    faults = check_pack(text)
    wanted = [
        f for f in faults if (path is None or f.path == path) and (not code or f.code == code.rstrip("+"))
    ]
    assert wanted, [fault.show("wuxi.yaml") for fault in faults]
    if marked:
        assert (wanted[0].line, wanted[0].column) == (line, column)
    if not (code or "").endswith("+"):
        assert len(faults) == 1, [fault.show("wuxi.yaml") for fault in faults]


def test_all_faults_are_reported_together_in_the_order_of_the_file() -> None:
    text = pack_text("wuxi")
    for old, new in [
        ("logo_text: 锡", "logo_text: 12345"),
        ("per_day: 30", "per_day: thirty"),
        ("    term_months: 12", "    term_months: 1.5"),
        ("    fund: three-in-one\n    ordered_by", "    fund: nothing\n    ordered_by"),
        ("{code: report-review, role: report_reviewer", "{code: report-review, role: nobody"),
        ("【无锡互助】验证码{code}", "【无锡互助】验证码{kode}"),
    ]:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    faults = check_pack(text)
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)
    assert {
        "tenant.branding.logo_text",
        "benefits[1].formula.per_day",
        "products[0].term_months",
        "chains.claims[1].nodes[2].role",
        "messages[0].text",
    } <= {fault.path for fault in faults}
    # The product is broken, so its own names are not judged; those who name the product are not told it is missing.
    assert not [fault for fault in faults if fault.path == "claims[0].products[0]"]


def test_faults_of_shape_do_not_hide_faults_between_the_other_parts() -> None:
    text = (
        pack_text("wuxi")
        .replace("per_day: 30", "per_day: 0")
        .replace("target: hospital}", "target: hospitals}")
    )
    assert {fault.code for fault in check_pack(text)} == {"greater_than", "unknown_reference"}


@pytest.mark.parametrize(
    "section", ["tenant", "organisation", "registration", "funds", "benefits", "products", "chains"]
)
def test_a_missing_section_is_named(section: str) -> None:
    lines = pack_text("wuxi").splitlines(keepends=True)
    begin = lines.index(f"{section}:\n")
    end = next(
        n
        for n in range(begin + 1, len(lines))
        if lines[n].strip() and not lines[n].startswith((" ", "-", "#"))
    )
    faults = check_pack("".join(lines[:begin] + lines[end:]))
    assert (section, "missing") in {(fault.path, fault.code) for fault in faults}


def test_a_name_nearly_right_is_proposed() -> None:
    text, _, _ = edited("wuxi", "    chain: claim-accident\n", "    chain: §claim-acident\n")
    (fault,) = check_pack(text)
    assert "claim-accident" in fault.zh and "did you mean claim-accident?" in fault.en


@pytest.mark.parametrize("code", CODES)
def test_demo_staff_must_be_enough_for_four_eyes(code: str) -> None:
    text = pack_text(code)
    line = next(line for line in text.splitlines() if "[payout_checker]" in line)
    faults = check_pack(text.replace(line + "\n", ""))
    assert [(fault.path, fault.code) for fault in faults] == [("demo.staff", "four_eyes")]


def test_a_benefit_and_a_chain_that_nothing_uses_are_faults() -> None:
    text, _, _ = edited(
        "wuxi", "[hospital-expense, hospital-allowance]\n    opened_by", "§[hospital-expense]\n    opened_by"
    )
    text = text.replace("    chain: claim-accident\n", "    chain: claim-critical\n")
    assert [(fault.path, fault.code) for fault in check_pack(text)] == [
        ("benefits[1].code", "unused"),
        ("chains.claims[2].code", "unused"),
    ]


@pytest.mark.parametrize(
    ("field", "missing"),
    [
        ("        - {code: cash_paid, type: money, input: cash_paid,", "cash_paid"),
        ("        - {code: discharge_date, type: date, input: discharge_date,", "discharge_date"),
        ("        - {code: grade, type: choice, input: grade, options_from: accident,", "grade"),
        ("        - {code: diagnosed_on, type: date, input: event_date,", "event_date"),
    ],
)
def test_a_form_collects_every_input_that_its_benefits_read(field: str, missing: str) -> None:
    text, _, _ = edited(
        "wuxi", field, "§" + field.replace(f"input: {missing}, ", "").replace(f"input: {missing},", "")
    )
    faults = check_pack(text)
    assert {fault.code for fault in faults} == {"input_not_collected"}
    assert all(missing in fault.en for fault in faults)


def test_a_benefit_fits_the_event_and_the_products_of_its_claim_kind() -> None:
    text, line, column = edited(
        "wuxi", "    benefits: [accident]\n", "    benefits: [accident, §hospital-allowance]\n"
    )
    codes = {fault.code: (fault.path, fault.line, fault.column) for fault in check_pack(text)}
    assert codes["event_differs"] == ("claims[2].benefits[1]", line, column)
    text, line, column = edited("zhejiang", "    benefits: [ordinary-hospital, large-expense, critical-subsidy]\n",
                                "    benefits: [ordinary-hospital, §large-expense]\n")  # fmt: skip
    (fault,) = check_pack(text)
    assert (fault.path, fault.code) == ("claims[2].benefits[0]", "not_of_product")


def test_one_person_with_both_roles_is_not_two_people() -> None:
    text = pack_text("wuxi").replace(
        "name: 支丹, roles: [payout_maker]", "name: 支丹, roles: [payout_maker, payout_checker]"
    )
    alone = "\n".join(line for line in text.splitlines() if "name: 方行" not in line) + "\n"
    assert check_pack(text) == []
    assert [(fault.path, fault.code) for fault in check_pack(alone)] == [("demo.staff", "four_eyes")]


@pytest.mark.parametrize(
    "variable", ["{claim_number!r}", "{claim_number:>10}", "{}", "{claim.number}", "{0}", "{claim_number"]
)
def test_a_variable_is_a_plain_name(variable: str) -> None:
    old = "您的理赔{claim_number}已审核通过"
    text, _, _ = edited("wuxi", old, "§" + old.replace("{claim_number}", variable))
    (fault,) = check_pack(text)
    assert (fault.path, fault.code) == ("messages[13].text", "broken_rule")


def test_a_cost_counts_once_in_a_base() -> None:
    text, line, column = edited("wuxi", "      base: {add: [account_paid, cash_paid], less: [other_sources]}",
                                "      base: §{add: [account_paid, cash_paid], less: [cash_paid]}")  # fmt: skip
    (fault,) = check_pack(text)
    assert (fault.path, fault.line, fault.column) == ("benefits[0].formula.base", line, column)


def test_a_pack_without_faults_parses() -> None:
    assert parse_pack(pack_text("wuxi")).code == "wuxi"


def patterns_in(part: object) -> set[str]:
    """Return every pattern in a JSON Schema."""
    if isinstance(part, list):
        return set().union(*map(patterns_in, part)) if part else set()
    if not isinstance(part, dict):
        return set()
    own = {part["pattern"]} if isinstance(part.get("pattern"), str) else set()
    return own.union(*map(patterns_in, part.values()))


@pytest.mark.feature("N.01")
def test_every_pattern_is_said_in_words_with_an_example() -> None:
    """Nobody is quoted a regular expression, and each example has the form itself."""
    for pattern in patterns_in(TenantPack.model_json_schema()):
        zh, en = form_in_words(pattern)
        assert pattern not in zh and "如 " in zh, pattern
        example = re.split(r" 或 ", zh.rsplit("如 ", 1)[1])[0].strip('"')
        assert re.fullmatch(pattern, example), (pattern, example)
        assert en


@pytest.mark.parametrize(
    ("code", "old", "new", "path"),
    [
        (
            "zhejiang",
            "is_one_of: [malignant-tumour, tumour-mild]}, title: {zh: 病理报告,",
            "is_one_of: [malignant-tumour, §tumour-light]}, title: {zh: 病理报告,",
            "claims[2].documents[6].when.is_one_of[1]",
        ),
        (
            "bit",
            "deceased: {field: reason, is_one_of: [member-death]}",
            "deceased: {field: reason, is_one_of: [§member-dead]}",
            "claims[0].on_behalf.deceased.is_one_of[0]",
        ),
    ],
)
def test_a_condition_names_an_answer_of_the_list(code: str, old: str, new: str, path: str) -> None:
    text, line, column = edited(code, old, new)
    assert [(f.path, f.line, f.column, f.code) for f in check_pack(text)] == [
        (path, line, column, "unknown_reference")
    ]


def test_only_where_somebody_applies_for_another_a_field_is_asked_of_one_of_them() -> None:
    old = "        - {code: illness, type: choice, input: illness, options_from: illnesses,"
    text, *_ = edited("wuxi", old, old.replace("type: choice,", "§type: choice, applicant: other,"))
    assert [(f.path, f.code) for f in check_pack(text)] == [("claims[1]", "broken_rule")]
    joined = pack_text("bit").replace(
        "{code: healthy, type: yes_no,", "{code: healthy, applicant: self, type: yes_no,"
    )
    assert {f.code for f in check_pack(joined)} == {"joined_for_oneself"}
