//! `export`: the runs of the store in a form to keep, to import elsewhere, or to open in a spreadsheet.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::{Method, Response, body::Incoming};
use serde_json::json;
use tempfile::NamedTempFile;

use super::{
    arguments::ExportArguments,
    exit::CliError,
    facts_source::{FactsSource, Wanted, path},
    output::{Output, say},
    progress::Progress,
    quantity::runs_words,
    settings::Settings,
};
use crate::text::human;

/// Gives out every run the filter chooses.
pub async fn run(arguments: &ExportArguments, settings: &Settings) -> Result<(), CliError> {
    // Before anything is asked: a file that may not be written is told at once.
    let file = arguments.out.as_deref().map(|out| Draft::of(out, arguments.force)).transpose()?;
    let source = FactsSource::open(settings, Wanted::by(arguments.live)).await?;
    let exported = export(arguments, &source, file).await;
    source.close_after(exported).await
}

async fn export(arguments: &ExportArguments, source: &FactsSource, file: Option<Draft>) -> Result<(), CliError> {
    let filter = arguments.filter.as_deref().unwrap_or_default();
    let path = path("/api/export", &[], &[("where", filter), ("format", &arguments.format)]);
    let answer = source.remote().ask(Method::GET, &path, Bytes::new()).await?;
    if !answer.status().is_success() {
        let status = answer.status();
        let told = answer.into_body().collect().await.map_or_else(|_| Bytes::new(), |body| body.to_bytes());
        return Err(source.remote().refusal(status, &told));
    }
    let mut output = Output::stdout();
    let mut counter = Counter::new(arguments.format == "csv");
    match file {
        None => {
            stream(answer, &mut counter, |piece| {
                output.bytes(piece)?;
                Ok(!output.closed())
            })
            .await?;
        }
        Some(mut draft) => {
            stream(answer, &mut counter, |piece| draft.write(piece).map(|()| true)).await?;
            let out = draft.finish()?;
            if arguments.json {
                output.json(&json!({"runs": counter.runs(), "bytes": counter.bytes, "path": out}))?;
            } else {
                let runs = runs_words(counter.runs());
                say(format!("{runs}, {}, written to {}", human::bytes(counter.bytes), out.display()));
            }
        }
    }
    output.flush()
}

/// Hands on the pieces of an answer as they come, until `take` wants no more.
async fn stream(
    mut answer: Response<Incoming>,
    counter: &mut Counter,
    mut take: impl FnMut(&[u8]) -> Result<bool, CliError>,
) -> Result<(), CliError> {
    let mut progress = Progress::new();
    while let Some(frame) = answer.frame().await {
        let frame =
            frame.map_err(|error| CliError::unavailable(format!("the export broke off after {}: {error}", runs_words(counter.runs()))))?;
        let Ok(piece) = frame.into_data() else { continue };
        counter.count(&piece);
        if !take(&piece)? {
            return Ok(());
        }
        progress.show(|| format!("{}, {} …", runs_words(counter.runs()), human::bytes(counter.bytes)));
    }
    Ok(())
}

/// How much has come.
struct Counter {
    table: bool,
    /// Inside a quoted cell of a table, where line ends are part of it.
    quoted: bool,
    lines: u64,
    bytes: u64,
}

impl Counter {
    const fn new(table: bool) -> Self {
        Self { table, quoted: false, lines: 0, bytes: 0 }
    }

    fn count(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        for byte in piece {
            // A doubled quote inside a cell ends it and begins it again.
            self.quoted ^= self.table && *byte == b'"';
            self.lines += u64::from(*byte == b'\n' && !self.quoted);
        }
    }

    /// Runs: a table has a header.
    const fn runs(&self) -> u64 {
        self.lines.saturating_sub(self.table as u64)
    }
}

/// A file that gets its name when it is whole.
struct Draft {
    out: PathBuf,
    force: bool,
    file: NamedTempFile,
}

impl Draft {
    fn of(out: &Path, force: bool) -> Result<Self, CliError> {
        if out.symlink_metadata().is_ok() && !force {
            return Err(CliError::wrong_use(format!("{} is there already; --force writes over it", out.display())));
        }
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let file =
            NamedTempFile::new_in(folder).map_err(|error| CliError::wrong_use(format!("cannot write in {}: {error}", folder.display())))?;
        Ok(Self { out: out.to_owned(), force, file })
    }

    fn write(&mut self, piece: &[u8]) -> Result<(), CliError> {
        self.file.write_all(piece).map_err(|error| self.cannot(&error))
    }

    fn cannot(&self, error: &std::io::Error) -> CliError {
        CliError::unreadable(format!("cannot write {}: {error}", self.out.display()))
    }

    fn finish(self) -> Result<PathBuf, CliError> {
        self.file.as_file().sync_all().map_err(|error| self.cannot(&error))?;
        let Self { out, force, file } = self;
        let kept = if force { file.persist(&out) } else { file.persist_noclobber(&out) };
        kept.map_err(|error| CliError::unreadable(format!("cannot write {}: {}", out.display(), error.error)))?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_counted_also_where_a_cell_holds_line_ends() {
        let mut counter = Counter::new(true);
        counter.count(b"trace_id,error\r\na,\"two\nlines, \"\"quo");
        counter.count(b"ted\"\"\"\r\nb,\r\n");
        assert_eq!(counter.runs(), 2);
        let mut counter = Counter::new(false);
        counter.count(b"{\"a\":\"\\\"\"}\n{}\n");
        assert_eq!(counter.runs(), 2);
    }
}
