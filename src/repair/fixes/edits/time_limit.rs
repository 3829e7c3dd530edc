//! A time limit for a tool: of the call that waits, of the framework, or by a decorator of a few lines.

use super::{
    super::{framework::Framework, site::Site, time_limit::seconds},
    exceptions::unlimited,
    threads::bound_to_thread,
};
use crate::repair::python::{Edit, draft::Draft, function::Function, items::add_keyword};

/// Decorators that limit the time.
const LIMITS: &[&str] = &["time_limit", "async_time_limit", "timeout", "timeout_after", "with_timeout", "fail_after"];

/// Versions from which on a tool's decorator takes a limit.
const AGENTS_SINCE: &[u32] = &[0, 10];
const PYDANTIC_SINCE: &[u32] = &[1, 60];

const LIMIT: &str = r#"def time_limit(seconds):
    """Answer within so many seconds or raise TimeoutError. A call that hangs is left behind in its thread."""

    def decorate(function):
        @functools.wraps(function)
        def limited(*args, **kwargs):
            answer = concurrent.futures.Future()

            def work():
                try:
                    answer.set_result(function(*args, **kwargs))
                except BaseException as error:
                    answer.set_exception(error)

            context = contextvars.copy_context()
            threading.Thread(target=context.run, args=(work,), daemon=True).start()
            done, _ = concurrent.futures.wait([answer], timeout=seconds)
            if not done:
                late = f"{function.__name__} did not answer within {seconds} s"
                raise TimeoutError(f"{late}; go on without it, or say so")
            return answer.result()

        return limited

    return decorate
"#;

const ASYNC_LIMIT: &str = r#"def async_time_limit(seconds):
    """Answer within so many seconds or raise TimeoutError."""

    def decorate(function):
        @functools.wraps(function)
        async def limited(*args, **kwargs):
            try:
                return await asyncio.wait_for(function(*args, **kwargs), seconds)
            except asyncio.TimeoutError as error:
                if str(error):
                    raise
                late = f"{function.__name__} did not answer within {seconds} s"
                raise TimeoutError(f"{late}; go on without it, or say so") from error

        return limited

    return decorate
"#;

pub(in super::super) fn edit(site: &Site<'_>) -> Option<Vec<Edit>> {
    let framework = site.framework()?;
    let function = site.tool()?;
    if function.decorator(LIMITS).is_some() || function.mentions(|name| matches!(name, "wait_for" | "fail_after" | "move_on_after")) {
        return None;
    }
    let mut draft = site.draft();
    let limit = seconds(site.context).to_string();
    let (open, limited) = unlimited(&draft, &function);
    if !open.is_empty() {
        for call in open {
            add_keyword(&mut draft, call, "timeout", &limit)?;
        }
        return draft.finish();
    }
    // Every call that waits has its limit: another around it would change nothing.
    if limited > 0 {
        return None;
    }
    if let Some(made) = by_framework(site, framework, &mut draft, &function, &limit) {
        made?;
        return draft.finish();
    }
    if function.is_async() {
        // What never waits cannot be stopped from outside.
        if !function.awaits() {
            return None;
        }
        draft.helper("async_time_limit", ASYNC_LIMIT, &["asyncio", "functools"])?;
        function.decorate(&mut draft, &format!("async_time_limit({limit})"))?;
    } else {
        // A change left behind in its thread may still be made after the model was told that it was not.
        if function.changes_things() || bound_to_thread(&draft) {
            return None;
        }
        draft.helper("time_limit", LIMIT, &["concurrent.futures", "contextvars", "functools", "threading"])?;
        function.decorate(&mut draft, &format!("time_limit({limit})"))?;
    }
    draft.finish()
}

/// The limit of the framework's own decorator. `None`: it has none here; `Some(None)`: there is one already, or it cannot be added.
fn by_framework(site: &Site<'_>, framework: Framework, draft: &mut Draft<'_>, function: &Function<'_>, limit: &str) -> Option<Option<()>> {
    let (packages, since): (&[&str], _) = match framework {
        // Its limit is for functions that wait; it tells the model.
        Framework::OpenAiAgents if function.is_async() => (&["openai-agents"], AGENTS_SINCE),
        Framework::PydanticAi => (&["pydantic-ai", "pydantic-ai-slim"], PYDANTIC_SINCE),
        _ => return None,
    };
    let takes_limit = |name: &str| match framework {
        Framework::OpenAiAgents => draft.imports.resolve(name) == "agents.function_tool",
        // A method of the agent: `agent.tool`.
        _ => name.ends_with(".tool") || name.ends_with(".tool_plain"),
    };
    let decorator = function.decorator_where(takes_limit)?;
    if !site.installed.at_least(packages, since) {
        return None;
    }
    if decorator.kind() == "call" {
        return Some(add_keyword(draft, decorator, "timeout", limit));
    }
    draft.insert(decorator.end_byte(), format!("(timeout={limit})"));
    Some(Some(()))
}
