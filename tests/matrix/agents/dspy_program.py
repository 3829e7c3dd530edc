"""DSPy's ReAct. One line: program = ArcTracer("orders").trace_agent(program)"""

import desk
import dspy


def find_order(number: str) -> float:
    """What an order cost, in EUR."""
    return desk.order_total(number)


def refund_amount(total: float, percent: float) -> float:
    """So many percent of a total."""
    return desk.share(total, percent)


def build():
    dspy.configure(lm=dspy.LM("openai/" + desk.MODEL, api_base=desk.BASE_URL, api_key="none", cache=False, num_retries=0))
    return dspy.ReAct("question -> answer", tools=[find_order, refund_amount], max_iters=6)


def otel():
    from openinference.instrumentation.dspy import DSPyInstrumentor
    made = desk.provider()
    DSPyInstrumentor().instrument(tracer_provider=made)
    return made


desk.go(build, lambda program: program(question=desk.QUESTION).answer, otel)
