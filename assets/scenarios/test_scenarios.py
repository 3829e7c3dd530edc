"""Runs the scenarios beside this file against your agent. Every scenario is a JSON file made from a failing run.

    ARC_EVAL_AGENT=my_agent.py:answer pytest test_scenarios.py

ARC_EVAL_AGENT names the agent: a Python file or module, a colon, and a function or object in it. `python -m unittest` runs
it as well; nothing but the standard library is needed. Tools are called for real, but for the one fault the scenario is about; models
are called as your agent calls them, so point it at a model of your choice.
"""

import asyncio
import gc
import importlib
import importlib.util
import inspect
import json
import os
import sys
import time
import types
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SCHEMA = "arc-eval-scenario/1"
ENTRIES = ("invoke", "run", "kickoff", "__call__")


class ToolFault(RuntimeError):
    """What a tool raises where the scenario wants it to fail."""

    def __init__(self, message, status_code=None, retry_after=None):
        super().__init__(message)
        self.status_code = status_code
        self.retry_after = retry_after


def load_agent():
    """The agent that ARC_EVAL_AGENT names, as something to call with the scenario's input."""
    named = os.environ.get("ARC_EVAL_AGENT", "")
    module_name, colon, path = named.rpartition(":")
    if not colon or not module_name or not path:
        raise unittest.SkipTest("set ARC_EVAL_AGENT=FILE_OR_MODULE:NAME to run the scenarios against your agent")
    if module_name.endswith(".py"):
        file = Path(module_name).resolve()
        sys.path.insert(0, str(file.parent))
        name = file.stem
        if name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, file)
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            spec.loader.exec_module(module)
    else:
        sys.path.insert(0, os.getcwd())
        name = module_name
        importlib.import_module(name)
    found = sys.modules[name]
    root = Path(found.__file__).resolve().parent
    for part in path.split("."):
        found = getattr(found, part)
    if not isinstance(found, (types.FunctionType, types.MethodType)):
        found = next((getattr(found, entry) for entry in ENTRIES if callable(getattr(found, entry, None))), found)
    return found, root


def call_agent(agent, given):
    """Calls the agent as the recorded run was called."""
    if isinstance(given, dict) and given and set(given) <= {"args", "kwargs"}:
        args, kwargs = given.get("args") or [], given.get("kwargs") or {}
    else:
        args, kwargs = ([] if given is None else [given]), {}
    answer = agent(*args, **kwargs)
    return asyncio.run(answer) if inspect.iscoroutine(answer) else answer


def own_functions(name, root):
    """The functions of this name in the agent's own files, wherever they are held; else those of a tool object of this name."""
    def is_own(function):
        file = function.__code__.co_filename
        return file.startswith(str(root)) and "site-packages" not in file

    def is_function(thing):
        return isinstance(thing, types.FunctionType) and is_own(thing)

    found = [thing for thing in gc.get_objects() if isinstance(thing, types.FunctionType) and thing.__name__ == name and is_own(thing)]
    if found:
        return found
    for module in list(sys.modules.values()):
        if not str(getattr(module, "__file__", None) or "").startswith(str(root)):
            continue
        for thing in list(vars(module).values()):
            if isinstance(thing, dict) and is_function(thing.get(name)):
                found.append(thing[name])
            elif getattr(thing, "name", None) == name:
                found.extend(part for part in (getattr(thing, key, None) for key in ("func", "fn", "function", "coroutine")) if is_function(part))
    return found


