#!/usr/bin/env python3
"""Fits assets/models/success_peers.json: what agreement with other runs adds to a run's own evidence. Needs numpy.

    cargo bench --bench features -- success RUNS.jsonl.gz > features.jsonl
    zcat RUNS.jsonl.gz | arc-eval-tui analyse - > verdicts.jsonl
    python3 benches/fit/success_peers.py features.jsonl verdicts.jsonl TRUTH.jsonl.gz [--write assets/models/success_peers.json]

TRUTH as for success_alone.py, which this builds on: in every training part the model of a run alone is fitted too, and what it says of runs
that it was not fitted on is what this model weighs. The agreements are read from the verdicts; no truth went into them. Prints the figures
of leaving one source out and of cross-validation by task, for a run alone and with its peers.
"""
import argparse
import collections
import json

import numpy

import success_alone as alone

# More of each can only speak for success.
SIGNS = {"alone": 1, "soft": 1, "central": 1}
RIDGE = 10.0


def with_ridge(work):
    """Lets success_alone's fit work with this model's weaker prior: three terms for the same number of runs."""
    kept, alone.RIDGE = alone.RIDGE, RIDGE
    try:
        return work()
    finally:
        alone.RIDGE = kept


def own(rows, truth, weight, tasks, signs, train):
    """Log-odds of every run alone: of those in training out of fold, so that they are no surer than they will be of new runs."""
    said = numpy.zeros(len(truth))
    for learn, hold in alone.by_task(tasks[train], 6, 1):
        part = train[learn]
        said[train[hold]] = alone.score(alone.fit(rows[part], truth[part], weight[part], signs), rows[train[hold]])
    slope, offset = alone.platt(said[train], truth[train])
    rest = numpy.setdiff1d(numpy.arange(len(truth)), train)
    if len(rest):
        said[rest] = alone.score(alone.fit(rows[train], truth[train], weight[train], signs), rows[rest])
    return slope * said + offset


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("features")
    options.add_argument("verdicts")
    options.add_argument("truth")
    options.add_argument("--write")
    chosen = options.parse_args()
    labels = {line["trace_id"]: line for line in alone.lines(chosen.truth)}
    agreements = {line["trace_id"]: line["agreement"] for line in alone.lines(chosen.verdicts)}
    runs = [run for run in alone.lines(chosen.features) if run["trace_id"] in labels and run["trace_id"] in agreements]
    names = [name for name in runs[0]["features"] if name in alone.SIGNS]
    number = lambda value: float("nan") if value is None else value
    rows = numpy.array([[number(run["features"][name]) for name in names] for run in runs])
    of = lambda key: numpy.array([labels[run["trace_id"]][key] for run in runs])
    truth, sources, tasks = of("success").astype(int), of("source"), of("task")
    alone_signs, signs = numpy.array([alone.SIGNS[name] for name in names]), numpy.array(list(SIGNS.values()))
    count = collections.Counter(sources)
    weight = numpy.array([count[source] ** -0.5 for source in sources])
    found = [agreements[run["trace_id"]] for run in runs]
    has = numpy.array([agreement is not None for agreement in found])
    told = numpy.array([[agreement[name] for name in ("soft", "central")] if agreement else [0.5, 0.0] for agreement in found])

    def learn(train):
        said = own(rows, truth, weight, tasks, alone_signs, train)
        columns, used = numpy.c_[said, told], train[has[train]]
        model, calibration = with_ridge(lambda: alone.learn(columns[used], truth[used], weight[used], tasks[used], signs))
        return said, columns, model, calibration

    ways = {"source out": [(numpy.where(sources != s)[0], numpy.where(sources == s)[0]) for s in sorted(count)]}
    ways |= {f"task CV, {seed}": alone.by_task(tasks, 8, seed) for seed in range(3)}
    for way, folds in ways.items():
        by_itself, together = numpy.zeros(len(truth)), numpy.zeros(len(truth))
        for train, test in folds:
            said, columns, model, (slope, offset) = learn(train)
            by_itself[test] = alone.sigmoid(said[test])
            with_peers = alone.sigmoid(slope * alone.score(model, columns[test]) + offset)
            together[test] = numpy.where(has[test], with_peers, by_itself[test])
        alone.figures(way + ", alone", by_itself, truth, sources, tasks)
        alone.figures(way + ", peers", together, truth, sources, tasks)

    _, _, (mean, deviation, weights, intercept), (slope, offset) = learn(numpy.arange(len(truth)))
    shown = lambda value: round(float(value), 6)
    terms = [{"feature": n, "mean": shown(m), "deviation": shown(d), "weight": shown(w)} for n, m, d, w in zip(SIGNS, mean, deviation, weights)]
    for term in terms:
        print(f"    {term['feature']:24} {term['weight']:+.3f}")
    if chosen.write:
        about = ("Success of a run by its own evidence (log-odds, calibrated) and by its agreement with other runs about the same subject. "
                 f"Fitted by benches/fit/success_peers.py on {has.sum()} labelled runs of {len(count)} public sources.")
        file = {"about": about, "intercept": shown(intercept), "clip": alone.CLIP, "slope": shown(slope), "offset": shown(offset), "terms": terms}
        with open(chosen.write, "w", encoding="utf-8") as out:
            out.write(json.dumps(file, indent=1) + "\n")


if __name__ == "__main__":
    main()
