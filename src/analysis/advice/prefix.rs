//! The beginning that prompts repeat: what a call sends again of the call before it, at the full price instead of a cache's.

use serde_json::Value;

use super::{Idea, Looked, risk, working::Working};
use crate::{
    analysis::cost::{self, Bill},
    model::{advice::AdviceKind, usage::TokenClass},
};

/// Shorter beginnings are cached by no provider (OpenAI, Anthropic, Google: 1,024 tokens or more).
const SHORTEST: u64 = 1_024;

/// A cache is kept so long after it was last read, in microseconds: five minutes, which is the least that providers keep it.
const KEPT_MICROS: i64 = 5 * 60 * 1_000_000;

/// One idea over all models: what their calls sent again and paid in full.
pub(super) fn idea(looked: &[Looked<'_>]) -> Option<Idea> {
    let mut all = Working::default();
    let mut by_itself = true;
    for looked in looked {
        let mut run = Working::default();
        for (place, bill) in looked.calls.iter().enumerate() {
            let before = looked.calls[..place].iter().rev().find(|other| same_model(other, bill));
            let Some(repeated) = before.and_then(|before| repeated(looked, before, bill)) else { continue };
            let rates = bill.rates;
            let (Some(fresh), Some(read)) = (rates.listed(TokenClass::Input), rates.listed(TokenClass::CachedInput)) else { continue };
            let known = bill.usage.cached_input_tokens.saturating_add(bill.usage.cache_write_input_tokens);
            run.add(TokenClass::Input, repeated.saturating_sub(known), fresh.per_million(), read.per_million());
            // Where writing is charged, the call before would have written what it was the first to send.
            if let (Some(write), Some(before)) = (rates.listed(TokenClass::CacheWriteInput), before)
                && write > fresh
            {
                by_itself = false;
                let held = before.usage.cached_input_tokens.saturating_add(before.usage.cache_write_input_tokens);
                let sent_before = looked.calls[..place].iter().rev().filter(|other| same_model(other, bill)).nth(1);
                let older = sent_before.and_then(|older| self::repeated(looked, older, before)).unwrap_or(0);
                run.add(TokenClass::CacheWriteInput, repeated.saturating_sub(older.max(held)), fresh.per_million(), write.per_million());
            }
        }
        all.take(run);
    }
    let says = if by_itself { "keep the repeated prompt beginning cacheable" } else { "cache the repeated prompt beginning" };
    let risk = risk::none("the same tokens of the same model");
    Some(Idea { kind: AdviceKind::CachePrefix, says: says.to_owned(), working: all, risk })
}

fn same_model(one: &Bill<'_>, two: &Bill<'_>) -> bool {
    std::ptr::eq(one.price, two.price)
}

/// Tokens at the beginning of a prompt that were at the beginning of the one before it; `None` where that cannot be told, or is too little or too late
/// for a cache. All of the earlier prompt is as many as were counted for it; a part of it is in proportion to its text.
fn repeated(looked: &Looked<'_>, before: &Bill<'_>, after: &Bill<'_>) -> Option<u64> {
    let (one, two) = (before.call.messages.as_ref()?.as_array()?, after.call.messages.as_ref()?.as_array()?);
    let started = |bill: &Bill<'_>| looked.run.step_at(bill.position)?.started.map(|started| started.micros());
    if started(before).zip(started(after)).is_some_and(|(one, two)| two.saturating_sub(one) > KEPT_MICROS) {
        return None;
    }
    let shared = one.iter().zip(two).take_while(|(one, two)| one == two).count();
    let whole = before.usage.input_tokens;
    let tokens = if shared == one.len() {
        whole
    } else {
        let text = |messages: &[Value]| messages.iter().map(cost::message_text_tokens).sum::<u64>();
        let (part, all) = (text(one.get(..shared)?), text(one));
        if all == 0 { 0 } else { u64::try_from(u128::from(whole) * u128::from(part) / u128::from(all)).unwrap_or(0) }
    };
    Some(tokens.min(after.usage.input_tokens)).filter(|tokens| *tokens >= SHORTEST)
}