class Tool:
    """Stands in the place of a tool's functions while the scenario runs: counts the calls and makes the one fault."""

    def __init__(self, name, root):
        self.name = name
        self.calls = []
        self.fault = None
        self.faults_left = None
        self.change = None
        self.kept = []
        STANDING[name] = self
        for function in own_functions(name, root):
            original = types.FunctionType(
                function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
            )
            original.__kwdefaults__ = function.__kwdefaults__
            # The code is exchanged, not the function: whoever holds the function, a framework's tool object too, calls the stand-in.
            stand_in = stand_in_code(name, len(self.kept), function)
            if stand_in is not None:
                self.kept.append((function, function.__code__, original))
                function.__code__ = stand_in

    def restore(self):
        for function, code, _ in self.kept:
            function.__code__ = code
        STANDING.pop(self.name, None)

    def called(self, place, args, kwargs):
        """One call. Answers what the tool answers, a coroutine where the tool is one."""
        original = self.kept[place][2]
        if self.change is not None:
            args, kwargs = self.changed(original, args, kwargs)
        self.calls.append(bound(original, args, kwargs))
        fault = self.fault
        if fault is not None and self.faults_left is not None:
            self.faults_left -= 1
            if self.faults_left <= 0:
                self.fault = None
        kind = (fault or {}).get("fault")
        if kind == "timeout":
            raise TimeoutError(f"{self.name} did not answer within {fault.get('after_ms')} ms")
        if kind == "error":
            raise ToolFault(f"{self.name}: {fault.get('message')}")
        if kind == "rate_limit":
            seconds = fault.get("retry_after_ms", 0) / 1000
            raise ToolFault(f"{self.name}: asked too often, come back in {seconds} s", fault.get("status"), seconds)
        if kind == "slow":
            time.sleep(fault.get("after_ms", 0) / 1000)
        if kind == "result":
            return answered(original, fault.get("result"))
        return original(*args, **kwargs)

    def changed(self, original, args, kwargs):
        """The arguments with the one field changed, once: where the call holds the value of the recorded run, else in the first call."""
        field, before, after = self.change
        given = bound(original, args, kwargs)
        names = [part.replace("~1", "/").replace("~0", "~") for part in field.strip("/").split("/")]
        place = given
        for name in names[:-1]:
            place = place.get(name) if isinstance(place, dict) else None
        if not isinstance(place, dict) or (before is not None and names[-1] not in place):
            return args, kwargs
        self.change = None
        if after is MISSING:
            place.pop(names[-1], None)
        else:
            place[names[-1]] = after
        return (), given


MISSING = object()
STANDING = {}


def arc_eval_called(name, place, args, kwargs):
    return STANDING[name].called(place, args, kwargs)


def answered(original, result):
    if not inspect.iscoroutinefunction(original):
        return result

    async def answer():
        return result

    return answer()


def bound(original, args, kwargs):
    """Arguments by name, as far as the tool's signature tells."""
    try:
        given = dict(inspect.signature(original).bind_partial(*args, **kwargs).arguments)
    except TypeError:
        return dict(kwargs)
    for name, parameter in inspect.signature(original).parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            given.update(given.pop(name, {}))
    return given


def stand_in_code(name, place, function):
    """Code that passes a call on, shaped like the function's own: the same names from around it, async where that is."""
    free = function.__code__.co_freevars
    call = f"__import__('sys').modules[{__name__!r}].arc_eval_called({name!r}, {place}, args, kwargs)"
    is_async = inspect.iscoroutinefunction(function)
    lines = ["def around():"]
    lines += [f"    {variable} = None" for variable in free]
    lines += [f"    {'async ' if is_async else ''}def stand_in(*args, **kwargs):"]
    lines += [f"        {variable}" for variable in free]
    lines += [f"        return {'await ' if is_async else ''}{call}", "    return stand_in"]
    made = {}
    exec("\n".join(lines), made)  # names of the function's own variables and our own constants, nothing from the scenario
    code = made["around"]().__code__
    return code if code.co_freevars == free else None


