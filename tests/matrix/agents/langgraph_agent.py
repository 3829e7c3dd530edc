"""A graph of one's own in LangGraph. One line: graph = ArcTracer("orders").trace_agent(graph)"""

import desk
from langchain_core.messages import SystemMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition


@tool
def find_order(number: str) -> float:
    """What an order cost, in EUR."""
    return desk.order_total(number)


@tool
def refund_amount(total: float, percent: float) -> float:
    """So many percent of a total."""
    return desk.share(total, percent)


def build():
    tools = [find_order, refund_amount]
    model = ChatOpenAI(model=desk.MODEL, base_url=desk.BASE_URL, max_retries=0).bind_tools(tools)

    async def think(state):
        return {"messages": [await model.ainvoke([SystemMessage(desk.SYSTEM)] + state["messages"])]}
    graph = StateGraph(MessagesState)
    graph.add_node("model", think)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", tools_condition)
    graph.add_edge("tools", "model")
    return graph.compile(name="order_graph")


async def ask(graph):
    state = None
    async for state in graph.astream({"messages": [{"role": "user", "content": desk.QUESTION}]}, stream_mode="values"):
        pass
    return state["messages"][-1].content


def otel():
    from openinference.instrumentation.langchain import LangChainInstrumentor
    made = desk.provider()
    LangChainInstrumentor().instrument(tracer_provider=made)
    return made


desk.go(build, ask, otel)
