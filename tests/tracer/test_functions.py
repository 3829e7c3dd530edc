"""A traced function behaves as before in every shape, and its call is a run."""

import asyncio
import inspect
import unittest

from support import TracerTest, named  # first: it puts the sources on the path

from arc_tracer import context


class Functions(TracerTest):
    def test_a_call_is_a_run_with_input_output_and_where_the_code_is(self) -> None:
        tracer = self.tracer(project="desk", session_id="s1", user_id="u1")

        @tracer.trace_agent
        def answer(question: str) -> str:
            return question.upper()

        self.assertEqual(answer("why"), "WHY")
        (run,) = self.sent(tracer)
        self.assertEqual(run.name, "invoke_agent answer")
        self.assertIsNone(run.parent)
        self.assertEqual((run["input.value"], run["input.mime_type"], run["output.value"]), ("why", "text/plain", "WHY"))
        self.assertEqual((run["gen_ai.operation.name"], run["gen_ai.agent.name"]), ("invoke_agent", "answer"))
        self.assertEqual((run["arc.domain"], run["arc.project"], run["session.id"], run["user.id"]), ("finance", "desk", "s1", "u1"))
        self.assertEqual((run["code.file.path"], run["code.line.number"]), (__file__, inspect.unwrap(answer).__code__.co_firstlineno))
        self.assertEqual(run.resource["telemetry.sdk.name"], "arc_tracer")

    def test_arguments_are_named(self) -> None:
        tracer = self.tracer()

        @tracer.trace_agent(name="adder")
        def add(a, b=2, *more, c=0):
            return a + b + c

        add(1, 5, 9, c=3)
        (run,) = self.sent(tracer)
        self.assertEqual(run.json("input.value"), {"a": 1, "b": 5, "args": [9], "c": 3})
        self.assertEqual(run["gen_ai.agent.name"], "adder")

    def test_what_changes_after_the_call_does_not_show(self) -> None:
        tracer = self.tracer()
        state = {"messages": ["hello"]}

        @tracer.trace_agent
        def run(given):
            given["messages"].append("world")
            return given

        run(state)
        state["messages"].append("later")
        (span,) = self.sent(tracer)
        self.assertEqual(span.json("input.value"), {"messages": ["hello"]})
        self.assertEqual(span.json("output.value"), {"messages": ["hello", "world"]})

    def test_signature_name_and_docstring_stay(self) -> None:
        tracer = self.tracer()

        def agent(question: str, *, limit: int = 3) -> str:
            """Answers."""
            return question

        async def later(question: str) -> str:
            return question

        def stream(question: str):
            yield question

        async def later_stream(question: str):
            yield question

        traced = [tracer.trace_agent(each) for each in (agent, later, stream, later_stream)]
        for before, after in zip((agent, later, stream, later_stream), traced):
            self.assertEqual(inspect.signature(after), inspect.signature(before))
            self.assertEqual((after.__name__, after.__doc__, after.__module__), (before.__name__, before.__doc__, before.__module__))
        self.assertEqual([inspect.iscoroutinefunction(each) for each in traced], [False, True, False, False])
        self.assertEqual([inspect.isgeneratorfunction(each) for each in traced], [False, False, True, False])
        self.assertEqual([inspect.isasyncgenfunction(each) for each in traced], [False, False, False, True])
        self.assertIs(tracer.trace_agent(traced[0]), traced[0], "tracing twice is tracing once")

    def test_an_exception_goes_through_and_says_the_line_in_the_users_code(self) -> None:
        tracer = self.tracer()

        def lookup(key):
            return {}[key]  # the failing line

        @tracer.trace_agent
        def agent():
            lookup("rate")

        with self.assertRaises(KeyError):
            agent()
        (run,) = self.sent(tracer)
        self.assertTrue(run.failed)
        self.assertEqual((run["error.type"], run["arc.error.file"]), ("KeyError", __file__))
        self.assertEqual(run["arc.error.line"], lookup.__code__.co_firstlineno + 1)
        event = run.record["events"][0]
        self.assertEqual(event["name"], "exception")
        self.assertIn("the failing line", str(event))

    def test_coroutines_and_their_tasks_are_one_run(self) -> None:
        tracer = self.tracer()

        @tracer.tool
        async def price(of):
            await asyncio.sleep(0)
            return 1

        @tracer.trace_agent
        async def agent(question):
            return sum(await asyncio.gather(*(asyncio.create_task(price(n)) for n in range(3))))

        self.assertEqual(asyncio.run(agent("total")), 3)
        spans = self.sent(tracer)
        run = named(spans, "invoke_agent agent")
        self.assertEqual([span.parent for span in spans if span is not run], [run.id] * 3)

    def test_concurrent_runs_do_not_mix(self) -> None:
        tracer = self.tracer()

        @tracer.tool
        async def echo(value):
            await asyncio.sleep(0.001)
            return value

        @tracer.trace_agent
        async def agent(value):
            await asyncio.sleep(0.001)
            return await echo(value)

        async def main():
            await asyncio.gather(*(agent(n) for n in range(20)))

        asyncio.run(main())
        spans = self.sent(tracer)
        roots = {span.trace: span for span in spans if span.parent is None}
        self.assertEqual(len(roots), 20)
        for tool in (span for span in spans if span.parent):
            self.assertEqual(str(tool.json("gen_ai.tool.call.arguments")["value"]), roots[tool.trace]["input.value"])

    def test_a_call_of_a_traced_function_inside_a_run_is_a_nested_agent(self) -> None:
        tracer = self.tracer()

        @tracer.trace_agent
        def inner(x):
            return x

        @tracer.trace_agent
        def outer(x):
            return inner(x)

        outer(1)
        spans = self.sent(tracer)
        self.assertEqual(named(spans, "invoke_agent inner").parent, named(spans, "invoke_agent outer").id)
        self.assertEqual(len({span.trace for span in spans}), 1)

    def test_methods_and_partials(self) -> None:
        import functools

        tracer = self.tracer()

        class Desk:
            def __init__(self):
                self.name = "desk"

            @tracer.trace_agent
            def decorated(self, question):
                return question

            def plain(self, question, limit=1):
                return question

            @tracer.trace_agent
            @staticmethod
            def static(question):
                return question

        desk = Desk()
        self.assertEqual(desk.decorated("a"), "a")
        self.assertEqual(tracer.trace_agent(desk.plain)("b", limit=2), "b")
        self.assertEqual(Desk.static("c"), "c")
        self.assertEqual(tracer.trace_agent(functools.partial(desk.plain, "d"))(5), "d")
        spans = self.sent(tracer)
        self.assertEqual([span["input.value"] for span in spans], ["a", '{"question":"b","limit":2}', "c", "5"])
        self.assertEqual([span["gen_ai.agent.name"] for span in spans], ["Desk.decorated", "desk", "Desk.static", "Desk.plain"])


