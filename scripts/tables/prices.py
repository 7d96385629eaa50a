#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns a price table in JSON (USD per 1,000,000 tokens) into the text that the binary carries.

Usage: scripts/tables/prices.py prices.json OUT.tsv

A line is a provider, a model, the input tokens that must be exceeded (0: always), and nine prices
in nano-dollars per million tokens: input, output, cached input, cache write, cache write for an
hour, reasoning, audio input, batch input, batch output; `-` where there is none. A line with
nothing but `-` bars a model from taking the price of a shorter name. All arithmetic is exact.
Behind the prices stand the context window, the longest answer, and one letter for each thing that
is known of the model (see ABILITIES).

What a tier leaves out is scaled as its input (or output) price is. A model `X-latest` or `X-0`
also stands for X where X names a version: `claude-opus-4-20250514` is `claude-opus-4-0`.
"""
import json
import re
import sys
from fractions import Fraction

FIELDS = [
    "input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning_output",
    "audio_input", "batch_input", "batch_output",
]
SCALED_AS_OUTPUT = {"reasoning_output", "batch_output"}
# Letters that Sources/Metering/Prices/ModelFacts.swift knows.
ABILITIES = {
    "tools": "t", "parallel_tools": "p", "json_schema": "j", "vision": "v", "audio_in": "a",
    "pdf": "d", "reasoning": "r", "web_search": "s", "prompt_caching": "c",
}
# Dated versions whose price was never that of the name before the date; unpriced until configured.
BARRED = [("openai", name) for name in (
    "gpt-3.5-turbo-0301", "gpt-3.5-turbo-0613", "gpt-3.5-turbo-1106", "gpt-4-0125-preview",
    "gpt-4-1106-preview", "gpt-4o-2024-05-13")]


def nano_dollars(value):
    """USD per million tokens as nano-dollars per million tokens."""
    scaled = Fraction(str(value)) * 10**9
    assert scaled.denominator == 1 and scaled >= 0, value
    return int(scaled)


def prices_of(model):
    return [
        None if model.get(f"{field}_per_1m") is None else nano_dollars(model[f"{field}_per_1m"])
        for field in FIELDS
    ]


def tier_of(base, tier):
    prices = prices_of(tier)
    for index, field in enumerate(FIELDS):
        if prices[index] is None and base[index] is not None:
            like = 1 if field in SCALED_AS_OUTPUT else 0
            scaled = Fraction(base[index] * prices[like], base[like])
            assert scaled.denominator == 1, (field, tier)
            prices[index] = int(scaled)
    return prices


def facts_of(model):
    if "supports" not in model and model["mode"] != "embedding":
        return [model.get("context_window"), model.get("max_output"), None]
    letters = "e" if model["mode"] == "embedding" else "m"
    for ability, letter in ABILITIES.items():
        if model.get("supports", {}).get(ability):
            letters += letter
    return [model.get("context_window"), model.get("max_output"), letters]


def names_of(model, taken):
    name = model["model"]
    stem = re.sub(r"-(latest|0)$", "", name)
    is_version = re.search(r"\d(?!\d*b)", stem) is not None
    return [name, stem] if stem != name and is_version and stem not in taken else [name]


def main():
    with open(sys.argv[1]) as source:
        table = json.load(source)
    taken = {model["model"] for model in table["models"]}
    lines = [(provider, name, 0, [None] * (len(FIELDS) + 3)) for provider, name in BARRED]
    for model in table["models"]:
        base = prices_of(model)
        for name in names_of(model, taken):
            lines.append((model["provider"], name, 0, base + facts_of(model)))
            for tier in model.get("tiers", []):
                prices = tier_of(base, tier)
                lines.append((model["provider"], name, tier["above_input_tokens"], prices + [None] * 3))
    with open(sys.argv[2], "w") as out:
        out.write(f"# prices of {table['as_of']}; made by scripts/tables/prices.py\n")
        for provider, name, above, prices in sorted(lines, key=lambda line: line[:3]):
            words = ["-" if price is None else str(price) for price in prices]
            out.write("\t".join([provider, name, str(above)] + words) + "\n")


if __name__ == "__main__":
    main()
