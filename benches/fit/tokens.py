#!/usr/bin/env python3
"""Fits how many tokens a text has: the weights in src/analysis/cost/estimate.rs.

    pip install numpy tiktoken tokenizers
    python3 benches/fit/tokens.py --tokenizer cl100k_base --tokenizer deepseek.json --tokenizer anthropic.json TEXTS.jsonl

TEXTS.jsonl holds one `{"source": "…", "text": "…"}` a line; no text is kept here. A tokenizer is a name tiktoken knows, or a file of the package
`tokenizers`. The weights are fitted to the mean of the tokenizers by least squares of the relative error, none below zero. The error printed is that
of each source predicted from the others, as relative error a text: median and 90th percentile.
"""
import argparse
import json

import numpy as np

PARTS = ["words", "long", "digits", "marks", "breaks", "latin", "alphabets", "scripts", "signs", "pictures"]


def counts(text):
    """What `Counts::of` in src/analysis/cost/estimate.rs counts."""
    found, before, run = dict.fromkeys(PARTS, 0), None, 0
    for char in text:
        code = ord(char)
        kind = ("letter" if char.isalpha() else "digit" if char.isdigit() else "blank" if char in " \t\r" else "break" if char == "\n" else "mark") if code < 128 else "other"
        run = run + 1 if kind == before else 1
        if kind == "letter":
            found["words"] += run == 1
            found["long"] += run > 5
        elif kind == "digit":
            found["digits"] += run % 3 == 1
        elif kind == "mark":
            found["marks"] += 1
        elif kind == "break":
            found["breaks"] += run == 1
        elif kind == "other":
            found["latin" if code < 0x250 else "alphabets" if 0x370 <= code < 0x530 else "scripts" if code < 0x800 else "signs" if code < 0x10000 else "pictures"] += 1
        before = kind
    return [found[part] for part in PARTS]


def fit(rows, tokens):
    weighed, kept = rows / tokens[:, None], list(range(rows.shape[1]))
    while True:
        some = weighed[:, kept]
        weights = np.linalg.solve(some.T @ some + 1e-4 * np.eye(len(kept)), some.sum(0))
        if (weights >= 0).all():
            break
        kept = [part for part, weight in zip(kept, weights) if weight > 0]
    whole = np.zeros(rows.shape[1])
    whole[kept] = weights
    return whole


def reader(name):
    if name.endswith(".json"):
        from tokenizers import Tokenizer

        known = Tokenizer.from_file(name)
        return lambda text: len(known.encode(text).ids)
    import tiktoken

    known = tiktoken.get_encoding(name)
    return lambda text: len(known.encode(text, disallowed_special=()))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--tokenizer", action="append", required=True)
    arguments.add_argument("texts")
    options = arguments.parse_args()
    lines = [json.loads(line) for line in open(options.texts, encoding="utf-8")]
    rows = np.array([counts(line["text"]) for line in lines], float)
    readers = {name: reader(name) for name in options.tokenizer}
    by_reader = {name: np.array([count(line["text"]) for line in lines], float) for name, count in readers.items()}
    tokens, sources = np.mean(list(by_reader.values()), axis=0), np.array([line["source"] for line in lines])
    print("weights", dict(zip(PARTS, fit(rows, tokens).round(2))))
    left_out = np.zeros(len(lines))
    for source in sorted(set(sources)):
        here = sources == source
        left_out[here] = rows[here] @ fit(rows[~here], tokens[~here])
    characters = np.array([len(line["text"]) for line in lines], float)
    for name, known in {"mean of all": tokens, **by_reader}.items():
        error, simple = np.abs(left_out - known) / known, np.abs(characters / 4 - known) / known
        print(f"{name}: median {np.median(error):.3f}, p90 {np.quantile(error, 0.9):.3f}; characters / 4: {np.median(simple):.3f}, {np.quantile(simple, 0.9):.3f}")


if __name__ == "__main__":
    main()
