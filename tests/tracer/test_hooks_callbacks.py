"""What frameworks report by callbacks lands where it belongs. The callbacks are called as the frameworks call them; none is installed."""

import contextlib
import types
import unittest
import uuid

from support import TracerTest, named


def thing(**fields):
    return types.SimpleNamespace(**fields)


class LangChain(TracerTest):
    def setUp(self):
        super().setUp()
        from arc_tracer.hooks import langchain

        self.callbacks = langchain._Handler()
        self.ids = {name: uuid.uuid4() for name in ("graph", "node", "sequence", "model", "tool")}

    def test_a_node_its_model_call_and_its_tool(self):
        ids, callbacks = self.ids, self.callbacks

        def agent():
            callbacks.on_chain_start({}, {}, run_id=ids["graph"], name="LangGraph")
            callbacks.on_chain_start({}, {}, run_id=ids["node"], parent_run_id=ids["graph"], name="think", metadata={"langgraph_node": "think"})
            callbacks.on_chain_start({}, {}, run_id=ids["sequence"], parent_run_id=ids["node"], name="RunnableSequence", metadata={"langgraph_node": "think"})
            callbacks.on_chat_model_start(
                {}, [[thing(type="human", content="ACME?")]], run_id=ids["model"], parent_run_id=ids["sequence"],
                metadata={"ls_provider": "openai", "ls_model_name": "gpt-4.1"}, invocation_params={"tools": [{"function": {"name": "get_quote"}}]})
            answer = thing(
                type="ai", content="", tool_calls=[{"id": "c1", "name": "get_quote", "args": {"symbol": "ACME"}}],
                invalid_tool_calls=[{"id": "c2", "name": "get_quote", "args": '{"symb'}], id="run-7", response_metadata={"finish_reason": "tool_calls"},
                usage_metadata={"input_tokens": 120, "output_tokens": 30, "input_token_details": {"cache_read": 40}, "output_token_details": {"reasoning": 10}})
            callbacks.on_llm_end(thing(generations=[[thing(message=answer, generation_info=None)]]), run_id=ids["model"])
            callbacks.on_chain_end({}, run_id=ids["sequence"])
            callbacks.on_tool_start({"name": "get_quote"}, "{'symbol': 'ACME'}", run_id=ids["tool"], parent_run_id=ids["node"], inputs={"symbol": "ACME"}, tool_call_id="c1")
            callbacks.on_tool_end(thing(content="123", tool_call_id="c1", status="success"), run_id=ids["tool"])
            callbacks.on_chain_end({"messages": [answer]}, run_id=ids["node"])
            callbacks.on_chain_end({}, run_id=ids["graph"])

        tracer = self.tracer()
        tracer.trace_agent(agent, name="agent")()
        spans = self.sent(tracer)
        node, call, tool = named(spans, "think"), named(spans, "chat gpt-4.1"), named(spans, "execute_tool get_quote")
        self.assertEqual((call.parent, tool.parent), (node.id, node.id), "a sequence is passed over")
        self.assertEqual(len(spans), 4)
        self.assertEqual((call["gen_ai.usage.input_tokens"], call["gen_ai.usage.cache_read.input_tokens"]), (120, 40))
        self.assertEqual([part["arguments"] for part in call.json("gen_ai.output.messages")[0]["parts"]], [{"symbol": "ACME"}, '{"symb'])
        self.assertIsNone(call.get("gen_ai.response.id"), "an id of LangChain's own is none of the vendor's")
        self.assertEqual((tool.json("gen_ai.tool.call.arguments"), tool["gen_ai.tool.call.result"]), ({"symbol": "ACME"}, "123"))

    def test_a_tool_that_answered_with_an_error_has_failed(self):
        def agent():
            self.callbacks.on_tool_start({"name": "get_quote"}, "{}", run_id=self.ids["tool"])
            self.callbacks.on_tool_end(thing(content="Error: no such symbol", tool_call_id="c1", status="error"), run_id=self.ids["tool"])

        tracer = self.tracer()
        tracer.trace_agent(agent)()
        self.assertTrue(named(self.sent(tracer), "execute_tool get_quote").failed)

    def test_an_interrupt_is_no_failure(self):
        bubble = type("GraphInterrupt", (type("GraphBubbleUp", (Exception,), {}),), {})

        def agent():
            self.callbacks.on_chain_start({}, {}, run_id=self.ids["node"], parent_run_id=self.ids["graph"], name="ask", metadata={"langgraph_node": "ask"})
            self.callbacks.on_chain_error(bubble(), run_id=self.ids["node"])

        tracer = self.tracer()
        tracer.trace_agent(agent)()
        self.assertFalse(named(self.sent(tracer), "ask").failed)

    def test_a_step_of_the_users_inside_a_tool_keeps_its_place(self):
        tracer = self.tracer()

        def agent():
            self.callbacks.on_tool_start({"name": "research"}, "{}", run_id=self.ids["tool"])
            with tracer.step("my own step"):
                self.callbacks.on_chat_model_start({}, [[]], run_id=self.ids["model"], parent_run_id=self.ids["tool"], metadata={"ls_model_name": "m"})
                self.callbacks.on_llm_error(TimeoutError("slow"), run_id=self.ids["model"])
            self.callbacks.on_tool_end("done", run_id=self.ids["tool"])

        tracer.trace_agent(agent)()
        spans = self.sent(tracer)
        self.assertEqual(named(spans, "chat m").parent, named(spans, "my own step").id)
        self.assertEqual(named(spans, "my own step").parent, named(spans, "execute_tool research").id)

    def test_ends_without_a_start_and_garbage_do_no_harm(self):
        def agent():
            for callback in (self.callbacks.on_chain_end, self.callbacks.on_llm_end, self.callbacks.on_tool_end):
                callback(None, run_id="never started")
            self.callbacks.on_chat_model_start(None, None, run_id=1, metadata=None)
            self.callbacks.on_llm_end(thing(generations=[[None]]), run_id=1)
            return "unharmed"

        self.assertEqual(self.tracer().trace_agent(agent)(), "unharmed")


