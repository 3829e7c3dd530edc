#!/usr/bin/env python3
"""Fits assets/models/success_alone.json: the success of a run by its own evidence. Needs numpy.

    cargo bench --bench features -- success RUNS.jsonl.gz > features.jsonl
    python3 benches/fit/success_alone.py features.jsonl TRUTH.jsonl.gz [--write assets/models/success_alone.json]

TRUTH holds one JSON object a line: trace_id, success (bool), source, task. Prints the figures of cross-validation by task (a task stays in
one part for all agents) and of leaving one source out; weights, means and calibration are learnt inside the training part each time.

The model is a logistic regression with a ridge penalty whose weights may only have the sign that reason gives them (SIGNS). A source counts
with the square root of its runs. Calibration (Platt) is fitted on scores of runs that the weights were not fitted on.
"""
import argparse
import collections
import gzip
import json

import numpy

# +1: more of it can only speak for success; -1: only against it. Features that are not named here are not weighed.
SIGNS = dict.fromkeys(
    """figure_asked condition_asked more_asked best_asked parts_listed searches said_at_once numbers_told lines_listed questions_put
    values_created handed_over_after_change unanswered still_pending no_answer prose_for_value ended_on_error
    numbers_of_its_own""".split(), -1)
RIDGE = 120.0  # prior: the weights of standardised features lie within a few tenths
CLIP = 2.5
PARTS = 20  # of cross-validation by task


