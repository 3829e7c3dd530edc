"""Tools, steps, the current span, and how hooks' recordings of one call at two layers become one span."""

import asyncio
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from support import TracerTest, named

from arc_tracer import recording


class Steps(TracerTest):
    def test_tools_and_steps_are_below_what_called_them(self) -> None:
        tracer = self.tracer()

        @tracer.tool
        def quote(ticker, currency="USD"):
            return {"ticker": ticker, "price": 3}

        @tracer.trace_agent
        def agent(question):
            with tracer.step("plan", kind="reasoning", input=question) as step:
                price = quote("ACME")
                step.set_output(["quote"])
                step.set("attempt", 1)
            tracer.current().set("channel", "chat")
            tracer.current().set_session("s7")
            return price

        agent("what?")
        spans = self.sent(tracer)
        run, step, tool = named(spans, "invoke_agent agent"), named(spans, "plan"), named(spans, "execute_tool quote")
        self.assertEqual((step.parent, tool.parent), (run.id, step.id))
        self.assertEqual((step["arc.step.kind"], step["attempt"], step.json("output.value")), ("reasoning", 1, ["quote"]))
        self.assertEqual((tool["gen_ai.operation.name"], tool["gen_ai.tool.name"]), ("execute_tool", "quote"))
        self.assertEqual(tool.json("gen_ai.tool.call.arguments"), {"ticker": "ACME"})
        self.assertEqual(tool.json("gen_ai.tool.call.result"), {"ticker": "ACME", "price": 3})
        self.assertEqual(tool["code.file.path"], __file__)
        self.assertEqual((run["channel"], run["session.id"]), ("chat", "s7"))

    def test_a_tool_that_fails_and_a_run_that_recovers(self) -> None:
        tracer = self.tracer()

        @tracer.tool(name="lookup")
        def find(key):
            raise LookupError(f"no {key}")

        @tracer.trace_agent
        def agent():
            try:
                find("x")
            except LookupError:
                return "sorry"

        agent()
        spans = self.sent(tracer)
        tool = named(spans, "execute_tool lookup")
        self.assertEqual((tool.failed, tool["error.type"], tool.record["status"]["message"]), (True, "LookupError", "no x"))
        self.assertFalse(named(spans, "invoke_agent agent").failed)

    def test_outside_a_run_nothing_is_recorded(self) -> None:
        tracer = self.tracer()
        self.assertEqual(tracer.tool(lambda x: x)(2), 2)
        with tracer.step("nothing") as step:
            step.set_output(1)
            self.assertFalse(step)
        self.assertFalse(tracer.current())
        self.assertEqual(self.sent(tracer), [])

    def test_threads_and_pools_follow_the_run(self) -> None:
        tracer = self.tracer()

        @tracer.tool
        def tool(n):
            return n

        @tracer.trace_agent
        def agent(base):
            thread = threading.Thread(target=tool, args=(base,))
            thread.start()
            thread.join()
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(tool, [base, base]))

            async def later():
                await asyncio.get_running_loop().run_in_executor(None, tool, base)

            asyncio.run(later())

        both = [threading.Thread(target=agent, args=(n,)) for n in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        spans = self.sent(tracer)
        runs = [span for span in spans if span.parent is None]
        self.assertEqual(len(runs), 2)
        for run in runs:
            tools = [span for span in spans if span.parent == run.id]
            self.assertEqual([str(span.json("gen_ai.tool.call.arguments")["n"]) for span in tools], [run["input.value"]] * 4)

    def test_work_without_a_context_belongs_to_the_only_active_run(self) -> None:
        tracer = self.tracer()

        @tracer.tool
        def tool():
            return 1

        go, done = threading.Event(), threading.Event()

        def bare():
            go.wait(10)
            tool()
            done.set()

        worker = threading.Thread(target=bare)
        worker.start()

        @tracer.trace_agent
        def agent():
            go.set()
            done.wait(10)

        agent()
        worker.join()
        spans = self.sent(tracer)
        self.assertEqual(named(spans, "execute_tool tool").parent, named(spans, "invoke_agent agent").id)


class OneCallAtTwoLayers(TracerTest):
    def run_with(self, body):
        tracer = self.tracer()
        tracer.trace_agent(body, name="agent")()
        return self.sent(tracer)

    def test_the_inner_layer_fills_in_what_the_outer_one_lacks(self) -> None:
        def body():
            outer = recording.start_model_call(layer="langchain", model="gpt-4.1", messages=[{"role": "user", "parts": []}])
            inner = recording.start_model_call(layer="openai", provider="openai", model="other", messages=["not this"])
            self.assertTrue(inner)
            inner.end(input_tokens=10, output_tokens=2, response_id="chatcmpl-1", finish_reasons=["stop"])
            inner.end(input_tokens=99)
            outer.end(output_messages=[])

        spans = self.run_with(body)
        call = named(spans, "chat gpt-4.1")
        self.assertEqual(len(spans), 2)
        self.assertEqual((call["gen_ai.usage.input_tokens"], call["gen_ai.usage.output_tokens"]), (10, 2))
        self.assertEqual((call["gen_ai.provider.name"], call["gen_ai.response.id"]), ("openai", "chatcmpl-1"))
        self.assertEqual(call.json("gen_ai.input.messages"), [{"role": "user", "parts": []}])
        self.assertEqual(call["gen_ai.response.finish_reasons"], ["stop"])

    def test_usage_of_two_requests_within_one_call_adds_up_unless_the_owner_knows(self) -> None:
        def body():
            for owner_knows in (False, True):
                outer = recording.start_model_call(layer="langchain", model="known" if owner_knows else "asked twice")
                for _ in range(2):
                    recording.start_model_call(layer="openai").end(input_tokens=10)
                outer.end(input_tokens=15 if owner_knows else None)

        spans = self.run_with(body)
        self.assertEqual(named(spans, "chat asked twice")["gen_ai.usage.input_tokens"], 20)
        self.assertEqual(named(spans, "chat known")["gen_ai.usage.input_tokens"], 15)

    def test_a_detached_call_is_recognised_without_its_context(self) -> None:
        def body():
            open_ = recording.OpenRecordings()
            open_.put("id", recording.start_model_call(layer="langchain", model="m", detached=True))
            recording.start_model_call(layer="openai").end(input_tokens=1)
            open_.take("id").end()
            recording.start_model_call(layer="openai", model="alone").end(input_tokens=5)

        spans = self.run_with(body)
        self.assertEqual(len(spans), 3)
        self.assertEqual(named(spans, "chat m")["gen_ai.usage.input_tokens"], 1)
        self.assertEqual(named(spans, "chat alone")["gen_ai.usage.input_tokens"], 5)

    def test_a_tool_seen_by_a_hook_and_by_the_decorator_is_one_call_with_its_code(self) -> None:
        tracer = self.tracer()

        @tracer.tool
        def quote(ticker):
            return 3

        @tracer.trace_agent
        def agent():
            with recording.start_tool_call(layer="langchain", name="quote", arguments={"ticker": "A"}, call_id="c1") as call:
                call.set(result=quote("A"))

        agent()
        spans = self.sent(tracer)
        tool = named(spans, "execute_tool quote")
        self.assertEqual((len(spans), tool["gen_ai.tool.call.id"], tool["code.file.path"]), (2, "c1", __file__))

    def test_a_model_call_inside_a_tool_is_a_call_of_its_own(self) -> None:
        def body():
            with recording.start_model_call(layer="a", model="outer"):
                with recording.start_tool_call(layer="a", name="ask"):
                    recording.start_model_call(layer="a", model="inner").end()

        spans = self.run_with(body)
        self.assertEqual(named(spans, "chat inner").parent, named(spans, "execute_tool ask").id)

    def test_the_agent_that_the_user_wrapped_is_not_seen_twice(self) -> None:
        tracer = self.tracer()

        class Graph:
            def invoke(self, given):
                with recording.start_agent(layer="langchain", name="LangGraph", subject=self):
                    with recording.start_agent(layer="langchain", name="researcher"):
                        return given

        tracer.trace_agent(Graph(), name="desk").invoke(1)
        spans = self.sent(tracer)
        self.assertEqual([span.name for span in spans], ["invoke_agent desk", "invoke_agent researcher"])

    def test_start_and_end_in_different_threads(self) -> None:
        def body():
            started = recording.start_tool_call(layer="crewai", name="t", detached=True, parent=recording.current())
            thread = threading.Thread(target=lambda: started.end(result="ok"))
            thread.start()
            thread.join()

        self.assertEqual(named(self.run_with(body), "execute_tool t")["gen_ai.tool.call.result"], "ok")

    def test_calls_that_never_end_do_not_pile_up(self) -> None:
        def body():
            open_ = recording.OpenRecordings(limit=10)
            for n in range(50):
                open_.put(n, recording.start_tool_call(layer="x", name=f"t{n}", detached=True))

        self.assertEqual(sum(span.name.startswith("execute_tool") and span.ended > 0 for span in self.run_with(body)), 40)


if __name__ == "__main__":
    unittest.main()
