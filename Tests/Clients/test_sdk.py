# SPDX-License-Identifier: Apache-2.0
"""The official OpenAI SDK against the gateway: everything that people do with it."""

import asyncio
import base64
import json
import struct

import openai
import pydantic
import pytest

from support.processes import CALLER_KEY, LIMITED_KEY, eventually

MODEL = "gpt-4o-mini"
HELLO = [{"role": "user", "content": "Say hello"}]
# A PNG of one pixel.
PIXEL = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
         "rkJggg==")


def function(name):
    return {"type": "function", "function": {
        "name": name,
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}},
                       "required": ["city"]}}}


@pytest.fixture
def client(gateway, simulator):
    with openai.OpenAI(
            api_key=CALLER_KEY, base_url=gateway.base, max_retries=0, timeout=10) as client:
        yield client


def record_of(gateway, answer):
    """The access record of an answer read with `with_raw_response`."""
    return gateway.await_record(answer.headers["x-request-id"])


def test_chat(client, gateway, simulator):
    raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=HELLO)
    answer = raw.parse()
    assert answer.choices[0].message.content.startswith("Simulated answer to: Say hello")
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert raw.headers["x-apus-node"] == "clients"
    assert raw.headers["x-apus-target"] == f"sim/{MODEL}"
    assert raw.headers["x-apus-attempts"] == "1"
    record = record_of(gateway, raw)
    assert record["status"] == 200 and record["outcome"] == "success"
    assert record["key"] == "caller" and record["model"] == MODEL
    assert record["tokens_in"] == answer.usage.prompt_tokens
    assert record["tokens_out"] == answer.usage.completion_tokens
    assert simulator.counters()["completed"] == 1


def test_chat_through_every_credential_field(gateway, simulator):
    """The SDK sends no `authorization` when it is omitted."""
    for name in ("x-api-key", "api-key", "x-goog-api-key"):
        with openai.OpenAI(api_key="unused", base_url=gateway.base, max_retries=0) as client:
            answer = client.chat.completions.create(
                model=MODEL, messages=HELLO,
                extra_headers={"authorization": openai.omit, name: CALLER_KEY})
            assert answer.choices


def test_the_provider_sees_its_own_key_and_no_other(client, simulator):
    client.chat.completions.create(model=MODEL, messages=HELLO)
    fields = {name.lower(): value for name, value in simulator.last()["headers"]}
    assert fields["authorization"].startswith("Bearer sk-upstream-")
    assert CALLER_KEY not in json.dumps(fields)
    assert "x-stainless-lang" not in fields
    assert fields["content-type"] == "application/json"


def test_streaming_without_usage(client, gateway, simulator):
    raw = client.chat.completions.with_raw_response.create(
        model=MODEL, messages=HELLO, stream=True)
    chunks = list(raw.parse())
    assert all(chunk.choices for chunk in chunks), "the usage chunk was not asked for"
    assert all(chunk.usage is None for chunk in chunks)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text.startswith("Simulated answer to: Say hello")
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert json.loads(simulator.last()["body"])["stream_options"] == {"include_usage": True}
    record = record_of(gateway, raw)
    assert record["stream"] is True
    assert record["tokens_out"] == 32 and record["tokens_in"] > 0
    assert record["ttft_us"] > 0


def test_streaming_with_usage(client, gateway, simulator):
    raw = client.chat.completions.with_raw_response.create(
        model=MODEL, messages=HELLO, stream=True, stream_options={"include_usage": True})
    chunks = list(raw.parse())
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == 32
    assert all(chunk.choices for chunk in chunks[:-1])
    assert record_of(gateway, raw)["tokens_out"] == 32


def test_streaming_with_usage_refused_by_the_caller(client, gateway, simulator):
    raw = client.chat.completions.with_raw_response.create(
        model=MODEL, messages=HELLO, stream=True, stream_options={"include_usage": False})
    assert all(chunk.choices for chunk in raw.parse())
    assert record_of(gateway, raw)["tokens_out"] == 32


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_a_stream_cut_anywhere_reads_the_same(client, simulator, size):
    simulator.script(chunk_bytes=size, text="Grüße, 世界 🌍")
    for usage in (True, False):
        stream = client.chat.completions.create(
            model=MODEL, messages=HELLO, stream=True, stream_options={"include_usage": usage})
        chunks = list(stream)
        text = "".join(
            chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert text == "Grüße, 世界 🌍"
        assert (chunks[-1].usage is not None) == usage


def test_several_choices(client):
    answer = client.chat.completions.create(model=MODEL, messages=HELLO, n=3)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]


def test_one_tool(client, simulator):
    answer = client.chat.completions.create(
        model=MODEL, messages=HELLO, tools=[function("weather")])
    [call] = answer.choices[0].message.tool_calls
    assert answer.choices[0].finish_reason == "tool_calls"
    assert call.function.name == "weather" and "city" in json.loads(call.function.arguments)
    assert json.loads(simulator.last()["body"])["tools"] == [function("weather")]
    # The second turn carries the call and its result.
    messages = HELLO + [
        answer.choices[0].message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
    final = client.chat.completions.create(
        model=MODEL, messages=messages, tools=[function("weather")])
    assert final.choices[0].finish_reason == "stop"


def test_parallel_tools(client):
    answer = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "ask both in parallel"}],
        tools=[function("weather"), function("time")])
    names = [call.function.name for call in answer.choices[0].message.tool_calls]
    assert names == ["weather", "time"]


