"""A process of a pool imports what its work needs: not the program that started it, and no database."""

import subprocess
import sys

import pytest

from common.processes import ProcessPool

KEY = "1:" + "A" * 43 + "="


async def test_a_process_does_not_run_the_program_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__file__", __file__, raising=False)
    pool = ProcessPool(processes=1, master_keys=KEY)
    try:
        main = "getattr(__import__('sys').modules['__main__'], '__file__', None)"
        assert eval(main) is not None
        assert await pool.run(eval, main) is None
    finally:
        pool.close()
    assert sys.modules["__main__"].__name__ == "__main__"


def test_the_roster_processes_import_no_database() -> None:
    heavy = ("sqlalchemy", "fastapi", "opentelemetry", "xlsxwriter", "common.contracts.pack")
    program = f"import sys, enrollment.imports.tasks; print([m for m in {heavy!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
