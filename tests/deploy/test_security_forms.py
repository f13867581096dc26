"""What docs/security/asvs.md says of ways in, password fields and patterns, looked at in all code and pages at once."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from common.contracts.pack.messages import variables_of
from huzhu.gateway.app import service_apps
from huzhu.gateway.describe import placeholder_environment

from ..architecture.source import Module, modules
from ..conftest import ROOT


@pytest.fixture(scope="module")
def apps() -> Iterator[dict[str, FastAPI]]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in placeholder_environment().items():
            patch.setenv(name, value)
        yield service_apps()


WAYS_IN = {
    "POST /platform/sessions",
    "POST /sessions/refresh",
    *("POST /sessions/handler", "POST /units"),
    *("POST /sessions/staff", "POST /sessions/staff/code"),
    *("POST /sessions/member", "POST /members/register", "POST /accounts/me/mobile/without-old"),
    *(
        "POST /bindings",
        "POST /bindings/recover",
        "GET /bindings/{binding_id}",
        "POST /bindings/{binding_id}/face",
    ),
    *("POST /bindings/{binding_id}/face/outcome", "POST /bindings/{binding_id}/bank-card"),
    "POST /bindings/{binding_id}/sign-in",
    "POST /sandbox/portals/{tenant}/{code}/token",  # the sandbox portal's own, good for nothing here; local runs only
    *("POST /portals/{code}/finish", "POST /sessions/hosts/{code}", "POST /sessions/wechat"),
}
"""Whatever answers with a token; docs/security/controls.md says which way it belongs to."""


def test_no_route_gives_a_token_but_the_documented_ways(apps: dict[str, FastAPI]) -> None:
    found = {
        f"{method} {path}" for name, app in apps.items() for method, path in giving_tokens(app.openapi())
    }
    assert found == WAYS_IN


def giving_tokens(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    schemas = document.get("components", {}).get("schemas", {})

    def holds(node: Any, seen: frozenset[str] = frozenset()) -> bool:
        if isinstance(node, list):
            return any(holds(one, seen) for one in node)
        if not isinstance(node, dict):
            return False
        if "$ref" in node:
            name = node["$ref"].rsplit("/", 1)[1]
            return name not in seen and holds(schemas[name], seen | {name})
        return "access_token" in node.get("properties", {}) or any(holds(one, seen) for one in node.values())

    for path, methods in document["paths"].items():
        yield from (
            (method.upper(), path) for method, one in methods.items() if holds(one.get("responses", {}))
        )


def password_fields(text: str) -> list[str]:
    """The input elements of a page that are bound to a password."""
    fields = re.findall(r"<(?:input|van-field)\b[^>]*>", text)
    return [
        one
        for one in fields
        if re.search(r'(v-model(?:\.\w+)*|name)="[\w.]*(password|again)"', one, re.IGNORECASE)
    ]


def forbids_pasting(text: str) -> bool:
    return bool(re.search(r"@paste|onpaste|addEventListener\(['\"]paste", text))


def test_password_fields_hide_what_is_typed_and_take_what_is_pasted() -> None:
    pages = {path: path.read_text() for path in (ROOT / "web" / "apps").glob("*/src/**/*.vue")}
    fields = [field for text in pages.values() for field in password_fields(text)]
    assert len(fields) >= 3
    for field in fields:
        assert 'type="password"' in field, field
        assert re.search(r'autocomplete="(current|new)-password"', field), "password managers are welcome"
        assert "maxlength" not in field, "nothing is cut off"
    assert [path for path, text in pages.items() if forbids_pasting(text)] == []
    assert forbids_pasting('<input name="password" @paste.prevent>')


PATTERNS = {"compile", "match", "search", "fullmatch", "sub", "split", "findall", "finditer"}
CHOSEN = re.compile(
    r"services/ocr/ocr/recognition/|libs/common/common/(telemetry/personal|identifiers/person_name|sheets/plain_rows)\.py"
)
"""Where patterns are put together from constants of the same code; none is made of what somebody sent."""


def patterns_made_of_values(found: Iterator[Module]) -> Iterator[str]:
    """Calls of `re` whose pattern is put together and not escaped."""
    for module in found:
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in PATTERNS
                and ast.unparse(node.func.value) == "re"
                and node.args
                and not isinstance(node.args[0], ast.Constant)
                and "re.escape" not in ast.unparse(node.args[0])
            ):
                yield f"{module.path}:{node.lineno} {ast.unparse(node.args[0])[:60]}"


def test_no_pattern_is_made_of_what_somebody_sent() -> None:
    services = [
        f"services/{name}/{name}"
        for name in ("identity", "enrollment", "claims", "notify", "ocr", "activities")
    ]
    found = list(patterns_made_of_values(modules(*services, "libs/common/common")))
    assert [one for one in found if not CHOSEN.match(one)] == []


def test_a_planted_pattern_and_a_shown_password_are_seen() -> None:
    planted = (
        "import re\nre.search(f'{word}', text)\nre.search(re.escape(word), text)\nre.search('a', text)\n"
    )
    found = list(patterns_made_of_values(iter([Module("claims.rules", "claims/rules.py", planted)])))
    assert [one.split()[0] for one in found] == ["claims/rules.py:2"]
    assert password_fields('<input v-model="password" type="text" />') and not password_fields(
        "<input name='code'>"
    )


SENTENCES_OF_THE_CODE = {
    "libs/common/common/text.py": {"self.zh", "self.en"},  # Text itself
    "libs/common/common/errors.py": {"self.text"},
    "libs/common/common/contracts/pack/sentences.py": {"zh", "en"},
    "libs/common/common/http/validation.py": {"text", "text.zh", "text.en"},
    "libs/common/common/sheets/errors.py": {"self.text.zh", "self.text.en"},
    "services/identity/identity/binding/rules.py": {"way"},
    "services/enrollment/enrollment/orders/service.py": {"zh", "en"},
    "services/enrollment/enrollment/dues/rules.py": {"sentence", "text.zh", "text.en"},
    "services/activities/activities/audience/rules.py": {"text"},
    "services/ocr/ocr/recognition/errors.py": {"sentence"},
    # A pack's template: plain names only (`variables_of`), the rest of it was refused when the pack was checked.
    "services/notify/notify/messages/rules.py": {"template"},
}
"""Where a sentence of the code goes through a variable before it is filled."""
CONSTANT = re.compile(r"_?[A-Z][A-Z_0-9]+\b")


def filled_strings(found: Iterator[Module]) -> Iterator[str]:
    """Calls of `format` on what is neither a constant of the code nor known to hold one."""
    for module in found:
        for node in ast.walk(module.tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            filled = ast.unparse(node.func.value)
            known = filled in SENTENCES_OF_THE_CODE.get(module.path, set())
            literal = isinstance(node.func.value, ast.Constant)
            if node.func.attr in {"format", "format_map"} and not (
                known or literal or CONSTANT.match(filled)
            ):
                yield f"{module.path}:{node.lineno} {filled[:60]}"


def test_no_string_that_somebody_sent_is_filled() -> None:
    services = [
        f"services/{name}/{name}"
        for name in ("identity", "enrollment", "claims", "notify", "ocr", "activities")
    ]
    assert list(filled_strings(modules(*services, "libs/common/common"))) == []
    planted = Module("claims.rules", "claims/rules.py", "TEXT.format(a=1)\nbody.text.format(a=1)\n")
    assert list(filled_strings(iter([planted]))) == ["claims/rules.py:2 body.text"]


@pytest.mark.parametrize(
    "template", ["{name.__class__}", "{name[0]}", "{name!r}", "{name:>9999}", "{}", "{0}"]
)
def test_a_packs_template_names_variables_and_nothing_else(template: str) -> None:
    assert variables_of("{name}") == {"name"}
    with pytest.raises(ValueError):
        variables_of(template)