def test_streamed_tool_arguments(client):
    stream = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "ask both in parallel"}],
        tools=[function("weather"), function("time")], stream=True)
    arguments, names, pieces = {}, {}, 0
    for chunk in stream:
        for call in chunk.choices[0].delta.tool_calls or []:
            pieces += 1
            names[call.index] = names.get(call.index) or call.function.name
            arguments[call.index] = (
                arguments.get(call.index, "") + (call.function.arguments or ""))
    assert names == {0: "weather", 1: "time"}
    assert pieces > 2 and all("city" in json.loads(text) for text in arguments.values())


def test_image_parts_arrive_unchanged(client, simulator):
    messages = [{"role": "user", "content": [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}]}]
    answer = client.chat.completions.create(model=MODEL, messages=messages)
    assert "What is this?" in answer.choices[0].message.content
    assert json.loads(simulator.last()["body"])["messages"] == messages


def test_a_large_image(client, simulator):
    data = base64.b64encode(bytes(range(256)) * 2000).decode()
    messages = [{"role": "user", "content": [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}]}]
    assert client.chat.completions.create(model=MODEL, messages=messages).choices
    assert json.loads(simulator.last()["body"])["messages"] == messages


class Event(pydantic.BaseModel):
    name: str
    participants: list[str]


def test_output_by_schema(client, simulator):
    answer = client.chat.completions.parse(
        model=MODEL, messages=HELLO, response_format=Event)
    assert isinstance(answer.choices[0].message.parsed, Event)
    sent = json.loads(simulator.last()["body"])["response_format"]
    assert sent["type"] == "json_schema" and sent["json_schema"]["strict"] is True


def test_streamed_output_by_schema(client):
    with client.chat.completions.stream(
            model=MODEL, messages=HELLO, response_format=Event) as stream:
        for _ in stream:
            pass
        answer = stream.get_final_completion()
    assert isinstance(answer.choices[0].message.parsed, Event)


def test_embeddings_as_base64_and_as_numbers(client, gateway, simulator):
    text = ["one", "two"]
    raw = client.embeddings.with_raw_response.create(
        model="text-embedding-3-small", input=text)
    assert json.loads(simulator.last()["body"])["encoding_format"] == "base64"
    packed = raw.parse()
    data = json.loads(raw.content)["data"][0]["embedding"]
    assert isinstance(data, str)
    count = len(base64.b64decode(data)) // 4
    assert packed.data[0].embedding == pytest.approx(
        struct.unpack(f"<{count}f", base64.b64decode(data)))
    plain = client.embeddings.create(
        model="text-embedding-3-small", input=text, encoding_format="float")
    assert len(plain.data) == 2 and plain.data[1].index == 1
    assert plain.data[0].embedding == pytest.approx(packed.data[0].embedding, abs=1e-6)
    assert record_of(gateway, raw)["tokens_in"] == packed.usage.prompt_tokens


def test_embeddings_of_token_ids(client, simulator):
    client.embeddings.create(model="text-embedding-3-small", input=[[1, 2, 3], [4]])
    assert json.loads(simulator.last()["body"])["input"] == [[1, 2, 3], [4]]


def test_models(client, gateway):
    names = {model.id for model in client.models.list()}
    assert names == {
        "sim", "only-this", "gpt-4o-mini", "text-embedding-3-small", "gpt-3.5-turbo-instruct"}
    card = client.models.retrieve("gpt-4o-mini")
    assert card.id == "gpt-4o-mini" and card.object == "model" and card.created > 0


def test_a_limited_key_sees_its_models_only(gateway, simulator):
    with openai.OpenAI(
            api_key=LIMITED_KEY, base_url=gateway.base, max_retries=0) as client:
        assert [model.id for model in client.models.list()] == ["only-this"]
        with pytest.raises(openai.NotFoundError):
            client.models.retrieve("sim")


def test_legacy_completions(client, gateway, simulator):
    raw = client.completions.with_raw_response.create(
        model="gpt-3.5-turbo-instruct", prompt="Say hello")
    answer = raw.parse()
    assert answer.choices[0].text.startswith("Simulated answer to: Say hello")
    assert record_of(gateway, raw)["tokens_out"] == answer.usage.completion_tokens
    stream = client.completions.create(
        model="gpt-3.5-turbo-instruct", prompt="Say hello", stream=True)
    chunks = list(stream)
    assert all(chunk.choices for chunk in chunks)
    assert "".join(chunk.choices[0].text for chunk in chunks) == answer.choices[0].text


def test_async_client(gateway, simulator):
    async def run():
        async with openai.AsyncOpenAI(
                api_key=CALLER_KEY, base_url=gateway.base, max_retries=0) as client:
            async def one(index):
                messages = [{"role": "user", "content": f"number {index}"}]
                stream = await client.chat.completions.create(
                    model=MODEL, messages=messages, stream=True)
                text = ""
                async for chunk in stream:
                    text += chunk.choices[0].delta.content or ""
                return f"number {index} " in text
            assert all(await asyncio.gather(*(one(index) for index in range(50))))
            assert (await client.chat.completions.create(model=MODEL, messages=HELLO)).choices
            assert [model async for model in client.models.list()]
    asyncio.run(run())
    counters = eventually(
        lambda: (c := simulator.counters())["open_requests"] == 0 and c, what="all over")
    assert counters["completed"] == 51 and counters["cancelled"] == 0


def test_request_id_and_trace_are_passed_on(client, gateway, simulator):
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    raw = client.chat.completions.with_raw_response.create(
        model=MODEL, messages=HELLO,
        extra_headers={"x-request-id": "chosen-by-caller-1", "traceparent": trace})
    assert raw.headers["x-request-id"] == "chosen-by-caller-1"
    fields = dict(simulator.last()["headers"])
    assert fields["x-request-id"] == "chosen-by-caller-1" and fields["traceparent"] == trace
    assert record_of(gateway, raw)["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
