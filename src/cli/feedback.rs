//! `feedback`: a person's word on a run, without the screen.

use bytes::Bytes;
use hyper::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    arguments::FeedbackArguments,
    exit::CliError,
    facts_source::{FactsSource, Wanted, path},
    output::Output,
    settings::Settings,
};
use crate::text::clean::clean_line;

/// What is answered to a person's word.
#[derive(Deserialize)]
struct Told {
    status: String,
    agent_id: String,
    before: Option<f64>,
    after: Option<f64>,
    grade_before: Option<String>,
    grade_after: Option<String>,
}

/// Records the word; prints what it did to the agent's grade.
pub async fn run(arguments: &FeedbackArguments, settings: &Settings) -> Result<(), CliError> {
    let source = FactsSource::open_to_change(settings, Wanted::by(arguments.live)).await?;
    let printed = give(arguments, &source).await;
    source.close_after(printed).await
}

async fn give(arguments: &FeedbackArguments, source: &FactsSource) -> Result<(), CliError> {
    let body = Bytes::from(word(arguments).to_string());
    let answer = source.remote().answer(Method::POST, &path("/api/feedback", &[&arguments.trace], &[]), body).await?;
    let mut output = Output::stdout();
    if arguments.json {
        output.bytes(&answer)?;
        output.line("")?;
    } else {
        output.line(&sentence(&source.remote().read(&answer)?))?;
    }
    output.flush()
}

fn word(arguments: &FeedbackArguments) -> Value {
    if arguments.clear {
        return json!({"clear": true});
    }
    let mut word = Map::new();
    if arguments.correct || arguments.wrong {
        word.insert("correct".to_owned(), arguments.correct.into());
    }
    if let Some(score) = arguments.score {
        word.insert("score".to_owned(), score.into());
    }
    if let Some(notes) = &arguments.notes {
        word.insert("notes".to_owned(), notes.clone().into());
    }
    Value::Object(word)
}

fn sentence(told: &Told) -> String {
    let score = |score: Option<f64>, grade: &Option<String>| match (score, grade) {
        (Some(score), Some(grade)) => format!("{grade} {score:.1}"),
        _ => "no grade".to_owned(),
    };
    let (before, after) = (score(told.before, &told.grade_before), score(told.after, &told.grade_after));
    let agent = clean_line(&told.agent_id);
    if before == after {
        format!("{}; {agent} stays at {after}", told.status)
    } else {
        format!("{}; {agent}: {before} -> {after}", told.status)
    }
}
