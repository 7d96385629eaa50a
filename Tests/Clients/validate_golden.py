# SPDX-License-Identifier: Apache-2.0
"""Holds what the golden matrix wrote against the providers' published schemas.

Usage: validate_golden.py OUTPUT [SPEC]. OUTPUT is the folder of APUS_GOLDEN_OUTPUT, SPEC the folder
of schemas (default: shared/data/spec beside the repository or above it). Fails for anything that
does not fit and is not listed here with its reason, for anything listed that does fit, and for
kinds of which there is nothing.
"""

import collections
import copy
import json
import pathlib
import sys

import jsonschema
import referencing
import referencing.jsonschema
import yaml

OPENAI = "openai-openapi-subset.json"

# format, kind -> file and place of the schema
SCHEMAS = {
    ("chat_completions", "answer"): ("openai.schema.json", "#/$defs/root.ChatCompletion"),
    ("chat_completions", "stream"): ("openai.schema.json", "#/$defs/root.ChatCompletionChunk"),
    ("chat_completions", "request"): (
        OPENAI,
        "#/components/schemas/CreateChatCompletionRequest",
    ),
    ("responses", "answer"): ("openai.schema.json", "#/$defs/root.Response"),
    ("responses", "stream"): ("openai.schema.json", "#/$defs/root.ResponseStreamEvent"),
    ("responses", "request"): (OPENAI, "#/components/schemas/CreateResponse"),
    ("messages", "answer"): ("anthropic.schema.json", "#/$defs/root.Message"),
    ("messages", "stream"): ("anthropic.schema.json", "#/$defs/root.RawMessageStreamEvent"),
    ("messages", "request"): ("anthropic.schema.json", "#/$defs/root.MessageCreateParams"),
    ("generate_content", "answer"): (
        "gemini.schema.json",
        "#/$defs/root.GenerateContentResponse",
    ),
    ("generate_content", "stream"): (
        "gemini.schema.json",
        "#/$defs/root.GenerateContentResponse",
    ),
    ("generate_content", "request"): (
        "gemini-vertex-discovery.schema.json",
        "#/$defs/GenerateContentRequest",
    ),
    ("ollama_chat", "request"): ("ollama-openapi.yaml", "#/components/schemas/ChatRequest"),
}

# Callers' own values that no schema allows, passed on so that the provider refuses them by name.
# Where they were recorded, the caller's own provider has refused the same value with 400.
CALLERS_OWN = {
    ("openai-d0108", "temperature"): "-1",
    ("vertex-d0005", "temperature"): "1000",
}


class Contradiction:
    """A place of a published schema that its own vendor's recorded requests do not fit.

    `InputItem` is one of several shapes, exactly one. A message of a user, system or developer
    whose content is a list is `EasyInputMessage` and, word for word, `Item`'s `InputMessage` too;
    members are open in both, so there is no way to write it that is only one of them. It is read
    as "any of"; `prove` shows that what was recorded, and answered with 200, has the same fault.
    """

    place = ("components", "schemas", "InputItem")
    both = ("EasyInputMessage", "InputMessage")

    @classmethod
    def mend(cls, document):
        document = copy.deepcopy(document)
        item = document
        for step in cls.place:
            item = item[step]
        item["anyOf"] = item.pop("oneOf")
        return document

    @classmethod
    def prove(cls, published, mended, wire):
        """Recorded items that fit both shapes; the fault is gone from none but them."""
        as_published = validator(published, "#/" + "/".join(cls.place))
        as_mended = validator(mended, "#/" + "/".join(cls.place))
        shapes = [validator(published, "#/components/schemas/" + name) for name in cls.both]
        proofs = []
        for exchange in recorded(wire, "responses"):
            items = exchange["request"]["body"].get("input")
            for item in items if isinstance(items, list) else []:
                if as_published.is_valid(item) or not as_mended.is_valid(item):
                    continue
                if exchange["response"]["status"] != 200:
                    continue
                if not all(shape.is_valid(item) for shape in shapes):
                    sys.exit(f"validate_golden: {exchange['id']} fails InputItem for another reason")
                proofs.append(exchange["id"])
        return proofs


