# SPDX-License-Identifier: Apache-2.0
"""The vendors' SDKs behind one face: the same question asked the way each of them asks it."""

import base64
import contextlib
import json
from dataclasses import dataclass, field

import anthropic
import cohere
import langchain_openai
import ollama
import openai
import pydantic
from google import genai
from google.genai import errors as genai_errors
from google.genai import types

# A PNG of one pixel.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg==")
PIXEL_TEXT = base64.b64encode(PIXEL).decode()


class Event(pydantic.BaseModel):
    """What structured answers have to be."""

    name: str
    participants: list[str]


def parameters(name):
    return {"type": "object", "properties": {name: {"type": "string"}}, "required": [name]}


# Two tools: the first takes a city, the second a zone.
TOOLS = {"weather": parameters("city"), "clock": parameters("zone")}


@dataclass
class Call:
    name: str
    arguments: dict
    id: str | None = None


@dataclass
class Reply:
    """An answer in no SDK's words."""

    text: str = ""
    thought: str = ""
    finish: str | None = None
    calls: list = field(default_factory=list)
    tokens_in: int | None = None
    tokens_out: int | None = None
    # Events that carried content.
    pieces: int = 0
    # What has to be sent back in the next turn, in the SDK's own form.
    turn: object = None


@dataclass
class Refused(Exception):
    """An error in no SDK's words."""

    kind: str
    status: int
    message: str


def openai_functions():
    return [{"type": "function", "function": {
        "name": name, "description": f"Tells the {name}.", "parameters": schema}}
        for name, schema in TOOLS.items()]


class Sdk:
    """What all have in common; `features` is what the SDK can ask for at all."""

    name = ""
    # The simulated dialect that the SDK was made for.
    dialect = ""
    chat_model = ""
    embedding_model = ""
    features = ("chat", "stream", "usage", "stream_usage", "length", "system", "tool",
                "parallel_tools", "tool_result", "streamed_tools", "image", "structured",
                "embeddings", "models", "errors", "bad_key")
    # Word of the SDK for an answer that is done, cut, or calls.
    finishes = ("stop", "length", "tool_calls")
    # Status to the name of the class that is raised.
    errors = {}

    def close(self):
        pass


