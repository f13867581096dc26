"""The four packs that ship say what the manuals say, and travel unchanged."""

from datetime import date
from decimal import Decimal

import jsonschema_rs
import pytest
from stdnum.cn import uscc

from common.contracts.pack import (
    MESSAGE_EVENTS,
    PERMISSIONS,
    TenantPack,
    check_pack,
    json_schema,
    parse_pack,
    schema_text,
)
from common.contracts.pack.messages import variables_of
from common.contracts.pack.source import read_source

from .packs import CODES, TENANTS, pack_of, pack_text


@pytest.mark.parametrize("code", CODES)
def test_a_pack_travels_unchanged(code: str) -> None:
    pack = pack_of(code)
    assert pack.code == code
    assert TenantPack.from_json(pack.to_json()) == pack
    assert TenantPack.from_json(pack.to_json().encode()) == pack
    assert TenantPack.from_json(pack.to_dict()) == pack


def test_a_pack_that_still_has_a_chain_of_payouts_is_accepted() -> None:
    node = "{code: release, role: payout_checker, title: {zh: 复核放行, en: Release}}"
    chain = (
        f"  payouts:\n    code: payout\n    title: {{zh: 支付, en: Payment}}\n    nodes:\n      - {node}\n"
    )
    old = pack_text("wuxi").replace("\nchains:\n", f"\nchains:\n{chain}", 1)
    assert old != pack_text("wuxi") and check_pack(old) == []
    assert parse_pack(old) == pack_of("wuxi")
    stored = pack_of("wuxi").to_dict()
    stored["chains"]["payouts"] = {"code": "payout", "title": {"zh": "支付", "en": "Payment"}, "nodes": []}
    assert TenantPack.from_json(stored) == pack_of("wuxi")


def test_tenants_are_told_apart() -> None:
    assert {path.stem for path in TENANTS.glob("*.yaml")} == set(CODES)
    assert len({pack_of(code).tenant.id for code in CODES}) == len(CODES)
    colours = {pack_of(code).tenant.branding.colour for code in CODES}
    assert len(colours) == len(CODES)


def test_the_published_schema_is_up_to_date() -> None:
    published = (TENANTS / "pack.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), (
        "publish it again: common.contracts.pack.schema_text() → tenants/pack.schema.json"
    )


@pytest.mark.parametrize("code", CODES)
def test_editors_accept_the_packs_and_see_a_slip(code: str) -> None:
    assert pack_text(code).startswith("# yaml-language-server: $schema=./pack.schema.json\n")
    validator = jsonschema_rs.Draft202012Validator(json_schema())
    data = read_source(pack_text(code))[0].plain()
    assert not [error.message for error in validator.iter_errors(data)]
    data["products"][0]["term_month"] = 12
    assert ["term_month" in error.message for error in validator.iter_errors(data)] == [True]


@pytest.mark.parametrize("code", CODES)
def test_no_secret_stands_in_a_pack(code: str) -> None:
    words = pack_text(code).lower()
    assert not [word for word in ("passwd", "secret", "api_key", "private key") if word in words]
    assert "password:" not in words


@pytest.mark.parametrize("code", CODES)
def test_demo_units_and_people_are_plausible(code: str) -> None:
    demo = pack_of(code).demo
    assert all(uscc.is_valid(unit.credit_code) for unit in demo.units)
    given = {role for person in demo.staff for role in person.roles}
    staff_roles = {role.code for role in pack_of(code).roles} - {"member", "handler"}
    assert given == staff_roles
    assert len([person for person in demo.staff if "admin" in person.roles]) >= 2


@pytest.mark.parametrize("code", CODES)
def test_members_reach_only_what_is_their_own(code: str) -> None:
    member = pack_of(code).role("member")
    assert member.scope == "own"
    assert {"claims.claim.submit", "claims.claim.read_own"} <= set(member.permissions)
    assert not {"claims.claim.read", "identity.member.read", "enrollment.export"} & set(member.permissions)


def test_every_permission_is_given_to_somebody() -> None:
    given = {permission for code in CODES for role in pack_of(code).roles for permission in role.permissions}
    assert given == PERMISSIONS


