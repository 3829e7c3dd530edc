//! The steps of a run as rows that lie within each other: as the sender nested them, else by agent and by the model call that asked for a tool.

use std::collections::HashMap;

use crate::{
    model::{money::Money, step::Step, time::Elapsed},
    text::clean::clean_line,
};

use super::waterfall::StepLine;

/// What a row stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// The run as a whole; always the first.
    Run,
    /// Steps of one agent that follow each other.
    Agent(Box<Group>),
    /// The step at this place.
    Step(usize),
}

/// Steps of one agent that follow each other, summed up.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The agent, cleaned.
    pub name: String,
    /// The places of its first step, and behind its last.
    pub steps: std::ops::Range<usize>,
    /// Where the first of their bars starts, in units of the waterfall.
    pub start: u64,
    /// From there to where the last ends.
    pub length: u64,
    /// How long all of them took together; `None` where none was timed.
    pub took: Option<Elapsed>,
    /// Their tokens in and out, of those that tell.
    pub tokens: Option<(u64, u64)>,
    /// Their cost, of those whose cost is known.
    pub cost: Option<Money>,
}

/// Rows in reading order with their levels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outline {
    items: Vec<Item>,
    levels: Vec<u16>,
    /// The row of each step, by its place.
    rows: Vec<u32>,
}

impl Outline {
    /// As they lie within each other. Where the sender nests steps, as it does. Else steps of one agent that follow each other lie within it,
    /// in a run of several agents; and a tool call lies within the model call that asked for it.
    #[must_use]
    pub fn nested(steps: &[Step], lines: &[StepLine]) -> Self {
        let mut outline = Self::with_room(steps.len());
        if steps.iter().any(|step| step.depth > 0) {
            for (place, step) in steps.iter().enumerate() {
                outline.step(place, step.depth);
            }
            return outline;
        }
        let asked = asked_within(steps);
        let groups = groups(steps);
        let mut groups = groups.into_iter().peekable();
        let mut base = 0;
        let mut until = 0;
        for (place, within) in asked.into_iter().enumerate() {
            if place >= until {
                base = 0;
            }
            if let Some((name, range)) = groups.next_if(|(_, range)| range.start == place) {
                until = range.end;
                base = 1;
                outline.push(Item::Agent(Box::new(group(name, range, lines))), 0);
            }
            // A group may begin between a call and what asked for it.
            let within = within && matches!(outline.items.last(), Some(Item::Step(_)));
            outline.step(place, base + u16::from(within));
        }
        outline
    }

    /// One after the other as they started, nothing within anything. Those that do not say when they started stay behind the one before.
    #[must_use]
    pub fn in_time(lines: &[StepLine]) -> Self {
        let mut order: Vec<usize> = (0..lines.len()).collect();
        order.sort_by_key(|place| lines.get(*place).map(|line| line.start));
        let mut outline = Self::with_room(lines.len());
        order.into_iter().for_each(|place| outline.step(place, 0));
        outline
    }

    /// The rows, the run first.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The level of every row.
    #[must_use]
    pub fn levels(&self) -> &[u16] {
        &self.levels
    }

    /// The row of the step at a place; that of the run where there is no such step.
    #[must_use]
    pub fn row_of(&self, place: usize) -> usize {
        self.rows.get(place).map_or(0, |row| *row as usize)
    }

    /// The place of the step a row stands for.
    #[must_use]
    pub fn step_in(&self, row: usize) -> Option<usize> {
        match self.items.get(row) {
            Some(Item::Step(place)) => Some(*place),
            _ => None,
        }
    }

    fn with_room(steps: usize) -> Self {
        let mut outline = Self { items: Vec::with_capacity(steps + 1), levels: Vec::with_capacity(steps + 1), rows: vec![0; steps] };
        outline.push(Item::Run, 0);
        outline
    }

    fn step(&mut self, place: usize, level: u16) {
        if let Some(row) = self.rows.get_mut(place) {
            *row = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        }
        self.push(Item::Step(place), level);
    }

    fn push(&mut self, item: Item, level: u16) {
        self.items.push(item);
        self.levels.push(level);
    }
}

