//! What somebody changed by hand in Incident Manager: told from what the roster asks for since.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Alias, Change, Desired};

/// By name, a digest of what was last written there.
pub type Written = BTreeMap<Alias, String>;

impl Desired {
    /// Everything that should be there of one name, as one text: equal texts ask for the same. Nothing if
    /// nothing should be there. It has numbers and addresses: to be digested, never to be kept or shown.
    #[must_use]
    pub fn text(&self, alias: &str) -> Option<String> {
        let mut text = String::new();
        let written = if let Some(person) = self.people.get(alias) {
            let lines = person.lines.iter();
            let lines = lines.map(|line| (line.kind.name(), &line.address, &line.name));
            write!(text, "person {:?} {:?}", person.display_name, lines.collect::<Vec<_>>())
        } else if let Some(escalation) = self.escalations.get(alias) {
            write!(text, "escalation {:?} {:?}", escalation.display_name, escalation.stages)
        } else {
            write!(text, "plan {:?}", self.plans.get(alias)?)
        };
        written.ok().map(|()| text)
    }
}

/// Those of these changes that would undo somebody's hand: the name asks for what was `written` last, and
/// still what is there differs. What the roster has changed since is not among them, and neither is
/// what was never written.
#[must_use]
pub fn by_hand(
    todo: &[Change],
    desired: &Desired,
    written: &Written,
    digest: impl Fn(&str) -> String,
) -> BTreeSet<Alias> {
    let same = |alias: &&Alias| match (desired.text(alias), written.get(*alias)) {
        (Some(text), Some(written)) => digest(&text) == *written,
        // Somebody has made it under a name that we would give.
        (None, None) => true,
        _ => false,
    };
    todo.iter().map(Change::alias).filter(same).cloned().collect()
}
