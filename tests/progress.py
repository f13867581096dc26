"""Says at once what failed, and what runs when nothing has ended for long: a suite that is cut off has then spoken."""

import os
import threading
import time

import pytest

QUIET_SECONDS = 240.0


class Progress:
    """A plugin of the process that reports; test processes report to it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._running: dict[str, float] = {}
        self._heard = time.monotonic()
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._heard = self._running[nodeid] = time.monotonic()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self._heard = time.monotonic()
        self._running.pop(nodeid, None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            if report.when not in ("setup", "call", "teardown"):
                self._running.pop(report.nodeid, None)  # its process has died
            cause = str(report.longrepr).strip().splitlines()[-12:]
            self._say(
                "\n".join([f"\n{report.nodeid} failed in {report.when} ({report.duration:.0f} s)", *cause])
            )

    def pytest_unconfigure(self) -> None:
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(QUIET_SECONDS / 8):
            if time.monotonic() - self._heard > QUIET_SECONDS and self._running:
                self._heard = time.monotonic()
                since = {name: self._heard - start for name, start in self._running.items()}
                self._say("\n".join(f"\nstill running after {s:.0f} s: {name}" for name, s in since.items()))

    def _say(self, words: str) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(words)


def register(config: pytest.Config) -> None:
    """Report here, unless this is one of several test processes."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Progress(config), "huzhu-progress")
