#!/usr/bin/env python3
"""Fits assets/models/tool_calls.json: how likely the tool calls made for one request are the right ones.

    cargo bench --bench features -- tool_calls TRACES > features.jsonl
    python3 benches/fit/tool_calls.py features.jsonl TRUTH [TRACES] > assets/models/tool_calls.json

TRUTH: one JSON object a line, with trace_id, valid and source. TRACES: to keep models that answered the same request in one fold
(without it every run is a request of its own, and the figures flatter). All files may be packed (.gz). Needs numpy.

Logistic regression on ln(1 + amount), no feature allowed to speak for a call, ridge penalty. Printed on standard error: figures by
cross-validation over requests (five shuffles) and with one source left out.
"""
import gzip
import json
import re
import sys

import numpy as np

STRENGTH = 0.3  # of the data against the penalty, for all rows together
FLOOR = 0.05  # added to each deviation: what is hardly ever seen must not weigh without limit
CLIP = 8.0
# Of the wrong calls 55 in 100 were taken as rows, of the right ones 10 in 100: a right row stands for that many more.
RIGHT_FOR_WRONG = 0.55 / 0.10
# The cut at one half is moved so that in cross-validation about this share of right calls is taken for wrong.
FALSE_ALARMS = 0.0375


def rows(path):
    opened = gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")
    with opened as lines:
        return [json.loads(line) for line in lines if line.strip()]


def fit(features, valid, strength=STRENGTH):
    """Means, deviations, weights (none above 0) and intercept, by accelerated projected gradient."""
    mean, deviation = features.mean(0), features.std(0) + FLOOR
    scaled = np.clip((features - mean) / deviation, -CLIP, CLIP)
    weights, intercept = np.zeros(features.shape[1]), 0.0
    ahead, ahead_intercept, pace = weights.copy(), intercept, 1.0
    steepest = 0.25 * np.linalg.norm(np.c_[scaled, np.ones(len(scaled))], 2) ** 2 + 1 / strength
    for _ in range(600):
        missed = 1 / (1 + np.exp(-(scaled @ ahead + ahead_intercept))) - valid
        next_weights = np.minimum(0, ahead - (scaled.T @ missed + ahead / strength) / steepest)
        next_intercept = ahead_intercept - missed.sum() / steepest
        next_pace = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = next_weights + (pace - 1) / next_pace * (next_weights - weights)
        ahead_intercept = next_intercept + (pace - 1) / next_pace * (next_intercept - intercept)
        weights, intercept, pace = next_weights, next_intercept, next_pace
    return mean, deviation, weights, intercept


def log_odds(model, features):
    mean, deviation, weights, intercept = model
    return np.clip((features - mean) / deviation, -CLIP, CLIP) @ weights + intercept


def auroc(score, valid):
    right, wrong = score[valid == 1], score[valid == 0]
    if not len(right) or not len(wrong):
        return float("nan")
    return ((right[:, None] > wrong).sum() + 0.5 * (right[:, None] == wrong).sum()) / (len(right) * len(wrong))


def by_group(groups, folds, seed):
    known = sorted(set(groups))
    fold = dict(zip(known, np.random.RandomState(seed).permutation(len(known)) % folds))
    return np.array([fold[group] for group in groups])


def held_out(features, valid, fold):
    score = np.zeros(len(valid))
    for one in sorted(set(fold)):
        score[fold == one] = log_odds(fit(features[fold != one], valid[fold != one]), features[fold == one])
    return score


def at_most(score, valid, share):
    """Share of wrong rows below the score under which that share of right rows lies."""
    right = np.sort(score[valid == 1])
    cut = right[int(share * len(right))]
    return (score[valid == 0] < cut).mean(), cut


def steepness(score, valid, offset):
    """The slope about the cut at which the probabilities fit ordinary traffic best."""
    weight = np.where(valid == 1, RIGHT_FOR_WRONG, 1.0)
    signs = np.where(valid == 1, 1.0, -1.0)
    slopes = np.linspace(0.3, 3.0, 271)
    return float(slopes[np.argmin([(weight * np.log1p(np.exp(-signs * slope * (score + offset)))).sum() for slope in slopes])])


