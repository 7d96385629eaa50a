# SPDX-License-Identifier: Apache-2.0
"""What every SDK must get from every provider; one function a feature, named like it."""

import pytest

from .sdks import Event, Refused

HELLO = "Say hello"
BOTH = "Ask both in parallel"
# Tokens of an answer of the simulated providers, unless told otherwise.
TOKENS = 32


class Setting:
    """One SDK, the models it asks for, and the provider that answers in the end."""

    def __init__(self, sdk, simulator, provider, chat_model, embedding_model, listed, stranger):
        self.sdk = sdk
        self.simulator = simulator
        self.provider = provider
        self.chat_model = chat_model
        self.embedding_model = embedding_model
        # A model that must be among the listed ones.
        self.listed = listed
        # The same SDK with a key that nobody knows.
        self.stranger = stranger


def chat(on):
    reply = on.sdk.chat(on.chat_model, HELLO)
    assert reply.text.startswith("Simulated answer to: Say hello"), reply
    assert reply.finish == on.sdk.finishes[0], reply


def usage(on):
    reply = on.sdk.chat(on.chat_model, HELLO)
    assert reply.tokens_out == TOKENS and reply.tokens_in > 0, reply


def stream(on):
    whole = on.sdk.chat(on.chat_model, HELLO)
    reply = on.sdk.stream(on.chat_model, HELLO)
    assert reply.text == whole.text, reply
    assert reply.pieces >= TOKENS, "it did not come bit by bit"
    assert reply.finish == on.sdk.finishes[0], reply


def stream_usage(on):
    whole = on.sdk.chat(on.chat_model, HELLO)
    reply = on.sdk.stream(on.chat_model, HELLO)
    assert (reply.tokens_in, reply.tokens_out) == (whole.tokens_in, whole.tokens_out), reply
    assert reply.tokens_out == TOKENS, reply


def length(on):
    reply = on.sdk.chat(on.chat_model, HELLO, limit=3)
    assert reply.text == "Simulated answer to:", reply
    assert reply.finish == on.sdk.finishes[1] and reply.tokens_out == 3, reply


def system(on):
    plain = on.sdk.chat(on.chat_model, HELLO)
    reply = on.sdk.chat(on.chat_model, HELLO, system="You are a pirate and a very polite one")
    assert reply.text == plain.text and reply.tokens_in >= plain.tokens_in + 9, reply


def tool(on):
    reply = on.sdk.tools(on.chat_model, "How is the weather?")
    assert [call.name for call in reply.calls] == ["weather"], reply
    assert isinstance(reply.calls[0].arguments["city"], str), reply
    assert reply.finish == on.sdk.finishes[2], reply


def parallel_tools(on):
    reply = on.sdk.tools(on.chat_model, BOTH)
    assert [call.name for call in reply.calls] == ["weather", "clock"], reply
    assert [list(call.arguments) for call in reply.calls] == [["city"], ["zone"]], reply
    ids = [call.id for call in reply.calls if call.id]
    assert len(set(ids)) == len(ids), reply


def tool_result(on):
    reply = on.sdk.tools(on.chat_model, BOTH)
    assert len(reply.calls) == 2, reply
    final = on.sdk.tool_result(on.chat_model, BOTH, reply)
    assert final.text.startswith("Simulated answer to:") and not final.calls, final


def streamed_tools(on):
    reply = on.sdk.stream(on.chat_model, BOTH, tools=True)
    assert [call.name for call in reply.calls] == ["weather", "clock"], reply
    assert [list(call.arguments) for call in reply.calls] == [["city"], ["zone"]], reply
    assert reply.finish == on.sdk.finishes[2], reply


def image(on):
    reply = on.sdk.image(on.chat_model, "What is this?")
    assert "What is this? [1 image]" in reply.text, reply


def structured(on):
    answer = on.sdk.structured(on.chat_model, "Invent an event")
    assert isinstance(answer, Event) and answer.participants, answer


def embeddings(on):
    if on.embedding_model is None:
        # Anthropic has none: the caller must be told, and nobody must be asked.
        with pytest.raises(Refused) as raised:
            on.sdk.embed(on.chat_model, ["a quick fox"])
        assert raised.value.status == 400, raised.value
        return
    vectors = on.sdk.embed(on.embedding_model, ["a quick fox", "a slow dog", "a quick fox"])
    assert len(vectors) == 3 and len(vectors[0]) > 100
    assert vectors[0] == pytest.approx(vectors[2]) != vectors[1]
    assert sum(value * value for value in vectors[0]) == pytest.approx(1, abs=1e-3)


def models(on):
    assert on.listed in on.sdk.models()


def errors(on):
    wrong = []
    for status, kind in on.sdk.errors.items():
        if status == 401:
            continue
        on.simulator.script(status=status, retry_after_s=7)
        for ask in (on.sdk.chat, on.sdk.stream):
            try:
                ask(on.chat_model, HELLO)
                wrong.append(f"{status}: no error")
            except Refused as refused:
                if (refused.kind, refused.status) != (kind, status):
                    wrong.append(f"{status}: {refused.kind} {refused.status}")
    assert not wrong, wrong


def bad_key(on):
    on.simulator.script(api_key="sk-the-right-one")
    with pytest.raises(Refused) as raised:
        on.stranger.chat(on.chat_model, HELLO)
    # Gemini calls a bad key a bad argument.
    kinds = {on.sdk.errors[401]} | ({"ClientError"} if on.sdk.dialect == "gemini" else set())
    assert raised.value.kind in kinds, raised.value
    assert raised.value.status in (401, 400 if on.sdk.dialect == "gemini" else 401)


def thinking(on):
    reply = on.sdk.think(on.chat_model, HELLO)
    assert reply.text.startswith("Simulated answer to: Say hello"), reply
    if on.provider != "openai":
        assert reply.thought.startswith("Thinking about this: Say hello"), reply
        assert reply.tokens_out > TOKENS, "thoughts are output"


def streamed_thinking(on):
    reply = on.sdk.stream(on.chat_model, HELLO, thinking=True)
    assert reply.text.startswith("Simulated answer to: Say hello"), reply
    if on.provider != "openai":
        assert reply.thought.startswith("Thinking about this: Say hello"), reply
        assert reply.tokens_out > TOKENS, "thoughts are output"


def count_tokens(on):
    few = on.sdk.count(on.chat_model, HELLO)
    many = on.sdk.count(on.chat_model, HELLO + " to everybody in the house")
    assert 0 < few < many
