"""`arc-eval-tui run`: a program without any line of ours, by the start-up module on its path."""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from typing import Any, List

from support import SOURCES, TracerTest

AUTORUN = os.path.join(SOURCES, "arc_tracer", "autorun")

#: Stands for a model's SDK: what its hook does is called by the program itself.
SDK = """
from arc_tracer import recording
def model(question):
    call = recording.start_model_call(layer="sdk", model="m", messages=[{"role": "user", "parts": [{"type": "text", "content": question}]}])
    call.end(input_tokens=1, output_messages=[{"role": "assistant", "parts": [{"type": "text", "content": question.upper()}]}])
    return question.upper()
async def amodel(question):
    return model(question)
"""


class Programs(TracerTest):
    def setUp(self) -> None:
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write("sdk.py", SDK)

    def write(self, name: str, text: str) -> str:
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))
        return path

    def launch(self, text: str, expect: int = 0, **environment: str) -> "subprocess.CompletedProcess[str]":
        script = self.write("my_agent.py", text)
        done = subprocess.run(
            [sys.executable, script], capture_output=True, text=True, timeout=60,
            env={
                **os.environ, "PYTHONPATH": AUTORUN, "ARC_EVAL_ENDPOINT": self.workbench.url,
                "ARC_EVAL_AUTORUN": "1", "ARC_EVAL_RUN_REPORT": os.path.join(self.folder, "report"), **environment,
            },
        )
        self.assertEqual(done.returncode, expect, done.stderr)
        return done

    def report(self) -> List[Any]:
        with open(os.path.join(self.folder, "report"), encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def runs(self) -> List[str]:
        return [span["gen_ai.agent.name"] for span in self.workbench.spans() if span.parent is None]

    def test_one_function_of_the_script_is_one_run(self) -> None:
        self.launch("""
            from sdk import model
            def ask(question):
                return model(question) + model(question + " more")
            def main():
                for question in ("one", "two"):
                    ask(question)
            main()
        """)
        self.assertEqual(self.runs(), ["main"])
        run = self.workbench.spans()[0]
        self.assertEqual((run["input.value"], run["output.value"]), ("one", "TWO MORE"))
        self.assertEqual((run["code.function.name"], run["code.line.number"]), ("main", 5))
        self.assertEqual(os.path.basename(run["code.file.path"]), "my_agent.py")
        self.assertEqual(self.report(), [{"runs": 1, "agents": ["main"], "dropped": 0, "sent": True, "note": None}])

    def test_calls_from_the_module_are_a_run_each(self) -> None:
        self.launch("""
            from sdk import model
            def ask(question):
                return model(question) + model(question + " more")
            for question in ("one", "two", "three"):
                ask(question)
        """)
        self.assertEqual(self.runs(), ["ask"] * 3)
        spans = self.workbench.spans()
        for run in (span for span in spans if span.parent is None):
            self.assertEqual(sum(span.parent == run.id for span in spans), 2)
            self.assertTrue(run.ended)

    def test_a_script_without_functions_is_one_run_with_its_name(self) -> None:
        self.launch("from sdk import model\nfor question in ('one', 'two'):\n    model(question)\n")
        # The SDK is a file beside the script, thus code of the user's: its function would be the outermost. Real ones are installed.
        self.assertEqual(self.runs(), ["model", "model"])
        self.workbench.requests.clear()
        os.makedirs(os.path.join(self.folder, "site-packages"))
        os.rename(os.path.join(self.folder, "sdk.py"), os.path.join(self.folder, "site-packages", "sdk.py"))
        self.launch(
            "from sdk import model\nfor question in ('one', 'two'):\n    model(question)\n",
            PYTHONPATH=os.pathsep.join((AUTORUN, os.path.join(self.folder, "site-packages"))),
        )
        self.assertEqual(self.runs(), ["my_agent"])

    def test_tasks(self) -> None:
        self.launch("""
            import asyncio
            from sdk import amodel
            async def handle(question):
                return await asyncio.gather(amodel(question), amodel(question))
            async def main():
                await amodel("first")
                await asyncio.gather(handle("a"), handle("b"))
            asyncio.run(main())
        """)
        self.assertEqual(self.runs(), ["main"], "what a task starts after its first call belongs to it")

    def test_requests_in_threads_are_runs_of_their_own(self) -> None:
        self.launch("""
            import threading
            from sdk import model
            barrier = threading.Barrier(3)
            def handler(n):
                model(f"a{n}")
                barrier.wait(10)
                model(f"b{n}")
            threads = [threading.Thread(target=handler, args=(n,)) for n in range(3)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
        """)
        self.assertEqual(self.runs(), ["handler"] * 3)
        for run in (span for span in self.workbench.spans() if span.parent is None):
            self.assertEqual((run["input.value"][1:], run["output.value"][0]), (run["output.value"][1:], "B"))

    def test_an_agent_that_a_hook_sees_is_a_run(self) -> None:
        self.launch("""
            from arc_tracer import recording
            from sdk import model
            class Crew:
                def kickoff(self):
                    with recording.start_agent(layer="crewai", name="crew", subject=self, framework="crewai") as agent:
                        model("q")
                        agent.set(output="done")
            def main():
                Crew().kickoff()
                Crew().kickoff()
            main()
        """)
        self.assertEqual(self.runs(), ["crew", "crew"])
        self.assertEqual([span["arc.framework"] for span in self.workbench.spans() if span.parent is None], ["crewai"] * 2)

    def test_a_line_of_the_users_own_is_respected(self) -> None:
        self.launch("""
            from arc_tracer import ArcTracer
            from sdk import model
            @ArcTracer("finance").trace_agent
            def agent(question):
                return model(question)
            def main():
                agent("a")
                agent("b")
            main()
        """)
        self.assertEqual(self.runs(), ["agent", "agent"])

    def test_status_output_and_locals_are_the_programs(self) -> None:
        done = self.launch("""
            import sys
            from sdk import model
            class Loud:
                def __del__(self): print("gone", flush=True)
            def main():
                loud = Loud()
                model("q")
                print(sorted(locals()), flush=True)
            main()
            print("after", flush=True)
            sys.exit(5)
        """, expect=5)
        self.assertEqual(done.stdout, "['loud']\ngone\nafter\n")
        self.assertEqual(done.stderr, "")

    def test_the_environments_own_start_up_module_still_runs(self) -> None:
        other = os.path.join(self.folder, "other")
        os.makedirs(other)
        self.write("other/sitecustomize.py", "print('theirs', flush=True)\nmark = 1\n")
        done = self.launch("import sitecustomize\nprint(sitecustomize.mark)", PYTHONPATH=os.pathsep.join((AUTORUN, other)))
        self.assertEqual(done.stdout, "theirs\n1\n")

    def test_a_program_without_agents_is_left_alone(self) -> None:
        done = self.launch("print('hello')", ARC_EVAL_ENDPOINT="http://127.0.0.1:9")
        self.assertEqual((done.stdout, done.stderr), ("hello\n", ""))
        self.assertEqual(self.report()[0]["runs"], 0)

    def test_a_program_that_exports_to_the_workbench_itself_is_not_recorded_twice(self) -> None:
        self.launch(f"""
            import sys, types
            class Exporter: _endpoint = "{self.workbench.url}/v1/traces"
            class Processor: span_exporter = Exporter()
            class Several: _span_processors = (Processor(),)
            class Provider: _active_span_processor = Several()
            api = types.ModuleType("opentelemetry.trace"); api._TRACER_PROVIDER = Provider()
            sys.modules["opentelemetry.trace"] = api
            sys.modules["opentelemetry.sdk.trace"] = types.ModuleType("opentelemetry.sdk.trace")
            sys.modules["openinference.instrumentation.openai"] = types.ModuleType("openinference.instrumentation.openai")
            from sdk import model
            def main(): print(model("q"))
            main()
        """)
        self.assertEqual(self.runs(), [])
        self.assertIn(self.workbench.url, self.report()[0]["note"])

    def test_where_an_exporter_sends(self) -> None:
        from arc_tracer.otel_setup import same_place

        for target, same in (
            ("http://localhost:8000/v1/traces", True), ("localhost:4317", True), ("http://127.0.0.1:4318", True),
            ("https://api.example.com/v1/traces", False), ("http://127.0.0.1:6006/v1/traces", False), ("", False),
        ):
            self.assertEqual(same_place(target, "http://127.0.0.1:8000"), same, target)


if __name__ == "__main__":
    unittest.main()
