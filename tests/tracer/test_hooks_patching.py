"""A replaced function does what it did: same kind, same results, same exceptions, whatever happens to the recording."""

import asyncio
import inspect
import types
import unittest

from support import TracerTest


class Frameworks(TracerTest):
    def setUp(self):
        super().setUp()
        from arc_tracer.hooks import patching
        from arc_tracer.recording import start_step

        self.patching = patching
        self.begin = lambda args, kwargs: start_step(layer="test", kind="step", name="seen", input=list(args), detached=True)

    def around(self, function, finish=None, **options):
        return self.patching.around(self.begin, finish or (lambda recording, result: recording.set(output=result)), **options)(function)

    def steps(self, tracer):
        return [span for span in self.sent(tracer) if span.name == "seen"]

    def test_every_kind_of_function_stays_what_it_is(self):
        async def coroutine(value):
            await asyncio.sleep(0)
            return value

        def generator(value):
            given = yield value
            yield given
            return "end"

        async def async_generator(value):
            yield value
            yield value

        async def collect(items):
            return [item async for item in items]

        def delegated():
            return (yield from self.around(generator)(1))

        tracer = self.tracer()

        def agent():
            self.assertEqual(self.around(lambda value: value + 1)(1), 2)
            self.assertEqual(asyncio.run(self.around(coroutine)(3)), 3)
            made = delegated()
            self.assertEqual((next(made), made.send(5)), (1, 5))
            with self.assertRaises(StopIteration) as stop:
                next(made)
            self.assertEqual(stop.exception.value, "end")
            self.assertEqual(asyncio.run(collect(self.around(async_generator)(4))), [4, 4])
            # A plain function may give any of these back.
            self.assertEqual(asyncio.run(collect(self.around(lambda value: async_generator(value))(4))), [4, 4])
            self.assertEqual(asyncio.run(self.around(lambda value: coroutine(value))(6)), 6)

        tracer.trace_agent(agent)()
        self.assertEqual(len(self.steps(tracer)), 6)
        self.assertTrue(inspect.iscoroutinefunction(self.around(coroutine)))
        self.assertTrue(inspect.isgeneratorfunction(self.around(generator)))
        self.assertTrue(inspect.isasyncgenfunction(self.around(async_generator)))

    def test_what_raises_is_recorded_and_raised(self):
        def fails():
            raise KeyError("no such order")

        async def fails_later():
            raise KeyError("no such order")

        def fails_between():
            yield 1
            raise KeyError("no such order")

        tracer = self.tracer()

        def agent():
            for call in (self.around(fails), lambda: asyncio.run(self.around(fails_later)()), lambda: list(self.around(fails_between)())):
                with self.assertRaises(KeyError):
                    call()

        tracer.trace_agent(agent)()
        steps = self.steps(tracer)
        self.assertEqual([step.failed for step in steps], [True, True, True])
        self.assertEqual({step["error.type"] for step in steps}, {"KeyError"})

    def test_a_hook_that_raises_costs_the_recording_only(self):
        def broken(*_):
            raise ZeroDivisionError

        tracer = self.tracer()

        def agent():
            self.assertEqual(self.patching.around(broken)(lambda: 1)(), 1)
            self.assertEqual(self.around(lambda: 2, broken)(), 2)
            self.assertEqual(list(self.around(lambda: iter([3]), each=broken)()), [3])

        tracer.trace_agent(agent)()
        self.assertTrue(all(step.ended for step in self.steps(tracer)))

    def test_a_generator_left_halfway_ends_its_recording(self):
        closed = []

        def generator():
            try:
                yield 1
                yield 2
            finally:
                closed.append(True)

        tracer = self.tracer()

        def agent():
            made = self.around(generator)()
            next(made)
            made.close()

        tracer.trace_agent(agent)()
        self.assertEqual(closed, [True])
        self.assertEqual([step.failed for step in self.steps(tracer)], [False])

    def test_subclasses_are_wrapped_too_also_later_ones_and_never_twice(self):
        seen = []

        def make(original):
            def run(self):
                seen.append(type(self).__name__)
                return original(self)
            return run

        class Base:
            def run(self):
                return "base"

        class Known(Base):
            def run(self):
                return "known"

        self.patching.every_subclass(Base, "run", make)
        self.patching.every_subclass(Base, "run", make)

        class Later(Base):
            def run(self):
                return "later"

        class Inheriting(Known):
            pass

        self.assertEqual([Base().run(), Known().run(), Later().run(), Inheriting().run()], ["base", "known", "later", "known"])
        self.assertEqual(seen, ["Base", "Known", "Later", "Inheriting"])

    def test_class_and_static_methods_stay_such(self):
        class Runner:
            @classmethod
            def run(cls, value):
                return cls.__name__, value

            @staticmethod
            def plain(value):
                return value

        make = lambda original: lambda *args: original(*args)  # noqa: E731
        self.assertTrue(self.patching.replace_in(Runner, "run", make))
        self.assertTrue(self.patching.replace_in(Runner, "plain", make))
        self.assertFalse(self.patching.replace_in(Runner, "run", make), "wrapped twice")
        self.assertFalse(self.patching.replace_in(Runner, "missing", make))
        self.assertEqual((Runner.run(1), Runner().run(2), Runner.plain(3)), (("Runner", 1), ("Runner", 2), 3))

    def test_what_is_not_there_is_not_patched(self):
        self.assertFalse(self.patching.replace("no.such.module", "Class.method", None))
        self.assertFalse(self.patching.replace("json", "NoSuchClass.method", None))

    def test_a_call_that_starts_a_task_lasts_as_long_as_the_task(self):
        def started():
            return types.SimpleNamespace(run_loop_task=asyncio.get_running_loop().create_task(self.work()))

        async def agent():
            handle = self.patching.around_task(self.begin, lambda recording, handle, result: recording.set(output=result))(started)()
            await handle.run_loop_task
            await asyncio.sleep(0)

        tracer = self.tracer()
        asyncio.run(tracer.trace_agent(agent)())
        (step,) = self.steps(tracer)
        self.assertEqual(step["output.value"], "done")
        self.assertGreater(step.ended - step.started, 10_000_000)

    async def work(self):
        await asyncio.sleep(0.02)
        return "done"

    def test_an_async_context_lasts_until_it_is_left_and_holds_what_happens_inside(self):
        from arc_tracer.recording import start_step

        class Context:
            async def __aenter__(self):
                return "stream"

            async def __aexit__(self, kind, error, trace):
                return kind is KeyError

        begin = lambda args, kwargs: start_step(layer="test", kind="step", name="seen")  # noqa: E731
        opened = self.patching.around_context(begin, lambda recording, value: recording.set(output=value))(Context)
        tracer = self.tracer()

        async def agent():
            async with opened() as value:
                with tracer.step("inside"):
                    pass
            async with opened():
                raise KeyError  # swallowed by the context itself
            return value

        self.assertEqual(asyncio.run(tracer.trace_agent(agent)()), "stream")
        spans = self.sent(tracer)
        seen = [span for span in spans if span.name == "seen"]
        inside = next(span for span in spans if span.name == "inside")
        self.assertEqual([step.failed for step in seen], [False, False])
        self.assertEqual(inside.parent, seen[0].id)


if __name__ == "__main__":
    unittest.main()