class OpenAI(Sdk):
    name = "openai"
    dialect = "openai"
    chat_model = "gpt-4o-mini"
    embedding_model = "text-embedding-3-small"
    errors = {400: "BadRequestError", 401: "AuthenticationError", 404: "NotFoundError",
              429: "RateLimitError", 500: "InternalServerError", 503: "InternalServerError"}

    def __init__(self, origin, key):
        self.client = openai.OpenAI(
            api_key=key, base_url=f"{origin}/v1", max_retries=0, timeout=20)

    def close(self):
        self.client.close()

    @contextlib.contextmanager
    def refusals(self):
        try:
            yield
        except openai.APIStatusError as error:
            # langchain raises subclasses of its own.
            kind = next(
                kind for kind in type(error).__mro__ if kind.__module__.startswith("openai"))
            raise Refused(kind.__name__, error.status_code, str(error)) from error

    def _ask(self, model, messages, **more):
        with self.refusals():
            answer = self.client.chat.completions.create(model=model, messages=messages, **more)
        choice = answer.choices[0]
        calls = [Call(call.function.name, json.loads(call.function.arguments), call.id)
                 for call in choice.message.tool_calls or []]
        return Reply(choice.message.content or "", "", choice.finish_reason, calls,
                     answer.usage.prompt_tokens, answer.usage.completion_tokens,
                     turn=choice.message.model_dump(exclude_none=True))

    def chat(self, model, text, system=None, limit=None):
        messages = [{"role": "user", "content": text}]
        if system:
            messages.insert(0, {"role": "system", "content": system})
        return self._ask(model, messages, **({"max_tokens": limit} if limit else {}))

    def stream(self, model, text, tools=False):
        reply = Reply()
        arguments, names = {}, {}
        with self.refusals():
            stream = self.client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": text}], stream=True,
                stream_options={"include_usage": True},
                **({"tools": openai_functions()} if tools else {}))
        for chunk in stream:
            if chunk.usage:
                reply.tokens_in = chunk.usage.prompt_tokens
                reply.tokens_out = chunk.usage.completion_tokens
            for choice in chunk.choices:
                reply.finish = choice.finish_reason or reply.finish
                reply.text += choice.delta.content or ""
                reply.pieces += bool(choice.delta.content)
                for call in choice.delta.tool_calls or []:
                    names.setdefault(call.index, call.function.name)
                    arguments.setdefault(call.index, "")
                    arguments[call.index] += call.function.arguments or ""
                    reply.pieces += 1
        reply.calls = [Call(names[index], json.loads(arguments[index])) for index in sorted(names)]
        return reply

    def tools(self, model, text):
        return self._ask(
            model, [{"role": "user", "content": text}], tools=openai_functions())

    def tool_result(self, model, text, reply):
        messages = [{"role": "user", "content": text}, reply.turn]
        messages += [{"role": "tool", "tool_call_id": call.id, "content": f"{call.name} is fine"}
                     for call in reply.calls]
        return self._ask(model, messages, tools=openai_functions())

    def image(self, model, text):
        return self._ask(model, [{"role": "user", "content": [
            {"type": "text", "text": text},
            {"type": "image_url",
             "image_url": {"url": f"data:image/png;base64,{PIXEL_TEXT}"}}]}])

    def structured(self, model, text):
        with self.refusals():
            answer = self.client.chat.completions.parse(
                model=model, messages=[{"role": "user", "content": text}],
                response_format=Event)
        return answer.choices[0].message.parsed

    def embed(self, model, texts):
        with self.refusals():
            answer = self.client.embeddings.create(model=model, input=texts)
        return [item.embedding for item in answer.data]

    def models(self):
        with self.refusals():
            return [model.id for model in self.client.models.list()]


