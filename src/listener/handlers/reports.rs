//! What the panes show, as JSON.

use serde::Serialize;

use crate::{
    engine::window::Window,
    listener::{answer, call::Call, endpoints::Reply, problem::Problem},
    model::cost_report::Breakdown,
};

/// Patterns of a list unless asked for otherwise, and at most.
const PATTERNS: usize = 50;
const MOST_PATTERNS: usize = 500;

#[derive(Serialize)]
struct Windowed<T: Serialize> {
    window: &'static str,
    agents: T,
}

/// `GET /api/agents`
pub(in crate::listener) fn agents(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let window = call.parameters.window(Window::Auto)?;
        let agents = call.read(move |facts| facts.agents(window)).await?;
        answer::json(&Windowed { window: window.name(), agents })
    })
}

/// `GET /api/trends`
pub(in crate::listener) fn trends(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let window = call.parameters.window(Window::Auto)?;
        let agents = call.read(move |facts| facts.trends(window)).await?;
        answer::json(&Windowed { window: window.name(), agents })
    })
}

/// `GET /api/patterns`
pub(in crate::listener) fn patterns(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        #[derive(Serialize)]
        struct Patterns<T> {
            patterns: T,
        }
        let limit = call.parameters.count("limit", PATTERNS, MOST_PATTERNS)?;
        let patterns = call.read(move |facts| facts.patterns(limit)).await?;
        answer::json(&Patterns { patterns })
    })
}

/// `GET /api/costs`
pub(in crate::listener) fn costs(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let window = call.parameters.window(Window::Week)?;
        let breakdown = match call.parameters.get("by") {
            None => Breakdown::Model,
            Some(name) => Breakdown::parse(name).ok_or_else(|| {
                let names: Vec<_> = Breakdown::ALL.iter().map(|breakdown| breakdown.name()).collect();
                Problem::bad(format!("parameter \"by\" is {name:?}; expected one of {}", names.join(", ")))
            })?,
        };
        let costs = call.read(move |facts| facts.costs(window, breakdown)).await?;
        answer::json(&costs)
    })
}

/// `GET /api/store`
pub(in crate::listener) fn store(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let condition = call.read(|facts| facts.condition()).await?;
        answer::json(&condition)
    })
}

/// `GET /api/summary`
pub(in crate::listener) fn summary(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let overview = call.read(|facts| facts.overview()).await?;
        answer::json(&overview)
    })
}
