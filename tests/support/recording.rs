//! The recordings of `tests/recordings`, read.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    path::Path,
};

use arc_eval_tui::formats::otlp::wire::{self, Encoding};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::Value;

/// One run of a real agent: what happened, and what was sent of it.
#[derive(Deserialize)]
pub struct Recording {
    /// Its file's name.
    #[serde(default)]
    pub name: String,
    /// Names of the framework that are right, letters only.
    pub framework: Vec<String>,
    pub happened: Happened,
    /// The tool of its own by which the framework ends a run.
    pub closing: Option<String>,
    /// What the sender does not tell, and how its spans show that.
    pub untold: BTreeMap<String, String>,
    /// In order of arrival.
    pub requests: Vec<Request>,
}

/// What really happened, as the agent's tools and the scripted model saw it.
#[derive(Deserialize)]
pub struct Happened {
    /// What the agent raised, if it did.
    pub error: Option<String>,
    pub tools: Vec<Call>,
    pub told: Told,
}

/// A tool that ran.
#[derive(Deserialize)]
pub struct Call {
    pub name: String,
    pub arguments: Value,
}

/// The tokens the scripted model reported, over all its answers.
#[derive(Deserialize)]
pub struct Told {
    pub input_tokens: u64,
    pub output_tokens: u64,
}

/// One request.
#[derive(Deserialize)]
pub struct Request {
    pub path: String,
    pub content_type: String,
    /// Whether it came gzipped.
    pub packed: bool,
    /// Gzipped, in base64.
    body: String,
}

impl Request {
    pub fn is_grpc(&self) -> bool {
        self.content_type == "application/grpc"
    }

    pub fn gzipped(&self) -> Vec<u8> {
        STANDARD.decode(&self.body).unwrap()
    }

    pub fn unpacked(&self) -> Vec<u8> {
        let mut body = Vec::new();
        flate2::read::GzDecoder::new(self.gzipped().as_slice()).read_to_end(&mut body).unwrap();
        body
    }

    fn traces(&self) -> Vec<String> {
        let (body, encoding) = (self.unpacked(), if self.content_type.contains("json") { Encoding::Json } else { Encoding::Protobuf });
        if self.path.ends_with("/v1/logs") {
            return Vec::new();
        }
        wire::traces(&body, encoding).unwrap().items.iter().map(|span| span.trace.to_string()).collect()
    }
}

impl Recording {
    /// The traces its spans belong to.
    pub fn traces(&self) -> BTreeSet<String> {
        self.requests.iter().flat_map(Request::traces).collect()
    }
}

/// All of them, by name.
pub fn recordings() -> Vec<Recording> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let read = files.iter().map(|path| {
        let recording: Recording =
            serde_json::from_slice(&fs::read(path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Recording { name: path.file_stem().unwrap().to_string_lossy().into_owned(), ..recording }
    });
    read.collect()
}
