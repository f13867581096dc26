"""The rules hold in the source, and each of them sees a planted violation."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from . import borders, checks
from .source import ROOT, Module, modules

CODES = sorted(path.stem for path in (ROOT / "tenants").glob("*.yaml"))
COMMON = "libs/common/common"
LOCAL = "deploy/local/huzhu"
Check = Callable[[list[Module]], Iterator[str]]


@cache
def services() -> list[Module]:
    return list(modules())


@cache
def everything() -> list[Module]:
    return [*services(), *modules(COMMON)]


HOLD: list[tuple[str, Check, Callable[[], list[Module]]]] = [
    ("rooms import downwards", checks.upward_imports, services),
    ("services are independent", checks.foreign_services, services),
    ("rules are pure", checks.impure_rules, services),
    ("only the edges commit", checks.commits, everything),
    ("sql stands in repositories", checks.sql_outside, services),
    ("no union in code", lambda found: checks.union_names(found, CODES), everything),
    ("names say something", checks.vague_names, services),
    ("files are small", checks.long_files, everything),
    ("one clock", checks.own_clock, everything),
    ("sessions are asked in repositories", borders.asked_outside, services),
    ("endpoints call services", borders.repositories_in_endpoints, services),
    ("others are called through ports", borders.calls_out, services),
]


@pytest.mark.parametrize(("check", "source"), [(c, s) for _, c, s in HOLD], ids=[name for name, _, _ in HOLD])
def test_holds(check: Check, source: Callable[[], list[Module]]) -> None:
    assert list(check(source())) == []


def planted(path: str, text: str) -> list[Module]:
    name = ".".join(
        path.removesuffix(".py").split("/")[2:]
        if path.startswith("services/")
        else path.removesuffix(".py").split("/")
    )
    return [Module(name, path, text)]


PLANTED = [
    (
        checks.upward_imports,
        "services/claims/claims/review/repository.py",
        "from claims.review.service import decide\n",
    ),
    (checks.upward_imports, "services/claims/claims/review/rules.py", "from .models import Claim\n"),
    (checks.foreign_services, "services/claims/claims/service.py", "from identity.models import Person\n"),
    (checks.impure_rules, "services/claims/claims/rules.py", "from sqlalchemy import select\n"),
    (checks.impure_rules, "services/claims/claims/rules.py", "from datetime import date\nx = date.today()\n"),
    (
        checks.commits,
        "services/claims/claims/service.py",
        "async def f(session):\n    await session.commit()\n",
    ),
    (checks.sql_outside, "services/claims/claims/service.py", "from sqlalchemy import select\n"),
    (
        checks.sql_outside,
        "services/claims/claims/repository.py",
        "from sqlalchemy import text\nasync def f(s):\n    return await s.execute(text('SELECT * FROM claim'))\n",
    ),
    (checks.sql_outside, "services/claims/claims/service.py", "import sqlalchemy as sa\n"),
    (checks.sql_outside, "services/claims/claims/service.py", "import sqlalchemy.sql\n"),
    (checks.sql_outside, "services/claims/claims/service.py", "from sqlalchemy import sql\n"),
    (checks.sql_outside, "services/claims/claims/repository.py", "from sqlalchemy import text as t\n"),
    (
        checks.sql_outside,
        "services/claims/claims/repository.py",
        "from sqlalchemy import text\nALL = text('SELECT * FROM claim')\n",
    ),
    (
        checks.sql_outside,
        "services/claims/claims/repository.py",
        "from sqlalchemy import text\nclass R:\n    ALL = text('SELECT * FROM claim')\n",
    ),
    (
        checks.sql_outside,
        "services/claims/claims/repository.py",
        "from sqlalchemy import select\nif True:\n    ALL = select(Claim)\n",
    ),
    (lambda found: checks.union_names(found, CODES), "services/claims/claims/rules.py", 'x = "wuxi"\n'),
    (checks.vague_names, "services/claims/claims/utils.py", "\n"),
    (checks.long_files, "services/claims/claims/rules.py", "\n" * 301),
    (
        checks.own_clock,
        "services/claims/claims/service.py",
        "from datetime import datetime\nx = datetime.now()\n",
    ),
    (borders.asked_outside, "services/claims/claims/review/endpoints.py", "session.get(Claim, id)\n"),
    (borders.asked_outside, "services/claims/claims/review/endpoints.py", "session.add(Claim())\n"),
    (borders.asked_outside, "services/claims/claims/service.py", "rows = session.scalars(chosen)\n"),
    (
        borders.asked_outside,
        "services/claims/claims/service.py",
        "class Reader:\n    async def f(self):\n        await self.session.execute(chosen)\n",
    ),
    *(
        (borders.repositories_in_endpoints, "services/claims/claims/review/endpoints.py", text)
        for text in (
            "from .repository import ClaimRepository\n",
            "from . import repository\n",
            "from .repository import find_claim\n",
            "from ..people.drafts import DraftRepository\n",
        )
    ),
    *(
        (borders.calls_out, "services/claims/claims/review/service.py", text)
        for text in (
            "import httpx\n",
            "from httpx import AsyncClient\n",
            "from common.bus import Bus\n",
            "from common import bus\n",
            "def f():\n    import urllib.request\n",
        )
    ),
]


@pytest.mark.parametrize(("check", "path", "text"), PLANTED)
def test_a_planted_violation_is_seen(check: Check, path: str, text: str) -> None:
    assert list(check(planted(path, text)))


ALLOWED = [
    "from sqlalchemy import text\nALL = unscoped(text('SELECT 1'), why='no row')\n",
    "from sqlalchemy import text\nALL = text('SELECT 1')\nasync def f(s):\n    unscoped(ALL, why='no row')\n",
    "from sqlalchemy import select\ndef f(self):\n    return select(C).where(self.mine(C))\n",
]


@pytest.mark.parametrize("text", ALLOWED)
def test_marked_statements_are_fine(text: str) -> None:
    assert list(checks.sql_outside(planted("services/claims/claims/repository.py", text))) == []


def test_every_adapter_is_there() -> None:
    assert set(borders.ADAPTERS) <= {module.name for module in services()}


def test_the_checks_look_at_the_real_source() -> None:
    found = {module.path for module in everything()}
    assert "libs/common/common/db/engine.py" in found
    assert sum(path.startswith("services/") for path in found) > 60
