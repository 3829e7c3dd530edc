//! An answer that is held to a schema, and asked for again when it does not fit.

use super::{ALWAYS, Remedy, framework::Framework};
use crate::model::failure::FailureCode;

pub(super) const REMEDY: Remedy = Remedy {
    id: "output-schema",
    codes: &[FailureCode::WrongFormat, FailureCode::EmptyOutput],
    title: |_| "hold the answer to a schema".to_owned(),
    why: |context| {
        let said = if context.subject.failure.says.is_empty() {
            "The answer was not in the form asked for"
        } else {
            context.subject.failure.says.trim_end_matches('.')
        };
        format!("{said}. A schema that the framework enforces, with another try when it is not met, makes the form certain.")
    },
    snippet: |context| {
        let head = "from pydantic import BaseModel, Field\n\n\nclass Answer(BaseModel):\n    \"\"\"What the answer must hold; put your own fields here.\"\"\"\n\n    summary: str = Field(min_length=1, description=\"The answer in one sentence\")\n    details: list[str] = Field(default_factory=list)\n\n\n";
        let rest = match context.framework {
            Framework::LangChain => {
                "from langchain.agents import create_agent\nfrom langchain.agents.structured_output import ToolStrategy\n\n# model and tools as you have them now; a wrong answer goes back to the model with the reason\nagent = create_agent(model, tools=tools, response_format=ToolStrategy(Answer, handle_errors=True))\n# result[\"structured_response\"] is an Answer\n"
            }
            Framework::LangGraph => {
                "# in the node that answers; model as you have it now\nanswering = model.with_structured_output(Answer).with_retry(stop_after_attempt=3)\n\n\ndef answer(state: dict) -> dict:\n    return {\"answer\": answering.invoke(state[\"messages\"])}\n"
            }
            Framework::CrewAi => {
                "from crewai import Task\n\ntask = Task(\n    description=description,\n    expected_output=\"An answer in the form of Answer\",\n    agent=agent,\n    output_pydantic=Answer,\n    guardrail_max_retries=2,\n)\n"
            }
            Framework::OpenAiAgents => {
                "from agents import Agent\n\nagent = Agent(name=name, instructions=instructions, tools=tools, output_type=Answer)\n# result.final_output is an Answer\n"
            }
            Framework::PydanticAi => {
                "from pydantic_ai import Agent\n\nagent = Agent(model, output_type=Answer, retries=2)\n# result.output is an Answer\n"
            }
            Framework::Smolagents => {
                "import json\n\nfrom smolagents import ToolCallingAgent\n\n\ndef fits(final_answer, *_args, **_more) -> bool:\n    \"\"\"False sends the agent back to work.\"\"\"\n    try:\n        Answer.model_validate(json.loads(final_answer) if isinstance(final_answer, str) else final_answer)\n    except ValueError:\n        return False\n    return True\n\n\nagent = ToolCallingAgent(tools=tools, model=model, final_answer_checks=[fits])\n"
            }
            Framework::LlamaIndex => {
                "from llama_index.core.agent.workflow import FunctionAgent\n\nagent = FunctionAgent(tools=tools, llm=llm, output_cls=Answer)\n# response.structured_response holds the fields of Answer\n"
            }
            Framework::AutoGen => {
                "from autogen_agentchat.agents import AssistantAgent\n\nagent = AssistantAgent(\"assistant\", model_client, tools=tools, output_content_type=Answer)\n# result.messages[-1].content is an Answer\n"
            }
            Framework::Plain => {
                "def answered(ask, request: str, tries: int = 3) -> Answer:\n    \"\"\"`ask` sends a text to the model and returns its reply; a reply that does not fit is sent back with the reason.\"\"\"\n    prompt = f\"{request}\\n\\nReply with JSON only, by this schema:\\n{Answer.model_json_schema()}\"\n    for _ in range(tries):\n        reply = ask(prompt).strip().removeprefix(\"```json\").removesuffix(\"```\")\n        try:\n            return Answer.model_validate_json(reply)\n        except ValueError as error:\n            prompt = f\"{request}\\n\\nYour reply was not usable: {error}\\nReply with JSON only, by the schema given.\"\n    raise ValueError(f\"no usable answer in {tries} tries\")\n"
            }
        };
        format!("{head}{rest}")
    },
    edit: None,
    applies: ALWAYS,
};