class Generators(TracerTest):
    def test_a_generator_is_a_run_from_its_first_item_to_its_last(self) -> None:
        tracer = self.tracer()

        @tracer.trace_agent
        def agent(n):
            got = yield "a"
            self.assertEqual(got, "sent")
            self.assertTrue(tracer.current())
            yield "b"
            return "kept"

        def consume():
            result = yield from stream
            results.append(result)

        results = []
        stream = agent(1)
        consumer = consume()
        self.assertEqual(next(consumer), "a")
        self.assertIsNone(context.current(), "between items the context is the caller's own")
        self.assertEqual(consumer.send("sent"), "b")
        self.assertEqual(list(consumer), [])
        self.assertEqual(results, ["kept"])
        (run,) = self.sent(tracer)
        self.assertEqual(run["output.value"], "ab")

    def test_a_generator_that_is_closed_or_dropped_ends_its_run(self) -> None:
        tracer = self.tracer()
        closed = []

        @tracer.trace_agent
        def agent():
            try:
                while True:
                    yield 1
            finally:
                closed.append(True)

        stream = agent()
        next(stream)
        stream.close()
        dropped = agent()
        next(dropped)
        del dropped
        spans = self.sent(tracer)
        self.assertEqual((len(closed), len(spans), [span.failed for span in spans]), (2, 2, [False, False]))

    def test_what_is_thrown_in_reaches_the_generator(self) -> None:
        tracer = self.tracer()

        @tracer.trace_agent
        def agent():
            try:
                yield 1
            except LookupError:
                yield "caught"
            raise OSError("gone")

        stream = agent()
        next(stream)
        self.assertEqual(stream.throw(LookupError()), "caught")
        with self.assertRaises(OSError):
            next(stream)
        (run,) = self.sent(tracer)
        self.assertEqual(run["error.type"], "OSError")

    def test_an_async_generator_keeps_the_context_to_itself(self) -> None:
        tracer = self.tracer()

        @tracer.tool
        async def tool():
            return 1

        @tracer.trace_agent
        async def agent():
            yield await tool()
            yield await tool()

        async def main():
            seen = []
            stream = agent()
            async for item in stream:
                seen.append((item, context.current()))
            early = agent()
            await early.__anext__()
            await early.aclose()
            return seen

        self.assertEqual(asyncio.run(main()), [(1, None), (1, None)])
        spans = self.sent(tracer)
        runs = [span for span in spans if span.parent is None]
        self.assertEqual([sum(span.parent == run.id for span in spans) for run in runs], [2, 1])
        self.assertEqual(runs[0].json("output.value"), [1, 1])

    def test_interleaved_generators_stay_apart(self) -> None:
        tracer = self.tracer()

        @tracer.tool
        def tool(name):
            return name

        @tracer.trace_agent
        def agent(name):
            yield tool(name)
            yield tool(name)

        list(zip(agent("x"), agent("y")))
        spans = self.sent(tracer)
        for run in (span for span in spans if span.parent is None):
            tools = [span for span in spans if span.parent == run.id]
            self.assertEqual({span.json("gen_ai.tool.call.arguments")["name"] for span in tools}, {run["input.value"]})

    def test_a_plain_function_that_returns_a_coroutine_or_generator(self) -> None:
        tracer = self.tracer()

        async def work():
            await asyncio.sleep(0)
            return "done"

        agent = tracer.trace_agent(lambda: work())
        self.assertEqual(asyncio.run(agent()), "done")
        stream = tracer.trace_agent(lambda: (n for n in range(2)))
        self.assertTrue(inspect.isgenerator(stream()), "one that is dropped unused")
        self.assertEqual(list(stream()), [0, 1])
        spans = self.sent(tracer)
        self.assertEqual([span.get("output.value") for span in spans], ["done", None, "[0,1]"])

    def test_a_task_that_is_returned_ends_the_run_when_it_is_done(self) -> None:
        tracer = self.tracer()

        @tracer.trace_agent
        def agent():
            async def work():
                await asyncio.sleep(0.01)
                return "later"

            return asyncio.ensure_future(work())

        async def main():
            return await agent()

        self.assertEqual(asyncio.run(main()), "later")
        (run,) = self.sent(tracer)
        self.assertEqual(run["output.value"], "later")

    def test_an_async_context_manager_is_a_run_from_enter_to_exit(self) -> None:
        import contextlib

        tracer = self.tracer()

        @contextlib.asynccontextmanager
        async def run_stream(question):
            yield question

        traced = tracer.trace_agent(run_stream)

        async def main():
            async with traced("q") as answer:
                return answer

        self.assertEqual(asyncio.run(main()), "q")
        (run,) = self.sent(tracer)
        self.assertEqual(run["input.value"], "q")


if __name__ == "__main__":
    unittest.main()