@pytest.mark.parametrize("code", CODES)
def test_what_must_reach_people_has_a_template(code: str) -> None:
    pack = pack_of(code)
    for event in (
        "identity.sms_code",
        "claims.claim_returned",
        "claims.payout_completed",
        "claims.payout_failed",
    ):
        assert all(m.must_arrive for m in pack.messages_for(event) if m.channel != "wechat")
        assert pack.messages_for(event), event
    for message in pack.messages:
        assert variables_of(message.text.zh) == variables_of(message.text.en), message.event
        assert message.variables <= MESSAGE_EVENTS[message.event]


class TestWuxi:
    """Manual 002."""

    pack = pack_of("wuxi")

    def test_product(self) -> None:
        product = self.pack.product("three-in-one")
        assert product.contribution.per_share * 5 == Decimal(600)
        assert product.term_months == 12
        assert product.effective.rule == "on_confirmation"
        assert product.renewal and (product.renewal.before_days, product.renewal.after_days) == (30, 10)
        assert {benefit.event for benefit in self.pack.benefits_of("three-in-one")} == {
            "hospital", "critical_illness", "accident",
        }  # fmt: skip

    def test_roster_is_the_manuals(self) -> None:
        roster = self.pack.product("three-in-one").roster
        assert roster and roster.header_row == 3 and roster.numbered
        assert [column.title.zh for column in roster.columns] == [
            "姓名", "居民身份证号(证件号码)", "社保卡银行卡号", "开户行", "手机号", "备注",
        ]  # fmt: skip
        assert [column.required for column in roster.columns] == [True] * 5 + [False]
        card = roster.column("social_card")
        assert card and card.rules == ("luhn",)
        assert roster.examples[0]["name"] == "张三"

    def test_account_and_registration(self) -> None:
        assert (self.pack.account.bank, self.pack.account.number) == (
            "江苏银行太湖新城支行",
            "839010188900024409",
        )
        registration = self.pack.registration
        assert registration.people == "created_by_roster" and registration.units == "self"
        assert registration.insurance_code_lengths == (6, 8)
        assert registration.commitment and registration.commitment.read_seconds == 15
        assert {document.group for document in registration.profile_documents} == {"unit-proof"}
        names = [branch.name.zh[:2] for branch in self.pack.organisation.branches]
        assert names == ["梁溪", "滨湖", "新吴", "锡山", "惠山", "江阴", "宜兴", "经济"]

    def test_critical_illness_nodes(self) -> None:
        kind = self.pack.claim_kind("critical-illness")
        chain = self.pack.claim_chain("critical-illness")
        assert [node.title.zh for node in chain.nodes] == ["经办初审", "业务复核", "报告复核"]
        assert kind.invited and {d.code for d in kind.documents} == {"pathology", "discharge-record"}
        amounts = self.pack.benefit("critical-illness").formula
        assert {choice.amount for choice in amounts.amounts} == {Decimal(15000)}  # type: ignore[union-attr]

    def test_hospital_claims_need_no_application(self) -> None:
        kind = self.pack.claim_kind("hospital")
        assert "feed" in kind.opened_by and kind.decide_within_days == 30
        assert kind.straight_through.enabled and kind.straight_through.opened_by == ("feed",)
        assert self.pack.claim_kind("accident").opened_by == ("counter",)

    def test_roles(self) -> None:
        assert {role.code for role in self.pack.roles} == {
            "handler", "reviewer", "finance", "claims_checker", "claims_reviewer", "report_reviewer",
            "payout_maker", "payout_checker", "admin", "member",
        }  # fmt: skip


