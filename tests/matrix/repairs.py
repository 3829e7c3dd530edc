"""Whether the changes the catalogue makes are understood by the frameworks they are made for.

Run by the Python of an environment that has the framework: `python tests/matrix/repairs.py langchain`. It takes the reviewed files
(src/repair/fixes/edits/tests/snapshots), imports them, and calls what was changed with a model that answers by rule. No network, no key.
"""

import asyncio
import os
import sys
import time
import types
from pathlib import Path

REVIEWED = Path(__file__).parents[2] / "src/repair/fixes/edits/tests/snapshots"
os.environ.setdefault("OPENAI_API_KEY", "none")
os.environ.setdefault("OPENAI_AGENTS_DISABLE_TRACING", "1")


def load(name, change=("", ""), **names):
    """A reviewed file as a module, with the names it takes from elsewhere."""
    source = (REVIEWED / f"{name}.snap").read_text().split("\n---\n", 1)[1].replace(*change)
    module = {"__name__": name, **names}
    exec(compile(source, name, "exec"), module)
    return module


def stand_in(name, **values):
    """A module of the user's that a reviewed file imports."""
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(values)


def langchain():
    from langchain.agents import create_agent
    from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.tools import tool

    call = {"type": "tool_call", "id": "1", "name": "get_quote", "args": {"symbol": "ACNE"}}
    for name, made in (("told_langchain_tool", "get_quote"), ("told_structured_tool", "quote_tool")):
        told = load(name, PRICES={"ACME": 12.5})[made]
        assert list(told.args) == ["symbol"] and told.description, told
        assert told.invoke({"symbol": "ACME"}) == 12.5
        answer = told.invoke(call)
        assert answer.status == "error" and answer.content.startswith("KeyError: 'ACNE'."), answer
    retried = load("retry_langchain")["get_quote"]
    assert retried.name == "quote" and list(retried.args) == ["symbol"]
    read = load("arguments_langchain_converted_inside")["issue_refund"]
    assert read.invoke({"order": "A-1182", "amount": "12,50"}) == "refunded 1250 cents of A-1182"

    @tool
    def get_quote(symbol: str) -> float:
        """The last price."""
        raise KeyError(symbol)

    class Model(GenericFakeChatModel):
        def bind_tools(self, *_args, **_options):
            return self

    def asks():
        while True:
            yield AIMessage("", tool_calls=[call])

    stand_in("tools", get_quote=get_quote)
    agents = {"told_langchain_agent": {}, "turns_langchain": {"get_quote": get_quote}}
    for name, names in agents.items():
        load(name, **names)
    load("model_retry_langchain")["build"]()
    # The middlewares of the reviewed files, around a model that never stops asking.
    from langchain.agents.middleware import ModelCallLimitMiddleware, ToolErrorMiddleware

    tell = ToolErrorMiddleware(load("told_langchain_agent")["tell_model"], tools=["get_quote"])
    agent = create_agent(Model(messages=asks()), tools=[get_quote], middleware=[tell, ModelCallLimitMiddleware(run_limit=6, exit_behavior="end")])
    messages = agent.invoke({"messages": [("user", "What is ACNE at?")]})["messages"]
    told = [message.content for message in messages if message.type == "tool"]
    assert len(told) == 6 and told[0].startswith("KeyError: 'ACNE'."), messages
    from langgraph.prebuilt import ToolNode

    ToolNode([get_quote], handle_tool_errors=True)


def openai_agents():
    from agents import Agent, Model, ModelResponse, RunConfig, Runner, Usage, function_tool
    from agents.tool_context import ToolContext
    from openai.types.responses import ResponseFunctionToolCall

    class Quotes:
        async def last(self, _symbol):
            await asyncio.sleep(60)

    class Asks(Model):
        def __init__(self, tool):
            self.tool = tool

        async def get_response(self, *_args, **_options):
            call = ResponseFunctionToolCall(type="function_call", name=self.tool, arguments='{"symbol": "ACNE"}', call_id="1")
            return ModelResponse(output=[call], usage=Usage(), response_id=None)

        def stream_response(self, *_args, **_options):
            raise NotImplementedError

    stand_in("slow_quotes", quotes=Quotes())
    assert load("time_limit_openai_agents_async")["get_quote"].timeout_seconds == 10
    told = load("told_openai_agents_switched_off", PRICES={})["get_quote"]
    arguments = '{"symbol": "ACNE"}'
    context = ToolContext(context=None, tool_name="get_quote", tool_call_id="1", tool_arguments=arguments)
    assert "error occurred" in asyncio.run(told.on_invoke_tool(context, arguments))
    find = load("empty_openai_agents", PRICES=[])["find"]
    assert list(find.params_json_schema["properties"]) == ["symbol"] and find.description == "The prices."
    assert "found nothing" in asyncio.run(find.on_invoke_tool(context, arguments))
    assert load("model_retry_openai_agents")["agent"].model_settings.retry.max_retries == 5
    handlers = {"max_turns": load("turns_openai_agents")["at_turn_limit"]}
    agent = Agent(name="desk", model=Asks("get_quote"), tools=[find])
    assert Runner.run_sync(agent, "What is ACNE at?", max_turns=6, error_handlers=handlers).final_output.startswith("I could not finish")
    agent = Agent(name="desk", model=Asks("get_price"), tools=[function_tool(lambda symbol: symbol, name_override="other")])
    told = RunConfig(tool_not_found_behavior="return_error_to_model")
    assert Runner.run_sync(agent, "And now?", max_turns=2, run_config=told, error_handlers=handlers).final_output


def pydantic_ai():
    from pydantic_ai import ModelResponse, TextPart, ToolCallPart, UsageLimitExceeded, UsageLimits
    from pydantic_ai.models.function import FunctionModel

    def asks_once(messages, _info):
        last = messages[-1].parts[-1]
        asked = last.part_kind == "user-prompt"
        return ModelResponse(parts=[ToolCallPart("get_quote", {"symbol": "ACME"}) if asked else TextPart(str(last.content))])

    class Desk:
        prices = {"ACME": 12.5}

        def last(self, _symbol):
            time.sleep(1)

        async def is_open(self):
            return False

    class Closed(Exception):
        pass

    limited = load("time_limit_pydantic_ai", ("timeout=10", "timeout=0.1"))["agent"]
    assert "Timed out" in limited.run_sync("q", model=FunctionModel(asks_once), deps=Desk()).output
    stand_in("desk", Closed=Closed)
    told = load("told_pydantic_ai")["agent"]
    assert told.run_sync("q", model=FunctionModel(asks_once), deps=Desk()).output.startswith("Closed: ACME.")
    limited = load("time_limit_pydantic_ai")["agent"]
    try:
        asks = FunctionModel(lambda _messages, _info: ModelResponse(parts=[ToolCallPart("get_quote", {"symbol": "ACME"})]))
        Desk.last = lambda _self, _symbol: 12.5
        limited.run_sync("q", model=asks, deps=Desk(), usage_limits=UsageLimits(request_limit=6))
    except UsageLimitExceeded:
        return
    raise AssertionError("no limit")


def crewai():
    retried = load("retry_crewai_with_its_style", look_up=lambda *_asked: "12.5")["QuoteTool"]()
    assert retried.run(symbol="ACME") == "12.5" and list(retried.args_schema.model_fields) == ["symbol"]
    assert load("model_retry_crewai")["llm"].max_retries == 5


def openai():
    assert load("model_retry_openai")["client"].max_retries == 5


if __name__ == "__main__":
    for framework in sys.argv[1:]:
        globals()[framework.replace("-", "_")]()
        print(framework, "ok")
