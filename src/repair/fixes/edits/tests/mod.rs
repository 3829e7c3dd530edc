//! Remedies carried out on small files: what comes out, that it runs, and that nothing else is touched.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod any_text;
mod left_alone;
mod made_of_agents;
mod made_of_errors;
mod made_of_tools;
mod run;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{Context, edit};
use crate::{
    model::failure::FailureCode,
    repair::{
        python::{Edit, Installed, Module, apply},
        sample::failing,
        subject::Subject,
    },
};

/// A remedy to be carried out on a file.
#[derive(Clone)]
pub(super) struct Case<'c> {
    pub(super) remedy: &'c str,
    pub(super) code: FailureCode,
    pub(super) framework: Option<&'c str>,
    pub(super) tool: &'c str,
    pub(super) arguments: Value,
    pub(super) message: &'c str,
    /// The definition it is carried out at, qualified.
    pub(super) place: &'c str,
    pub(super) installed: &'c [(&'c str, &'c str)],
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            remedy: "retry",
            code: FailureCode::ToolUnavailable,
            framework: None,
            tool: "get_quote",
            arguments: json!({"symbol": "ACME"}),
            message: "the service is unavailable",
            place: "get_quote",
            installed: &[],
        }
    }
}

impl Case<'_> {
    /// The edits made to a source; `None` where there are none to make.
    pub(super) fn edits(&self, source: &str) -> Option<Vec<Edit>> {
        let module = Module::parse(source).unwrap_or_else(|problem| panic!("{problem}\n{source}"));
        let places = module.definitions();
        let place = places.iter().find(|definition| definition.qualified == self.place);
        let place = place.unwrap_or_else(|| panic!("no {} in\n{source}", self.place));
        let (trace, mut verdict) = failing(self.code, self.tool, self.arguments.clone(), self.message);
        verdict.framework = self.framework.map(str::to_owned);
        let subject = Subject::all(&trace, &verdict).next().unwrap();
        let context = Context::new(subject, verdict.framework.as_deref());
        let versions: BTreeMap<String, String> =
            self.installed.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned())).collect();
        edit(self.remedy, &context, &module, place, &Installed { versions })
    }

    /// The source after the edits, checked to be complete in itself: made twice they change nothing.
    pub(super) fn made(&self, source: &str) -> Option<String> {
        let edits = self.edits(source)?;
        let edited = apply(source, &edits).expect("edits fit together");
        assert_eq!(self.edits(&edited), None, "made twice:\n{edited}");
        Some(edited)
    }
}

/// A file before and after, with the remedy as its head.
pub(super) fn snapshot(name: &str, case: &Case<'_>, source: &str) {
    let source = source.strip_prefix('\n').unwrap_or(source);
    let edited = case.made(source).unwrap_or_else(|| panic!("{name}: nothing was made of\n{source}"));
    let head = format!("{} for {} in {}", case.remedy, case.code.code(), case.framework.unwrap_or("plain Python"));
    insta::with_settings!({ description => head, omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
        insta::assert_snapshot!(name, edited);
    });
}