def recorded(wire, api=None):
    for path in sorted(wire.glob("*.jsonl")):
        for line in path.open():
            exchange = json.loads(line)
            if api in (None, exchange["api"]) and isinstance(exchange["request"].get("body"), dict):
                yield exchange


def spec_folder():
    for parent in pathlib.Path(__file__).resolve().parents:
        folder = parent / "shared/data/spec"
        if folder.is_dir():
            return folder
    sys.exit("validate_golden: shared/data/spec is not beside the repository")


def validator(document, place):
    resource = referencing.Resource.from_contents(
        document, default_specification=referencing.jsonschema.DRAFT202012
    )
    registry = referencing.Registry().with_resource("urn:schema", resource)
    return jsonschema.Draft202012Validator({"$ref": "urn:schema" + place}, registry=registry)


def read(path):
    return (yaml.safe_load if path.suffix == ".yaml" else json.loads)(path.read_text())


def validators(folder):
    documents = {name: read(folder / name) for name in {name for name, _ in SCHEMAS.values()}}
    mended = Contradiction.mend(documents[OPENAI])
    proofs = Contradiction.prove(documents[OPENAI], mended, folder.parent / "wire")
    if not proofs:
        sys.exit("validate_golden: nothing recorded shows that InputItem contradicts itself")
    print(f"InputItem read as any of its shapes: {len(proofs)} recorded items are two of them")
    documents[OPENAI] = mended
    return {key: validator(documents[name], place) for key, (name, place) in SCHEMAS.items()}


def values(path, kind):
    text = path.read_text()
    if kind != "stream":
        yield json.loads(text)
        return
    for line in text.splitlines():
        payload = line.removeprefix("data:").strip()
        if line.startswith("data:") and payload != "[DONE]":
            yield json.loads(payload)


def reason(error):
    """The deepest error is the one that says something."""
    while error.context:
        error = min(error.context, key=lambda inner: (-len(inner.absolute_path), len(inner.message)))
    where = "/".join(str(step) if isinstance(step, str) else "*" for step in error.absolute_path)
    return where, error.message[:160]


class Tally:
    """What was checked, and what did not fit."""

    def __init__(self):
        self.counts, self.faults = collections.Counter(), collections.Counter()
        self.samples, self.excused = {}, set()

    def take(self, key, path, error):
        self.counts[key] += 1
        if error is None:
            return
        where, message = reason(error)
        own = (path.name.split(".")[0], where)
        if key[1] == "request" and message.startswith(CALLERS_OWN.get(own, "\0")):
            self.excused.add(own)
            return
        fault = (*key, f"{where}: {message}")
        self.faults[fault] += 1
        self.samples.setdefault(fault, path.name)

    def report(self):
        for key, count in sorted(self.counts.items()):
            bad = sum(number for fault, number in self.faults.items() if fault[:2] == key)
            print(f"{key[0]:20} {key[1]:8} {count:6} checked {bad:6} invalid")
        for fault, number in self.faults.most_common(40):
            print(f"  {number:5} {fault[0]} {fault[1]}: {fault[2]} ({self.samples[fault]})")
        for sample, where in sorted(self.excused):
            print(f"  {sample}: the caller's own {where}, refused with 400 where it was recorded")
        missing = set(SCHEMAS) - set(self.counts)
        for key in sorted(missing):
            print(f"validate_golden: there is no {key[0]} {key[1]}", file=sys.stderr)
        stale = set(CALLERS_OWN) - self.excused
        for sample, where in sorted(stale):
            print(f"validate_golden: {sample} {where} is listed, but fits", file=sys.stderr)
        return not (self.faults or missing or stale)


def check_callers_own(wire):
    statuses = {exchange["id"]: exchange["response"]["status"] for exchange in recorded(wire)}
    for sample, where in CALLERS_OWN:
        if statuses.get(sample) != 400:
            sys.exit(f"validate_golden: {sample} {where} was not refused where it was recorded")


def main():
    output = pathlib.Path(sys.argv[1])
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else spec_folder()
    check_callers_own(folder.parent / "wire")
    made = validators(folder)
    tally = Tally()
    for path in sorted(output.glob("*/*/*")):
        key = (path.parts[-3], path.parts[-2])
        if key not in made:
            continue
        for value in values(path, key[1]):
            tally.take(key, path, next(made[key].iter_errors(value), None))
    sys.exit(not tally.report())


main()
