//! How a local system is started.

use std::path::PathBuf;

use crate::home::{Home, repository};

/// How to start a system.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it keeps its files.
    pub home: Home,
    /// What each second of an escalation's wait takes, in seconds: 0.05 makes ten minutes thirty
    /// seconds.
    pub wait_scale: f64,
    /// What each second between two steps takes, where that is to be another: tests end these waits
    /// themselves ([`crate::System::next_step`]), when they have looked at the step before.
    pub step_scale: Option<f64>,
    /// Whether phone numbers can be refused.
    pub refusals: bool,
    /// Whether the stand-in for services that MiniStack lacks is there.
    pub outside: bool,
    /// Whether this process outlives the command that started it: [`Home::end`] then ends it too.
    pub background: bool,
    /// The template to deploy.
    pub template: PathBuf,
    /// Its parameters, beside those that every system has.
    pub parameters: &'static [(&'static str, &'static str)],
}

impl Options {
    /// A system in this home, with the real template.
    #[must_use]
    pub fn at(home: Home) -> Self {
        let template = repository().join("infra").join("muster.yaml");
        Self {
            home,
            wait_scale: 0.05,
            step_scale: None,
            refusals: false,
            outside: false,
            background: false,
            template,
            parameters: &[],
        }
    }
}