/// Stretches of at least two steps of one agent, in a run of several agents.
fn groups(steps: &[Step]) -> Vec<(String, std::ops::Range<usize>)> {
    let first = steps.iter().find_map(|step| step.agent.as_deref());
    let several = steps.iter().filter_map(|step| step.agent.as_deref()).any(|agent| Some(agent) != first);
    if !several {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut start = 0;
    for stretch in steps.chunk_by(|one, next| one.agent == next.agent) {
        let end = start + stretch.len();
        if let Some(agent) = stretch.first().and_then(|step| step.agent.as_deref()).filter(|_| stretch.len() > 1) {
            found.push((clean_line(agent).into_owned(), start..end));
        }
        start = end;
    }
    found
}

fn group(name: String, steps: std::ops::Range<usize>, lines: &[StepLine]) -> Group {
    let held = lines.get(steps.clone()).unwrap_or_default();
    let start = held.iter().map(|line| line.start).min().unwrap_or(0);
    let end = held.iter().map(|line| line.start.saturating_add(line.length)).max().unwrap_or(start);
    let took = held.iter().filter_map(|line| line.took).map(Elapsed::micros).reduce(u64::saturating_add);
    let add = |one: (u64, u64), other: (u64, u64)| (one.0.saturating_add(other.0), one.1.saturating_add(other.1));
    Group {
        name,
        steps,
        start,
        length: end - start,
        took: took.map(Elapsed::from_micros),
        tokens: held.iter().filter_map(|line| line.tokens).reduce(add),
        cost: held.iter().filter_map(|line| line.cost).reduce(|one, other| one + other),
    }
}

/// Of each step whether it is a tool call that the model call before it asked for: by its id, else by the tool's name, each asking used once.
fn asked_within(steps: &[Step]) -> Vec<bool> {
    let mut ids: HashMap<&str, u32> = HashMap::new();
    let mut names: HashMap<&str, u32> = HashMap::new();
    let take = |open: &mut HashMap<&str, u32>, key: &str| match open.get_mut(key) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    };
    let mut within = Vec::with_capacity(steps.len());
    for step in steps {
        if let Some(model) = &step.model {
            (ids, names) = (HashMap::new(), HashMap::new());
            for asked in &model.requested_tools {
                asked.id.iter().for_each(|id| *ids.entry(id).or_default() += 1);
                *names.entry(&asked.name).or_default() += 1;
            }
        }
        let asked = step.tool.as_ref().is_some_and(|tool| {
            let by_name = take(&mut names, &tool.name);
            tool.id.as_deref().is_some_and(|id| take(&mut ids, id)) || by_name
        });
        within.push(asked);
        // What is neither part of the model's turn nor asked for by it ends the turn.
        if !asked && step.model.is_none() {
            (ids, names) = (HashMap::new(), HashMap::new());
        }
    }
    within
}

#[cfg(test)]
mod tests {
    use crate::model::{
        ids::{StepNumber, TraceId},
        step::{ModelCall, RequestedTool, StepKind, ToolCall},
        trace::Trace,
    };
    use crate::workbench::{testing::fixtures, waterfall::Waterfall};

    use super::*;

    fn model(asks: &[(&str, &str)]) -> Step {
        let mut step = Step::new(StepNumber(0), StepKind::LlmCall, "m");
        let asked =
            |(id, name): &(&str, &str)| RequestedTool { id: Some((*id).to_owned()), name: (*name).to_owned(), ..RequestedTool::default() };
        step.model = Some(ModelCall { requested_tools: asks.iter().map(asked).collect(), ..ModelCall::default() });
        step
    }

    fn tool(id: Option<&str>, name: &str) -> Step {
        let mut step = Step::new(StepNumber(0), StepKind::ToolCall, name);
        step.tool = Some(ToolCall { id: id.map(str::to_owned), name: name.to_owned(), ..ToolCall::default() });
        step
    }

    fn of(agent: &str, mut step: Step) -> Step {
        step.agent = Some(agent.to_owned());
        step
    }

    /// The rows in words, set in by level.
    fn drawn(steps: Vec<Step>) -> Vec<String> {
        let mut trace = Trace::empty(TraceId::new("t").unwrap_or_else(|_| unreachable!()));
        trace.steps = (1..).zip(steps).map(|(number, step)| Step { number: StepNumber(number), ..step }).collect();
        let waterfall = Waterfall::new(&trace, &fixtures::verdict(&trace.id));
        let outline = waterfall.outline;
        let row = |(item, level): (&Item, &u16)| {
            let name = match item {
                Item::Run => "run".to_owned(),
                Item::Agent(group) => format!("{} {:?}", group.name, group.steps),
                Item::Step(place) => format!("{place} {}", waterfall.steps[*place].name),
            };
            format!("{}{name}", "  ".repeat(usize::from(*level)))
        };
        outline.items().iter().zip(outline.levels()).map(row).collect()
    }

    #[test]
    fn a_tool_call_lies_within_the_model_call_that_asked_for_it() {
        let steps = vec![
            model(&[("1", "look"), ("2", "pay")]),
            tool(Some("1"), "look"),
            tool(None, "pay"),
            tool(None, "pay"),
            model(&[("3", "look")]),
            tool(Some("9"), "other"),
        ];
        assert_eq!(drawn(steps), ["run", "0 m", "  1 look", "  2 pay", "3 pay", "4 m", "5 other"]);
    }

    #[test]
    fn steps_of_one_agent_lie_within_it_where_there_are_several() {
        let steps = vec![
            of("planner", model(&[])),
            of("buyer", model(&[("1", "pay")])),
            of("buyer", tool(Some("1"), "pay")),
            of("planner", model(&[])),
            tool(None, "log"),
        ];
        assert_eq!(drawn(steps), ["run", "0 m", "buyer 1..3", "  1 m", "    2 pay", "3 m", "4 log"]);
        assert_eq!(drawn(vec![of("one", model(&[])), of("one", model(&[]))]), ["run", "0 m", "1 m"], "one agent is no news");
    }

    #[test]
    fn where_the_sender_nests_its_word_counts() {
        let mut inner = tool(Some("1"), "pay");
        inner.depth = 3;
        assert_eq!(drawn(vec![model(&[]), inner, model(&[])]), ["run", "0 m", "      1 pay", "2 m"]);
    }
}
