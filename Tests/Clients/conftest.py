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
