"""pytest plugin: failures and slow tests are told at once, so that a run cut short told them."""

import time

import pytest

SLOW = 60.0


class Telling:
    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self.reporter, self.began = reporter, time.monotonic()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._tell(f"failed in {report.when}: {report.nodeid}")
            self.reporter.write_line(report.longreprtext[-4000:])
        elif report.duration > SLOW:
            self._tell(f"{report.duration:.0f} s in {report.when}: {report.nodeid}")

    def _tell(self, what: str) -> None:
        minutes, seconds = divmod(round(time.monotonic() - self.began), 60)
        self.reporter.ensure_newline()
        self.reporter.write_line(f"{minutes}:{seconds:02d} {what}")


def pytest_configure(config: pytest.Config) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Telling(reporter), "telling")