def problems_of(value, schema, path="arguments"):
    """Where a value does not fit a JSON schema: types, required, enum, properties, items."""
    if not isinstance(schema, dict):
        return []
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list, "null": type(None)}
    wanted = schema.get("type")
    wanted = wanted if isinstance(wanted, list) else [wanted] if wanted else []
    is_one = [isinstance(value, kinds[kind]) and not (isinstance(value, bool) and kind in ("integer", "number")) for kind in wanted if kind in kinds]
    if is_one and not any(is_one):
        return [f"{path} is {value!r}, not of type {' or '.join(wanted)}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path} is {value!r}, not one of {schema['enum']!r}")
    if isinstance(value, dict):
        found += [f"{path} lacks {name}" for name in schema.get("required", []) if name not in value]
        for name, inner in (schema.get("properties") or {}).items():
            if name in value:
                found += problems_of(value[name], inner, f"{path}.{name}")
    if isinstance(value, list):
        for place, item in enumerate(value):
            found += problems_of(item, schema.get("items"), f"{path}[{place}]")
    return found


def run_scenario(test, scenario):
    """Given, When, Then."""
    change, name = scenario["mutation"], scenario.get("tool")
    agent, root = load_agent()
    given = scenario.get("input")
    fault = change.get("to") if isinstance(change.get("to"), dict) and "fault" in change["to"] and change.get("field") is None else None
    if fault and fault["fault"] in ("truncated_reply", "reply", "reply_wrapped", "model_error"):
        raise unittest.SkipTest("this scenario is about what a model answers; this file makes faults of tools only")
    tool = Tool(name, root) if name else None
    try:
        if tool and not tool.kept and change["kind"] != "replay":
            raise unittest.SkipTest(f"no function called {name} was found under {root}, so the fault cannot be made")
        if fault:
            tool.fault, tool.faults_left = fault, fault.get("times")
        elif change.get("field") is not None:
            after = change["to"] if change.get("to") is not None or change["kind"] == "null" else MISSING
            if not tool:
                raise unittest.SkipTest("this scenario changes an argument, and names no tool")
            tool.change = (change["field"], change.get("from"), after)
        begun, error, answer = time.monotonic(), None, None
        try:
            answer = call_agent(agent, given)
        except Exception as raised:  # the assertion below tells it
            error = raised
        took = (time.monotonic() - begun) * 1000
    finally:
        if tool:
            tool.restore()
    if (fault or tool and change.get("field") is not None) and not tool.calls:
        raise unittest.SkipTest(f"{name} was not called in this run, so nothing was tried")
    for then in scenario["then"]:
        check, value, says = then["check"], then["value"], then["says"]
        if check == "no_uncaught_error":
            test.assertIsNone(error, f"{says}, but {type(error).__name__}: {error}")
        elif check == "output_not_empty":
            test.assertTrue(error is not None or answer not in (None, "", [], {}), f"{says}, but it was {answer!r}")
        elif check == "tool_not_called_more_than":
            test.assertLessEqual(len(tool.calls) if tool else 0, value["times"], says)
        elif check == "arguments_fit_schema":
            # The call with the scenario's own change in it is not the agent's doing.
            calls = tool.calls[1:] if change.get("field") is not None else tool.calls
            test.assertEqual([problem for call in calls for problem in problems_of(call, value["schema"])], [], says)
        elif check == "output_not_contains":
            test.assertNotIn(value, str(answer), says)
        elif check == "within_ms":
            test.assertLessEqual(took, value, says)
        # within_usd is not checked here: what a run costs is told by its trace.


class Scenarios(unittest.TestCase):
    """One test a scenario."""


def add_tests():
    for file in sorted(FOLDER.glob("*.json")):
        try:
            scenario = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            scenario, problem = None, f"{file.name}: {error}"
        if scenario is not None and (not isinstance(scenario, dict) or scenario.get("schema") != SCHEMA):
            continue

        def test(self, scenario=scenario, problem=None if scenario else problem):
            if scenario is None:
                self.fail(problem)
            run_scenario(self, scenario)

        name = "".join(letter if letter.isalnum() else "_" for letter in file.stem)
        if scenario:
            test.__doc__ = f"{scenario.get('title')}: stands for {scenario.get('stands_for')} past runs, made from run {scenario.get('trace_id')}"
        setattr(Scenarios, f"test_{name}", test)


add_tests()

if __name__ == "__main__":
    unittest.main()
