//! Protobuf one field at a time, without building anything: for counting, and for what is left of damaged messages.

/// Why a message cannot be gone through to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Damage {
    /// It ends too early.
    #[error("a field is cut off")]
    CutOff,
    /// A number that names no wire type in use.
    #[error("wire type {0} is not known")]
    WireType(u64),
}

/// One field of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    /// Its number.
    pub(super) tag: u32,
    /// The whole of it, which by itself is a message with one field.
    pub(super) whole: &'a [u8],
    /// What it holds, where that is a message, a text or bytes; else empty.
    pub(super) held: &'a [u8],
}

/// The fields of a message, up to the first that is cut off or damaged.
pub(super) fn fields(message: &[u8]) -> impl Iterator<Item = Result<Field<'_>, Damage>> {
    let mut rest = message;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let field = next(&mut rest);
        if field.is_err() {
            rest = &[];
        }
        Some(field)
    })
}

fn next<'a>(rest: &mut &'a [u8]) -> Result<Field<'a>, Damage> {
    let start = *rest;
    let key = varint(rest)?;
    let mut held: &[u8] = &[];
    match key & 7 {
        0 => _ = varint(rest)?,
        1 => _ = take(rest, 8)?,
        2 => {
            let length = varint(rest)?;
            held = take(rest, length)?;
        }
        5 => _ = take(rest, 4)?,
        wire_type => return Err(Damage::WireType(wire_type)),
    }
    let tag = u32::try_from(key >> 3).unwrap_or(u32::MAX);
    Ok(Field { tag, whole: &start[..start.len() - rest.len()], held })
}

fn varint(rest: &mut &[u8]) -> Result<u64, Damage> {
    let mut value = 0;
    for place in 0..10 {
        let (byte, after) = rest.split_first().ok_or(Damage::CutOff)?;
        *rest = after;
        value |= u64::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Damage::CutOff)
}

fn take<'a>(rest: &mut &'a [u8], length: u64) -> Result<&'a [u8], Damage> {
    let length = usize::try_from(length).map_err(|_| Damage::CutOff)?;
    let (taken, after) = rest.split_at_checked(length).ok_or(Damage::CutOff)?;
    *rest = after;
    Ok(taken)
}

/// How many fields lie along `path`, which gives the numbers that lead on, level by level.
pub(super) fn count_along(message: &[u8], path: &[&[u32]]) -> Result<usize, Damage> {
    let Some((tags, deeper)) = path.split_first() else { return Ok(1) };
    let mut count = 0;
    for field in fields(message) {
        let field = field?;
        if tags.contains(&field.tag) {
            count += count_along(field.held, deeper)?;
        }
    }
    Ok(count)
}

/// Which fields of a message are messages that hold values, and what they are in turn.
struct Shape(&'static [(u32, &'static Shape)]);

static ANY_VALUE: Shape = Shape(&[(5, &LIST), (6, &PAIRS)]);
static LIST: Shape = Shape(&[(1, &ANY_VALUE)]);
static PAIRS: Shape = Shape(&[(1, &PAIR)]);
static PAIR: Shape = Shape(&[(2, &ANY_VALUE)]);
static RESOURCE: Shape = Shape(&[(1, &PAIR)]);
static SCOPE: Shape = Shape(&[(3, &PAIR)]);
static EVENT: Shape = Shape(&[(3, &PAIR)]);
static LINK: Shape = Shape(&[(4, &PAIR)]);
static SPAN: Shape = Shape(&[(9, &PAIR), (11, &EVENT), (13, &LINK)]);
static LOG: Shape = Shape(&[(5, &ANY_VALUE), (6, &PAIR)]);
static SCOPE_SPANS: Shape = Shape(&[(1, &SCOPE), (2, &SPAN)]);
static SCOPE_LOGS: Shape = Shape(&[(1, &SCOPE), (2, &LOG)]);
static RESOURCE_SPANS: Shape = Shape(&[(1, &RESOURCE), (2, &SCOPE_SPANS)]);
static RESOURCE_LOGS: Shape = Shape(&[(1, &RESOURCE), (2, &SCOPE_LOGS)]);
static TRACES: Shape = Shape(&[(1, &RESOURCE_SPANS)]);
static LOGS: Shape = Shape(&[(1, &RESOURCE_LOGS)]);

/// Deeper than prost follows; what lies there is never built.
const MAX_DEPTH: usize = 100;

/// How many messages a request of spans would be built of.
pub(super) fn messages_of_traces(request: &[u8]) -> usize {
    messages(request, &TRACES, MAX_DEPTH)
}

/// How many messages a request of log records would be built of.
pub(super) fn messages_of_logs(request: &[u8]) -> usize {
    messages(request, &LOGS, MAX_DEPTH)
}

fn messages(message: &[u8], shape: &'static Shape, depth: usize) -> usize {
    if depth == 0 {
        return 1;
    }
    let inner =
        |field: Field<'_>| shape.0.iter().find(|(tag, _)| *tag == field.tag).map(|(_, shape)| messages(field.held, shape, depth - 1));
    1 + fields(message).map_while(Result::ok).filter_map(inner).sum::<usize>()
}