class OpenAIAgents(TracerTest):
    def span(self, kind, id, parent=None, error=None, **data):
        return thing(span_id=id, parent_id=parent, error=error, span_data=thing(type=kind, **data))

    def test_agents_tools_handoffs_and_guardrails(self):
        from arc_tracer.hooks import openai_agents

        processor = openai_agents._Processor()
        spans = [
            self.span("agent", "1", name="triage"), self.span("turn", "2", "1"), self.span("handoff", "3", "2", from_agent="triage", to_agent="quotes"),
            self.span("guardrail", "4", "1", name="topic", triggered=True),
            self.span("function", "5", "2", name="get_quote", input='{"symbol": "ACME"}', output=123.0, error={"message": "m", "data": {"error": "no such symbol"}}),
        ]

        def agent():
            for span in (spans[0], spans[1]):
                processor.on_span_start(span)
            for span in spans[2:]:
                processor.on_span_start(span)
                processor.on_span_end(span)
            processor.on_span_end(spans[1])
            processor.on_span_end(spans[0])

        tracer = self.tracer()
        tracer.trace_agent(agent, name="desk")()
        sent = self.sent(tracer)
        triage, tool = named(sent, "invoke_agent triage"), named(sent, "execute_tool get_quote")
        self.assertEqual(tool.parent, triage.id, "a turn is passed over")
        self.assertTrue(tool.failed)
        self.assertEqual(tool.record["status"]["message"], "no such symbol")
        self.assertEqual(tool.json("gen_ai.tool.call.arguments"), {"symbol": "ACME"})
        self.assertEqual(named(sent, "handoff to quotes")["arc.step.kind"], "handoff")
        self.assertEqual(named(sent, "topic").json("output.value"), {"triggered": True})


class CrewAI(TracerTest):
    def emit(self, kind, id, started=None, parent=None, **fields):
        from arc_tracer.hooks import crewai

        event = type(kind, (), {})()
        vars(event).update(event_id=id, started_event_id=started, parent_event_id=parent, **fields)
        emitted = []
        self.assertEqual(crewai._emitting(lambda bus, source, event: emitted.append(event) or "future")(None, thing(provider="openai"), event), "future")
        self.assertEqual(emitted, [event])

    def test_events_become_steps_in_the_order_they_are_emitted(self):
        def agent():
            self.emit("AgentExecutionStartedEvent", "a", agent=thing(role="Clerk"), task_prompt="Do it.", tools=[])
            self.emit("LLMCallStartedEvent", "b", parent="a", call_id="x", messages=[{"role": "user", "content": "hm"}], model="openai/gpt-4.1", tools=None)
            self.emit("LLMCallCompletedEvent", "c", started="b", call_id="x", response="fine", usage={"prompt_tokens": 9, "completion_tokens": 4}, finish_reason="stop")
            self.emit("ToolUsageStartedEvent", "d", parent="a", tool_name="get_quote", tool_args='{"symbol": "ACME"}')
            self.emit("ToolUsageErrorEvent", "e", started="d", error=LookupError("no such symbol"))
            self.emit("SomethingNewEvent", "f")
            self.emit("AgentExecutionCompletedEvent", "g", started="a", output="done")

        tracer = self.tracer()
        tracer.trace_agent(agent, name="crew")()
        spans = self.sent(tracer)
        clerk, call, tool = named(spans, "invoke_agent Clerk"), named(spans, "chat gpt-4.1"), named(spans, "execute_tool get_quote")
        self.assertEqual({call.parent, tool.parent}, {clerk.id})
        self.assertEqual(call["gen_ai.usage.input_tokens"], 9)
        self.assertEqual((tool.failed, tool["error.type"]), (True, "LookupError"))
        self.assertEqual(clerk["output.value"], "done")


class Haystack(TracerTest):
    def test_the_programs_own_tracer_hears_what_it_always_heard(self):
        from arc_tracer.hooks import haystack

        heard = []

        class Own:
            def set_tag(self, key, value):
                heard.append((key, value))

            set_content_tag = set_tag
            raw = "reachable"

        @contextlib.contextmanager
        def original(tracer, operation, tags, parent):
            heard.append((operation, type(parent).__name__))
            yield Own()

        trace = haystack._tracing(original, type("Span", (haystack._Observed,), {}))

        def agent():
            with trace(None, "haystack.agent.run") as outer:
                with trace(None, "haystack.agent.step.tool", {"haystack.tool.name": "get_quote"}, outer) as span:
                    span.set_content_tag("haystack.agent.step.tool.input", {"symbol": "ACME"})
                    span.set_tag("haystack.tool.error", True)
                    span.set_content_tag("haystack.agent.step.tool.output", {"error": "no such symbol"})
                    return span.raw

        tracer = self.tracer()
        self.assertEqual(tracer.trace_agent(agent)(), "reachable")
        self.assertEqual(heard[:2], [("haystack.agent.run", "NoneType"), ("haystack.agent.step.tool", "Own")])
        self.assertEqual(len(heard), 5)
        tool = named(self.sent(tracer), "execute_tool get_quote")
        self.assertTrue(tool.failed)
        self.assertEqual(tool.json("gen_ai.tool.call.arguments"), {"symbol": "ACME"})


if __name__ == "__main__":
    unittest.main()
