"""Calls of the model SDKs are recorded as they pass, and the program gets exactly what it would have got."""

import asyncio
import sys
import unittest
from unittest import mock

import fake_sdk
from support import TracerTest, named

CHAT = {
    "id": "chatcmpl-1",
    "model": "gpt-4.1-mini-2025-04-14",
    "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "content": None, "tool_calls": [
        {"id": "call_1", "type": "function", "function": {"name": "get_quote", "arguments": '{"symbol": "ACME"}'}}]}}],
    "usage": {"prompt_tokens": 120, "completion_tokens": 30, "prompt_tokens_details": {"cached_tokens": 40},
              "completion_tokens_details": {"reasoning_tokens": 10}},
}
REQUEST = {"model": "gpt-4.1-mini", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "ACME?"}], "tools": [
    {"type": "function", "function": {"name": "get_quote", "description": "A price.", "parameters": {"type": "object"}}}]}


def chunk(delta, finish=None, usage=None):
    return {"id": "chatcmpl-2", "model": "gpt-4.1-mini", "usage": usage, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


CHUNKS = [
    chunk({"role": "assistant", "content": "It costs "}),
    chunk({"content": "123."}),
    chunk({"tool_calls": [{"index": 0, "id": "call_2", "function": {"name": "get_quote", "arguments": '{"symbol": '}}]}),
    chunk({"tool_calls": [{"index": 0, "function": {"arguments": '"ACM'}}]}),
    chunk({}, "tool_calls"),
    {"id": "chatcmpl-2", "model": "gpt-4.1-mini", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4}},
]


class SdkTest(TracerTest):
    """Tests with an SDK of a given name, patched as the real one is."""

    package = "openai"

    def setUp(self):
        super().setUp()
        self.modules = fake_sdk.modules(self.package)
        patched = mock.patch.dict(sys.modules, self.modules)
        patched.start()
        self.addCleanup(patched.stop)
        if self.package == "openai":
            from arc_tracer.hooks import openai_sdk as hook
        else:
            from arc_tracer.hooks import anthropic_sdk as hook
        hook.install()
        self.client = self.modules[f"{self.package}._base_client"].SyncAPIClient
        self.async_client = self.modules[f"{self.package}._base_client"].AsyncAPIClient

    def traced(self, function):
        """Runs a function as an agent; gives what it returned and the spans of its model calls."""
        tracer = self.tracer()
        agent = tracer.trace_agent(function, name="agent")
        result = asyncio.run(agent()) if asyncio.iscoroutinefunction(function) else agent()
        spans = self.sent(tracer)
        return result, [span for span in spans if span.get("gen_ai.operation.name") == "chat"]


