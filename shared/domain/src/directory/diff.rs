//! The changes that turn what is into what should be, in an order in which each can be made.

use serde::Serialize;

use super::{
    Actual, ActualChannel, ActualPerson, Alias, Desired, Line, NEXT_CHANNEL, Person, Stage,
};

/// One change, made by one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A PERSONAL contact, with an empty plan: its channels do not exist yet.
    CreatePerson {
        /// Whose.
        alias: Alias,
        /// The name that people see.
        #[serde(skip)]
        display_name: String,
    },
    /// A channel of somebody, to be activated by its owner.
    CreateChannel {
        /// Whose.
        alias: Alias,
        /// What.
        #[serde(skip)]
        line: Line,
    },
    /// Another name or address of a channel.
    UpdateChannel {
        /// Whose.
        alias: Alias,
        /// Which.
        #[serde(skip)]
        arn: String,
        /// What it becomes.
        #[serde(skip)]
        line: Line,
    },
    /// The engagement plan of somebody: these channels, one after the other.
    SetPlan {
        /// Whose.
        alias: Alias,
        /// By their kind and address.
        #[serde(skip)]
        lines: Vec<Line>,
    },
    /// An ESCALATION contact, with an empty plan.
    CreateEscalation {
        /// Which.
        alias: Alias,
        /// The name that people see.
        #[serde(skip)]
        display_name: String,
    },
    /// The stages of an escalation.
    SetStages {
        /// Which.
        alias: Alias,
        /// All of them.
        stages: Vec<Stage>,
    },
    /// Another name that people see.
    Rename {
        /// Of which contact.
        alias: Alias,
        /// The name.
        #[serde(skip)]
        display_name: String,
    },
    /// A channel goes; no plan of ours has it any more.
    DeleteChannel {
        /// Whose.
        alias: Alias,
        /// Which.
        #[serde(skip)]
        arn: String,
    },
    /// A contact goes; no plan of ours has it any more.
    Delete {
        /// Which.
        alias: Alias,
    },
}

impl Change {
    /// What it does, as one word: the name that it has in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CreatePerson { .. } => "create_person",
            Self::CreateChannel { .. } => "create_channel",
            Self::UpdateChannel { .. } => "update_channel",
            Self::SetPlan { .. } => "set_plan",
            Self::CreateEscalation { .. } => "create_escalation",
            Self::SetStages { .. } => "set_stages",
            Self::Rename { .. } => "rename",
            Self::DeleteChannel { .. } => "delete_channel",
            Self::Delete { .. } => "delete",
        }
    }

    /// What it is about.
    #[must_use]
    pub fn alias(&self) -> &Alias {
        match self {
            Self::CreatePerson { alias, .. }
            | Self::CreateChannel { alias, .. }
            | Self::UpdateChannel { alias, .. }
            | Self::SetPlan { alias, .. }
            | Self::CreateEscalation { alias, .. }
            | Self::SetStages { alias, .. }
            | Self::Rename { alias, .. }
            | Self::DeleteChannel { alias, .. }
            | Self::Delete { alias } => alias,
        }
    }
}

/// What has to be done, in this order: people and their channels, then plans, then what plans no longer
/// mention.
#[must_use]
pub fn changes(desired: &Desired, actual: &Actual) -> Vec<Change> {
    let (mut all, mut last) = (Vec::new(), Vec::new());
    let nobody = ActualPerson::default();
    for (alias, person) in &desired.people {
        let known = actual.people.get(alias);
        if known.is_none() {
            let display_name = person.display_name.clone();
            all.push(Change::CreatePerson { alias: alias.clone(), display_name });
        } else if known.is_some_and(|known| known.display_name != person.display_name) {
            let display_name = person.display_name.clone();
            all.push(Change::Rename { alias: alias.clone(), display_name });
        }
        of_person(alias, person, known.unwrap_or(&nobody), &mut all, &mut last);
    }
    for (alias, escalation) in &desired.escalations {
        let known = actual.escalations.get(alias);
        let display_name = || escalation.display_name.clone();
        match known {
            None => all.push(Change::CreateEscalation {
                alias: alias.clone(),
                display_name: display_name(),
            }),
            Some(known) if known.display_name != escalation.display_name => {
                all.push(Change::Rename { alias: alias.clone(), display_name: display_name() });
            }
            Some(_) => {}
        }
        if known.map_or(&[][..], |known| &known.stages) != escalation.stages {
            let stages = escalation.stages.clone();
            all.push(Change::SetStages { alias: alias.clone(), stages });
        }
    }
    all.append(&mut last);
    let gone = actual.escalations.keys().filter(|alias| !desired.escalations.contains_key(*alias));
    all.extend(gone.map(|alias| Change::Delete { alias: alias.clone() }));
    let gone = actual.people.keys().filter(|alias| !desired.people.contains_key(*alias));
    all.extend(gone.map(|alias| Change::Delete { alias: alias.clone() }));
    all
}

/// The changes of one person's channels and plan; what goes, goes `last`.
fn of_person(
    alias: &Alias,
    person: &Person,
    known: &ActualPerson,
    all: &mut Vec<Change>,
    last: &mut Vec<Change>,
) {
    let mut spare: Vec<&ActualChannel> = known.channels.iter().collect();
    let mut take = |fits: &dyn Fn(&ActualChannel) -> bool| {
        let at = spare.iter().position(|channel| fits(channel))?;
        Some(spare.remove(at))
    };
    // Those with the right address first: their owners have activated them.
    let same = |line: &Line| {
        let line = line.clone();
        move |channel: &ActualChannel| {
            channel.line.kind == line.kind && channel.line.address == line.address
        }
    };
    let mut found: Vec<Option<&ActualChannel>> =
        person.lines.iter().map(|line| take(&same(line))).collect();
    for (line, found) in person.lines.iter().zip(&mut found) {
        if found.is_none() {
            *found = take(&|channel| channel.line.kind == line.kind);
        }
    }
    for (line, found) in person.lines.iter().zip(&found) {
        let (alias, line) = (alias.clone(), line.clone());
        match found {
            None => all.push(Change::CreateChannel { alias, line }),
            Some(channel) if channel.line != line => {
                all.push(Change::UpdateChannel { alias, arn: channel.arn.clone(), line });
            }
            Some(_) => {}
        }
    }
    let wanted: Option<Vec<_>> = found
        .iter()
        .map(|found| found.map(|channel| (NEXT_CHANNEL, vec![channel.arn.clone()])))
        .collect();
    if wanted.as_ref() != Some(&known.plan) {
        all.push(Change::SetPlan { alias: alias.clone(), lines: person.lines.clone() });
    }
    last.extend(
        spare.into_iter().map(|channel| Change::DeleteChannel {
            alias: alias.clone(),
            arn: channel.arn.clone(),
        }),
    );
}
