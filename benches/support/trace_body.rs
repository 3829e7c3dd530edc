//! Trace bodies for the benches: natural-looking text, deterministic, each different from the others.

use std::fmt::Write as _;

const WORDS: &[&str] = &[
    "the", "order", "was", "placed", "on", "monday", "and", "customer", "asks", "for", "refund", "because", "parcel", "arrived", "late",
    "policy", "allows", "return", "within", "thirty", "days", "of", "delivery", "please", "check", "amount", "before", "issuing",
    "payment", "to", "original", "card", "agent", "should", "confirm", "address", "then", "close", "ticket", "with", "summary", "note",
    "no", "item",
];

/// A small generator of numbers (SplitMix64), so that runs repeat exactly.
pub struct Numbers(u64);

impl Numbers {
    /// Starts at a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }
}

fn sentence(numbers: &mut Numbers, words: usize) -> String {
    let mut text = String::new();
    for at in 0..words {
        if at > 0 {
            text.push(' ');
        }
        let length = WORDS.len() as u64;
        text.push_str(WORDS[numbers.below(length) as usize]);
        if numbers.below(9) == 0 {
            let _ = write!(text, " {}", numbers.below(100_000));
        }
    }
    text
}

/// One trace body of about `bytes` bytes: model calls and tool calls in turn, one run in five failing at its last tool.
pub fn trace_body(index: u64, bytes: usize) -> String {
    let mut numbers = Numbers::new(index.wrapping_mul(7919).wrapping_add(17));
    let failed = index.is_multiple_of(5);
    let agent = ["refund-bot", "checkout", "kyc-screen"][(index % 3) as usize];
    let mut steps = String::new();
    let mut step = 0;
    while steps.len() + 700 < bytes {
        step += 1;
        let thought = sentence(&mut numbers, 60);
        let _ = write!(steps, r#"{{"step":{step},"action":"reasoning","content":"{thought}","duration_ms":{}}},"#, numbers.below(900));
        step += 1;
        let (order, result) = (numbers.below(1_000_000), sentence(&mut numbers, 50));
        let _ = write!(
            steps,
            r#"{{"step":{step},"action":"tool_call","tool":"lookup_order","input":{{"order":"A-{order}"}},"output":{{"text":"{result}"}},"success":true,"duration_ms":{}}},"#,
            numbers.below(400)
        );
    }
    step += 1;
    let amount = numbers.below(900);
    let last = if failed {
        format!(
            r#"{{"step":{step},"action":"tool_call","tool":"issue_refund","input":{{"amount":"{amount},50"}},"error":"ValueError: amount must be a number, got '{amount},50'","success":false,"duration_ms":12}}"#
        )
    } else {
        format!(
            r#"{{"step":{step},"action":"tool_call","tool":"issue_refund","input":{{"amount":{amount}.5}},"output":{{"ok":true}},"success":true,"duration_ms":12}}"#
        )
    };
    format!(
        r#"{{"trace_id":"bench-{index}","agent_id":"{agent}","domain":"finance","framework":"langchain","input":"{}","output":"{}","success":{},"execution_time":{}.25,"llm_calls":[{{"step":1,"provider":"openai","model":"gpt-4o","input_tokens":{},"output_tokens":{}}}],"trace":{{"steps":[{steps}{last}]}}}}"#,
        sentence(&mut numbers, 12),
        sentence(&mut numbers, 20),
        !failed,
        numbers.below(20),
        1_000 + numbers.below(3_000),
        100 + numbers.below(300),
    )
}
