"""Fits the weights by which a step of a failed run is suspected: one choice among the run's steps (conditional logit).

    cargo bench --bench features -- root_cause TRACES > rows.jsonl
    python3 benches/fit/root_cause.py rows.jsonl TRUTH TRACES > assets/models/root_cause.json
    python3 benches/fit/root_cause.py rows.jsonl TRUTH TRACES confidence > assets/models/root_cause_confidence.json

The second is how sure the choice may be: what the probability on and next to the step chosen was worth on held-out runs.

TRUTH has one JSON line a run: trace_id, root_cause_step, source (who annotated it); TRACES is the file that the rows were made from, read
only to know which runs are about the same task. Both may be .gz. Needs numpy. The figures of cross-validation go to standard error: by
task (eight folds, no task on both sides), and with one source of annotations left out.

Every source weighs the same. A weight may only have the sign that reason gives it; the penalty is a ridge on weights of standardised
features, where a deviation under FLOOR counts as FLOOR, so that a feature seen in a handful of steps cannot earn a large weight; it pulls
towards PRIOR, which is not zero where the annotated runs cannot tell (none of their senders marks failures).
"""
import gzip, json, sys
import numpy as np

RIDGE, FLOOR, NEIGHBOURS = 1.0, 0.3, (0.3, 0.2, 0.1)
SIGNS = {
    "opens_the_run": -1, "early_action": 1, "calls": 1, "returns": -1, "assumes": 1, "makes_up_data": 1, "answer_appears": 1, "changes_state": 1,
    "says_little": -1, "first_trouble": 1, "after_trouble": -1, "breaks_off": 1, "early_in_talk": 0, "early_alone": 0, "early_in_dialogue": 0,
    "early_when_led": 0, "early_in_long_led_run": 1, "declares_done": 1, "plan_strays": 1, "early_execution": 1, "result_on_subject": 1,
    "repeats_call": -1, "lasting_failure": 1,
}
PRIOR = {"lasting_failure": 2.0}


def lines(path):
    with (gzip.open(path, "rt") if path.endswith(".gz") else open(path)) as text:
        return [json.loads(line) for line in text if line.strip()]


class Run:
    def __init__(self, truth, task, rows):
        self.source, self.task, self.id = truth["source"], task, truth["trace_id"]
        self.steps = [row["step"] for row in rows]
        self.truth = truth["root_cause_step"]
        self.features = np.array([[row["features"][name] for name in SIGNS] for row in rows])
        self.chosen = min(range(len(rows)), key=lambda place: abs(self.steps[place] - self.truth))
        self.known = self.truth in self.steps


def fit(runs, ridge=RIDGE, names=tuple(SIGNS)):
    """Weights of the raw features: projected gradient descent with momentum and a line search on a convex loss."""
    columns = [list(SIGNS).index(name) for name in names]
    features = np.concatenate([run.features[:, columns] for run in runs])
    scale = np.maximum(features.std(0), FLOOR)
    features = features / scale
    lengths = [len(run.steps) for run in runs]
    start = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    belongs = np.repeat(np.arange(len(runs)), lengths)
    counts = {}
    for run in runs:
        counts[run.source] = counts.get(run.source, 0) + 1
    weight = np.array([1 / counts[run.source] for run in runs])
    weight = (weight / weight.sum() * len(runs))[belongs]
    truth = np.zeros(len(features))
    truth[start + np.array([run.chosen for run in runs])] = 1
    signs = np.array([SIGNS[name] for name in names])
    prior = np.array([PRIOR.get(name, 0.0) for name in names]) * scale
    low, high = np.where(signs > 0, 0, -np.inf), np.where(signs < 0, 0, np.inf)

    def loss(weights):
        score = features @ weights
        share = np.exp(score - np.maximum.reduceat(score, start)[belongs])
        share /= np.add.reduceat(share, start)[belongs]
        away = weights - prior
        value = -(weight * truth * np.log(share + 1e-12)).sum() + ridge / 2 * away @ away
        return value, features.T @ (weight * (share - truth)) + ridge * away

    weights = np.clip(prior, low, high)
    ahead, pace, step = weights, 1.0, 1.0
    value, slope = loss(ahead)
    for _ in range(4000):
        while True:
            moved = np.clip(ahead - step * slope, low, high)
            by = moved - ahead
            if loss(moved)[0] <= value + slope @ by + by @ by / (2 * step) + 1e-12:
                break
            step /= 2
        following = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        if (moved - weights) @ (ahead - moved) > 0:
            following = 1.0
        done = np.abs(moved - weights).max() < 1e-6 and np.abs(by).max() < 1e-6
        ahead, weights, pace = moved + (pace - 1) / following * (moved - weights), moved, following
        value, slope = loss(ahead)
        if done:
            break
    full = np.zeros(len(SIGNS))
    full[columns] = weights / scale
    return full


