//! What the roster lacks, and so what a change of it would leave open.

use std::collections::BTreeSet;

use crate::roster::contact::Contact;
use crate::roster::plan::EscalationPlan;
use crate::roster::role::Role;
use crate::roster::team::People;
use crate::value::channel::Channel;
use crate::value::id::{ContactId, PlanId, ResourceId};

/// How many kinds of channel everybody needs: one that fails must not be the only one.
pub const LEAST_KINDS: usize = 2;

/// Something that is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hole {
    /// Somebody's backup is not in the roster, or has left.
    BackupMissing {
        /// Whose.
        contact: ContactId,
    },
    /// Nobody is in a role; every plan pages by severity, and so by role.
    RoleUnfilled {
        /// Which.
        role: Role,
    },
    /// An escalation plan names somebody who is not in the roster, or has left.
    PlanContactMissing {
        /// Which plan.
        plan: PlanId,
        /// Whom it names.
        contact: ContactId,
    },
    /// An escalation plan names an external resource that there is not.
    PlanResourceMissing {
        /// Which plan.
        plan: PlanId,
        /// What it names.
        resource: ResourceId,
    },
    /// Somebody can be reached by one kind of channel only.
    ContactSingleChannelType {
        /// Who.
        contact: ContactId,
    },
}

/// The people and plans of a roster.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'a> {
    /// Everybody, those who left too.
    pub people: &'a People,
    /// Every escalation plan.
    pub plans: &'a [EscalationPlan],
    /// Every external resource.
    pub resources: &'a BTreeSet<ResourceId>,
}

impl Snapshot<'_> {
    fn here(&self, id: &ContactId) -> bool {
        self.people.get(id).is_some_and(|contact| !contact.departed())
    }

    /// Everything that is open.
    #[must_use]
    pub fn holes(&self) -> BTreeSet<Hole> {
        let present = || self.people.values().filter(|contact| !contact.departed());
        let mut holes = BTreeSet::new();
        for contact in present() {
            if contact.backup_contact.as_ref().is_some_and(|backup| !self.here(backup)) {
                holes.insert(Hole::BackupMissing { contact: contact.id.clone() });
            }
            if kinds(contact) < LEAST_KINDS {
                holes.insert(Hole::ContactSingleChannelType { contact: contact.id.clone() });
            }
        }
        let filled: BTreeSet<Role> = present().flat_map(|c| c.roles.iter().copied()).collect();
        let empty = Role::ALL.into_iter().filter(|role| !filled.contains(role));
        holes.extend(empty.map(|role| Hole::RoleUnfilled { role }));
        for plan in self.plans {
            let missing = plan.named().filter(|id| !self.here(id)).cloned();
            let hole = |contact| Hole::PlanContactMissing { plan: plan.id.clone(), contact };
            holes.extend(missing.map(hole));
            let missing = plan.externals().filter(|id| !self.resources.contains(id)).cloned();
            let hole = |resource| Hole::PlanResourceMissing { plan: plan.id.clone(), resource };
            holes.extend(missing.map(hole));
        }
        holes
    }

    /// What is open `after` a change and was not before. Naming a backup who is not there yet is
    /// no reason to refuse: rosters are filled one by one, and the coverage report says so.
    #[must_use]
    pub fn opened_by(&self, after: Snapshot<'_>) -> Vec<Hole> {
        let before = self.holes();
        let backup = |people: &People, id: &ContactId| people.get(id)?.backup_contact.clone();
        let newly_named = |hole: &Hole| match hole {
            Hole::BackupMissing { contact } => {
                backup(self.people, contact) != backup(after.people, contact)
            }
            _ => false,
        };
        let opened = after.holes().into_iter();
        opened.filter(|hole| !before.contains(hole) && !newly_named(hole)).collect()
    }
}

/// How many kinds of channel somebody has.
fn kinds(contact: &Contact) -> usize {
    contact.channels.iter().map(Channel::kind).collect::<BTreeSet<_>>().len()
}

/// Whether a change of this contact can open anything. Most keep the person, the roles and the
/// channels, and are not worth reading everybody for.
#[must_use]
pub fn may_open(before: &Contact, after: Option<&Contact>) -> bool {
    let Some(after) = after else { return !before.departed() };
    !before.departed()
        && (after.departed()
            || kinds(after) < LEAST_KINDS.min(kinds(before))
            || before.roles.iter().any(|role| !after.roles.contains(role)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::contact::ContactStatus;
    use crate::roster::plan::Target;
    use crate::samples::{people, person};

    fn opened(before: &[Contact], after: &[Contact], plans: &[EscalationPlan]) -> Vec<Hole> {
        let (before, after) = (people(before.to_vec()), people(after.to_vec()));
        let resources = &BTreeSet::new();
        let after = Snapshot { people: &after, plans, resources };
        Snapshot { people: &before, plans, resources }.opened_by(after)
    }

    #[test]
    fn what_a_change_opens() {
        let (ada, mut bob) = (person("ada", 1), person("bob", 2));
        bob.backup_contact = Some(ada.id.clone());
        let everybody = [ada.clone(), bob.clone()];
        let no_backup = Hole::BackupMissing { contact: bob.id.clone() };
        let no_commander = Hole::RoleUnfilled { role: Role::IncidentCommander };
        let without_ada = [no_backup, no_commander.clone()];
        assert_eq!(opened(&everybody, &everybody[1..], &[]), without_ada);
        let gone = Contact { status: ContactStatus::Departed, ..ada.clone() };
        assert_eq!(opened(&everybody, &[gone.clone(), bob.clone()], &[]), without_ada);
        // Deleting somebody who had left already opens nothing more.
        assert_eq!(opened(&[gone, bob.clone()], &everybody[1..], &[]), []);
        let other = Contact { roles: vec![Role::LegalCounsel], ..ada.clone() };
        assert_eq!(opened(&everybody, &[other.clone(), bob.clone()], &[]), [no_commander]);
        assert!(may_open(&ada, Some(&other)) && !may_open(&ada, Some(&ada)));
        let mut mute = bob.clone();
        mute.channels.truncate(1);
        let one = Hole::ContactSingleChannelType { contact: bob.id.clone() };
        assert_eq!(opened(&everybody, &[ada.clone(), mute.clone()], &[]), [one]);
        assert!(may_open(&bob, Some(&mute)) && !may_open(&mute, Some(&mute)));
        // Two who take over from one at once: no hole, though each change alone would open one.
        let mended = Contact { backup_contact: None, ..bob };
        assert_eq!(opened(&[ada.clone(), mended.clone()], &[ada, mended], &[]), []);
    }

    #[test]
    fn who_names_somebody_unknown_is_not_stopped_and_plans_are() {
        let mut ada = person("ada", 1);
        ada.backup_contact = Some("nobody-yet".parse().unwrap());
        assert!(opened(&[person("ada", 1)], &[ada], &[]).is_empty());
        let mut plan = EscalationPlan::default();
        plan.steps[0].targets = vec![Target::Contact("bob".parse().unwrap())];
        let everybody = [person("ada", 1), person("ann", 2), person("bob", 2)];
        let hole =
            Hole::PlanContactMissing { plan: plan.id.clone(), contact: "bob".parse().unwrap() };
        assert_eq!(opened(&everybody, &everybody[..2], &[plan]), [hole]);
    }
}
