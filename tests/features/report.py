"""`make features`: runs the tests that accept feature rows and prints row, tests and result."""

import json
import sys
from pathlib import Path

import pytest

from .rows import rows

OUTPUT = Path("build") / "features.json"


class Collector:
    """Notes the outcome of every test that names a feature row (also when several processes run them)."""

    def __init__(self) -> None:
        self.outcomes: dict[str, dict[str, bool]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, row in report.user_properties:
            if name == "feature":
                tests = self.outcomes.setdefault(str(row), {})
                passed = report.outcome == "passed" or (report.when != "call" and report.outcome == "skipped")
                tests[report.nodeid] = tests.get(report.nodeid, True) and passed


def main() -> int:
    """Run and report; 1 when a row's test failed."""
    collector = Collector()
    pytest.main(
        ["-q", "-n", "2", "-m", "feature and not stack", "--no-header", *sys.argv[1:]], plugins=[collector]
    )
    table = [
        {"id": row, "tests": sorted(tests), "passed": bool(tests) and all(tests.values())}
        for row in rows()
        for tests in [collector.outcomes.get(row, {})]
    ]
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    texts = rows()
    for entry in table:
        result = "passed" if entry["passed"] else "FAILED" if entry["tests"] else "no test yet"
        print(f"{entry['id']}  {result:12} {len(entry['tests']):3} tests  {texts[str(entry['id'])][:80]}")
    return int(any(entry["tests"] and not entry["passed"] for entry in table))


if __name__ == "__main__":
    raise SystemExit(main())