def main():
    made = rows(sys.argv[1])
    truth = {row["trace_id"]: row for row in rows(sys.argv[2])}
    asked = {}
    if len(sys.argv) > 3:
        asked = {row["trace_id"]: " ".join(re.findall(r"\w+", str(row.get("input")).lower())) for row in rows(sys.argv[3])}
    made = [row for row in made if row["trace_id"] in truth]
    names = list(made[0]["features"])
    features = np.array([[row["features"][name] for name in names] for row in made])
    valid = np.array([int(truth[row["trace_id"]]["valid"]) for row in made])
    source = np.array([truth[row["trace_id"]]["source"] for row in made])
    group = [asked.get(row["trace_id"], row["trace_id"]) for row in made]
    say = lambda text: print(text, file=sys.stderr)
    say(f"{len(made)} of {len(truth)} rows, {int((valid == 0).sum())} wrong, {len(set(group))} requests, {len(names)} features")

    folds = {f"requests, shuffle {seed}": by_group(group, 8, seed) for seed in range(5)}
    scores = {name: held_out(features, valid, fold) for name, fold in folds.items()}
    cuts = [at_most(score, valid, FALSE_ALARMS)[1] for score in scores.values()]
    offset = -float(np.mean(cuts))
    slope = float(np.mean([steepness(score, valid, offset) for score in scores.values()]))
    scores["one source left out"] = held_out(features, valid, source)
    for name, score in scores.items():
        below = score + offset < 0
        each = " ".join(f"{one.split('-')[-1]} {auroc(score[source == one], valid[source == one]):.3f}" for one in sorted(set(source)))
        say(
            f"{name:22} AUROC {auroc(score, valid):.3f}  recall at 5 % {at_most(score, valid, 0.05)[0]:.3f}  "
            f"at one half: recall {below[valid == 0].mean():.3f}, false alarms {below[valid == 1].mean():.3f}  | {each}"
        )
    model = fit(features, valid)
    mean, deviation, weights, intercept = model
    score = log_odds(model, features) + offset
    say(f"on the rows themselves: recall {(score[valid == 0] < 0).mean():.3f}, false alarms {(score[valid == 1] < 0).mean():.3f}")
    weight = np.where(valid == 1, RIGHT_FOR_WRONG, 1.0)
    said = np.concatenate([1 / (1 + np.exp(-slope * (scores[name] + offset))) for name in folds])
    told, stand_for = np.tile(valid, len(folds)), np.tile(weight, len(folds))
    bins = np.minimum(9, (said * 10).astype(int))
    error = sum(abs((stand_for * (said - told))[bins == one].sum()) for one in range(10)) / stand_for.sum()
    say(f"offset {offset:.3f} (the shares of rows alone would make it {np.log(RIGHT_FOR_WRONG):.3f}), slope {slope:.2f}; calibration error on ordinary traffic {error:.3f}")
    for place in np.argsort(weights):
        share = (features[:, place] > 0).mean()
        say(f"  {names[place]:26} {weights[place]:+.3f}  in {share:.3f} of the rows, wrong in {1 - valid[features[:, place] > 0].mean() if share else 0:.2f} of them")
    number = lambda value: round(float(value), 6)
    terms = [
        dict(feature=names[place], mean=number(mean[place]), deviation=number(deviation[place]), weight=number(weights[place]))
        for place in range(len(names))
        if weights[place] < -1e-4
    ]
    about = (
        "Log-odds that the tool calls made for one request are the right ones and none is missing. Fitted by benches/fit/tool_calls.py on "
        f"{len(made)} runs of seven models on the Berkeley function calling requests; the offset puts one half where "
        f"{FALSE_ALARMS:.2%} of right runs are taken for wrong in cross-validation."
    )
    model = dict(about=about, intercept=number(intercept), clip=CLIP, slope=number(slope), offset=number(slope * offset), terms=terms)
    print(json.dumps(model, indent=1))


main()
