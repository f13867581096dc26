"""The parts lists are held to the locks: what is locked and not listed is named."""

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from ..conftest import ROOT

SPEC = spec_from_file_location("sbom_check", ROOT / "deploy" / "sbom" / "check.py")
assert SPEC and SPEC.loader
check = module_from_spec(SPEC)
SPEC.loader.exec_module(check)


def document(path: Path, parts: set[tuple[str, str]]) -> str:
    components = []
    for name, version in parts:
        group, _, own = name.rpartition("/")
        components.append({"name": own, "version": version, **({"group": group} if group else {})})
    path.write_text(json.dumps({"bomFormat": "CycloneDX", "components": components}))
    return str(path)


def test_a_part_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    python, web = check.python_lock(), check.web_lock()
    assert len(python) > 150 and len(web) > 150
    paths = [document(tmp_path / "python.json", python), document(tmp_path / "web.json", web)]
    monkeypatch.setattr(sys, "argv", ["check.py", *paths])
    assert check.main() == 0
    gone = next(one for one in sorted(web) if "/" in one[0])
    document(tmp_path / "web.json", web - {gone})
    assert check.main() == 1
    assert f"{gone[0]} {gone[1]}" in capsys.readouterr().out
