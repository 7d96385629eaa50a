# SPDX-License-Identifier: Apache-2.0
"""Objects that providers keep, through the vendors' own SDKs: files, batches, answers, caches."""

import hashlib
import io
import os

import anthropic
import openai
import pytest
from google import genai
from google.genai import types

from support.processes import (
    ADMIN_KEY, CALLER_KEY, LIMITED_KEY, UPSTREAM_KEY, Gateway, Simulator, config)

BASES = {"openai": "/v1", "anthropic": "/v1", "gemini": "/v1beta"}
MODELS = {
    "openai": "gpt-4o-mini", "anthropic": "claude-haiku-4-5-20251001",
    "gemini": "gemini-2.5-flash"}


@pytest.fixture(scope="module")
def keepers():
    simulators = {name: Simulator("--dialect", name) for name in BASES}
    for simulator in simulators.values():
        simulator.script(api_key=UPSTREAM_KEY)
    yield simulators
    for simulator in simulators.values():
        simulator.kill()


@pytest.fixture(scope="module")
def gateway(keepers):
    providers = [
        {"name": name, "kind": name, "keys": [UPSTREAM_KEY],
         "base": f"http://127.0.0.1:{keepers[name].port}{path}"}
        for name, path in BASES.items()]
    models = [{"name": model, "targets": [{"provider": name}]} for name, model in MODELS.items()]
    # A body that has to be held would be refused.
    gateway = Gateway(config(
        providers, models, request_limits={"body": "64KiB", "upload": "24MiB"}))
    yield gateway
    gateway.close()


@pytest.fixture
def as_openai(gateway):
    with openai.OpenAI(
            api_key=CALLER_KEY, base_url=gateway.base, max_retries=0, timeout=20) as client:
        yield client


@pytest.fixture
def as_anthropic(gateway):
    with anthropic.Anthropic(
            api_key=CALLER_KEY, base_url=gateway.origin, max_retries=0, timeout=20) as client:
        yield client


@pytest.fixture
def as_gemini(gateway):
    return genai.Client(
        api_key=CALLER_KEY, http_options=types.HttpOptions(base_url=gateway.origin))


def unpriced(gateway):
    line = [line for line in gateway.metrics().splitlines()
            if line.startswith("apus_unpriced_calls_total")]
    return float(line[0].split()[-1]) if line else 0.0


# OpenAI

def test_openai_files(as_openai, gateway, keepers):
    content = os.urandom(3 * 1024 * 1024)
    raw = as_openai.files.with_raw_response.create(
        file=("data.bin", io.BytesIO(content)), purpose="user_data")
    file = raw.parse()
    assert file.bytes == len(content) and file.filename == "data.bin"
    assert raw.headers["x-apus-target"] == "openai"
    record = gateway.await_record(raw.headers["x-request-id"])
    assert record["route"] == "/v1/files" and record["method"] == "POST"
    assert record["stored"] is True and record["target"] == "openai" and record["attempts"] == 1
    assert record["bytes_in"] > len(content) and record["key"] == "caller"
    assert "cost_usd" not in record and "unpriced" not in record and "tokens_in" not in record
    fields = {name.lower(): value for name, value in keepers["openai"].last()["headers"]}
    assert fields["authorization"] == f"Bearer {UPSTREAM_KEY}"
    assert "cookie" not in fields and "x-stainless-lang" not in fields

    assert file.id in [one.id for one in as_openai.files.list()]
    assert as_openai.files.retrieve(file.id).id == file.id
    assert as_openai.files.content(file.id).read() == content
    assert as_openai.files.delete(file.id).deleted
    with pytest.raises(openai.NotFoundError) as refused:
        as_openai.files.retrieve(file.id)
    assert "No such file object" in str(refused.value)


def test_a_file_over_the_limit_is_refused_before_it_is_sent(as_openai):
    with pytest.raises(openai.APIStatusError) as refused:
        as_openai.files.create(file=("big", b"x" * (25 * 1024 * 1024)), purpose="user_data")
    assert refused.value.status_code == 413


