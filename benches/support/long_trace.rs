//! One run of very many steps for the benches: model calls and tool calls in turn, each model sent the last few messages again, some tools failing.

use serde_json::{Value, json};

/// A trace body with so many steps, of about 400 bytes each.
pub fn long_trace(steps: u64) -> String {
    let mut timeline: Vec<Value> = Vec::new();
    let (mut models, mut tools): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    let start = 1_780_000_000_000_u64;
    let mut talk = vec![json!({"role": "user", "content": "Check every order of the day and refund what came late."})];
    for step in 1..=steps {
        let at = start + step * 40;
        let timestamp = format!("2026-11-22T{:02}:{:02}:{:02}.{:03}Z", at / 3_600_000 % 24, at / 60_000 % 60, at / 1_000 % 60, at % 1_000);
        let order = format!("A-{step:06}");
        if step % 2 == 1 {
            let id = format!("call_{step}");
            let output = json!({"role": "assistant", "content": null, "tool_calls": [{"id": id, "function": {"name": "get_order", "arguments": format!("{{\"order\": \"{order}\"}}")}}]});
            timeline.push(json!({"step": step, "action": "llm_call", "timestamp": timestamp, "duration_ms": 30}));
            let sent = &talk[talk.len().saturating_sub(3)..];
            models.push(json!({"step": step, "model": "gpt-4o-mini", "provider": "openai", "input_tokens": 300, "output_tokens": 20, "messages": sent, "output": output}));
            talk.push(output);
        } else {
            let failed = step % 1_000 == 0;
            let output = (!failed).then(|| json!({"order": order, "days_late": step % 9, "status": "delivered"}));
            let error = failed.then_some("TimeoutError: the order service did not answer within 5 s");
            timeline.push(json!({"step": step, "action": "tool_call", "tool": "get_order", "timestamp": timestamp, "duration_ms": 8, "success": !failed}));
            tools.push(json!({"step": step, "id": format!("call_{}", step - 1), "name": "get_order", "input": {"order": order}, "output": output, "error": error}));
            let content = output.map_or_else(|| error.unwrap_or_default().to_owned(), |output| output.to_string());
            talk.push(json!({"role": "tool", "tool_call_id": format!("call_{}", step - 1), "content": content}));
        }
    }
    json!({
        "trace_id": "long-run", "agent_id": "order-checker", "framework": "custom", "input": {"day": "2026-11-22"}, "output": "All orders are checked.",
        "success": true, "execution_time": steps * 40 / 1_000, "llm_calls": models, "tool_calls": tools, "trace": {"steps": timeline, "success": true},
    })
    .to_string()
}
