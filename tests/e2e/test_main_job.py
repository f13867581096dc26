"""The main job through the public API of the running platform, and again after every process was killed."""

import pytest

from ..conftest import ROOT
from .conftest import Running

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(900)]
WUXI = ROOT / "tenants" / "wuxi.yaml"


@pytest.mark.feature("C.01", "C.02", "C.03", "C.04", "C.05", "C.09", "C.12", "N.03", "N.05")
def test_a_unit_enrols_and_a_sick_member_is_paid(running: Running) -> None:
    lines = running.demo(WUXI, seed=101)
    assert len(lines) == 16
    assert all(line.startswith("✓") for line in lines)


@pytest.mark.feature("C.01", "C.05", "C.12")
def test_the_same_again_after_everything_was_killed(running: Running) -> None:
    running.kill()
    running.start()
    running.demo(WUXI, seed=102)