def shares(run, weights, slope=1.0):
    score = slope * (run.features @ weights)
    share = np.exp(score - score.max())
    return share / share.sum()


def choose(share, neighbours=NEIGHBOURS):
    around = share.copy()
    for away, part in enumerate(neighbours, 1):
        around[away:] += part * share[:-away]
        around[:-away] += part * share[away:]
    return int(np.argmax(around))


def held_out(runs, folds, fitter=fit):
    """The shares of every run, by weights that have seen neither its fold nor its task."""
    found = [None] * len(runs)
    for fold in folds:
        tasks = {runs[place].task for place in fold}
        weights = fitter([run for place, run in enumerate(runs) if place not in set(fold) and run.task not in tasks])
        for place in fold:
            found[place] = runs[place].features @ weights
    return found


def by_task(runs, seed, parts=8):
    tasks = sorted({run.task for run in runs})
    np.random.RandomState(seed).shuffle(tasks)
    return [[place for place, run in enumerate(runs) if run.task in set(tasks[part::parts])] for part in range(parts)]


def by_source(runs):
    return [[place for place, run in enumerate(runs) if run.source == source] for source in sorted({run.source for run in runs})]


def softmax(score, slope=1.0):
    share = np.exp(slope * (score - score.max()))
    return share / share.sum()


def measure(runs, scores, slope=1.0, neighbours=NEIGHBOURS):
    """Per source and over all: exact, within one, within three, log loss; and (confidence, right) of the place with its neighbours."""
    out, sure = {}, []
    for run, score in zip(runs, scores):
        share = softmax(score, slope)
        place = choose(share, neighbours)
        off = abs(run.steps[place] - run.truth)
        out.setdefault(run.source, []).append([off == 0, off <= 1, off <= 3, -np.log(share[run.chosen] + 1e-9)])
        sure.append((share[max(0, place - 1) : place + 2].sum(), off <= 1, run.source))
    out = {source: np.mean(rows, 0) for source, rows in out.items()}
    return np.mean(list(out.values()), 0), out, sure


def weighed(runs):
    counts = {}
    for run in runs:
        counts[run.source] = counts.get(run.source, 0) + 1
    return np.array([1 / counts[run.source] for run in runs])


def temperature(runs, folds):
    """The slope by which held-out shares say what they should: least log loss."""
    slopes = np.linspace(0.4, 1.4, 51)
    return slopes[np.argmin([np.mean([measure(runs, scores, slope)[0][3] for scores in folds]) for slope in slopes])]


def say(*parts):
    print(*parts, file=sys.stderr, flush=True)


def load(rows_path, truth_path, traces_path):
    task = {trace["trace_id"]: str(trace.get("input")) for trace in lines(traces_path)}
    rows = {}
    for row in lines(rows_path):
        rows.setdefault(row["trace_id"], []).append(row)
    truths = [truth for truth in lines(truth_path) if truth["trace_id"] in rows]
    return [Run(truth, task[truth["trace_id"]], rows[truth["trace_id"]]) for truth in truths]


def straighten(said, right, weight, ridge=1.0):
    """Intercept and weight of log-odds, by logistic regression; the ridge pulls towards believing what was said."""
    odds = np.log(np.clip(said, 0.01, 0.99) / (1 - np.clip(said, 0.01, 0.99)))
    both = np.column_stack([np.ones(len(odds)), odds])
    weights = np.array([0.0, 1.0])
    for _ in range(50):
        share = 1 / (1 + np.exp(-both @ weights))
        slope = both.T @ (weight * (share - right)) + ridge * (weights - [0, 1])
        bend = (both * (weight * share * (1 - share))[:, None]).T @ both + ridge * np.eye(2)
        weights = weights - np.linalg.solve(bend, slope)
    return weights


