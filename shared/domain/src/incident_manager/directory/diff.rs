//! The changes that turn what is into what should be, in an order in which each can be made.

use super::{
    Actual, ActualChannel, ActualPerson, Alias, Desired, Line, NEXT_CHANNEL, Person, ResponsePlan,
    Stage,
};

/// One change, made by one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A PERSONAL contact, with an empty plan: its channels do not exist yet.
    CreatePerson {
        /// Whose.
        alias: Alias,
        /// The name that people see.
        display_name: String,
    },
    /// A channel of somebody, to be activated by its owner.
    CreateChannel {
        /// Whose.
        alias: Alias,
        /// What.
        line: Line,
    },
    /// Another name or address of a channel.
    UpdateChannel {
        /// Whose.
        alias: Alias,
        /// Which.
        arn: String,
        /// What it becomes.
        line: Line,
        /// Whether its number or address changes: its owner then has to activate it anew.
        moved: bool,
    },
    /// The engagement plan of somebody: these channels, one after the other.
    SetPlan {
        /// Whose.
        alias: Alias,
        /// By their kind and address.
        lines: Vec<Line>,
    },
    /// An ESCALATION contact, with an empty plan.
    CreateEscalation {
        /// Which.
        alias: Alias,
        /// The name that people see.
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
        display_name: String,
    },
    /// A channel goes; no plan of ours has it any more.
    DeleteChannel {
        /// Whose.
        alias: Alias,
        /// Which.
        arn: String,
    },
    /// A contact goes; no plan of ours has it any more.
    Delete {
        /// Which.
        alias: Alias,
    },
    /// A response plan.
    CreatePlan {
        /// Its name.
        alias: Alias,
        /// All of it.
        plan: Box<ResponsePlan>,
    },
    /// Everything in a response plan.
    UpdatePlan {
        /// Its name.
        alias: Alias,
        /// All of it.
        plan: Box<ResponsePlan>,
    },
    /// A response plan goes.
    DeletePlan {
        /// Its name.
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
            Self::CreatePlan { .. } => "create_plan",
            Self::UpdatePlan { .. } => "update_plan",
            Self::DeletePlan { .. } => "delete_plan",
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
            | Self::Delete { alias }
            | Self::CreatePlan { alias, .. }
            | Self::UpdatePlan { alias, .. }
            | Self::DeletePlan { alias } => alias,
        }
    }

    /// Whether it is about what engages others: while one of these has failed, a contact that goes would
    /// leave a name behind that engages nobody.
    #[must_use]
    pub const fn mends(&self) -> bool {
        matches!(self, Self::SetStages { .. } | Self::UpdatePlan { .. } | Self::DeletePlan { .. })
    }
}

/// What has to be done, in this order: people and their channels, then escalations, then response plans,
/// then what nothing mentions any more.
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
    of_plans(desired, actual, &mut all);
    all.append(&mut last);
    let gone = actual.escalations.keys().filter(|alias| !desired.escalations.contains_key(*alias));
    all.extend(gone.map(|alias| Change::Delete { alias: alias.clone() }));
    let gone = actual.people.keys().filter(|alias| !desired.people.contains_key(*alias));
    all.extend(gone.map(|alias| Change::Delete { alias: alias.clone() }));
    all
}

/// The changes of response plans.
fn of_plans(desired: &Desired, actual: &Actual, all: &mut Vec<Change>) {
    for (name, plan) in &desired.plans {
        let (alias, plan) = (name.clone(), Box::new(plan.clone()));
        match actual.plans.get(name) {
            None => all.push(Change::CreatePlan { alias, plan }),
            Some(known) if *known != *plan => all.push(Change::UpdatePlan { alias, plan }),
            Some(_) => {}
        }
    }
    let gone = actual.plans.keys().filter(|name| !desired.plans.contains_key(*name));
    all.extend(gone.map(|name| Change::DeletePlan { alias: name.clone() }));
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
    // Of two with one address, the one that its owner has activated.
    spare.sort_by_key(|channel| !channel.activated);
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
                let moved = channel.line.address != line.address;
                all.push(Change::UpdateChannel { alias, arn: channel.arn.clone(), line, moved });
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
