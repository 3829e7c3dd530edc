//! What comes out of the remedies for agents and models, in each framework: looked at once, and kept.

use super::*;

#[test]
fn limits_of_turns() {
    let limit = |framework| Case { remedy: "limit-iterations", code: FailureCode::Loop, framework, place: "agent", ..Case::default() };
    snapshot(
        "turns_plain_loop",
        &Case { place: "answer", ..limit(None) },
        r#"
def answer(client, messages):
    """Until there is an answer."""
    while True:
        # one turn
        reply = client.chat.completions.create(
            model="gpt-4.1",
            messages=messages,
            tools=SCHEMAS,
        )
        message = reply.choices[0].message
        if not message.tool_calls:
            break
        messages.extend(call_tools(message))
    return message.content
"#,
    );
    snapshot(
        "turns_plain_loop_anthropic",
        &Case { place: "answer", ..limit(Some("anthropic")) },
        "def answer(client, messages):\n\twhile 1:\n\t\treply = client.messages.create(model='claude', max_tokens=500, messages=messages, tools=TOOLS, tool_choice={'type': 'auto'})\n\t\tif reply.stop_reason != 'tool_use':\n\t\t\treturn reply\n\t\tturn = call(messages, reply)\n",
    );
    snapshot(
        "turns_langchain",
        &limit(Some("langchain")),
        r#"
from langchain.agents import create_agent

agent = create_agent("openai:gpt-4.1", tools=[get_quote])
"#,
    );
    snapshot(
        "turns_openai_agents",
        &limit(Some("openai-agents")),
        r#"
from agents import Agent, Runner

agent = Agent(name="quote desk")
other = Agent(name="other desk")


async def main():
    await Runner.run(agent, "What is ACME at?")
    await Runner.run(
        agent,
        "What is ACME at?",
        max_turns=5
    )
    await Runner.run(other, "And now?")
"#,
    );
    snapshot(
        "turns_pydantic_ai",
        &limit(Some("pydantic-ai")),
        r#"
from pydantic_ai import Agent

agent = Agent("openai:gpt-4.1")
print(agent.run_sync("What is ACME at?").output)
"#,
    );
}

#[test]
fn unknown_tools() {
    snapshot(
        "unknown_tool_plain",
        &Case { remedy: "tool-names", code: FailureCode::ToolMissing, tool: "get_price", ..Case::default() },
        r#"
def get_quote(symbol):
    return PRICES[symbol]

TOOLS = {'get_quote': get_quote}

def turn(client, messages):
    reply = client.responses.create(model='gpt-4.1', input=messages, tools=SCHEMAS)
    for call in reply.output:
        if call.type == 'function_call':
            messages.append({'type': 'function_call_output', 'call_id': call.call_id, 'output': str(TOOLS[call.name](**json.loads(call.arguments)))})
"#,
    );
    snapshot(
        "unknown_tool_openai_agents",
        &Case { remedy: "tool-names", code: FailureCode::ToolMissing, framework: Some("openai-agents"), place: "main", ..Case::default() },
        r#"
from agents import Agent, Runner


def main():
    return Runner.run_sync(Agent(name="desk"), "What is ACME at?").final_output
"#,
    );
}

#[test]
fn model_retries() {
    let retry = |framework| Case {
        remedy: "model-retry",
        code: FailureCode::ModelError,
        framework,
        message: "RateLimitError: 429",
        place: "agent",
        ..Case::default()
    };
    snapshot(
        "model_retry_openai",
        &Case { place: "client", ..retry(Some("openai")) },
        "import openai\n\nclient = openai.OpenAI(max_retries=0)\nother = openai.AsyncOpenAI()\n",
    );
    snapshot(
        "model_retry_after_a_timeout",
        &Case { place: "client", message: "APITimeoutError: Request timed out.", ..retry(None) },
        "from anthropic import Anthropic\n\nclient = Anthropic(max_retries=8)\nother = Anthropic()\n",
    );
    snapshot(
        "model_retry_langchain",
        &Case { place: "build", ..retry(Some("langchain")) },
        "from langchain.agents import create_agent\nfrom langchain.agents.middleware import PIIMiddleware\n\n\ndef build():\n    return create_agent('openai:gpt-4.1', middleware=[PIIMiddleware('email')])\n",
    );
    snapshot(
        "model_retry_openai_agents",
        &retry(Some("openai-agents")),
        "from agents import Agent, ModelSettings\n\nagent = Agent(name=\"desk\", model_settings=ModelSettings(temperature=0))\n",
    );
    snapshot(
        "model_retry_pydantic_ai",
        &retry(Some("pydantic-ai")),
        "from openai import AsyncOpenAI\nfrom pydantic_ai import Agent\nfrom pydantic_ai.models.openai import OpenAIChatModel\nfrom pydantic_ai.providers.openai import OpenAIProvider\n\nagent = Agent(OpenAIChatModel(\"gpt-4.1\", provider=OpenAIProvider(openai_client=AsyncOpenAI())))\n",
    );
    snapshot(
        "model_retry_crewai",
        &Case { message: "500 overloaded", place: "llm", ..retry(Some("crewai")) },
        "from crewai import LLM\n\nllm = LLM(\n    model=\"gpt-4.1\",\n    temperature=0,\n)\n",
    );
}
