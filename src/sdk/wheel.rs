//! The tracer as a wheel (Binary distribution format 1.0, PEP 427): a zip of the package and what installers want to know of it.
//!
//! The same sources always give the same bytes: files are in order, and no time or machine goes into them.

use std::{
    fmt::Write as _,
    io::{Cursor, Write},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{
    SdkError,
    source::{self, PACKAGE, SourceFile, VERSION},
};

/// The tracer as a wheel.
#[derive(Debug, Clone)]
pub struct Wheel {
    file_name: String,
    bytes: Bytes,
    sha256: String,
}

impl Wheel {
    /// Puts the wheel together. It takes some milliseconds.
    ///
    /// # Errors
    /// [`SdkError::Wheel`] when the sources do not fit a zip file.
    pub fn build() -> Result<Self, SdkError> {
        Ok(Self::of(&source::files())?)
    }

    fn of(sources: &[SourceFile]) -> Result<Self, ZipError> {
        let information = format!("{PACKAGE}-{VERSION}.dist-info");
        let mut archive = Archive::new();
        for file in sources {
            archive.add(format!("{PACKAGE}/{}", file.path), file.content)?;
        }
        archive.add(format!("{information}/METADATA"), metadata().as_bytes())?;
        archive.add(format!("{information}/WHEEL"), wheel_file().as_bytes())?;
        let bytes = archive.finish(&format!("{information}/RECORD"))?;
        let sha256 = Sha256::digest(&bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        Ok(Self { file_name: Self::name(), bytes: bytes.into(), sha256 })
    }

    /// The name a wheel of this version has to have: `arc_tracer-0.1.0-py3-none-any.whl`. pip reads name and version out of it.
    #[must_use]
    pub fn name() -> String {
        format!("{PACKAGE}-{VERSION}-py3-none-any.whl")
    }

    /// Its file name.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The SHA-256 of the file in hexadecimal, by which pip can tell that it came whole.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

/// A zip file in the making, with the list of what is in it.
struct Archive {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    options: SimpleFileOptions,
    record: String,
}

impl Archive {
    fn new() -> Self {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            // The first moment a zip file can name.
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        Self { zip: ZipWriter::new(Cursor::new(Vec::new())), options, record: String::new() }
    }

    fn add(&mut self, path: String, content: &[u8]) -> Result<(), ZipError> {
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(content));
        let _ = writeln!(self.record, "{path},sha256={digest},{}", content.len());
        self.zip.start_file(path, self.options)?;
        Ok(self.zip.write_all(content)?)
    }

    /// Adds the list, which names itself without a digest, and gives the whole.
    fn finish(mut self, record_path: &str) -> Result<Vec<u8>, ZipError> {
        let _ = writeln!(self.record, "{record_path},,");
        self.zip.start_file(record_path, self.options)?;
        self.zip.write_all(self.record.as_bytes())?;
        Ok(self.zip.finish()?.into_inner())
    }
}

/// Core metadata 2.1.
fn metadata() -> String {
    format!(
        "Metadata-Version: 2.1\n\
         Name: arc-tracer\n\
         Version: {VERSION}\n\
         Summary: One line that shows what an AI agent does in arc-eval-tui\n\
         License: MIT\n\
         Requires-Python: >=3.9\n\
         Classifier: Programming Language :: Python :: 3\n\
         Classifier: Typing :: Typed\n\
         Description-Content-Type: text/markdown\n\
         \n\
         Sends the steps, model calls and tool calls of an AI agent to an arc-eval-tui workbench on this machine.\n\
         \n\
         ```python\n\
         from arc_tracer import ArcTracer\n\
         \n\
         agent = ArcTracer(\"finance\").trace_agent(agent)\n\
         ```\n"
    )
}

fn wheel_file() -> String {
    format!("Wheel-Version: 1.0\nGenerator: arc-eval-tui ({VERSION})\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::{collections::BTreeMap, io::Read};

    use zip::ZipArchive;

    use super::*;

    fn contents(wheel: &Wheel) -> BTreeMap<String, Vec<u8>> {
        let mut archive = ZipArchive::new(Cursor::new(wheel.bytes().to_vec())).unwrap();
        (0..archive.len())
            .map(|place| {
                let mut file = archive.by_index(place).unwrap();
                let mut content = Vec::new();
                file.read_to_end(&mut content).unwrap();
                (file.name().to_owned(), content)
            })
            .collect()
    }

    #[test]
    fn the_record_lists_every_file_with_its_digest_and_size() {
        let wheel = Wheel::build().unwrap();
        let files = contents(&wheel);
        let record_path = format!("arc_tracer-{VERSION}.dist-info/RECORD");
        let record = String::from_utf8(files[&record_path].clone()).unwrap();
        let mut listed = Vec::new();
        for line in record.lines() {
            let [path, digest, size] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
            listed.push(path.to_owned());
            if path == record_path {
                assert_eq!((digest, size), ("", ""), "a list cannot hold its own digest");
                continue;
            }
            let content = &files[path];
            assert_eq!(size.parse::<usize>().unwrap(), content.len(), "{path}");
            let given = URL_SAFE_NO_PAD.decode(digest.strip_prefix("sha256=").unwrap()).unwrap();
            assert_eq!(given, Sha256::digest(content).to_vec(), "{path}");
        }
        listed.sort();
        assert_eq!(listed, files.keys().cloned().collect::<Vec<_>>());
        assert_eq!(listed.iter().filter(|path| path.starts_with("arc_tracer/")).count(), source::files().len());
    }

    #[test]
    fn installers_find_what_they_look_for() {
        let wheel = Wheel::build().unwrap();
        assert_eq!(wheel.file_name(), format!("arc_tracer-{VERSION}-py3-none-any.whl"));
        let files = contents(&wheel);
        let text = |name: &str| String::from_utf8(files[&format!("arc_tracer-{VERSION}.dist-info/{name}")].clone()).unwrap();
        let metadata = text("METADATA");
        for line in ["Metadata-Version: 2.1", "Name: arc-tracer", &format!("Version: {VERSION}"), "Requires-Python: >=3.9"] {
            assert!(metadata.lines().any(|given| given == line), "{line} is not in\n{metadata}");
        }
        for line in ["Wheel-Version: 1.0", "Root-Is-Purelib: true", "Tag: py3-none-any"] {
            assert!(text("WHEEL").lines().any(|given| given == line), "{line}");
        }
    }

    #[test]
    fn the_same_sources_give_the_same_bytes_and_others_do_not() {
        let source = |content| [SourceFile { path: "__init__.py", content }];
        let (first, again) = (Wheel::of(&source(b"x = 1\n")).unwrap(), Wheel::of(&source(b"x = 1\n")).unwrap());
        assert_eq!(first.bytes(), again.bytes());
        assert_eq!(first.sha256(), again.sha256());
        let other = Wheel::of(&source(b"x = 2\n")).unwrap();
        assert_ne!(first.sha256(), other.sha256());
        assert_eq!(first.sha256().len(), 64);
    }
}
