"""Copies of values: right for what agents pass around, bounded for everything."""

import collections
import dataclasses
import datetime
import enum
import json
import time
import unittest

import support  # noqa: F401  puts the sources on the path

from arc_tracer import content


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Message:
    role: str
    content: str
    api_key: str = "sk-1"


class Modelled:
    """As a Pydantic model looks from outside: fields in its dictionary, a `model_fields` on its class."""

    model_fields = {"text": None}

    def __init__(self, text):
        self.text = text
        self._hidden = 1

    def __repr__(self):
        raise AssertionError("no code of the program is run")

    __str__ = model_dump = __iter__ = __getattr__ = __repr__


class Values(unittest.TestCase):
    def test_what_agents_pass_around(self) -> None:
        Point = collections.namedtuple("Point", "x y")
        value = {
            "plain": [1, 2.5, True, None, "text"], "tuple": (1, 2), "named": Point(1, 2), "set": {3}, "colour": Colour.RED, 7: "key",
            "when": datetime.date(2026, 1, 2), "message": Message("user", "hi"), "model": Modelled("m"),
            "default": collections.defaultdict(int, a=1),
            "error": ValueError("bad", 3), "bytes": b"abc", "function": len, "class": Message,
        }
        copy = content.snapshot(value)
        self.assertEqual(json.loads(json.dumps(copy)), copy, "plain JSON data")
        self.assertEqual(copy, {
            "plain": [1, 2.5, True, None, "text"], "tuple": [1, 2], "named": {"x": 1, "y": 2}, "set": [3], "colour": "red", "7": "key",
            "when": "2026-01-02", "message": {"role": "user", "content": "hi", "api_key": "<secret>"}, "model": {"text": "m"},
            "default": {"a": 1}, "error": "ValueError: bad, 3", "bytes": "<bytes of 3 bytes>",
            "function": "<builtin_function_or_method len>", "class": "<type Message>",
        })

    def test_cycles_and_depth(self) -> None:
        cyclic = {"name": "a"}
        cyclic["self"] = cyclic
        self.assertEqual(content.snapshot(cyclic), {"name": "a", "self": "<cycle: dict>"})
        deep = []
        for _ in range(100_000):
            deep = [deep]
        self.assertIn("deeper values cut", json.dumps(content.snapshot(deep)))
        twice = [1]
        self.assertEqual(content.snapshot([twice, twice]), [[1], [1]], "the same value twice is no cycle")

    def test_size_is_bounded_and_what_is_cut_says_so(self) -> None:
        long = "a" * 300_000 + "END"
        cut = content.snapshot(long)
        self.assertLess(len(cut), content.TEXT_LIMIT + 100)
        self.assertIn("characters cut", cut)
        self.assertTrue(cut.endswith("END"))
        self.assertEqual(content.snapshot(list(range(1_000_000)))[-1], "<990001 more items cut>")
        many = content.snapshot(["x" * 100_000] * 100)
        self.assertLess(len(json.dumps(many)), content.VALUE_LIMIT * 1.2)

    def test_a_copy_of_anything_is_quick(self) -> None:
        huge = {"rows": [{"n": n, "text": "x" * 10} for n in range(200_000)]}
        started = time.perf_counter()
        content.snapshot(huge)
        self.assertLess(time.perf_counter() - started, 0.25)

    def test_iterators_are_not_consumed(self) -> None:
        stream = (n for n in range(3))
        self.assertIn("generator", content.snapshot(stream))
        self.assertEqual(list(stream), [0, 1, 2])


if __name__ == "__main__":
    unittest.main()