class TestBeijing:
    """Manuals 003 and 004."""

    pack = pack_of("beijing")

    @pytest.mark.parametrize("product", ["inpatient", "critical-illness", "public-accident"])
    def test_ages(self, product: str) -> None:
        eligibility = self.pack.product(product).eligibility
        women, men = eligibility.ages_of("female"), eligibility.ages_of("male")
        assert (women.above, women.below, men.above, men.below) == (16, 55, 16, 60)
        assert eligibility.over_age and eligibility.over_age.absolute == 65
        assert self.pack.registration.admission and self.pack.registration.admission.eligibility
        assert self.pack.registration.admission.eligibility.ages == eligibility.ages

    def test_admission_comes_first_and_is_confirmed_by_the_system(self) -> None:
        assert self.pack.registration.people == "admission_first"
        assert (
            self.pack.registration.admission and self.pack.registration.admission.confirmation == "automatic"
        )

    def test_shares_kinds_loan_and_activities(self) -> None:
        assert {product.kind for product in self.pack.products} == {"contribution", "public_benefit"}
        assert any(product.contribution.share_limit > 1 for product in self.pack.products)
        assert self.pack.claim_kind("startup-loan").once_per == "year"
        assert {campaign.reward for campaign in self.pack.activities} == {"code", "collect"}
        binding = self.pack.registration.binding
        assert binding.face_verification and binding.attempts == 3 and binding.fallback == "bank_four_factor"


class TestBit:
    """Manual 000."""

    pack = pack_of("bit")

    def test_covers(self) -> None:
        women = self.pack.product("women-special")
        assert women.eligibility.sexes == ("female",)
        assert (women.term_months, women.contribution.per_share) == (24, Decimal(36))
        assert self.pack.product("critical-illness").term_months == 36
        assert self.pack.dues and self.pack.dues.bands

    def test_condolence_documents_by_reason(self) -> None:
        kind = self.pack.claim_kind("condolence")
        by_reason: dict[str, set[str]] = {}
        for document in kind.documents:
            assert document.when and document.when.field == "reason"
            for reason in document.when.is_one_of:
                by_reason.setdefault(reason, set()).add(document.code)
        deaths = {"death-certificate", "deregistration"}
        assert by_reason == {
            "marriage": {"marriage-certificate"},
            "birth": {"birth-certificate"},
            "surgery": {"diagnosis", "operation-record"},
            "parent-death": deaths,
            "family-death": deaths,
            "member-death": deaths,
        }
        assert all(document.instead_text for document in kind.documents if document.code in deaths)
        assert [node.title.zh for node in self.pack.claim_chain("condolence").nodes] == ["工会主席审批"]


class TestZhejiang:
    """Manual 001."""

    pack = pack_of("zhejiang")

    def test_three_subsidies(self) -> None:
        assert [kind.title.zh for kind in self.pack.claims] == [
            "一般住院补助",
            "大额医疗补助",
            "重大疾病补助",
        ]
        assert all(kind.on_behalf and kind.stays for kind in self.pack.claims)
        critical = {document.code for document in self.pack.claim_kind("critical-illness").documents}
        assert {"admission-record", "operation-record", "examination", "pathology"} <= critical
        assert {illness.severity for illness in self.pack.illnesses} == {"severe", "mild"}


def test_age_limits_are_exact_to_the_day() -> None:
    women = pack_of("beijing").product("inpatient").eligibility.ages_of("female")
    born = date(2010, 5, 20)
    assert women.verdict(born=born, on=date(2026, 5, 20)) == "under"
    assert women.verdict(born=born, on=date(2026, 5, 21)) == "ok"
    assert women.verdict(born=born, on=date(2065, 5, 19)) == "ok"
    assert women.verdict(born=born, on=date(2065, 5, 20)) == "over"
    wuxi = pack_of("wuxi").product("three-in-one").eligibility.ages_of("female")
    assert wuxi.verdict(born=born, on=date(2026, 5, 19)) == "under"
    assert wuxi.verdict(born=born, on=date(2026, 5, 20)) == "ok"
    leap = date(2008, 2, 29)
    assert wuxi.verdict(born=leap, on=date(2024, 2, 28)) == "under"
    assert wuxi.verdict(born=leap, on=date(2024, 2, 29)) == "ok"
    assert women.verdict(born=leap, on=date(2063, 2, 28)) == "ok"
    assert women.verdict(born=leap, on=date(2063, 3, 1)) == "over"


def test_rounding_modes() -> None:
    from common.contracts.pack import Rounding

    half = Decimal("2.345")
    assert Rounding().apply(half) == Decimal("2.35")
    assert Rounding(mode="half_even").apply(half) == Decimal("2.34")
    assert Rounding(mode="down").apply(Decimal("2.349")) == Decimal("2.34")
    assert Rounding(places=0, mode="up").apply(Decimal("2.01")) == Decimal("3.00")
