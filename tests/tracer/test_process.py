"""The end of a process, forks and children: nothing recorded is lost where it can be helped, and nothing holds the process up."""

import os
import signal
import subprocess
import sys
import textwrap
import time
import unittest

from support import DEADLINE, TracerTest, named

AGENT = """
from arc_tracer import ArcTracer
tracer = ArcTracer()
agent = tracer.trace_agent(lambda x: x, name="agent")
"""


class Ends(TracerTest):
    def test_what_waits_is_sent_at_exit(self) -> None:
        self.program(AGENT + "agent(1)")
        self.assertEqual(len(self.workbench.spans()), 1)

    def test_also_after_an_exception_and_a_status(self) -> None:
        done = self.program(AGENT + "agent(1)\nraise ValueError('mine')", expect=1)
        self.assertIn("ValueError: mine", done.stderr)
        self.program(AGENT + "agent(2)\nimport sys; sys.exit(3)", expect=3)
        self.assertEqual(len(self.workbench.spans()), 2)

    def test_a_run_that_is_open_at_exit_is_there(self) -> None:
        self.program(AGENT + """
import threading
waiting = threading.Event()
def slow():
    with tracer.step("waiting"):
        waiting.set()
        threading.Event().wait(30)
threading.Thread(target=tracer.trace_agent(slow, name="slow"), daemon=True).start()
assert waiting.wait(10)
""")
        spans = self.workbench.spans()
        self.assertEqual([(span.name, span.ended) for span in spans], [("invoke_agent slow", 0), ("waiting", 0)])

    def test_nobody_there_costs_no_time_at_exit(self) -> None:
        started = time.monotonic()
        done = self.program(AGENT + "agent(1)", environment={"ARC_EVAL_ENDPOINT": "http://127.0.0.1:9"})
        self.assertLess(time.monotonic() - started, 3.0)
        self.assertEqual(done.stderr.count("arc_tracer:"), 1)

    def test_a_workbench_that_hangs_holds_the_end_up_two_seconds_at_most(self) -> None:
        self.workbench.delay = 20.0
        started = time.monotonic()
        self.program(AGENT + "agent(1)")
        self.assertLess(time.monotonic() - started, 4.0)


@unittest.skipUnless(hasattr(os, "fork"), "needs fork")
class Signals(TracerTest):
    def start(self, text: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(text)], env=self.environment(), stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def test_sigterm_sends_and_the_status_stays(self) -> None:
        process = self.start(AGENT + "agent(1)\nprint('ready', flush=True)\nimport time\ntime.sleep(60)")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(DEADLINE), -signal.SIGTERM)
        self.assertEqual(len(self.workbench.spans()), 1)

    def test_the_programs_own_handler_stays_alone(self) -> None:
        process = self.start(
            "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
            + AGENT + "agent(1)\nprint('ready', flush=True)\ntime.sleep(60)"
        )
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(DEADLINE), 7)
        self.assertEqual(len(self.workbench.spans()), 1)

    def test_a_killed_process_leaves_what_it_sent(self) -> None:
        process = self.start(AGENT + """
import threading
def work():
    with tracer.step("first"): pass
    print('ready', flush=True)
    threading.Event().wait(60)
tracer.trace_agent(work, name="work")()
""")
        self.workbench.wait(lambda spans: {span.name for span in spans} == {"invoke_agent work", "first"})
        process.kill()
        process.wait(DEADLINE)
        self.assertEqual(named(self.workbench.spans(), "invoke_agent work").ended, 0)


@unittest.skipUnless(hasattr(os, "fork"), "needs fork")
class Forks(TracerTest):
    def test_a_forked_child_sends_its_own_and_the_parents_only_once(self) -> None:
        self.program(AGENT + """
import os, sys
agent("parent")
pid = os.fork()
if pid == 0:
    agent("child")
    sys.exit(0)
os.waitpid(pid, 0)
agent("after")
""")
        values = sorted(span["input.value"] for span in self.workbench.every())
        self.assertEqual(values, ["after", "child", "parent"])
        self.assertEqual(len({span.id for span in self.workbench.every()}), 3)
        self.assertEqual(len({span.resource["process.pid"] for span in self.workbench.spans()}), 2)

    def test_children_of_multiprocessing(self) -> None:
        for method in ("fork", "spawn"):
            with self.subTest(method=method):
                self.workbench.requests.clear()
                script = os.path.join(self.folder(), "many.py")
                with open(script, "w", encoding="utf-8") as file:
                    file.write(AGENT + f"""
import multiprocessing
def work(n): agent(n)
if __name__ == "__main__":
    context = multiprocessing.get_context("{method}")
    children = [context.Process(target=work, args=(n,)) for n in range(3)]
    for child in children: child.start()
    for child in children: child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]
""")
                done = subprocess.run([sys.executable, script], env=self.environment(), capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(sorted(span["input.value"] for span in self.workbench.spans()), ["0", "1", "2"])

    def test_a_child_inside_a_run_belongs_to_it(self) -> None:
        self.program("""
from arc_tracer import ArcTracer
import os, sys
tracer = ArcTracer()
tool = tracer.tool(lambda: 1, name="tool")
def agent():
    pid = os.fork()
    if pid == 0:
        tool()
        sys.exit(0)
    os.waitpid(pid, 0)
tracer.trace_agent(agent, name="agent")()
""")
        spans = self.workbench.spans()
        self.assertEqual(named(spans, "execute_tool tool").parent, named(spans, "invoke_agent agent").id)

    def folder(self) -> str:
        import tempfile

        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name


if __name__ == "__main__":
    unittest.main()
