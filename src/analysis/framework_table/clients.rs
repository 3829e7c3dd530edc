//! Model clients and protocols by what only they say.

use super::{Place, Rank, Signal, signals};

signals! {
    "litellm" Router {
        Scope: "*.litellm", "*-litellm", "litellm*";
        Resource: "service.name=litellm";
        AttributeName: "litellm.*", "llm.litellm.*";
        SpanName: "litellm_request", "raw_gen_ai_request", "litellm_proxy*", "litellm-*", "Received Proxy Server Request";
        MetadataKey: "litellm";
        MetadataValue: "litellm", "openinference.instrumentation.litellm";
        Module: "litellm";
    }
    "openai" Client {
        Scope: "*.openai", "*.openai.*", "*.openai_v2", "*-openai";
        AttributeName: "openai.response.*", "openai.request.*", "gen_ai.openai.*";
        MetadataValue: "openinference.instrumentation.openai", "opentelemetry.instrumentation.openai";
        Module: "openai", "openinference.instrumentation.openai";
        ResponseId: "chatcmpl-", "resp_";
    }
    "anthropic" Client {
        Scope: "*.anthropic", "com.anthropic.sdk.*", "*-anthropic";
        AttributeName: "anthropic.*";
        MetadataValue: "openinference.instrumentation.anthropic", "opentelemetry.instrumentation.anthropic", "com.anthropic.sdk.python";
        Module: "anthropic", "openinference.instrumentation.anthropic";
        ResponseId: "msg_";
    }
    "mistralai" Client {
        Scope: "*.mistralai", "*-mistralai", "mistralai*";
        MetadataValue: "openinference.instrumentation.mistralai", "mistralai";
        Module: "mistralai", "openinference.instrumentation.mistralai";
    }
    "google-genai" Client {
        Scope: "*.google_genai", "*.google_generativeai", "*-google-genai", "*-google-generativeai";
        Attribute: "code.function.name=google.genai.*";
        AttributeName: "gcp.gen_ai.*";
        MetadataValue: "google-genai", "openinference.instrumentation.google_genai";
        Module: "google.genai", "openinference.instrumentation.google_genai";
    }
    "bedrock" Client {
        Scope: "*.bedrock", "*.bedrock-runtime", "*-bedrock";
        Attribute: "rpc.service=Bedrock*";
        AttributeName: "aws.bedrock.*";
        MetadataValue: "openinference.instrumentation.bedrock", "bedrock-runtime";
    }
    "groq" Client {
        Scope: "*.groq", "*-groq";
        MetadataValue: "openinference.instrumentation.groq";
        Module: "groq";
    }
    "vertexai" Client {
        Scope: "*.vertexai", "*-vertexai";
        MetadataValue: "openinference.instrumentation.vertexai";
        Module: "vertexai";
    }
    "portkey" Router {
        Scope: "*.portkey", "*-portkey";
        Module: "portkey_ai";
    }
    "mcp" Protocol {
        Scope: "*.mcp", "*-mcp", "mcp", "mcp.*", "fastmcp*", "@modelcontextprotocol/*";
        AttributeName: "mcp.*";
        Attribute: "rpc.system=mcp";
        MetadataValue: "openinference.instrumentation.mcp";
        Module: "mcp";
        Exception: "McpError";
    }
}