class Chat(SdkTest):
    def ask(self, answer, url="/chat/completions", body=REQUEST, **options):
        client = self.client(answer, raw=options.pop("raw", False), base_url=options.pop("base_url", None))
        return client.request(dict, fake_sdk.Options(url, body), **options)

    def test_a_call_is_recorded_with_all_it_says(self):
        result, (call,) = self.traced(lambda: self.ask(CHAT))
        self.assertIs(result, CHAT)
        self.assertEqual(call["gen_ai.provider.name"], "openai")
        self.assertEqual(call["gen_ai.request.model"], "gpt-4.1-mini")
        self.assertEqual(call["gen_ai.response.model"], "gpt-4.1-mini-2025-04-14")
        self.assertEqual(call["gen_ai.response.id"], "chatcmpl-1")
        self.assertEqual(call["gen_ai.response.finish_reasons"], ["tool_calls"])
        self.assertEqual((call["gen_ai.usage.input_tokens"], call["gen_ai.usage.output_tokens"]), (120, 30))
        self.assertEqual((call["gen_ai.usage.cache_read.input_tokens"], call["gen_ai.usage.reasoning.output_tokens"]), (40, 10))
        self.assertEqual(call.json("gen_ai.input.messages")[1], {"role": "user", "parts": [{"type": "text", "content": "ACME?"}]})
        self.assertEqual(call.json("gen_ai.output.messages")[0]["parts"], [
            {"type": "tool_call", "name": "get_quote", "arguments": {"symbol": "ACME"}, "id": "call_1"}])
        self.assertEqual(call.json("gen_ai.tool.definitions")[0]["name"], "get_quote")

    def test_outside_a_run_nothing_is_recorded_and_nothing_differs(self):
        self.assertIs(self.ask(CHAT), CHAT)
        self.assertEqual(self.workbench.requests, [])

    def test_other_requests_pass(self):
        result, calls = self.traced(lambda: self.ask({"data": []}, url="/files"))
        self.assertEqual((result, calls), ({"data": []}, []))

    def test_an_error_is_recorded_and_raised(self):
        error = RuntimeError("429: slow down")

        def agent():
            with self.assertRaises(RuntimeError) as raised:
                self.ask(error)
            return raised.exception

        result, (call,) = self.traced(agent)
        self.assertIs(result, error)
        self.assertTrue(call.failed)
        self.assertEqual(call["error.type"], "RuntimeError")

    def test_a_stream_is_recorded_when_it_has_been_read(self):
        result, (call,) = self.traced(lambda: list(self.ask(CHUNKS, stream=True)))
        self.assertEqual(result, CHUNKS)
        self.assertEqual(call["gen_ai.usage.input_tokens"], 9)
        self.assertTrue(call["gen_ai.request.stream"])
        self.assertGreater(call["gen_ai.response.time_to_first_chunk"], 0)
        parts = call.json("gen_ai.output.messages")[0]["parts"]
        self.assertEqual(parts[0], {"type": "text", "content": "It costs 123."})
        # Cut off by the model: not JSON, so kept as the text it is.
        self.assertEqual(parts[1]["arguments"], '{"symbol": "ACM')

    def test_a_stream_closed_early_is_recorded_as_far_as_it_came(self):
        def agent():
            stream = self.ask(CHUNKS, stream=True)
            taken = next(iter(stream))
            stream.close()
            return taken, stream.closed

        result, (call,) = self.traced(agent)
        self.assertEqual(result, (CHUNKS[0], True))
        self.assertEqual(call.json("gen_ai.output.messages")[0]["parts"], [{"type": "text", "content": "It costs "}])
        self.assertIsNone(call.get("gen_ai.usage.input_tokens"))

    def test_a_stream_that_breaks_is_a_failed_call(self):
        def agent():
            with self.assertRaises(ConnectionError):
                list(self.ask([CHUNKS[0], ConnectionError("gone")], stream=True))

        _, (call,) = self.traced(agent)
        self.assertTrue(call.failed)
        self.assertEqual(call.json("gen_ai.output.messages")[0]["parts"][0]["content"], "It costs ")

    def test_a_raw_response_is_read_without_being_used_up(self):
        result, (call,) = self.traced(lambda: self.ask(CHAT, raw=True).parse())
        self.assertEqual(result, CHAT)
        self.assertEqual(call["gen_ai.usage.output_tokens"], 30)

    def test_a_raw_stream_is_recorded_when_it_is_parsed_and_read(self):
        result, (call,) = self.traced(lambda: list(self.ask(CHUNKS, raw=True, stream=True).parse()))
        self.assertEqual(result, CHUNKS)
        self.assertEqual(call["gen_ai.usage.output_tokens"], 4)

    def test_an_async_call_and_an_async_stream(self):
        async def agent():
            whole = await self.async_client(CHAT).request(dict, fake_sdk.Options("/chat/completions", REQUEST))
            stream = await self.async_client(CHUNKS).request(dict, fake_sdk.Options("/chat/completions", REQUEST), stream=True)
            return whole, [event async for event in stream]

        result, calls = self.traced(agent)
        self.assertEqual(result, (CHAT, CHUNKS))
        self.assertEqual([call["gen_ai.usage.input_tokens"] for call in calls], [120, 9])

    def test_the_responses_api(self):
        answer = {"id": "resp_1", "status": "completed", "model": "gpt-4.1-mini", "usage": {"input_tokens": 5, "output_tokens": 2}, "output": [
            {"type": "reasoning", "summary": [{"text": "Look it up."}]},
            {"type": "function_call", "call_id": "call_1", "name": "get_quote", "arguments": "{}"}]}
        body = {"model": "gpt-4.1-mini", "instructions": "Be brief.", "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "ACME?"}]},
            {"type": "function_call_output", "call_id": "call_0", "output": "123"}]}
        _, (call,) = self.traced(lambda: self.ask(answer, url="/responses", body=body))
        self.assertEqual([part["type"] for part in call.json("gen_ai.output.messages")[0]["parts"]], ["reasoning", "tool_call"])
        self.assertEqual(call.json("gen_ai.input.messages")[1]["parts"][0], {"type": "tool_call_response", "response": "123", "id": "call_0"})
        self.assertEqual(call.json("gen_ai.system_instructions")[0]["content"], "Be brief.")

    def test_a_vendor_is_known_by_its_host(self):
        class Url:
            host = "api.groq.com"

        _, (call,) = self.traced(lambda: self.ask(CHAT, base_url=Url()))
        self.assertEqual(call["gen_ai.provider.name"], "groq")

    def test_what_no_request_should_be_costs_nothing(self):
        for body in ({"model": 5, "messages": "hm", "tools": {}}, {"messages": [None, 7, {"role": None}]}, {}):
            result, calls = self.traced(lambda body=body: self.ask({"choices": [{"message": None}], "usage": "none"}, body=body))
            self.assertEqual(result["usage"], "none")
            self.workbench.requests.clear()

    def test_without_content_only_the_shape_is_sent(self):
        tracer = self.tracer(capture_content=False)
        tracer.trace_agent(lambda: self.ask(CHAT), name="agent")()
        call = named(self.sent(tracer), "chat gpt-4.1-mini")
        self.assertNotIn("ACME", str(call.record))
        self.assertEqual(call["gen_ai.usage.input_tokens"], 120)

    def test_parallel_calls_stay_two(self):
        async def agent():
            client = self.async_client(CHAT)
            ask = lambda: client.request(dict, fake_sdk.Options("/chat/completions", REQUEST))  # noqa: E731
            await asyncio.gather(ask(), ask())

        _, calls = self.traced(agent)
        self.assertEqual(len(calls), 2)


