#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Works out the costs that Tests/MeteringTests expects, with fractions and from the JSON table.

Usage: scripts/tables/costs.py prices.json Tests/MeteringTests/Fixtures/costs.tsv

Shares nothing with the Swift code and with prices.py but the rules: parts are contained in their
whole; a tier holds for the whole request; a kind without a price costs as its whole does, audio
without a price makes a call unpriced; half a nano-dollar is rounded up, once.
"""
import json
import math
import sys
from fractions import Fraction

# kind, provider, name in the table, name asked for (None: the same), then counts by name
CASES = [
    ("whole", "openai", "gpt-4o", None, dict(input=1, output=0)),
    ("whole", "openai", "gpt-4o", None, dict(input=0, output=1)),
    ("whole", "openai", "gpt-4o", None, dict(input=1234, output=567)),
    ("whole", "openai", "gpt-4o-mini", "gpt-4o-mini-2024-07-18", dict(input=1000003, output=77)),
    ("whole", "openai", "gpt-4.1-nano", "gpt-4.1-nano-2025-04-14", dict(input=3, output=5)),
    ("whole", "openai", "gpt-5-nano", None, dict(input=1, output=1)),
    ("whole", "openai", "gpt-4", "gpt-4-0613", dict(input=8191, output=1)),
    ("whole", "openai", "gpt-3.5-turbo", "gpt-3.5-turbo-0125", dict(input=9, output=12)),
    ("whole", "openai", "o3", "o3-2025-04-16", dict(input=15, output=4096)),
    ("whole", "anthropic", "claude-opus-4-0", "claude-opus-4-20250514", dict(input=25, output=150)),
    ("whole", "anthropic", "claude-3-haiku", "claude-3-haiku-20240307", dict(input=21, output=9)),
    ("whole", "anthropic", "claude-3-5-haiku-latest", "claude-3-5-haiku-20241022",
     dict(input=77, output=3)),
    ("whole", "gemini", "gemini-2.5-flash", "models/gemini-2.5-flash", dict(input=35, output=12)),
    ("whole", "gemini", "gemini-2.0-flash", "gemini-2.0-flash-001", dict(input=7, output=11)),
    ("whole", "gemini", "gemini-2.5-flash-lite", "gemini-2.5-flash-lite-preview-09-2025",
     dict(input=501, output=13)),
    ("whole", "mistral", "mistral-medium-latest", None, dict(input=333, output=1)),
    ("whole", "mistral", "codestral-2508", None, dict(input=17, output=18)),
    ("whole", "cohere", "command-r7b-12-2024", None, dict(input=1, output=1)),
    ("whole", "cohere", "command-r7b-12-2024", None, dict(input=3, output=0)),
    ("whole", "cohere", "command-r7b-12-2024", None, dict(input=5, output=0)),
    ("whole", "groq", "openai/gpt-oss-20b", None, dict(input=1, output=0)),
    ("whole", "groq", "openai/gpt-oss-120b", None, dict(input=72, output=31)),
    ("whole", "xai", "grok-4.3", None, dict(input=199999, output=2)),
    ("whole", "zai", "glm-4.7-flash", None, dict(input=100, output=100)),
    ("whole", "dashscope", "qwen3.8-flash", None, dict(input=1, output=7)),
    ("whole", "perplexity", "sonar-pro", None, dict(input=6, output=400)),
    ("whole", "cerebras", "llama3.1-8b", None, dict(input=123456789, output=987654321)),
    ("whole", "moonshot", "kimi-k2.6", None, dict(input=450, output=99)),
    ("cached", "openai", "gpt-4o", None, dict(input=2006, output=300, cachedInput=1920)),
    ("cached", "openai", "gpt-5", "gpt-5-2025-08-07", dict(input=4096, output=1, cachedInput=4096)),
    ("cached", "openai", "gpt-5-nano", None, dict(input=1025, output=3, cachedInput=1)),
    ("cached", "openai", "gpt-6.1-sol", None,
     dict(input=5000, output=50, cachedInput=3000, cacheWrite=1999)),
    ("cached", "anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929",
     dict(input=20000, output=503, cachedInput=18000, cacheWrite=1500)),
    ("cached", "anthropic", "claude-opus-4-5", None,
     dict(input=12021, output=393, cacheWrite1h=12000)),
    ("cached", "anthropic", "claude-haiku-4-5", None,
     dict(input=9003, output=1, cachedInput=1000, cacheWrite=3000, cacheWrite1h=5000)),
    ("cached", "anthropic", "claude-haiku-5-5", None,
     dict(input=7, output=1, cachedInput=1, cacheWrite=1, cacheWrite1h=1)),
    ("cached", "deepseek", "deepseek-v4-flash", None,
     dict(input=640, output=88, cachedInput=576)),
    ("cached", "gemini", "gemini-1.5-pro", "gemini-1.5-pro-002",
     dict(input=5000, output=10, cachedInput=4000)),
    ("cached", "xai", "grok-4.7", None, dict(input=130, output=9, cachedInput=129)),
    ("cached", "perplexity", "sonar", None, dict(input=130, output=9, cachedInput=100)),
    ("cached", "openai", "gpt-4o", None, dict(input=10, output=0, cachedInput=25)),
    ("reasoning", "openai", "o4-mini", "o4-mini-2025-04-16",
     dict(input=40, output=2300, reasoning=2176)),
    ("reasoning", "openai", "gpt-5", None,
     dict(input=11, output=1100, reasoning=1100, cachedInput=2)),
    ("reasoning", "gemini", "gemini-2.5-flash", None, dict(input=35, output=74, reasoning=62)),
    ("reasoning", "gemini", "gemini-3.6-flash", None,
     dict(input=21, output=901, reasoning=857, cachedInput=20)),
    ("reasoning", "gemini", "gemini-4-argon", None, dict(input=1, output=3, reasoning=2)),
    ("reasoning", "anthropic", "claude-opus-5", None, dict(input=9, output=700, reasoning=512)),
    ("reasoning", "openai", "o3-pro", "o3-pro-2025-06-10", dict(input=9, output=5, reasoning=9)),
    ("audio", "gemini", "gemini-2.5-flash", None, dict(input=1500, output=20, audioInput=1400)),
    ("audio", "gemini", "gemini-embedding-2", None, dict(input=320, audioInput=320)),
    ("audio", "openai", "gpt-4o", None, dict(input=100, output=20, audioInput=1)),
    ("audio", "openai", "gpt-4o", None, dict(input=100, output=20, audioOutput=20)),
    ("audio", "gemini", "gemini-2.5-flash", None, dict(input=1, output=20, audioOutput=1)),
    ("tier", "gemini", "gemini-2.5-pro", None, dict(input=200000, output=1000)),
    ("tier", "gemini", "gemini-2.5-pro", None, dict(input=200001, output=1000)),
    ("tier", "gemini", "gemini-2.5-pro", None,
     dict(input=300000, output=7, cachedInput=299999, reasoning=3)),
    ("tier", "openai", "gpt-5.4", None, dict(input=272001, output=1, cachedInput=270000)),
    ("tier", "openai", "gpt-6-luna", None, dict(input=300001, output=3, cacheWrite=300000)),
    ("tier", "minimax", "MiniMax-M3", None, dict(input=512001, output=13)),
    ("tier", "xai", "grok-4.5", None, dict(input=200001, output=1, cachedInput=3)),
    ("tier", "anthropic", "claude-haiku-5-5", None,
     dict(input=100001, output=9, cacheWrite1h=100000)),
    ("batch", "openai", "gpt-4o", None, dict(input=1001, output=501, batch=True)),
    ("batch", "openai", "gpt-5-nano", None, dict(input=1, output=1, batch=True)),
    ("batch", "anthropic", "claude-opus-4-5", None,
     dict(input=1003, output=77, cachedInput=1000, batch=True)),
    ("batch", "gemini", "gemini-2.5-flash", None,
     dict(input=90, output=70, reasoning=60, batch=True)),
    ("batch", "mistral", "open-mistral-nemo", None, dict(input=90, output=70, batch=True)),
    ("batch", "openai", "gpt-5.5", None, dict(input=280000, output=70, batch=True)),
    ("embedding", "openai", "text-embedding-3-small", None, dict(input=8)),
    ("embedding", "openai", "text-embedding-3-large", None, dict(input=8191)),
    ("embedding", "openai", "text-embedding-ada-002", None, dict(input=5)),
    ("embedding", "cohere", "embed-v4.0", None, dict(input=131)),
    ("embedding", "voyage", "voyage-3.5-lite", None, dict(input=2048)),
    ("embedding", "mistral", "mistral-embed", None, dict(input=15)),
    ("embedding", "gemini", "gemini-embedding-001", None, dict(input=6, batch=True)),
    ("streamed", "openai", "gpt-4o-mini", None, dict(input=14, output=300, cachedInput=0)),
    ("streamed", "anthropic", "claude-sonnet-4-5", None,
     dict(input=2095, output=503, cacheWrite=2051)),
    ("streamed", "gemini", "gemini-2.5-pro", None, dict(input=9, output=1203, reasoning=1180)),
    ("partial", "openai", "gpt-4o-mini", None, dict(input=14, output=1)),
    ("partial", "anthropic", "claude-sonnet-4-5", None, dict(input=2095, output=0)),
    ("partial", "anthropic", "claude-opus-4-5", None, dict(input=2095, output=1, cachedInput=2090)),
    ("partial", "cohere", "command-r7b-12-2024", None, dict(input=0, output=0)),
    ("extreme", "anthropic", "claude-opus-4-5", None, dict(input=10**15, output=10**12)),
    ("extreme", "openai", "gpt-5.5-pro", None, dict(input=2**59, output=2**59)),
    ("extreme", "openai", "gpt-4o", None, dict(input=-5, output=3, cachedInput=-1)),
]
COUNTS = ["input", "cachedInput", "cacheWrite", "cacheWrite1h", "audioInput", "output",
          "reasoning", "audioOutput"]


def dollars(value):
    return None if value is None else Fraction(str(value)) / 10**6


def first(*prices):
    return next((price for price in prices if price is not None), None)


def cost(model, usage):
    """The exact dollars of a call; None if audio has no price."""
    price = {name[:-7]: dollars(value) for name, value in model.items() if name.endswith("_per_1m")}
    more, more_out = Fraction(1), Fraction(1)
    for tier in model.get("tiers", []):
        if usage.get("input", 0) > tier["above_input_tokens"]:
            stated = {name[:-7]: dollars(value) for name, value in tier.items()
                      if name.endswith("_per_1m") and value is not None}
            more, more_out = stated["input"] / price["input"], stated["output"] / price["output"]
            for name in price:
                grown = more_out if name in ("reasoning_output", "batch_output") else more
                price[name] = stated.get(name, price[name] * grown)
    batch = usage.get("batch", False)
    count = {name: max(usage.get(name, 0), 0) for name in COUNTS}
    plain = first(price.get("batch_input"), price["input"]) if batch else price["input"]
    out = first(price.get("batch_output"), price["output"]) if batch else price["output"]
    write = first(price.get("cache_write"), plain)
    parts = [
        ("cachedInput", first(price.get("cache_read"), plain)),
        ("cacheWrite", write),
        ("cacheWrite1h", first(price.get("cache_write_1h"), write)),
        ("audioInput", price.get("audio_input")),
        ("reasoning", out if batch else first(price.get("reasoning_output"), out)),
        ("audioOutput", price.get("audio_output")),
    ]
    if any(count[name] and each is None for name, each in parts):
        return None
    total = sum((count[name] * each for name, each in parts if count[name]), Fraction(0))
    inside = sum(count[name] for name in COUNTS[1:5])
    total += max(count["input"] - inside, 0) * plain
    total += max(count["output"] - count["reasoning"] - count["audioOutput"], 0) * out
    return total


def main():
    with open(sys.argv[1]) as source:
        models = {(each["provider"], each["model"]): each for each in json.load(source)["models"]}
    with open(sys.argv[2], "w") as file:
        file.write("# kind, provider, model, batch, " + ", ".join(COUNTS)
                   + ", nano-dollars; made by scripts/tables/costs.py\n")
        for kind, provider, name, asked, usage in CASES:
            exact = cost(models[provider, name], usage)
            nanos = "-" if exact is None else min(
                math.floor(exact * 10**9 + Fraction(1, 2)), 2**63 - 1)
            row = [kind, provider, asked or name, int(usage.get("batch", False))]
            row += [usage.get(each, 0) for each in COUNTS] + [nanos]
            file.write("\t".join(map(str, row)) + "\n")
    print(f"{len(CASES)} cases")


if __name__ == "__main__":
    main()
