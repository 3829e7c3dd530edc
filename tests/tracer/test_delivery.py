"""What waits reaches the workbench: batches, refusals, a workbench that is away, bounds, and what is counted as lost."""

import threading
import time
import unittest
from unittest import mock

from support import DEADLINE, TracerTest, Workbench, named

from arc_tracer import delivery, outbox


class Delivery(TracerTest):
    def noop(self, tracer):
        return tracer.trace_agent(lambda x=None: x, name="noop")

    def test_many_calls_are_few_requests_and_none_is_lost(self) -> None:
        tracer = self.tracer()
        agent = self.noop(tracer)
        for n in range(10_000):
            agent(n)
        self.assertEqual(len(self.sent(tracer)), 10_000)
        self.assertEqual(tracer.dropped, 0)
        self.assertLess(len(self.workbench.requests), 200)

    def test_the_request_is_otlp_json_with_the_key(self) -> None:
        tracer = self.tracer(api_key="k1")
        self.noop(tracer)(1)
        self.sent(tracer)
        headers = self.workbench.headers[0]
        self.assertEqual((headers["path"], headers["content-type"], headers["x-api-key"]), ("/v1/traces", "application/json", "k1"))

    def test_a_path_of_the_endpoint_is_kept(self) -> None:
        from arc_tracer import ArcTracer

        tracer = ArcTracer(endpoint=self.workbench.url + "/p/desk/")
        self.noop(tracer)(1)
        self.sent(tracer)
        self.assertEqual(self.workbench.headers[0]["path"], "/p/desk/v1/traces")

    def test_an_open_run_shows_once_as_open_and_then_ended(self) -> None:
        tracer = self.tracer()
        go = threading.Event()

        @tracer.trace_agent
        def agent():
            with tracer.step("first"):
                pass
            go.wait(DEADLINE)
            return "done"

        thread = threading.Thread(target=agent)
        thread.start()
        self.workbench.wait(lambda spans: any(not span.ended and span.parent is None for span in spans))
        self.workbench.wait(lambda spans: any(span.name == "first" for span in spans))
        go.set()
        thread.join()
        self.workbench.wait(lambda spans: any(span.ended and span.get("output.value") == "done" for span in spans))
        self.assertEqual(sum(not span.ended for span in self.workbench.every()), 1)

    def test_a_refusal_that_passes_is_tried_again(self) -> None:
        tracer = self.tracer()
        self.workbench.statuses = [503, 429]
        self.noop(tracer)(1)
        self.workbench.wait(lambda spans: len(spans) == 1)
        self.assertEqual(tracer.dropped, 0)

    def test_a_final_refusal_is_counted_and_reported_with_the_next_request(self) -> None:
        tracer = self.tracer()
        self.workbench.statuses = [400]
        with mock.patch("sys.stderr") as said:
            self.noop(tracer)(1)
            tracer.flush(DEADLINE)
        self.assertEqual(tracer.dropped, 1)
        self.assertIn("refused traces with 400", "".join(str(call) for call in said.write.call_args_list))
        self.noop(tracer)(2)
        (run,) = self.sent(tracer)
        self.assertEqual(run["arc.dropped_spans"], 1)
        self.noop(tracer)(3)
        self.assertEqual([span.get("arc.dropped_spans") for span in self.sent(tracer)], [1, None])

    def test_a_batch_that_is_too_large_is_sent_in_parts(self) -> None:
        tracer = self.tracer()
        self.workbench.statuses = [413, 413]
        agent = self.noop(tracer)
        for n in range(8):
            agent(n)
        self.assertEqual(len(self.sent(tracer)), 8)

    def test_a_full_queue_drops_and_counts(self) -> None:
        tracer = self.tracer()
        agent = self.noop(tracer)
        with mock.patch.multiple(outbox, QUEUE_SPANS=10, UNREACHABLE_SPANS=5, LINGER=5.0):
            for n in range(25):
                agent(n)
            self.assertEqual(tracer.dropped, 15)
            spans = self.sent(tracer)
        self.assertEqual([span["input.value"] for span in spans], [str(n) for n in range(15, 25)], "the newest are kept")
        self.assertEqual(spans[0]["arc.dropped_spans"], 15)

    def test_large_content_fills_the_queue_by_its_bytes(self) -> None:
        tracer = self.tracer()
        agent = self.noop(tracer)
        with mock.patch.object(outbox, "QUEUE_BYTES", 1_000_000), mock.patch.object(outbox, "LINGER", 5.0):
            for _ in range(20):
                agent("x" * 100_000)
            self.assertTrue(0 < tracer.dropped < 20, tracer.dropped)
            self.sent(tracer)


