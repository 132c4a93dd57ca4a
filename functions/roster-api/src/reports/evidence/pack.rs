//! A zip file with a digest of everything in it, the same bytes for the same content.

use std::io::{Cursor, Write as _};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use muster_runtime::secret::hex_digest;
use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::http::problem::Problem;

/// A pack in the making.
pub(super) struct Pack {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    options: SimpleFileOptions,
    digests: Vec<String>,
}

impl Pack {
    /// An empty one, whose files are of this time.
    pub(super) fn new(now: Timestamp) -> Self {
        let at = now.to_zoned_datetime(TimeZone::UTC);
        let part = |value: i8| u8::try_from(value).unwrap_or_default();
        let time = DateTime::from_date_and_time(
            u16::try_from(at.year()).unwrap_or(1980),
            part(at.month()),
            part(at.day()),
            part(at.hour()),
            part(at.minute()),
            part(at.second()),
        );
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(time.unwrap_or_default())
            .unix_permissions(0o644);
        Self { zip: ZipWriter::new(Cursor::new(Vec::new())), options, digests: Vec::new() }
    }

    /// Adds a file of text.
    pub(super) fn text(&mut self, name: &str, text: &str) -> Result<(), Problem> {
        self.digests.push(format!("{}  {name}\n", hex_digest(text)));
        self.add(name, text)
    }

    /// Adds a value as JSON.
    pub(super) fn json(&mut self, name: &str, value: &impl Serialize) -> Result<(), Problem> {
        let text = serde_json::to_string_pretty(value).map_err(|_| Problem::internal())?;
        self.text(name, &(text + "\n"))
    }

    fn add(&mut self, name: &str, text: &str) -> Result<(), Problem> {
        // Writing to memory fails only if there is none.
        self.zip.start_file(name, self.options).map_err(|_| Problem::internal())?;
        self.zip.write_all(text.as_bytes()).map_err(|_| Problem::internal())
    }

    /// The file, with the digests of all others last: `sha256sum -c SHA256SUMS` checks them.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Problem> {
        let digests = self.digests.concat();
        self.add("SHA256SUMS", &digests)?;
        let end = self.zip.finish().map_err(|_| Problem::internal())?;
        Ok(end.into_inner())
    }
}