def test_the_gateway_holds_no_file(as_openai, gateway):
    as_openai.files.create(file=("warm", b"x" * 1024), purpose="user_data")
    before = gateway.resident_bytes()
    content = b"y" * (20 * 1024 * 1024)
    for _ in range(3):
        file = as_openai.files.create(file=("big", content), purpose="user_data")
        assert as_openai.files.content(file.id).read() == content
    assert gateway.resident_bytes() - before < 4 * 1024 * 1024


def test_openai_batches(as_openai, gateway):
    file = as_openai.files.create(file=("in.jsonl", b"{}\n"), purpose="batch")
    before = unpriced(gateway)
    raw = as_openai.batches.with_raw_response.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    batch = raw.parse()
    record = gateway.await_record(raw.headers["x-request-id"])
    # Its tokens are paid for when it has run, and nobody tells us then.
    assert record["unpriced"] is True and record["stored"] is True
    assert unpriced(gateway) == before + 1
    raw = as_openai.batches.with_raw_response.retrieve(batch.id)
    assert raw.parse().id == batch.id
    assert "unpriced" not in gateway.await_record(raw.headers["x-request-id"])
    assert as_openai.batches.cancel(batch.id).status == "cancelling"
    assert batch.id in [one.id for one in as_openai.batches.list()]
    assert unpriced(gateway) == before + 1


def test_openai_responses(as_openai, gateway):
    raw = as_openai.responses.with_raw_response.create(
        model=MODELS["openai"], input="Remember this", store=True)
    made = raw.parse()
    record = gateway.await_record(raw.headers["x-request-id"])
    assert record["tokens_in"] == made.usage.input_tokens and record["cost_usd"] > 0
    assert "stored" not in record

    # The state lives at the provider, which is the only one that can go on with it.
    following = as_openai.responses.create(
        model=MODELS["openai"], input="Go on", previous_response_id=made.id)
    assert following.status == "completed"
    with pytest.raises(openai.BadRequestError) as refused:
        as_openai.responses.create(
            model=MODELS["openai"], input="Go on", previous_response_id="resp_nobody")
    assert refused.value.code == "previous_response_not_found"

    # A look at it tells the same usage, and is not paid for again.
    raw = as_openai.responses.with_raw_response.retrieve(made.id)
    again = raw.parse()
    assert again.output_text == made.output_text and again.usage == made.usage
    record = gateway.await_record(raw.headers["x-request-id"])
    assert record["route"] == "/v1/responses/{id}" and record["stored"] is True
    assert "tokens_in" not in record and "cost_usd" not in record
    assert len(list(as_openai.responses.input_items.list(made.id))) == 1
    assert as_openai.responses.cancel(made.id).status == "cancelling"
    as_openai.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        as_openai.responses.retrieve(made.id)


def test_openai_conversations_and_vector_stores(as_openai):
    conversation = as_openai.conversations.create()
    assert as_openai.conversations.retrieve(conversation.id).id == conversation.id
    as_openai.conversations.delete(conversation.id)
    store = as_openai.vector_stores.create(name="books")
    assert as_openai.vector_stores.retrieve(store.id).name == "books"
    assert as_openai.vector_stores.delete(store.id).deleted


# Anthropic

def test_anthropic_batches(as_anthropic, gateway):
    batch = as_anthropic.messages.batches.create(requests=[
        {"custom_id": f"q{index}", "params": {
            "model": MODELS["anthropic"], "max_tokens": 64,
            "messages": [{"role": "user", "content": f"Question {index}"}]}}
        for index in range(3)])
    # The SDK follows this link with its key: it must lead here.
    assert batch.results_url.startswith(f"{gateway.origin}/v1/messages/batches/")
    results = list(as_anthropic.messages.batches.results(batch.id))
    assert [result.custom_id for result in results] == ["q0", "q1", "q2"]
    assert "Question 2" in results[2].result.message.content[0].text
    assert [one.id for one in as_anthropic.messages.batches.list()] == [batch.id]
    assert as_anthropic.messages.batches.cancel(batch.id).processing_status == "canceling"
    as_anthropic.messages.batches.delete(batch.id)
    with pytest.raises(anthropic.NotFoundError):
        as_anthropic.messages.batches.retrieve(batch.id)


