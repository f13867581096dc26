"""docs/configuration.md: every environment variable that anything reads, with its meaning, as the code has it now."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from common.command import MigrationSettings, ProcessSettings
from huzhu.configuration import MEANINGS, configuration, meanings, settings_of, variables
from huzhu.home import SERVICES

from ..deploy.settings import literal_variables

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "configuration.md"
NOT_OURS = {"PATH", "TMPDIR", "PWD", "HUZHU_OWNED_BY"}


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == configuration(), "run: make contracts"


@pytest.mark.parametrize("settings", [*map(settings_of, SERVICES), ProcessSettings, MigrationSettings])
def test_every_setting_says_what_it_means(settings: type[BaseSettings]) -> None:
    said = meanings(settings)
    silent = [
        name
        for name, (field, _) in variables(settings, "x").items()
        if not said.get(field) and name not in MEANINGS
    ]
    assert silent == [], "write a string behind the setting"


def test_what_the_code_reads_by_itself_stands_there_too() -> None:
    page = PAGE.read_text(encoding="utf-8")
    folders = ["libs/common/common", "deploy/local/huzhu", *(f"services/{name}/{name}" for name in SERVICES)]
    assert sorted(one for one in literal_variables(*folders) - NOT_OURS if f"`{one}`" not in page) == []
    compose = (ROOT / "deploy" / "compose" / "compose.yaml").read_text()
    assert sorted({one for one in re.findall(r"\$\{(\w+)", compose) if f"`{one}`" not in page}) == []


def test_no_secret_has_a_default() -> None:
    assert not re.findall(r"🔑 \| `", PAGE.read_text(encoding="utf-8"))