def confidence(runs, tasks, slope):
    """Fitted on held-out shares, every source weighing the same; and how good that is when a source is left out of this fit as well."""
    rows = [(said, right, source) for scores in tasks for said, right, source in measure(runs, scores, slope)[2]]
    said, right, source = (np.array(column) for column in zip(*rows))
    weight = np.array([1 / (source == one).sum() for one in source]) * len(runs) / len(set(source))
    weights = straighten(said, right, weight)
    off, plain = [], []
    for one in sorted(set(source)):
        kept = source != one
        fitted = straighten(said[kept], right[kept], weight[kept])
        odds = np.log(np.clip(said[~kept], 0.01, 0.99) / (1 - np.clip(said[~kept], 0.01, 0.99)))
        now = 1 / (1 + np.exp(-(fitted[0] + fitted[1] * odds)))
        off.append(np.mean((now - right[~kept]) ** 2))
        plain.append(np.mean((said[~kept] - right[~kept]) ** 2))
        say(f"  confidence where {one} is left out of its fit: says {now.mean():.2f}, was {right[~kept].mean():.2f}")
    say(f"  squared error of the confidence {np.mean(off):.3f}, unstraightened {np.mean(plain):.3f}; log-odds = {weights[0]:.2f} + {weights[1]:.2f} x log-odds")
    return weights


def report(runs, seeds=6):
    tasks = [held_out(runs, by_task(runs, seed)) for seed in range(seeds)]
    sources = held_out(runs, by_source(runs))
    slope = temperature(runs, tasks)
    say(f"{len(runs)} runs, {len(SIGNS)} features; the labelled step is missing in {sum(not run.known for run in runs)}")
    say("                          by task: exact  within 1  within 3  log loss | source left out")
    all_tasks = [measure(runs, scores) for scores in tasks]
    left = measure(runs, sources)
    line = lambda name, one, other: say(f"{name:32} {one[0]:.3f}  {one[1]:.3f}  {one[2]:.3f}  {one[3]:.3f} | {other[0]:.3f}  {other[1]:.3f}  {other[2]:.3f}  {other[3]:.3f}")
    line("macro", np.mean([one[0] for one in all_tasks], 0), left[0])
    say(f"  spread of the exact figure over {seeds} splits: {np.std([one[0][0] for one in all_tasks]):.3f}")
    for source in sorted(left[1]):
        line("  " + source, np.mean([one[1][source] for one in all_tasks], 0), left[1][source])
    say(f"slope that calibrates: {slope:.2f}")
    for title, folds in (("by task", tasks), ("source left out", [sources])):
        sure = [one for scores in folds for one in measure(runs, scores, slope)[2]]
        said, right = np.array([one[0] for one in sure]), np.array([one[1] for one in sure])
        edges = np.quantile(said, [0.25, 0.5, 0.75])
        bins = np.digitize(said, edges)
        say(f"confidence, {title}: " + "  ".join(f"said {said[bins == b].mean():.2f} was {right[bins == b].mean():.2f}" for b in range(4)))
    return slope, confidence(runs, tasks, slope)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    runs = load(*sys.argv[1:4])
    slope, sure = report(runs)
    if len(sys.argv) == 5:
        about = "How sure the suspicion of a step may be: log-odds of the probability on and next to it, straightened on held-out runs."
        term = {"feature": "log_odds_near", "mean": 0.0, "deviation": 1.0, "weight": round(float(sure[1]), 3)}
        model = {"about": about, "intercept": round(float(sure[0]), 3), "clip": 5.0, "slope": 1.0, "offset": 0.0, "terms": [term]}
        print(json.dumps(model, indent=1))
        sys.exit()
    weights = fit(runs)
    terms = [{"feature": name, "mean": 0.0, "deviation": 1.0, "weight": round(float(weight), 3)} for name, weight in zip(SIGNS, weights)]
    about = (
        "Which step of a failed run is suspected: scores of its steps, of which the softmax is taken. Conditional logit on annotated failed "
        "runs of five annotation teams, made by benches/fit/root_cause.py; slope is the temperature that calibrates held-out runs."
    )
    model = {"about": about, "intercept": 0.0, "clip": 100.0, "slope": round(float(slope), 2), "offset": 0.0, "terms": terms}
    print(json.dumps(model, indent=1))
