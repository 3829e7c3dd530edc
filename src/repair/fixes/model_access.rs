//! Another model when one fails, and a key that is looked for before the first call.

use super::{ALWAYS, Remedy, context::Context, framework::Framework, literal::fill};
use crate::model::failure::FailureCode;

pub(super) const REMEDY: Remedy = Remedy {
    id: "model-fallback",
    codes: &[FailureCode::ModelError, FailureCode::ModelAuth],
    title: |context| match context.subject.failure.code {
        FailureCode::ModelAuth => "check the model's key before the first call".to_owned(),
        _ => "fall back to another model".to_owned(),
    },
    why: |context| match context.subject.failure.code {
        FailureCode::ModelAuth => {
            "The provider refused the key, so no call of this agent can work. Found out at the start, it costs nothing and says what to do."
                .to_owned()
        }
        _ => "The model's provider failed and the run ended on it. Another try, and then another model, keep the agent at work.".to_owned(),
    },
    snippet: |context| if context.subject.failure.code == FailureCode::ModelAuth { key(context) } else { fallback(context) },
    edit: None,
    applies: ALWAYS,
};

/// Providers by the words that name them or their models, with the variable in which their clients look for the key.
const KEYS: &[(&[&str], &str)] = &[
    (&["azure", "az.ai"], "AZURE_OPENAI_API_KEY"),
    (&["bedrock", "aws", "amazon"], "AWS_ACCESS_KEY_ID"),
    (&["openrouter"], "OPENROUTER_API_KEY"),
    (&["groq"], "GROQ_API_KEY"),
    (&["anthropic", "claude"], "ANTHROPIC_API_KEY"),
    (&["google", "gemini", "gcp", "vertex"], "GEMINI_API_KEY"),
    (&["mistral", "codestral"], "MISTRAL_API_KEY"),
    (&["cohere", "command-"], "COHERE_API_KEY"),
    (&["xai", "x_ai", "grok"], "XAI_API_KEY"),
    (&["deepseek"], "DEEPSEEK_API_KEY"),
    (&["openai", "gpt-", "o1", "o3", "o4"], "OPENAI_API_KEY"),
];

