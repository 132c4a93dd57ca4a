//! Settings that are one of a few words.

use muster_domain::incident_manager::directory::{ManualEdits, PagingBackend, Use};

/// A choice among a few words. Its default is for a variable that is not set.
pub trait Words: Copy + Default + 'static {
    /// Each word, as the template's parameter allows it, with its meaning.
    const WORDS: &'static [(&'static str, Self)];
}

impl Words for bool {
    const WORDS: &'static [(&'static str, Self)] = &[("true", true), ("false", false)];
}

impl Words for Use {
    const WORDS: &'static [(&'static str, Self)] =
        &[("auto", Self::Auto), ("on", Self::On), ("off", Self::Off)];
}

impl Words for PagingBackend {
    const WORDS: &'static [(&'static str, Self)] =
        &[("native", Self::Native), ("both", Self::Both)];
}

impl Words for ManualEdits {
    const WORDS: &'static [(&'static str, Self)] =
        &[("revert", Self::Revert), ("keep", Self::Keep)];
}