class OpenAIResponses(OpenAI):
    name = "openai-responses"
    features = tuple(f for f in Sdk.features if f not in ("embeddings", "models"))
    finishes = ("completed", "incomplete", "completed")

    @staticmethod
    def _tools():
        return [{"type": "function", "name": name, "parameters": schema, "strict": False,
                 "description": f"Tells the {name}."} for name, schema in TOOLS.items()]

    def _ask(self, model, messages, **more):
        with self.refusals():
            answer = self.client.responses.create(
                model=model, input=messages, store=False, **more)
        return self._reply(answer)

    @staticmethod
    def _reply(answer):
        calls = [Call(item.name, json.loads(item.arguments), item.call_id)
                 for item in answer.output if item.type == "function_call"]
        return Reply(answer.output_text, "", answer.status, calls, answer.usage.input_tokens,
                     answer.usage.output_tokens,
                     turn=[item.model_dump(exclude_none=True) for item in answer.output])

    def chat(self, model, text, system=None, limit=None):
        return self._ask(model, text, **({"instructions": system} if system else {}),
                         **({"max_output_tokens": limit} if limit else {}))

    def stream(self, model, text, tools=False):
        pieces, arguments, said = 0, {}, ""
        with self.refusals():
            stream = self.client.responses.create(
                model=model, input=text, stream=True, store=False,
                **({"tools": self._tools()} if tools else {}))
        reply = None
        for event in stream:
            if event.type == "response.output_text.delta":
                said += event.delta
                pieces += 1
            if event.type == "response.function_call_arguments.delta":
                arguments[event.output_index] = (
                    arguments.get(event.output_index, "") + event.delta)
                pieces += 1
            if event.type in ("response.completed", "response.incomplete"):
                reply = self._reply(event.response)
        assert reply, "the stream ended without response.completed"
        assert said == reply.text, "the deltas are not the text"
        told = [json.loads(text) for _, text in sorted(arguments.items())]
        assert told == [call.arguments for call in reply.calls], "the deltas are not the calls"
        reply.pieces = pieces
        return reply

    def tools(self, model, text):
        return self._ask(model, text, tools=self._tools())

    def tool_result(self, model, text, reply):
        messages = [{"role": "user", "content": text}, *reply.turn]
        messages += [{"type": "function_call_output", "call_id": call.id,
                      "output": f"{call.name} is fine"} for call in reply.calls]
        return self._ask(model, messages, tools=self._tools())

    def image(self, model, text):
        return self._ask(model, [{"role": "user", "content": [
            {"type": "input_text", "text": text},
            {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL_TEXT}"}]}])

    def structured(self, model, text):
        with self.refusals():
            answer = self.client.responses.parse(
                model=model, input=text, text_format=Event, store=False)
        return answer.output_parsed


class LangchainOpenAI(Sdk):
    name = "langchain-openai"
    dialect = "openai"
    chat_model = "gpt-4o-mini"
    embedding_model = "text-embedding-3-small"
    features = tuple(f for f in Sdk.features if f != "models")
    errors = OpenAI.errors

    def __init__(self, origin, key):
        self.more = {"api_key": key, "base_url": f"{origin}/v1", "max_retries": 0}

    def _model(self, model, **more):
        return langchain_openai.ChatOpenAI(
            model=model, timeout=20, use_responses_api=False, **self.more, **more)

    refusals = OpenAI.refusals

    @staticmethod
    def _reply(answer):
        usage = answer.usage_metadata or {}
        calls = [Call(call["name"], call["args"], call["id"]) for call in answer.tool_calls]
        return Reply(answer.text if isinstance(answer.text, str) else answer.text(), "",
                     answer.response_metadata.get("finish_reason"), calls,
                     usage.get("input_tokens"), usage.get("output_tokens"), turn=answer)

    def chat(self, model, text, system=None, limit=None):
        messages = ([("system", system)] if system else []) + [("user", text)]
        with self.refusals():
            return self._reply(self._model(
                model, **({"max_tokens": limit} if limit else {})).invoke(messages))

    def stream(self, model, text, tools=False):
        chat = self._model(model, stream_usage=True)
        if tools:
            chat = chat.bind_tools(openai_functions())
        whole, pieces = None, 0
        with self.refusals():
            for chunk in chat.stream(text):
                whole = chunk if whole is None else whole + chunk
                pieces += bool(chunk.content or chunk.tool_call_chunks)
        reply = self._reply(whole)
        reply.pieces = pieces
        return reply

    def tools(self, model, text):
        with self.refusals():
            return self._reply(
                self._model(model).bind_tools(openai_functions()).invoke(text))

    def tool_result(self, model, text, reply):
        messages = [("user", text), reply.turn]
        messages += [{"role": "tool", "tool_call_id": call.id, "content": f"{call.name} is fine"}
                     for call in reply.calls]
        with self.refusals():
            return self._reply(
                self._model(model).bind_tools(openai_functions()).invoke(messages))

    def image(self, model, text):
        message = {"role": "user", "content": [
            {"type": "text", "text": text},
            {"type": "image_url",
             "image_url": {"url": f"data:image/png;base64,{PIXEL_TEXT}"}}]}
        with self.refusals():
            return self._reply(self._model(model).invoke([message]))

    def structured(self, model, text):
        with self.refusals():
            return self._model(model).with_structured_output(
                Event, method="json_schema").invoke(text)

    def embed(self, model, texts):
        # The check needs a tokenizer's file from the network; texts are sent as they are.
        with self.refusals():
            return langchain_openai.OpenAIEmbeddings(
                model=model, check_embedding_ctx_length=False,
                **self.more).embed_documents(texts)


class Anthropic(Sdk):
    name = "anthropic"
    dialect = "anthropic"
    chat_model = "claude-haiku-4-5-20251001"
    features = tuple(f for f in Sdk.features if f != "embeddings") + (
        "thinking", "streamed_thinking", "count_tokens")
    finishes = ("end_turn", "max_tokens", "tool_use")
    errors = {400: "BadRequestError", 401: "AuthenticationError", 404: "NotFoundError",
              429: "RateLimitError", 500: "InternalServerError", 503: "ServiceUnavailableError"}

    def __init__(self, origin, key):
        self.client = anthropic.Anthropic(
            api_key=key, base_url=origin, max_retries=0, timeout=20)

    def close(self):
        self.client.close()

    @contextlib.contextmanager
    def refusals(self):
        try:
            yield
        except anthropic.APIStatusError as error:
            raise Refused(type(error).__name__, error.status_code, str(error)) from error

    @staticmethod
    def _tools():
        return [{"name": name, "input_schema": schema, "description": f"Tells the {name}."}
                for name, schema in TOOLS.items()]

    @staticmethod
    def _reply(answer):
        said = "".join(block.text for block in answer.content if block.type == "text")
        thought = "".join(
            block.thinking for block in answer.content if block.type == "thinking")
        calls = [Call(block.name, dict(block.input), block.id)
                 for block in answer.content if block.type == "tool_use"]
        return Reply(said, thought, answer.stop_reason, calls, answer.usage.input_tokens,
                     answer.usage.output_tokens,
                     turn=[block.model_dump(exclude_none=True) for block in answer.content])

    def _ask(self, model, messages, **more):
        with self.refusals():
            return self._reply(self.client.messages.create(
                model=model, messages=messages, **{"max_tokens": 1000, **more}))

    def chat(self, model, text, system=None, limit=None):
        return self._ask(model, [{"role": "user", "content": text}],
                         **({"system": system} if system else {}),
                         **({"max_tokens": limit} if limit else {}))

    def stream(self, model, text, tools=False, thinking=False):
        pieces = 0
        with self.refusals(), self.client.messages.stream(
                model=model, max_tokens=4000, messages=[{"role": "user", "content": text}],
                **({"tools": self._tools()} if tools else {}),
                **({"thinking": {"type": "enabled", "budget_tokens": 1024}}
                   if thinking else {})) as stream:
            for event in stream:
                pieces += event.type in ("text", "input_json", "thinking")
            reply = self._reply(stream.get_final_message())
        reply.pieces = pieces
        return reply

    def tools(self, model, text):
        return self._ask(model, [{"role": "user", "content": text}], tools=self._tools())

    def tool_result(self, model, text, reply):
        results = [{"type": "tool_result", "tool_use_id": call.id,
                    "content": f"{call.name} is fine"} for call in reply.calls]
        return self._ask(model, [
            {"role": "user", "content": text}, {"role": "assistant", "content": reply.turn},
            {"role": "user", "content": results}], tools=self._tools())

    def image(self, model, text):
        return self._ask(model, [{"role": "user", "content": [
            {"type": "text", "text": text},
            {"type": "image", "source": {
                "type": "base64", "media_type": "image/png", "data": PIXEL_TEXT}}]}])

    def structured(self, model, text):
        with self.refusals():
            answer = self.client.messages.parse(
                model=model, max_tokens=1000, messages=[{"role": "user", "content": text}],
                output_format=Event)
        return answer.parsed_output

    def models(self):
        with self.refusals():
            return [model.id for model in self.client.models.list()]

    def think(self, model, text):
        return self._ask(
            model, [{"role": "user", "content": text}], max_tokens=4000,
            thinking={"type": "enabled", "budget_tokens": 1024})

    def count(self, model, text):
        with self.refusals():
            return self.client.messages.count_tokens(
                model=model, messages=[{"role": "user", "content": text}]).input_tokens


class GoogleGenAI(Sdk):
    name = "google-genai"
    dialect = "gemini"
    chat_model = "gemini-2.5-flash"
    embedding_model = "gemini-embedding-001"
    features = Sdk.features + ("thinking", "streamed_thinking", "count_tokens")
    finishes = ("STOP", "MAX_TOKENS", "STOP")
    errors = {400: "ClientError", 401: "ClientError", 404: "ClientError", 429: "ClientError",
              500: "ServerError", 503: "ServerError"}

    def __init__(self, origin, key):
        self.client = genai.Client(
            api_key=key, http_options=types.HttpOptions(base_url=origin, timeout=20_000))

    @contextlib.contextmanager
    def refusals(self):
        try:
            yield
        except genai_errors.APIError as error:
            assert error.status, f"no status in {error}"
            raise Refused(type(error).__name__, error.code, str(error)) from error

    @staticmethod
    def _tools():
        return [types.Tool(function_declarations=[
            types.FunctionDeclaration(
                name=name, description=f"Tells the {name}.", parameters_json_schema=schema)
            for name, schema in TOOLS.items()])]

    @staticmethod
    def _add(answer, reply):
        """Takes what an answer or a chunk of one says."""
        for candidate in answer.candidates or []:
            if candidate.finish_reason:
                reply.finish = candidate.finish_reason.name
            for part in (candidate.content.parts if candidate.content else None) or []:
                if part.function_call:
                    reply.calls.append(Call(part.function_call.name,
                                            dict(part.function_call.args or {}),
                                            part.function_call.id))
                elif part.thought:
                    reply.thought += part.text or ""
                else:
                    reply.text += part.text or ""
            reply.turn = candidate.content
        usage = answer.usage_metadata
        if usage:
            reply.tokens_in = usage.prompt_token_count
            reply.tokens_out = (usage.candidates_token_count or 0) + (
                usage.thoughts_token_count or 0)
        return reply

    def _ask(self, model, contents, **config):
        with self.refusals():
            return self._add(self.client.models.generate_content(
                model=model, contents=contents,
                config=types.GenerateContentConfig(
                    automatic_function_calling=types.AutomaticFunctionCallingConfig(
                        disable=True), **config)), Reply())

    def chat(self, model, text, system=None, limit=None):
        return self._ask(model, text, **({"system_instruction": system} if system else {}),
                         **({"max_output_tokens": limit} if limit else {}))

    def stream(self, model, text, tools=False, thinking=False):
        config = types.GenerateContentConfig(
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            **({"tools": self._tools()} if tools else {}),
            **({"thinking_config": types.ThinkingConfig(include_thoughts=True)}
               if thinking else {}))
        reply = Reply()
        with self.refusals():
            for chunk in self.client.models.generate_content_stream(
                    model=model, contents=text, config=config):
                self._add(chunk, reply)
                reply.pieces += 1
        return reply

    def tools(self, model, text):
        return self._ask(model, text, tools=self._tools())

    def tool_result(self, model, text, reply):
        results = [types.Part(function_response=types.FunctionResponse(
            id=call.id, name=call.name, response={"output": f"{call.name} is fine"}))
            for call in reply.calls]
        return self._ask(model, [
            types.Content(role="user", parts=[types.Part(text=text)]), reply.turn,
            types.Content(role="user", parts=results)], tools=self._tools())

    def image(self, model, text):
        return self._ask(model, [
            text, types.Part.from_bytes(data=PIXEL, mime_type="image/png")])

    def structured(self, model, text):
        with self.refusals():
            answer = self.client.models.generate_content(
                model=model, contents=text, config=types.GenerateContentConfig(
                    response_mime_type="application/json", response_schema=Event))
        return answer.parsed

    def embed(self, model, texts):
        with self.refusals():
            # A plain list is one content of several parts to all models but one, by their names.
            answer = self.client.models.embed_content(model=model, contents=[
                types.Content(parts=[types.Part(text=text)]) for text in texts])
        return [item.values for item in answer.embeddings]

    def models(self):
        with self.refusals():
            return [model.name.removeprefix("models/") for model in self.client.models.list()]

    def think(self, model, text):
        return self._ask(
            model, text, thinking_config=types.ThinkingConfig(include_thoughts=True))

    def count(self, model, text):
        with self.refusals():
            return self.client.models.count_tokens(model=model, contents=text).total_tokens


class Cohere(Sdk):
    name = "cohere"
    dialect = "cohere"
    chat_model = "command-a-03-2025"
    embedding_model = "embed-v4.0"
    features = Sdk.features + ("thinking", "streamed_thinking")
    finishes = ("COMPLETE", "MAX_TOKENS", "TOOL_CALL")
    errors = {400: "BadRequestError", 401: "UnauthorizedError", 404: "NotFoundError",
              429: "TooManyRequestsError", 500: "InternalServerError",
              503: "ServiceUnavailableError"}
    # Every call is tried again unless told otherwise.
    once = {"max_retries": 0}

    def __init__(self, origin, key):
        self.client = cohere.ClientV2(api_key=key, base_url=origin, timeout=20)

    @contextlib.contextmanager
    def refusals(self):
        try:
            yield
        except cohere.core.ApiError as error:
            raise Refused(type(error).__name__, error.status_code, str(error)) from error

    @staticmethod
    def _reply(answer):
        content = answer.message.content or []
        said = "".join(part.text for part in content if part.type == "text")
        thought = "".join(part.thinking for part in content if part.type == "thinking")
        calls = [Call(call.function.name, json.loads(call.function.arguments), call.id)
                 for call in answer.message.tool_calls or []]
        return Reply(said, thought, answer.finish_reason, calls,
                     int(answer.usage.tokens.input_tokens),
                     int(answer.usage.tokens.output_tokens), turn=answer.message)

    def _ask(self, model, messages, **more):
        with self.refusals():
            return self._reply(self.client.chat(
                model=model, messages=messages, request_options=self.once, **more))

    def chat(self, model, text, system=None, limit=None):
        messages = [{"role": "user", "content": text}]
        if system:
            messages.insert(0, {"role": "system", "content": system})
        return self._ask(model, messages, **({"max_tokens": limit} if limit else {}))

    def stream(self, model, text, tools=False, thinking=False):
        reply = Reply()
        names, arguments = {}, {}
        more = {"tools": openai_functions()} if tools else {}
        if thinking:
            more["thinking"] = cohere.Thinking(type="enabled")
        with self.refusals():
            for event in self.client.chat_stream(
                    model=model, messages=[{"role": "user", "content": text}],
                    request_options=self.once, **more):
                if event.type == "content-delta":
                    reply.text += event.delta.message.content.text or ""
                    reply.thought += event.delta.message.content.thinking or ""
                    reply.pieces += 1
                elif event.type == "tool-call-start":
                    names[event.index] = event.delta.message.tool_calls.function.name
                    arguments[event.index] = ""
                elif event.type == "tool-call-delta":
                    arguments[event.index] += event.delta.message.tool_calls.function.arguments
                    reply.pieces += 1
                elif event.type == "message-end":
                    reply.finish = event.delta.finish_reason
                    reply.tokens_in = int(event.delta.usage.tokens.input_tokens)
                    reply.tokens_out = int(event.delta.usage.tokens.output_tokens)
        reply.calls = [Call(names[index], json.loads(arguments[index])) for index in sorted(names)]
        return reply

    def tools(self, model, text):
        return self._ask(
            model, [{"role": "user", "content": text}], tools=openai_functions())

    def tool_result(self, model, text, reply):
        messages = [{"role": "user", "content": text},
                    {"role": "assistant", "tool_calls": reply.turn.tool_calls,
                     "tool_plan": reply.turn.tool_plan}]
        messages += [{"role": "tool", "tool_call_id": call.id, "content": f"{call.name} is fine"}
                     for call in reply.calls]
        return self._ask(model, messages, tools=openai_functions())

    def image(self, model, text):
        return self._ask(model, [{"role": "user", "content": [
            {"type": "text", "text": text},
            {"type": "image_url",
             "image_url": {"url": f"data:image/png;base64,{PIXEL_TEXT}"}}]}])

    def structured(self, model, text):
        reply = self._ask(model, [{"role": "user", "content": text}], response_format={
            "type": "json_object", "json_schema": Event.model_json_schema()})
        return Event.model_validate_json(reply.text)

    def embed(self, model, texts):
        with self.refusals():
            answer = self.client.embed(
                model=model, texts=texts, input_type="search_document",
                embedding_types=["float"], request_options=self.once)
        return answer.embeddings.float_

    def models(self):
        with self.refusals():
            return [model.name for model in self.client.models.list().models]

    def think(self, model, text):
        return self._ask(model, [{"role": "user", "content": text}],
                         thinking=cohere.Thinking(type="enabled"))


class Ollama(Sdk):
    name = "ollama"
    dialect = "ollama"
    chat_model = "llama3.2:latest"
    embedding_model = "nomic-embed-text:latest"
    features = Sdk.features + ("thinking", "streamed_thinking")
    finishes = ("stop", "length", "stop")
    errors = dict.fromkeys((400, 401, 404, 429, 500, 503), "ResponseError")

    def __init__(self, origin, key):
        self.client = ollama.Client(
            host=origin, headers={"authorization": f"Bearer {key}"}, timeout=20)

    @contextlib.contextmanager
    def refusals(self):
        try:
            yield
        except ollama.ResponseError as error:
            raise Refused(type(error).__name__, error.status_code, error.error) from error

    @staticmethod
    def _add(answer, reply):
        reply.text += answer.message.content or ""
        reply.thought += answer.message.thinking or ""
        reply.calls += [Call(call.function.name, dict(call.function.arguments))
                        for call in answer.message.tool_calls or []]
        reply.finish = answer.done_reason
        reply.tokens_in = answer.prompt_eval_count
        reply.tokens_out = answer.eval_count
        reply.turn = answer.message
        return reply

    def _ask(self, model, messages, **more):
        with self.refusals():
            return self._add(
                self.client.chat(model=model, messages=messages, **more), Reply())

    def chat(self, model, text, system=None, limit=None):
        messages = [{"role": "user", "content": text}]
        if system:
            messages.insert(0, {"role": "system", "content": system})
        return self._ask(model, messages, **({"options": {"num_predict": limit}} if limit else {}))

    def stream(self, model, text, tools=False, thinking=False):
        reply = Reply()
        with self.refusals():
            for chunk in self.client.chat(
                    model=model, messages=[{"role": "user", "content": text}], stream=True,
                    **({"tools": openai_functions()} if tools else {}),
                    **({"think": True} if thinking else {})):
                self._add(chunk, reply)
                reply.pieces += 1
        return reply

    def tools(self, model, text):
        return self._ask(
            model, [{"role": "user", "content": text}], tools=openai_functions())

    def tool_result(self, model, text, reply):
        messages = [{"role": "user", "content": text}, reply.turn]
        messages += [{"role": "tool", "tool_name": call.name, "content": f"{call.name} is fine"}
                     for call in reply.calls]
        return self._ask(model, messages, tools=openai_functions())

    def image(self, model, text):
        return self._ask(model, [{"role": "user", "content": text, "images": [PIXEL]}])

    def structured(self, model, text):
        reply = self._ask(model, [{"role": "user", "content": text}],
                          format=Event.model_json_schema())
        return Event.model_validate_json(reply.text)

    def embed(self, model, texts):
        with self.refusals():
            return self.client.embed(model=model, input=texts).embeddings

    def models(self):
        with self.refusals():
            return [model.model for model in self.client.list().models]

    def think(self, model, text):
        return self._ask(model, [{"role": "user", "content": text}], think=True)


SDKS = (OpenAI, OpenAIResponses, LangchainOpenAI, Anthropic, GoogleGenAI, Cohere, Ollama)