def test_anthropic_files(as_anthropic, keepers):
    file = as_anthropic.beta.files.upload(
        file=("notes.txt", b"some notes", "text/plain"), betas=["files-api-2025-04-14"])
    assert file.size_bytes == 10 and file.mime_type == "text/plain"
    fields = {name.lower(): value for name, value in keepers["anthropic"].last()["headers"]}
    assert fields["x-api-key"] == UPSTREAM_KEY and "files-api" in fields["anthropic-beta"]
    assert file.id in [one.id for one in as_anthropic.beta.files.list()]
    assert as_anthropic.beta.files.download(file.id).read() == b"some notes"
    as_anthropic.beta.files.delete(file.id)
    with pytest.raises(anthropic.NotFoundError):
        as_anthropic.beta.files.retrieve_metadata(file.id)


# Gemini

def test_gemini_files(as_gemini, gateway, keepers, tmp_path):
    # More than one piece of the SDK's, which are of 8 MiB.
    content = os.urandom(9 * 1024 * 1024)
    path = tmp_path / "clip.bin"
    path.write_bytes(content)
    file = as_gemini.files.upload(
        file=path, config={"mime_type": "video/mp4", "display_name": "clip"})
    assert file.size_bytes == len(content) and file.display_name == "clip"
    # The provider's own name of it, as prompts need it.
    assert file.uri.startswith("https://generativelanguage.googleapis.com/")
    assert as_gemini.files.get(name=file.name).name == file.name
    assert file.name in [one.name for one in as_gemini.files.list()]
    assert CALLER_KEY not in str(keepers["gemini"].counters())
    as_gemini.files.delete(name=file.name)


def test_gemini_caches(as_gemini, gateway, keepers):
    before = unpriced(gateway)
    cache = as_gemini.caches.create(
        model=MODELS["gemini"],
        config={"contents": [types.Content(role="user", parts=[types.Part(text="long " * 99)])]})
    assert unpriced(gateway) == before + 1
    assert as_gemini.caches.get(name=cache.name).name == cache.name
    as_gemini.caches.update(name=cache.name, config={"ttl": "600s"})
    assert cache.name in [one.name for one in as_gemini.caches.list()]
    answer = as_gemini.models.generate_content(
        model=MODELS["gemini"], contents="And now?", config={"cached_content": cache.name})
    assert answer.text
    assert cache.name in keepers["gemini"].last()["body"]
    as_gemini.caches.delete(name=cache.name)


# Who may, and where to

def test_a_key_of_some_models_may_not(gateway):
    with openai.OpenAI(api_key=LIMITED_KEY, base_url=gateway.base, max_retries=0) as client:
        with pytest.raises(openai.PermissionDeniedError) as refused:
            client.files.list()
    assert refused.value.code == "provider_not_allowed"
    with openai.OpenAI(api_key="nobody", base_url=gateway.base, max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            client.files.list()


def test_several_providers_need_a_choice(keepers):
    other = Simulator()
    base = f"http://127.0.0.1:{keepers['openai'].port}/v1"
    providers = [
        {"name": "one", "kind": "openai", "keys": [UPSTREAM_KEY], "base": base},
        {"name": "two", "kind": "openai", "base": other.base}]
    gateway = Gateway(config(providers))
    try:
        with openai.OpenAI(api_key=CALLER_KEY, base_url=gateway.base, max_retries=0) as client:
            with pytest.raises(openai.BadRequestError) as refused:
                client.files.list()
            assert "stored_objects: { openai: NAME }" in str(refused.value)
            file = client.files.create(
                file=("a", b"a"), purpose="user_data", extra_headers={"x-apus-provider": "two"})
            with pytest.raises(openai.NotFoundError):
                client.files.retrieve(file.id, extra_headers={"x-apus-provider": "one"})
            gateway.write_config(config(providers, stored_objects={"openai": "two"}))
            gateway.signal(1)
            gateway.await_line("configuration replaced")
            assert client.files.retrieve(file.id).id == file.id
        # Of Anthropic's there is none.
        with anthropic.Anthropic(
                api_key=CALLER_KEY, base_url=gateway.origin, max_retries=0) as client:
            with pytest.raises(anthropic.NotFoundError) as refused:
                client.messages.batches.list()
            assert "one of kind `anthropic`" in str(refused.value)
    finally:
        gateway.close()
        other.kill()
