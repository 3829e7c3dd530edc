"""Patch planner on LangGraph: a hand-built graph of a model node and a tool node."""

from langchain_core.messages import SystemMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from . import security_tools

PROMPT = """You plan security updates. List the packages of the host, look the suspicious one up, and open a change if there is a fixed version.
Name only versions and scores that a tool returned. Answer in one or two sentences."""


def run(question: str, model: str = "gpt-4.1-mini") -> str:
    """Plan the update of one host."""
    tools = [tool(security_tools.list_packages), tool(security_tools.find_advisory), tool(security_tools.open_change)]
    chat = ChatOpenAI(model=model, max_retries=0).bind_tools(tools)

    def plan(state: MessagesState) -> dict:
        """Ask the model for the next step."""
        return {"messages": [chat.invoke([SystemMessage(PROMPT), *state["messages"]])]}

    graph = StateGraph(MessagesState)
    graph.add_node("plan", plan)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "plan")
    graph.add_conditional_edges("plan", tools_condition)
    graph.add_edge("tools", "plan")
    state = graph.compile(name="patch_planner").invoke({"messages": [("user", question)]}, {"recursion_limit": 14})
    return state["messages"][-1].content
