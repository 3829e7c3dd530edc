//! An empty result said in words, by a decorator of a few lines.

use super::super::site::Site;
use crate::repair::python::Edit;

const SAY: &str = r#"def say_empty(function):
    """Say in words that nothing was found, so that the model does not take it for an answer."""

    @functools.wraps(function)
    def saying(*args, **kwargs):
        result = function(*args, **kwargs)
        empty = result is None or (isinstance(result, (list, tuple, dict, set)) and not result)
        if empty or (isinstance(result, str) and result.strip() in ("", "[]", "{}", "null")):
            nothing = f"{function.__name__} found nothing."
            return f"{nothing} Do not make up an answer: ask for other details, or say so."
        return result

    return saying
"#;

const ASYNC_SAY: &str = r#"def async_say_empty(function):
    """Say in words that nothing was found, so that the model does not take it for an answer."""

    @functools.wraps(function)
    async def saying(*args, **kwargs):
        result = await function(*args, **kwargs)
        empty = result is None or (isinstance(result, (list, tuple, dict, set)) and not result)
        if empty or (isinstance(result, str) and result.strip() in ("", "[]", "{}", "null")):
            nothing = f"{function.__name__} found nothing."
            return f"{nothing} Do not make up an answer: ask for other details, or say so."
        return result

    return saying
"#;

pub(in super::super) fn edit(site: &Site<'_>) -> Option<Vec<Edit>> {
    site.framework()?;
    let function = site.tool()?;
    // Other code that calls it expects what it gives now; what gives nothing back by design has nothing to say.
    if function.is_called() || !function.returns_value() || function.decorator(&["say_empty", "async_say_empty"]).is_some() {
        return None;
    }
    let mut draft = site.draft();
    if function.is_async() {
        draft.helper("async_say_empty", ASYNC_SAY, &["functools"])?;
        function.decorate(&mut draft, "async_say_empty")?;
    } else {
        draft.helper("say_empty", SAY, &["functools"])?;
        function.decorate(&mut draft, "say_empty")?;
    }
    draft.finish()
}
