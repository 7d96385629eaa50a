# SPDX-License-Identifier: Apache-2.0
"""One simulated provider and one gateway before it, shared by all tests that leave them whole."""

import pytest

from support.processes import Gateway, Simulator, config, model, provider


@pytest.fixture(scope="session")
def shared_simulator():
    simulator = Simulator()
    yield simulator
    simulator.kill()


@pytest.fixture
def simulator(shared_simulator):
    """The provider behind `gateway`, as new."""
    shared_simulator.reset()
    yield shared_simulator
    shared_simulator.reset()


@pytest.fixture(scope="session")
def gateway(shared_simulator):
    gateway = Gateway(config(
        [provider("sim", shared_simulator.base)],
        [model("sim", "sim"), model("only-this", "sim"), model("gpt-4o-mini", "sim"),
         model("text-embedding-3-small", "sim"), model("gpt-3.5-turbo-instruct", "sim")],
        timeouts={"drain": "1s", "client_request": "700ms", "client_idle": "30s"},
        request_limits={"body": "1MB"}))
    yield gateway
    gateway.close()


def pytest_terminal_summary(terminalreporter):
    """One table SDK x provider: how many of the features work, and the names of the others."""
    cells = {}
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", []):
                if name == "cell" and (report.when == "call" or outcome != "passed"):
                    sdk, provider, feature = value
                    cells.setdefault(sdk, {}).setdefault(provider, {})[feature] = outcome
    if not cells:
        return
    columns = list(dict.fromkeys(name for row in cells.values() for name in row))
    write = terminalreporter.write_line
    terminalreporter.section("SDK x provider: features that work")
    write("".join([f"{'SDK':<18}"] + [f"{name:>11}" for name in columns]))
    for sdk, row in cells.items():
        line = f"{sdk:<18}"
        for name in columns:
            found = row.get(name, {})
            good = sum(outcome == "passed" for outcome in found.values())
            line += f"{f'{good}/{len(found)}' if found else '':>11}"
        write(line)
    for sdk, row in cells.items():
        for name, found in row.items():
            missing = [feature for feature, outcome in found.items() if outcome != "passed"]
            if missing:
                write(f"not yet: {sdk} x {name}: {', '.join(missing)}")
