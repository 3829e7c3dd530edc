"""Starts the automatic tracer in a program run by `arc-eval-tui run`: Python imports a module of this name at its start.

This folder is put first on PYTHONPATH; the environment's own `sitecustomize`, which it hides, is run after it. The file has to be
readable by any Python, so that an old one runs its program as if nothing were here.
"""

import os
import sys


def _start():
    if os.environ.get("ARC_EVAL_AUTORUN") != "1":
        return
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    if sys.version_info < (3, 9):
        sys.stderr.write("arc_tracer: Python %d.%d is too old to be traced; 3.9 or later is needed\n" % sys.version_info[:2])
        return
    if root not in sys.path:
        sys.path.append(root)
    try:
        from arc_tracer import auto

        auto.start()
    except Exception as error:
        sys.stderr.write("arc_tracer: not started (%s: %s); the program runs on without it\n" % (type(error).__name__, error))


def _run_the_one_this_hides():
    here = os.path.dirname(os.path.abspath(__file__))
    others = [folder for folder in sys.path if os.path.abspath(folder or os.curdir) != here]
    if sys.version_info < (3, 5):
        return
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


_start()
_run_the_one_this_hides()
