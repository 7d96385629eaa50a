# SPDX-License-Identifier: Apache-2.0
"""Every vendor's SDK before every kind of provider; the table is printed at the end.

`direct` asks the simulated vendor itself, which shows that the simulation is one that the vendor's
own SDK takes for real; the other columns go through the gateway.
"""

import pytest

from support import questions
from support.processes import CALLER_KEY, UPSTREAM_KEY, Gateway, Simulator, config
from support.questions import Setting
from support.sdks import SDKS

# Provider to the path of its base, a chat model and an embedding model.
PROVIDERS = {
    "openai": ("/v1", "gpt-4o-mini", "text-embedding-3-small"),
    "anthropic": ("/v1", "claude-haiku-4-5-20251001", None),
    "gemini": ("/v1beta", "gemini-2.5-flash", "gemini-embedding-001"),
    "ollama": ("", "llama3.2:latest", "nomic-embed-text:latest"),
    "cohere": ("", "command-a-03-2025", "embed-v4.0"),
}
CASES = [pytest.param(sdk, feature, id=f"{sdk.name}-{feature}")
         for sdk in SDKS for feature in sdk.features]


@pytest.fixture(scope="session")
def vendors():
    simulators = {name: Simulator("--dialect", name) for name in PROVIDERS}
    yield simulators
    for simulator in simulators.values():
        simulator.kill()


@pytest.fixture(scope="session")
def before_vendors(vendors):
    """A gateway with one model a provider and kind: `chat-gemini`, `embed-cohere`."""
    providers = [
        {"name": name, "kind": name, "keys": [UPSTREAM_KEY],
         "base": f"http://127.0.0.1:{vendors[name].port}{path}"}
        for name, (path, _, _) in PROVIDERS.items()]
    models = []
    for name, (_, chat, embedding) in PROVIDERS.items():
        models.append({"name": f"chat-{name}", "targets": [{"provider": name, "model": chat}]})
        if embedding:
            models.append({
                "name": f"embed-{name}", "targets": [{"provider": name, "model": embedding}]})
    gateway = Gateway(config(providers, models))
    yield gateway
    gateway.close()


def ask(make, origin, key, feature, simulator, **setting):
    simulator.reset()
    sdk, stranger = make(origin, key), make(origin, "gw-nobody-knows-this-key")
    try:
        getattr(questions, feature)(
            Setting(sdk=sdk, stranger=stranger, simulator=simulator, **setting))
    finally:
        sdk.close()
        stranger.close()
        simulator.reset()


@pytest.mark.parametrize("sdk, feature", CASES)
def test_direct(sdk, feature, vendors, record_property):
    record_property("cell", (sdk.name, "direct", feature))
    simulator = vendors[sdk.dialect]
    ask(sdk, f"http://127.0.0.1:{simulator.port}", UPSTREAM_KEY, feature, simulator,
        provider=sdk.dialect, chat_model=sdk.chat_model, embedding_model=sdk.embedding_model,
        listed=sdk.chat_model)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("sdk, feature", CASES)
def test_through_the_gateway(sdk, provider, feature, vendors, before_vendors, record_property):
    record_property("cell", (sdk.name, provider, feature))
    embedding = f"embed-{provider}" if PROVIDERS[provider][2] else None
    ask(sdk, before_vendors.origin, CALLER_KEY, feature, vendors[provider], provider=provider,
        chat_model=f"chat-{provider}", embedding_model=embedding, listed=f"chat-{provider}")
