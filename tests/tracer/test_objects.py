"""Agent objects and classes come back as themselves; running them is a run."""

import asyncio
import copy
import dataclasses
import pickle
import unittest
from unittest import mock

from support import TracerTest, named


class Agent:
    """An agent as frameworks make them: several ways to run it, one calling the other."""

    def __init__(self, name="desk"):
        self.name = name

    def invoke(self, given, config=None):
        """Runs it."""
        return list(self.stream(given))[-1]

    def stream(self, given):
        yield "thinking"
        yield given * 2

    async def ainvoke(self, given):
        await asyncio.sleep(0)
        return given

    def __call__(self, given):
        return self.invoke(given)

    def helper(self):
        return "not a run"


class Slotted:
    __slots__ = ("x",)

    def run(self, q):
        return q


@dataclasses.dataclass(frozen=True)
class Frozen:
    limit: int = 3

    def kickoff(self, inputs=None):
        return self.limit


class Refusing:
    """As Pydantic models do: only declared fields may be set."""

    def __setattr__(self, name, value):
        raise ValueError(f"no field {name}")

    def run_sync(self, q):
        return q


class Objects(TracerTest):
    def test_it_is_the_same_object_and_each_way_to_run_it_is_one_run(self) -> None:
        tracer = self.tracer()
        agent = Agent()
        self.assertIs(tracer.trace_agent(agent), agent)
        self.assertIs(tracer.trace_agent(agent), agent, "again changes nothing")
        self.assertEqual(vars(agent), {"name": "desk"}, "nothing is put on it")
        self.assertEqual(agent.invoke(2), 4)
        self.assertEqual(agent(3), 6)
        self.assertEqual(list(agent.stream(1)), ["thinking", 2])
        self.assertEqual(asyncio.run(agent.ainvoke(5)), 5)
        agent.helper()
        spans = self.sent(tracer)
        self.assertEqual([span.parent for span in spans], [None] * 4, "one method calling another is still one run")
        self.assertEqual([span["input.value"] for span in spans], ["2", "3", "1", "5"])
        self.assertEqual({span["gen_ai.agent.name"] for span in spans}, {"desk"})
        self.assertEqual(spans[0]["code.file.path"], __file__)
        self.assertEqual(Agent.invoke.__doc__, "Runs it.")

    def test_other_objects_of_the_class_are_not_traced(self) -> None:
        tracer = self.tracer()
        tracer.trace_agent(Agent("one"))
        other = Agent("two")
        self.assertEqual(other.invoke(1), 2)
        self.assertEqual(copy.deepcopy(other).invoke(1), 2)
        self.assertEqual(self.sent(tracer), [])

    def test_objects_that_refuse_attributes(self) -> None:
        tracer = self.tracer()
        slotted, frozen, refusing = (tracer.trace_agent(each) for each in (Slotted(), Frozen(), Refusing()))
        self.assertEqual((slotted.run("a"), frozen.kickoff(), refusing.run_sync("c")), ("a", 3, "c"))
        self.assertEqual(frozen, Frozen())
        self.assertEqual(pickle.loads(pickle.dumps(frozen)), frozen)
        self.assertEqual([span["gen_ai.agent.name"] for span in self.sent(tracer)], ["Slotted", "Frozen", "Refusing"])

    def test_a_method_that_is_an_attribute_of_the_object(self) -> None:
        tracer = self.tracer()

        class Holder:
            pass

        holder = Holder()
        holder.run = lambda q: q + "!"
        tracer.trace_agent(holder)
        self.assertEqual(holder.run("a"), "a!")
        self.assertEqual(len(self.sent(tracer)), 1)

    def test_a_class_traces_its_objects_and_those_of_subclasses(self) -> None:
        tracer = self.tracer()

        @tracer.trace_agent
        class Desk:
            def run(self, q):
                return q

        class Sub(Desk):
            pass

        self.assertIsInstance(Desk, type)
        self.assertEqual((Desk().run(1), Sub().run(2)), (1, 2))
        self.assertEqual([span["gen_ai.agent.name"] for span in self.sent(tracer)], ["Desk", "Desk"])

    def test_a_nested_agent_is_below_the_run(self) -> None:
        tracer = self.tracer()
        inner = tracer.trace_agent(Agent("inner"))

        class Outer:
            def run(self, q):
                return inner.invoke(q)

        outer = tracer.trace_agent(Outer(), name="outer")
        outer.run(1)
        spans = self.sent(tracer)
        self.assertEqual(named(spans, "invoke_agent inner").parent, named(spans, "invoke_agent outer").id)

    def test_an_object_is_not_kept_alive(self) -> None:
        import gc
        import weakref

        agent = self.tracer().trace_agent(Agent())
        gone = weakref.ref(agent)
        del agent
        gc.collect()
        self.assertIsNone(gone())

    def test_what_cannot_be_traced_comes_back_as_it_is(self) -> None:
        tracer = self.tracer()
        with mock.patch("sys.stderr") as said:
            for thing in (3, "text", object(), None.__class__, [1]):
                self.assertIs(tracer.trace_agent(thing), thing)
        self.assertIn("int has no method known to run it", "".join(call.args[0] for call in said.write.call_args_list))

    def test_the_short_form(self) -> None:
        from arc_tracer import ArcTracer

        agent = ArcTracer("security", endpoint=self.workbench.url).trace_agent(Agent())
        agent.invoke(1)
        (run,) = self.sent(self.tracer())
        self.assertEqual(run["arc.domain"], "security")


if __name__ == "__main__":
    unittest.main()
