# SPDX-License-Identifier: Apache-2.0
"""Holds what the golden matrix wrote against the providers' published schemas.

Usage: validate_golden.py OUTPUT [SPEC]. OUTPUT is the folder of APUS_GOLDEN_OUTPUT, SPEC the folder
of schemas (default: shared/data/spec beside the repository or above it).
"""

import collections
import json
import pathlib
import sys

import jsonschema
import referencing
import referencing.jsonschema

# format, kind -> file and place of the schema
SCHEMAS = {
    ("chat_completions", "answer"): ("openai.schema.json", "#/$defs/root.ChatCompletion"),
    ("chat_completions", "stream"): ("openai.schema.json", "#/$defs/root.ChatCompletionChunk"),
    ("chat_completions", "request"): (
        "openai-openapi-subset.json",
        "#/components/schemas/CreateChatCompletionRequest",
    ),
    ("responses", "answer"): ("openai.schema.json", "#/$defs/root.Response"),
    ("responses", "stream"): ("openai.schema.json", "#/$defs/root.ResponseStreamEvent"),
    ("responses", "request"): (
        "openai-openapi-subset.json",
        "#/components/schemas/CreateResponse",
    ),
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
}



def spec_folder():
    for parent in pathlib.Path(__file__).resolve().parents:
        folder = parent / "shared/data/spec"
        if folder.is_dir():
            return folder
    sys.exit("validate_golden: shared/data/spec is not beside the repository")


def validators(folder):
    made, documents = {}, {}
    for key, (name, place) in SCHEMAS.items():
        if name not in documents:
            document = json.loads((folder / name).read_text())
            documents[name] = referencing.Resource.from_contents(
                document, default_specification=referencing.jsonschema.DRAFT202012
            )
        registry = referencing.Registry().with_resource("urn:" + name, documents[name])
        schema = {"$ref": "urn:" + name + place}
        made[key] = jsonschema.Draft202012Validator(schema, registry=registry)
    return made


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
    return f"{where}: {error.message[:160]}"


def main():
    output = pathlib.Path(sys.argv[1])
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else spec_folder()
    made = validators(folder)
    counts, faults, samples = collections.Counter(), collections.Counter(), {}
    for path in sorted(output.glob("*/*/*")):
        key = (path.parts[-3], path.parts[-2])
        if key not in made:
            continue
        for value in values(path, key[1]):
            counts[key] += 1
            error = next(made[key].iter_errors(value), None)
            if error is None:
                continue
            fault = (*key, reason(error))
            faults[fault] += 1
            samples.setdefault(fault, path.name)
    for key, count in sorted(counts.items()):
        bad = sum(number for fault, number in faults.items() if fault[:2] == key)
        print(f"{key[0]:20} {key[1]:8} {count:6} checked {bad:6} invalid")
    for fault, number in faults.most_common(40):
        print(f"  {number:5} {fault[0]} {fault[1]}: {fault[2]} ({samples[fault]})")
    if not counts:
        sys.exit("validate_golden: nothing to validate in " + str(output))
    # Requests repeat what callers sent, which providers take and their documents do not.
    sys.exit(any(fault[1] != "request" for fault in faults))


main()