class WorkbenchAway(TracerTest):
    def test_it_is_said_once_and_sending_goes_on_when_it_is_back(self) -> None:
        port = self.workbench.port
        self.workbench.close()
        tracer = self.tracer()
        agent = tracer.trace_agent(lambda x: x, name="noop")
        with mock.patch("sys.stderr") as said, mock.patch.object(delivery, "BACK_OFF", (0.1,)):
            for n in range(3):
                agent(n)
                self.assertFalse(tracer.flush(1.0))
            started = time.perf_counter()
            for n in range(1000):
                agent(n)
            self.assertLess(time.perf_counter() - started, 2.0)
            back = Workbench(port)
            self.addCleanup(back.close)
            back.wait(lambda spans: len(spans) == 1003)
        words = "".join(call.args[0] for call in said.write.call_args_list)
        self.assertEqual(words.count("nothing answers"), 1, words)

    def test_only_the_newest_are_kept(self) -> None:
        port = self.workbench.port
        self.workbench.close()
        tracer = self.tracer()
        agent = tracer.trace_agent(lambda x: x, name="noop")
        with mock.patch("sys.stderr"), mock.patch.object(outbox, "UNREACHABLE_SPANS", 50), mock.patch.object(delivery, "BACK_OFF", (0.1,)):
            for n in range(100):
                agent(n)
            self.assertFalse(tracer.flush(1.0))
            for n in range(100, 200):
                agent(n)
            back = Workbench(port)
            self.addCleanup(back.close)
            spans = back.wait(lambda spans: len(spans) >= 50 and any(span["input.value"] == "199" for span in spans))
        self.assertEqual((len(spans), tracer.dropped), (50, 150))
        self.assertEqual(sum(span.get("arc.dropped_spans") or 0 for span in spans), 150)

    def test_a_workbench_that_does_not_answer_never_holds_the_agent_up(self) -> None:
        self.workbench.delay = 30.0
        tracer = self.tracer()
        agent = tracer.trace_agent(lambda x: x)
        started = time.perf_counter()
        for n in range(100):
            agent(n)
        with mock.patch("sys.stderr"):
            self.assertFalse(tracer.flush(0.2))
        self.assertLess(time.perf_counter() - started, 1.5)

    def test_an_endpoint_that_is_none_does_no_harm(self) -> None:
        from arc_tracer import ArcTracer

        with mock.patch("sys.stderr"):
            tracer = ArcTracer(endpoint="ftp://nowhere")
            self.assertEqual(tracer.trace_agent(lambda x: x)(1), 1)
            self.assertFalse(tracer.flush(0.3))


class WhatIsSent(TracerTest):
    def test_without_content_shape_and_names_are_left(self) -> None:
        tracer = self.tracer(capture_content=False)

        @tracer.tool
        def tool(secret):
            raise ValueError(f"secret {secret}")

        @tracer.trace_agent
        def agent(secret):
            try:
                tool(secret)
            except ValueError:
                return secret

        agent("hunter2")
        spans = self.sent(tracer)
        self.assertNotIn("hunter2", str([span.record for span in spans]))
        failed = named(spans, "execute_tool tool")
        self.assertEqual((failed["error.type"], failed["arc.error.line"]), ("ValueError", tool.__wrapped__.__code__.co_firstlineno + 2))

    def test_redaction_sees_every_value_and_a_broken_one_sends_nothing(self) -> None:
        from arc_tracer import each_text

        tracer = self.tracer(redact=each_text(lambda text: text.replace("hunter2", "***")))
        tracer.trace_agent(lambda given: given)({"password is": ["hunter2"]})
        (run,) = self.sent(tracer)
        self.assertEqual(run.json("output.value"), {"password is": ["***"]})
        broken = self.tracer(redact=lambda value: 1 / 0)
        with mock.patch("sys.stderr"):
            broken.trace_agent(lambda given: given)("hunter2")
            spans = self.sent(broken)
        self.assertNotIn("hunter2", str(spans[-1].record))

    def test_memory_is_noted_if_asked(self) -> None:
        tracer = self.tracer(memory=True)
        tracer.trace_agent(lambda: 1)()
        (run,) = self.sent(tracer)
        self.assertGreater(run["arc.memory.start_bytes"], 1_000_000)
        self.assertGreater(run["arc.memory.end_bytes"], 1_000_000)

    def test_text_that_is_no_unicode_and_numbers_that_are_no_json(self) -> None:
        tracer = self.tracer()
        tracer.trace_agent(lambda given: given)({"half": "\ud800", "nan": float("nan"), "huge": 1 << 5000, 3: b"\x00"})
        (run,) = self.sent(tracer)
        self.assertEqual(run.json("output.value"), {"half": "?", "nan": "nan", "huge": "<integer of 5001 bits>", "3": "<bytes of 1 bytes>"})


if __name__ == "__main__":
    unittest.main()