class Messages(SdkTest):
    package = "anthropic"

    def test_the_cached_part_is_added_to_the_input(self):
        answer = {"id": "msg_1", "model": "claude-sonnet-4-5", "role": "assistant", "stop_reason": "tool_use", "content": [
            {"type": "thinking", "thinking": "Look it up."}, {"type": "tool_use", "id": "toolu_1", "name": "get_quote", "input": {"symbol": "ACME"}}],
            "usage": {"input_tokens": 80, "cache_read_input_tokens": 40, "cache_creation_input_tokens": 0, "output_tokens": 30}}
        body = {"model": "claude-sonnet-4-5", "system": "Be brief.", "messages": [
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_0", "content": [{"type": "text", "text": "123"}]}]}]}
        _, (call,) = self.traced(lambda: self.client(answer).request(dict, fake_sdk.Options("/v1/messages?beta=true", body)))
        self.assertEqual(call["gen_ai.usage.input_tokens"], 120)
        self.assertEqual(call["gen_ai.usage.cache_read.input_tokens"], 40)
        self.assertEqual(call.json("gen_ai.input.messages"), [
            {"role": "tool", "parts": [{"type": "tool_call_response", "response": "123", "id": "toolu_0"}]}])
        self.assertEqual([part["type"] for part in call.json("gen_ai.output.messages")[0]["parts"]], ["reasoning", "tool_call"])

    def test_a_stream_of_blocks(self):
        events = [
            {"type": "message_start", "message": {"id": "msg_2", "model": "claude", "role": "assistant", "usage": {"input_tokens": 7, "output_tokens": 1}}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "One "}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "moment."}},
            {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "toolu_1", "name": "get_quote", "input": {}}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": '{"symbol": "ACME"}'}},
            {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 12}},
            {"type": "message_stop"},
        ]
        body = {"model": "claude", "messages": []}
        _, (call,) = self.traced(lambda: list(self.client(events).request(dict, fake_sdk.Options("/v1/messages", body), stream=True)))
        self.assertEqual((call["gen_ai.usage.input_tokens"], call["gen_ai.usage.output_tokens"]), (7, 12))
        self.assertEqual(call.json("gen_ai.output.messages")[0]["parts"], [
            {"type": "text", "content": "One moment."},
            {"type": "tool_call", "name": "get_quote", "arguments": {"symbol": "ACME"}, "id": "toolu_1"}])


if __name__ == "__main__":
    unittest.main()
