//! Small traces for tests.
#![allow(dead_code, unreachable_pub)]

use serde_json::Value;

/// A run that ended well.
pub fn good(agent: &str, id: &str) -> Value {
    serde_json::json!({ "trace_id": id, "agent_id": agent, "input": "refund order A-1", "output": "done", "success": true, "execution_time": 1.5 })
}

/// A run that failed at a tool.
pub fn failed(agent: &str, id: &str) -> Value {
    serde_json::json!({
        "trace_id": id, "agent_id": agent, "input": "refund order A-1", "output": null, "success": false, "execution_time": 2.0,
        "error": { "type": "ToolError", "message": "amount must be a number, got \"12,50\"", "failed_at_step": 2 },
        "tools_available": [{ "name": "issue_refund", "parameters": { "type": "object", "properties": { "amount": { "type": "number" } }, "required": ["amount"] } }],
        "trace": { "steps": [
            { "step": 1, "action": "reasoning", "content": "I will issue the refund" },
            { "step": 2, "action": "tool_call", "tool": "issue_refund", "input": { "amount": "12,50" }, "success": false, "error": "amount must be a number, got \"12,50\"", "duration_ms": 120 }
        ] },
        "tool_calls": [{ "step": 2, "name": "issue_refund", "input": { "amount": "12,50" }, "error": "amount must be a number, got \"12,50\"", "success": false, "duration_ms": 120 }]
    })
}
