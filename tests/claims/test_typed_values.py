"""What was typed is judged alike by the services and, where none can be asked, by the apps (C.11, P.09)."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from claims.intake.kinds import read_kind
from claims.intake.rules.application import Application
from claims.intake.rules.checks import faults_of
from claims.intake.rules.form import FieldValue
from common.contracts.pack.forms import FormField
from common.forms import typed_value
from common.identifiers import bank_name_faults, name_faults, plain_name

from ..pack.packs import pack_of

ROOT = Path(__file__).parents[2]
SAMPLES = json.loads((ROOT / "web/packages/shared/src/values.samples.json").read_text(encoding="utf-8"))
BESIDE = ("date.", "stay.", "amount.")


@pytest.mark.feature("C.11", "P.09")
@pytest.mark.parametrize("sample", SAMPLES["values"], ids=lambda one: f"{one['field']['type']} {one['text']}")
def test_a_value_by_itself(sample: dict[str, Any]) -> None:
    field = FormField.model_validate_json(
        json.dumps({"code": "field", "title": {"zh": "项", "en": "Field"}, **sample["field"]})
    )
    _, faults = typed_value(field, sample["text"], pack=pack_of("wuxi"), place="field")
    assert [[fault.text.zh, fault.text.en] for fault in faults] == (
        [sample["fault"]] if "fault" in sample else []
    )


@pytest.mark.feature("C.11", "P.09")
@pytest.mark.parametrize("sample", SAMPLES["names"], ids=lambda one: str(one["text"]))
def test_a_name_whose_blanks_do_not_count(sample: dict[str, Any]) -> None:
    """An application finds its person with or without blanks in the name."""
    faults = name_faults("".join(plain_name(sample["text"]).split()))
    assert [[fault.message.zh, fault.message.en] for fault in faults] == (
        [sample["fault"]] if "fault" in sample else []
    )


@pytest.mark.feature("C.11", "P.09")
@pytest.mark.parametrize("sample", SAMPLES["banks"], ids=lambda one: str(one["text"]))
def test_the_name_of_a_bank(sample: dict[str, Any]) -> None:
    faults = bank_name_faults(sample["text"])
    assert [[fault.message.zh, fault.message.en] for fault in faults] == (
        [sample["fault"]] if "fault" in sample else []
    )


@pytest.mark.feature("C.11", "P.09")
@pytest.mark.parametrize("sample", SAMPLES["stays"], ids=lambda one: "+".join(one["faults"]) or "right")
def test_days_and_amounts_beside_each_other(sample: dict[str, Any]) -> None:
    pack = pack_of("wuxi")
    kind = pack.claim_kind("hospital")
    form = {}
    for place, value in sample["values"].items():
        _, stay, code = place.split(".")
        form[code, int(stay)] = FieldValue(code, int(stay), value, "typed")
    app = Application(kind, pack, form, [], [], [], date.fromisoformat(SAMPLES["today"]))
    found = {
        fault.field: [fault.text.zh, fault.text.en]
        for fault in faults_of(app)
        if fault.code.startswith(BESIDE)
    }
    assert found == sample["faults"]


@pytest.mark.feature("C.11", "P.09")
def test_a_form_says_what_the_rules_read_in_its_fields() -> None:
    pack = pack_of("wuxi")
    inputs = {field.code: field.input for field in read_kind(pack.claim_kind("hospital"), pack).fields}
    assert {
        code: inputs[code] for code in ("admission_date", "discharge_date", "total_cost", "bank_card")
    } == {
        "admission_date": "admission_date",
        "discharge_date": "discharge_date",
        "total_cost": "total_cost",
        "bank_card": None,
    }