def lines(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def sigmoid(log_odds):
    return 1 / (1 + numpy.exp(-log_odds))


def standardised(rows, mean, deviation):
    return numpy.clip((numpy.where(numpy.isnan(rows), mean, rows) - mean) / deviation, -CLIP, CLIP)


def fit(rows, truth, weight, signs):
    """Accelerated projected gradient; the intercept is free."""
    known = ~numpy.isnan(rows)
    count = numpy.maximum(1, known.sum(0))
    mean = numpy.where(known, rows, 0).sum(0) / count
    deviation = numpy.sqrt((numpy.where(known, rows - mean, 0) ** 2).sum(0) / count)
    deviation = numpy.where(deviation > 1e-9, deviation, 1.0)
    ridge = RIDGE * count / len(rows)  # equally strong for what only runs of one shape show
    scaled, weight = standardised(rows, mean, deviation), weight / weight.mean()
    found, intercept = numpy.zeros(rows.shape[1]), 0.0
    ahead, ahead_intercept, pace = found, intercept, 1.0
    steep = 0.25 * numpy.linalg.norm(numpy.c_[scaled, numpy.ones(len(scaled))] * numpy.sqrt(weight)[:, None], 2) ** 2 + RIDGE
    for _ in range(600):
        wrong = weight * (sigmoid(scaled @ ahead + ahead_intercept) - truth)
        new = ahead - (scaled.T @ wrong + ridge * ahead) / steep
        new = numpy.where(signs > 0, numpy.maximum(0, new), numpy.minimum(0, new))
        new_intercept = ahead_intercept - wrong.sum() / steep
        next_pace = (1 + numpy.sqrt(1 + 4 * pace * pace)) / 2
        ahead = new + (pace - 1) / next_pace * (new - found)
        ahead_intercept = new_intercept + (pace - 1) / next_pace * (new_intercept - intercept)
        found, intercept, pace = new, new_intercept, next_pace
    return mean, deviation, found, intercept


def score(model, rows):
    mean, deviation, weights, intercept = model
    return standardised(rows, mean, deviation) @ weights + intercept


def platt(scores, truth, hold=3.0):
    """Slope and offset, held near 1 and 0."""
    slope, offset = 1.0, 0.0
    for _ in range(100):
        p = sigmoid(slope * scores + offset)
        gradient = numpy.array([(scores * (p - truth)).sum() + hold * (slope - 1), (p - truth).sum() + hold * offset])
        s = p * (1 - p)
        curve = numpy.array([[(s * scores**2).sum() + hold, (s * scores).sum()], [(s * scores).sum(), s.sum() + hold]])
        step = numpy.linalg.solve(curve, gradient)
        slope, offset = slope - step[0], offset - step[1]
    return slope, offset


def by_task(tasks, parts, seed):
    names = sorted(set(tasks))
    part_of = dict(zip(names, numpy.random.RandomState(seed).permutation(len(names)) % parts))
    part = numpy.array([part_of[task] for task in tasks])
    return [(numpy.where(part != one)[0], numpy.where(part == one)[0]) for one in range(parts)]


def learn(rows, truth, weight, tasks, signs):
    """A model and its calibration, on scores out of fold."""
    scores = numpy.zeros(len(truth))
    for train, test in by_task(tasks, 6, 1):
        scores[test] = score(fit(rows[train], truth[train], weight[train], signs), rows[test])
    return fit(rows, truth, weight, signs), platt(scores, truth)


def auroc(scores, truth):
    right, wrong = scores[truth == 1], scores[truth == 0]
    if not len(right) or not len(wrong):
        return float("nan")
    return ((right[:, None] > wrong).sum() + 0.5 * (right[:, None] == wrong).sum()) / (len(right) * len(wrong))


def figures(name, probability, truth, sources, tasks):
    each = {source: auroc(probability[sources == source], truth[sources == source]) for source in sorted(set(sources))}
    enough = [source for source in each if min(truth[sources == source].sum(), (1 - truth[sources == source]).sum()) >= 8]
    pairs, runs_of = [], collections.defaultdict(list)
    for place, key in enumerate(zip(sources, tasks)):
        runs_of[key].append(place)
    for runs in runs_of.values():
        pairs += [(probability[a] > probability[b]) + 0.5 * (probability[a] == probability[b]) for a in runs for b in runs if truth[a] and not truth[b]]
    tenth = numpy.minimum(9, (probability * 10).astype(int))
    ece = sum(abs((probability[tenth == t] - truth[tenth == t]).sum()) for t in range(10)) / len(truth)
    print(f"{name:12} macro {numpy.mean([each[source] for source in enough]):.3f}  within task {numpy.mean(pairs):.3f}  "
          f"ece {ece:.3f}  brier {((probability - truth) ** 2).mean():.3f}  lowest of 60 and more {min(each[s] for s in enough if (sources == s).sum() >= 60):.3f}")
    for source in each:
        own = sources == source
        print(f"    {source:28} n {own.sum():4}  auroc {each[source]:.3f}  said {probability[own].mean():.2f}  was {truth[own].mean():.2f}")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("features")
    options.add_argument("truth")
    options.add_argument("--write")
    chosen = options.parse_args()
    labels = {line["trace_id"]: line for line in lines(chosen.truth)}
    runs = [run for run in lines(chosen.features) if run["trace_id"] in labels]
    names = [name for name in runs[0]["features"] if name in SIGNS]
    number = lambda value: float("nan") if value is None else value
    rows = numpy.array([[number(run["features"][name]) for name in names] for run in runs])
    of = lambda key: numpy.array([labels[run["trace_id"]][key] for run in runs])
    truth, sources, tasks = of("success").astype(int), of("source"), of("task")
    signs = numpy.array([SIGNS[name] for name in names])
    count = collections.Counter(sources)
    weight = numpy.array([count[source] ** -0.5 for source in sources])

    ways = {"source out": [(numpy.where(sources != s)[0], numpy.where(sources == s)[0]) for s in sorted(count)]}
    ways |= {f"task CV, {seed}": by_task(tasks, PARTS, seed) for seed in range(3)}
    for way, folds in ways.items():
        probability = numpy.zeros(len(truth))
        for train, test in folds:
            model, (slope, offset) = learn(rows[train], truth[train], weight[train], tasks[train], signs)
            probability[test] = sigmoid(slope * score(model, rows[test]) + offset)
        figures(way, probability, truth, sources, tasks)

    (mean, deviation, weights, intercept), (slope, offset) = learn(rows, truth, weight, tasks, signs)
    shown = lambda value: round(float(value), 6)
    terms = [{"feature": n, "mean": shown(m), "deviation": shown(d), "weight": shown(w)} for n, m, d, w in zip(names, mean, deviation, weights) if abs(w) > 1e-4]
    for term in sorted(terms, key=lambda term: term["weight"]):
        print(f"    {term['feature']:24} {term['weight']:+.3f}")
    if chosen.write:
        about = f"Success of a run by its own evidence. Fitted by benches/fit/success_alone.py on {len(runs)} labelled runs of {len(count)} public sources."
        file = {"about": about, "intercept": shown(intercept), "clip": CLIP, "slope": shown(slope), "offset": shown(offset), "terms": terms}
        with open(chosen.write, "w", encoding="utf-8") as out:
            out.write(json.dumps(file, indent=1) + "\n")


if __name__ == "__main__":
    main()
