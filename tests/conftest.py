"""What every test shares: the `needs` marker, which skips by name, and `--no-skips`, which forbids skipping."""

import signal

import pytest

from console.terminal.parts import PARTS, how_to_enable


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail when a test was skipped or excused (xfail)")


def pytest_configure(config: pytest.Config) -> None:
    # Started in the background, a shell has us ignore Ctrl-C, and what we start would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "needs(*parts): the system parts without which this test is skipped")
    if config.getoption("--no-skips"):
        config.pluginmanager.register(NoSkips(), "no-skips")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for name in (name for marker in item.iter_markers("needs") for name in marker.args):
            if name not in PARTS:
                raise pytest.UsageError(f"{item.nodeid} needs {name!r}; known parts: {', '.join(PARTS)}")
            if not PARTS[name].is_here():
                item.add_marker(pytest.mark.skip(reason=f"needs {name}: {how_to_enable(name)}"))


class NoSkips:
    """Turns a run with any skipped or excused test into a failed one, and names them."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else "expected to fail"
            self.skipped.append(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skipped:
            terminalreporter.section("skipped, and --no-skips forbids it", red=True)
            for line in self.skipped:
                terminalreporter.line(line)