/// The variable that holds the key: by the provider of the last model call, else by the model's name.
fn variable(context: &Context<'_>) -> &'static str {
    let calls = || context.subject.trace.steps.iter().rev().filter_map(|step| step.model.as_ref());
    let named = |name: &str| {
        let name = name.to_ascii_lowercase();
        KEYS.iter()
            .find(|(words, _)| words.iter().any(|word| name.starts_with(word) || (word.len() > 3 && name.contains(word))))
            .map(|(_, key)| *key)
    };
    let by_provider = || calls().find_map(|call| call.provider.as_deref()).and_then(named);
    let by_model = || calls().find_map(|call| call.model.as_deref()).and_then(named);
    by_provider().or_else(by_model).unwrap_or("YOUR_PROVIDERS_API_KEY")
}

/// A check of the key before the first call.
fn key(context: &Context<'_>) -> String {
    fill(
        "import os\nimport sys\n\n# before the agent is made\nif not os.environ.get(\"$VARIABLE$\", \"\").strip():\n    sys.exit(\"$VARIABLE$ is not set: the model's provider would refuse every call of \" + $MODEL$)\n",
        &[("VARIABLE", variable(context)), ("MODEL", &context.model_literal)],
    )
}

fn fallback(context: &Context<'_>) -> String {
    let template = match context.framework {
        Framework::LangChain => {
            "from langchain.agents import create_agent\nfrom langchain.agents.middleware import ModelFallbackMiddleware, ModelRetryMiddleware\n\n# other_model: one that can call tools, at another provider if you can\nagent = create_agent(\n    $MODEL$,\n    tools=tools,\n    middleware=[ModelFallbackMiddleware(other_model), ModelRetryMiddleware(max_retries=2, on_failure=\"error\")],\n)\n"
        }
        Framework::LangGraph => {
            "from langchain.chat_models import init_chat_model\n\n# other_model: the name of one that can call tools, at another provider if you can\nmodel = init_chat_model($MODEL$).bind_tools(tools).with_retry(stop_after_attempt=3)\nmodel = model.with_fallbacks([init_chat_model(other_model).bind_tools(tools)])\n"
        }
        Framework::CrewAi => {
            "from crewai import LLM, Crew\n\n\ndef kickoff(crew: Crew, inputs: dict):\n    \"\"\"The crew with its own model, and once more with another.\"\"\"\n    try:\n        return crew.kickoff(inputs=inputs)\n    except Exception as error:\n        if getattr(error, \"status_code\", None) not in {408, 429, 500, 502, 503, 504}:\n            raise\n        for agent in crew.agents:\n            agent.llm = LLM(model=other_model)  # instead of $MODEL$\n        return crew.kickoff(inputs=inputs)\n"
        }
        Framework::OpenAiAgents => {
            "from agents import Agent, ModelRetrySettings, ModelSettings, RunConfig, Runner, retry_policies\nfrom openai import APIError\n\nagent = Agent(\n    name=name,\n    instructions=instructions,\n    tools=tools,\n    model=$MODEL$,\n    model_settings=ModelSettings(\n        retry=ModelRetrySettings(max_retries=3, policy=retry_policies.http_status([429, 500, 502, 503, 504])),\n    ),\n)\n\n\nasync def run(request: str):\n    try:\n        return await Runner.run(agent, request)\n    except APIError:\n        return await Runner.run(agent, request, run_config=RunConfig(model=other_model))\n"
        }
        Framework::PydanticAi => {
            "from pydantic_ai import Agent\nfrom pydantic_ai.models.fallback import FallbackModel\n\n# names with their provider, such as \"openai:...\" and \"anthropic:...\"; the model of the run was $MODEL$\nagent = Agent(FallbackModel(first_model, other_model), tools=tools)\n"
        }
        Framework::Smolagents => {
            "from smolagents import LiteLLMRouterModel, ToolCallingAgent\n\nmodel = LiteLLMRouterModel(\n    model_id=\"main\",\n    model_list=[\n        {\"model_name\": \"main\", \"litellm_params\": {\"model\": $MODEL$}},\n        {\"model_name\": \"other\", \"litellm_params\": {\"model\": other_model}},\n    ],\n    client_kwargs={\"num_retries\": 2, \"fallbacks\": [{\"main\": [\"other\"]}]},\n)\nagent = ToolCallingAgent(tools=tools, model=model)\n"
        }
        Framework::LlamaIndex => {
            "from llama_index.core.agent.workflow import FunctionAgent\n\n# llm is $MODEL$ as you have it now; other_llm one at another provider if you can\n\n\nasync def run(request: str):\n    try:\n        return await FunctionAgent(tools=tools, llm=llm).run(request)\n    except Exception as error:\n        if getattr(error, \"status_code\", None) not in {408, 429, 500, 502, 503, 504}:\n            raise\n        return await FunctionAgent(tools=tools, llm=other_llm).run(request)\n"
        }
        Framework::AutoGen => {
            "from autogen_agentchat.agents import AssistantAgent\n\n# model_client serves $MODEL$ as you have it now; other_client another model\n\n\nasync def run(task: str):\n    try:\n        return await AssistantAgent(\"assistant\", model_client, tools=tools).run(task=task)\n    except Exception as error:\n        if getattr(error, \"status_code\", None) not in {408, 429, 500, 502, 503, 504}:\n            raise\n        return await AssistantAgent(\"assistant\", other_client, tools=tools).run(task=task)\n"
        }
        Framework::Plain => {
            "import random\nimport time\n\nMODELS = [$MODEL$, other_model]  # the second at another provider if you can\n\n\ndef ask(call, **request):\n    \"\"\"`call(model=..., **request)` asks one model; three tries each, then the next.\"\"\"\n    for model in MODELS:\n        for attempt in range(3):\n            try:\n                return call(model=model, **request)\n            except Exception as error:\n                if getattr(error, \"status_code\", None) not in {408, 429, 500, 502, 503, 504}:\n                    raise\n                time.sleep(2**attempt + random.random())\n    raise RuntimeError(\"no model answered\")\n"
        }
    };
    fill(template, &[("MODEL", &context.model_literal)])
}
