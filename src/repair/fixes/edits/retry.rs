//! Another try for a tool that only looks something up: a decorator of a few lines, and the errors that pass by themselves.

use super::{super::site::Site, exceptions::passing};
use crate::repair::python::{Edit, function::Function};

/// Decorators that try again.
const RETRIES: &[&str] =
    &["retry_passing", "async_retry_passing", "retry", "retrying", "on_exception", "on_predicate", "retry_with_backoff", "backoff"];

const RETRY: &str = r#"def retry_passing(*passing):
    """Try again after about 1, 2 and 4 seconds: after errors of these kinds and after HTTP statuses that pass."""

    def decorate(function):
        @functools.wraps(function)
        def retrying(*args, **kwargs):
            for pause in (1, 2, 4):
                try:
                    return function(*args, **kwargs)
                except Exception as error:
                    response = getattr(error, "response", None)
                    status = getattr(error, "status_code", getattr(error, "status", getattr(error, "code", None)))
                    status = getattr(response, "status_code", status)
                    if isinstance(status, int):
                        passes = status in (408, 429, 500, 502, 503, 504)
                    else:
                        passes = isinstance(error, passing)
                    if not passes:
                        raise
                time.sleep(pause + random.random())
            return function(*args, **kwargs)

        return retrying

    return decorate
"#;

const ASYNC_RETRY: &str = r#"def async_retry_passing(*passing):
    """Try again after about 1, 2 and 4 seconds: after errors of these kinds and after HTTP statuses that pass."""

    def decorate(function):
        @functools.wraps(function)
        async def retrying(*args, **kwargs):
            for pause in (1, 2, 4):
                try:
                    return await function(*args, **kwargs)
                except Exception as error:
                    response = getattr(error, "response", None)
                    status = getattr(error, "status_code", getattr(error, "status", getattr(error, "code", None)))
                    status = getattr(response, "status_code", status)
                    if isinstance(status, int):
                        passes = status in (408, 429, 500, 502, 503, 504)
                    else:
                        passes = isinstance(error, passing)
                    if not passes:
                        raise
                await asyncio.sleep(pause + random.random())
            return await function(*args, **kwargs)

        return retrying

    return decorate
"#;

pub(in super::super) fn edit(site: &Site<'_>) -> Option<Vec<Edit>> {
    site.framework()?;
    let function = site.tool()?;
    // What changes something may have been done when its answer is lost: to do it again is for a person to decide.
    if function.changes_things() || function.decorator(RETRIES).is_some() || loops_already(&function) {
        return None;
    }
    let mut draft = site.draft();
    let kinds = passing(site, &draft, &function).join(", ");
    if function.is_async() {
        draft.helper("async_retry_passing", ASYNC_RETRY, &["asyncio", "functools", "random"])?;
        function.decorate(&mut draft, &format!("async_retry_passing({kinds})"))?;
    } else {
        draft.helper("retry_passing", RETRY, &["functools", "random", "time"])?;
        function.decorate(&mut draft, &format!("retry_passing({kinds})"))?;
    }
    draft.finish()
}

/// Whether it tries again by itself: it sleeps.
fn loops_already(function: &Function<'_>) -> bool {
    function.mentions(|name| matches!(name, "sleep" | "Retrying" | "AsyncRetrying" | "HTTPAdapter" | "max_retries" | "retries"))
}
