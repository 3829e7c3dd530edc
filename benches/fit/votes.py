#!/usr/bin/env python3
"""What votes teach: how much weight the prior of an agent's offset should have, and in which order to ask for votes. Needs numpy.

    python3 benches/fit/votes.py FILE [--draws 100]

FILE holds one JSON object a line: {"agent", "task", "inferred", "success"}, where `inferred` is the probability of success of a run by a model that did
not see this agent (leave one source out). Printed are means over agents, each agent counting the same:

  weights   for some numbers of votes and weights of the prior, the Brier score of the agent's other runs and the error of their mean; once with random
            votes, once with votes that fall on wrong runs three times as often
  slope     the same with a slope learnt beside the offset
  orders    for some orders of votes, the Brier score of all runs of the agent after them (a voted run counts 0.98 or 0.02), and the error of their mean

The weight and the order in use are PRIOR_RUNS in src/analysis/recalibration.rs and the formula in src/analysis/informative.rs.
"""
import argparse
import collections
import json

import numpy as np

VOTES = (5, 10, 20)
WEIGHTS = (5, 10, 20, 40, np.inf)
IN_USE = 20


def chance(z):
    return 1 / (1 + np.exp(-z))


def offset(z, right, weight):
    """The offset at which the right votes are as many as expected, `weight` more votes on even runs, half of them right, counted in."""
    if not len(z) or weight == np.inf:
        return 0.0
    low, high = -8.0, 8.0
    for _ in range(34):
        middle = (low + high) / 2
        excess = (right - chance(z + middle)).sum() + weight * (0.5 - chance(middle))
        low, high = (middle, high) if excess > 0 else (low, middle)
    return (low + high) / 2


def line(z, right, weight):
    """Slope and offset, held near 1 and 0 by the same prior."""
    slope, shift = 1.0, 0.0
    for _ in range(50):
        p = chance(slope * z + shift)
        s = p * (1 - p)
        gradient = np.array([(z * (p - right)).sum() + weight / 4 * (slope - 1), (p - right).sum() + weight / 4 * shift])
        curvature = np.array([[(s * z * z).sum() + weight / 4, (s * z).sum()], [(s * z).sum(), s.sum() + weight / 4]])
        step = np.linalg.solve(curvature, gradient)
        slope, shift = slope - step[0], shift - step[1]
    return slope, shift


def in_order(score, many):
    """Places picked one after the other, each the best given those before."""
    picked = []
    while len(picked) < many:
        scores = score(picked)
        scores[picked] = -np.inf
        picked.append(int(np.argmax(scores)))
    return np.array(picked)


def orders(z, tasks, rng, many):
    p = chance(z)
    uncertain = 4 * p * (1 - p) + rng.random(len(p)) * 1e-6
    same = tasks[:, None] == tasks[None, :]
    near = np.abs(p[:, None] - p[None, :]) < 0.1
    return {
        "random": rng.permutation(len(p))[:many],
        "uncertain": np.argsort(-uncertain)[:many],
        "uncertain, other tasks first": in_order(lambda picked: uncertain / (1 + same[:, picked].sum(1)), many),
        "uncertain, many alike first": in_order(lambda picked: uncertain * near.mean(1) / (1 + near[:, picked].sum(1)), many),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--draws", type=int, default=100)
    arguments = parser.parse_args()
    runs = [json.loads(text) for text in open(arguments.file, encoding="utf-8") if text.strip()]
    agents = collections.defaultdict(list)
    for run in runs:
        agents[run["agent"]].append(run)
    data = []
    for name in sorted(agents):
        p = np.clip([run["inferred"] for run in agents[name]], 1e-6, 1 - 1e-6)
        tasks = np.unique([str(run["task"]) for run in agents[name]], return_inverse=True)[1]
        data.append((np.log(p / (1 - p)), np.array([float(run["success"]) for run in agents[name]]), tasks))

    def over_agents(votes, measure):
        """The mean of what `measure` says of each agent with enough runs, over all draws."""
        found = [[measure(z, y, tasks, np.random.default_rng(draw)) for z, y, tasks in data if len(y) >= votes + 10] for draw in range(arguments.draws)]
        return np.mean(found, axis=(0, 1))

    for favour, name in ((1, "votes fall at random"), (3, "wrong runs are voted on three times as often")):
        print(f"weights: {name}; Brier score of the other runs / error of their mean")
        for votes in VOTES:

            def of_weights(z, y, _, rng):
                odds = np.where(y == 0, favour, 1.0)
                judged = rng.choice(len(y), votes, replace=False, p=odds / odds.sum())
                rest = np.setdiff1d(np.arange(len(y)), judged)
                read = [chance(z[rest] + offset(z[judged], y[judged], weight)) for weight in WEIGHTS]
                return [[((p - y[rest]) ** 2).mean(), abs(p.mean() - y[rest].mean())] for p in read]

            print(f"  {votes:3} votes  " + "  ".join(f"{w}: {b:.4f}/{e:.3f}" for w, (b, e) in zip(WEIGHTS, over_agents(votes, of_weights))))

    print("slope: Brier score of the other runs with the offset alone, and with a slope")
    for votes in VOTES:

        def of_lines(z, y, _, rng):
            judged = rng.permutation(len(y))[:votes]
            rest = np.setdiff1d(np.arange(len(y)), judged)
            slope, shift = line(z[judged], y[judged], IN_USE)
            read = chance(z[rest] + offset(z[judged], y[judged], IN_USE)), chance(slope * z[rest] + shift)
            return [((p - y[rest]) ** 2).mean() for p in read]

        print(f"  {votes:3} votes  " + "  ".join(f"{b:.4f}" for b in over_agents(votes, of_lines)))

    print("orders: Brier score of all runs, votes counted in / error of their mean")
    for votes in VOTES:
        names = []

        def of_orders(z, y, tasks, rng):
            found = orders(z, tasks, rng, votes)
            names[:] = found
            figures = []
            for judged in found.values():
                p = chance(z + offset(z[judged], y[judged], IN_USE))
                p[judged] = np.where(y[judged] == 1, 0.98, 0.02)
                figures.append([((p - y) ** 2).mean(), abs(p.mean() - y.mean())])
            return figures

        print(f"  {votes:3} votes  " + "  ".join(f"{name}: {b:.4f}/{e:.3f}" for name, (b, e) in zip(names, over_agents(votes, of_orders))))


if __name__ == "__main__":
    main()
