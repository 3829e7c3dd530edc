#!/usr/bin/env python3
"""Fits the model that tells strings drawn at random from words and identifiers.

    python3 benches/fit/secret_randomness.py [FOLDER OF SOURCE FILES ...]

Words and identifiers are those of the Python standard library and of the source files below the folders named (for instance
~/.cargo/registry/src); random strings are generated. Half of the words make the table of letter pairs, the other half fits the
model; the figures printed are of words left out of both (five folds). Writes assets/models/letter_pairs.json and
assets/models/secret_randomness.json. Needs numpy. The features are those of src/analysis/leaks/randomness.rs.
"""
import json, math, os, random, re, string, sys, sysconfig

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, "..", "..", "assets", "models")
FEATURES = ["length", "pairs", "unlikely_pairs", "class_changes", "variety", "digits", "vowels", "longest_word"]
SIGNS = {"pairs": -1, "unlikely_pairs": 1, "class_changes": 1, "longest_word": -1, "variety": 1}
CLIP = 4.0
MOST_LENGTH, MOST_WORD = 40, 12


def kind(character):
    if character in string.ascii_lowercase:
        return 0
    if character in string.ascii_uppercase:
        return 1
    return 2 if character in string.digits else 3


def features(text, pairs):
    n = len(text)
    odds = [pairs[ord(a) - 97][ord(b) - 97] / 10 for a, b in zip(text.lower(), text.lower()[1:]) if a.isalpha() and b.isalpha()]
    kinds = [kind(character) for character in text]
    changes = sum(a != b and 3 not in (a, b) and (a, b) != (1, 0) for a, b in zip(kinds, kinds[1:]))
    counts = {}
    for character in text:
        counts[character] = counts.get(character, 0) + 1
    entropy = -sum(c / n * math.log2(c / n) for c in counts.values()) / math.log2(max(2, min(n, 62)))
    letters = [character for character in text.lower() if character.isalpha()]
    vowels = sum(character in "aeiou" for character in letters) / len(letters) if letters else 0.0
    longest = max([len(run) for run in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", text)] + [0])
    return [min(n, MOST_LENGTH), sum(odds) / (len(odds) + 3), sum(o < -1 for o in odds) / (len(odds) + 3), changes / max(1, n - 1),
            entropy, kinds.count(2) / n, vowels, min(longest, MOST_WORD)]


def sources(folders):
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                if name.endswith((".py", ".rs", ".md", ".toml")):
                    yield os.path.join(path, name)


def harvest(folders, most, generator):
    """Words, and identifiers as they are written, each once."""
    words, identifiers = set(), set()
    paths = sorted(sources(folders))
    generator.shuffle(paths)
    for path in paths[:4000]:
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read(200_000)
        except (OSError, UnicodeDecodeError):
            continue
        for name in re.findall(r"[A-Za-z_][A-Za-z0-9_]{7,39}", text):
            if not re.search(r"[0-9].*[0-9].*[0-9].*[0-9]", name):
                identifiers.add(name)
            words.update(word.lower() for word in re.findall(r"[A-Z]?[a-z]{2,14}", name))
    words = [word for word in sorted(words) if re.search("[aeiouy]", word)]
    identifiers = sorted(identifiers)
    generator.shuffle(words)
    generator.shuffle(identifiers)
    return words, identifiers[:most]


def dressed(words, count, generator):
    """Compound names as people write them: keys, file names, hosts, versions, sentences without spaces."""
    made = []
    for _ in range(count):
        some = [generator.choice(words) for _ in range(generator.randint(2, 5))]
        style = generator.randrange(7)
        if style == 0:
            text = "".join(word.capitalize() for word in some)
        elif style == 1:
            text = some[0] + "".join(word.capitalize() for word in some[1:])
        elif style == 2:
            text = generator.choice("_-.").join(some).upper()
        elif style == 3:
            text = generator.choice("/.-_:").join(some)
        elif style == 4:
            text = "-".join(some) + generator.choice(["-", "_", ".", ""]) + str(generator.randint(0, 2030))
        elif style == 5:
            text = ".".join(some) + "." + generator.choice(["com", "io", "json", "yaml", "internal", "v2", "py"])
        else:
            text = "".join(some)
        made.append(text[:60])
    return [text for text in made if len(text) >= 8]


def drawn(count, generator):
    alphabets = ["0123456789abcdef", "0123456789ABCDEF", string.ascii_letters + string.digits, string.ascii_lowercase + string.digits,
                 string.ascii_letters + string.digits + "-_", string.ascii_letters + string.digits + "+/", string.ascii_uppercase + string.digits,
                 string.ascii_letters]
    sizes = [12, 14, 16, 18, 20, 22, 24, 27, 28, 30, 32, 32, 32, 35, 36, 40, 40, 43, 48, 50, 64]
    return ["".join(generator.choices(generator.choice(alphabets), k=generator.choice(sizes))) for _ in range(count)]


def letter_pairs(words):
    """Tenths of the log-odds of each pair in words against letters drawn evenly."""
    counts = np.ones((26, 26))
    for word in words:
        for a, b in zip(word, word[1:]):
            counts[ord(a) - 97, ord(b) - 97] += 1
    return np.clip(np.round(10 * np.log(counts / counts.sum() * 676)), -50, 50).astype(int).tolist()


def fit(rows, labels, ridge=1.0):
    """Logistic regression by gradient steps, signs held to what reason says."""
    weights, intercept = np.zeros(rows.shape[1]), 0.0
    signs = np.array([SIGNS.get(name, 0) for name in FEATURES])
    rate = 1.0
    for step in range(4000):
        guess = 1 / (1 + np.exp(-np.clip(rows @ weights + intercept, -30, 30)))
        error = guess - labels
        weights -= rate * ((rows.T @ error) / len(labels) + ridge / len(labels) * weights)
        intercept -= rate * error.mean()
        weights[(signs != 0) & (np.sign(weights) == -signs)] = 0
    return weights, intercept


def auroc(scores, labels):
    order = np.argsort(scores)
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    positives = labels == 1
    return (ranks[positives].sum() - positives.sum() * (positives.sum() + 1) / 2) / (positives.sum() * (~positives).sum())


def main():
    generator = random.Random(20261123)
    folders = [sysconfig.get_paths()["stdlib"]] + sys.argv[1:]
    words, identifiers = harvest(folders, 12_000, generator)
    half = len(words) // 2
    pairs = letter_pairs(words[:half])
    negatives = identifiers + dressed(words[half:], 8_000, generator)
    positives = drawn(len(negatives), generator)
    rows = np.array([features(text, pairs) for text in negatives + positives])
    labels = np.array([0] * len(negatives) + [1] * len(positives))
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    standard = np.clip((rows - mean) / deviation, -CLIP, CLIP)
    folds = np.array([generator.randrange(5) for _ in labels])
    scores = np.zeros(len(labels))
    for fold in range(5):
        weights, intercept = fit(standard[folds != fold], labels[folds != fold])
        scores[folds == fold] = standard[folds == fold] @ weights + intercept
    print(f"words {len(words)}, identifiers and names {len(negatives)}, drawn {len(positives)}; AUROC left out {auroc(scores, labels):.5f}")
    for threshold in (0.5, 0.9, 0.97):
        cut = math.log(threshold / (1 - threshold))
        print(f"p >= {threshold}: drawn found {np.mean(scores[labels == 1] >= cut):.4f}, names taken for drawn {np.mean(scores[labels == 0] >= cut):.5f}")
    weights, intercept = fit(standard, labels)
    terms = [{"feature": name, "mean": round(float(m), 5), "deviation": round(float(d), 5), "weight": round(float(w), 4)}
             for name, m, d, w in zip(FEATURES, mean, deviation, weights) if w]
    about = ("log-odds that a string was drawn at random rather than made of words; fitted on identifiers and words of public source files "
             "against generated strings by benches/fit/secret_randomness.py")
    model = {"about": about, "intercept": round(float(intercept), 4), "clip": CLIP, "slope": 1.0, "offset": 0.0, "terms": terms}
    with open(os.path.join(MODELS, "secret_randomness.json"), "w") as out:
        json.dump(model, out, indent=1)
        out.write("\n")
    with open(os.path.join(MODELS, "letter_pairs.json"), "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(row) for row in pairs) + "\n]\n")
    print(*[f"{t['feature']}={t['weight']}" for t in terms])


main()
