"""The table of frameworks: every line leads somewhere, nothing is imported early, and a framework imported later is seen."""

import importlib
import os
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

from support import SOURCES, TracerTest


class Table(TracerTest):
    def test_every_line_names_a_function_that_exists(self):
        from arc_tracer import hooks

        for hook in hooks.HOOKS:
            module = importlib.import_module(f"arc_tracer.hooks.{hook.file}")
            self.assertTrue(callable(getattr(module, hook.function, None)), hook)

    def test_every_file_with_an_install_is_in_the_table(self):
        from arc_tracer import hooks

        listed = {hook.file for hook in hooks.HOOKS}
        for file in pathlib.Path(SOURCES, "arc_tracer", "hooks").glob("*.py"):
            if "\ndef install() -> None:" in file.read_text() and file.name != "__init__.py":
                self.assertIn(file.stem, listed)

    def test_a_program_without_a_framework_pays_for_none(self):
        done = self.program("""
            import sys
            from arc_tracer import ArcTracer
            ArcTracer().trace_agent(lambda: 1)()
            print(sorted(name for name in sys.modules if name.startswith("arc_tracer.hooks.")))
        """)
        self.assertEqual(done.stdout.strip(), "[]")

    def test_a_framework_imported_later_is_hooked_once_it_is_there(self):
        from arc_tracer import hooks

        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "groq"))
            for name, text in (("__init__", "READY = True"), ("_base_client", "class SyncAPIClient:\n    def request(self): pass\nAsyncAPIClient = SyncAPIClient"),
                               ("_streaming", "class Stream:\n    def close(self): pass\nAsyncStream = Stream")):
                with open(os.path.join(folder, "groq", f"{name}.py"), "w") as file:
                    file.write(text)
            fresh = {hook for hook in hooks._installed if hook.module != "groq"}
            with mock.patch.object(sys, "path", [folder, *sys.path]), mock.patch.object(hooks, "_installed", fresh), mock.patch.dict(sys.modules):
                importlib.invalidate_caches()
                hooks.install()
                import groq._base_client

                self.assertTrue(groq.READY)
                self.assertTrue(groq._base_client.SyncAPIClient.request.__arc_tracer_hook__)
                loader = groq.__spec__.loader
                self.assertEqual(type(loader).__name__, "SourceFileLoader")

    def test_a_framework_that_changed_its_shape_is_not_seen_and_does_no_harm(self):
        done = self.program("""
            import sys, types
            sys.modules["smolagents"] = types.ModuleType("smolagents")   # none of what the hook looks for
            from arc_tracer import ArcTracer
            print(ArcTracer().trace_agent(lambda: "unharmed")())
        """)
        self.assertEqual(done.stdout.strip(), "unharmed")
        self.assertIn("hook for smolagents", done.stderr)


if __name__ == "__main__":
    unittest.main()
