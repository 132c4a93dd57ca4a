//! What a change of the roster would leave open: people without their backup, roles without people.

use serde::Serialize;

use crate::contact::Contact;
use crate::id::ContactId;
use crate::role::Role;

/// Something that would be left open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hole {
    /// Somebody's backup would be gone.
    NoBackup {
        /// Whose.
        contact: ContactId,
    },
    /// Nobody would be left in a role; every plan pages by severity, and so by role.
    NobodyInRole {
        /// Which.
        role: Role,
    },
}

/// What would be left open if `before` became `after` (`None`: deleted), among `everybody`.
///
/// Only what the change itself opens counts: a role that was empty before is no reason to refuse.
#[must_use]
pub fn holes<'a>(
    before: &Contact,
    after: Option<&Contact>,
    everybody: impl Iterator<Item = &'a Contact> + Clone,
) -> Vec<Hole> {
    let stays = after.is_some_and(|contact| !contact.departed());
    let others = everybody.filter(|other| other.id != before.id && !other.departed());
    let mut holes = Vec::new();
    if before.departed() {
        return holes;
    }
    if !stays {
        let backed = others.clone().filter(|other| other.backup.as_ref() == Some(&before.id));
        holes.extend(backed.map(|other| Hole::NoBackup { contact: other.id.clone() }));
    }
    let kept = after.filter(|_| stays).map(|contact| contact.roles.as_slice()).unwrap_or_default();
    let lost = before.roles.iter().copied().filter(|role| !kept.contains(role));
    let empty = lost.filter(|role| !others.clone().any(|other| other.roles.contains(role)));
    holes.extend(empty.map(|role| Hole::NobodyInRole { role }));
    holes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::Status;
    use crate::samples::person;

    #[test]
    fn what_a_change_opens() {
        let (ada, mut bob) = (person("ada", 1), person("bob", 2));
        bob.backup = Some(ada.id.clone());
        let everybody = [ada.clone(), bob.clone()];
        let open =
            |before: &Contact, after: Option<&Contact>| holes(before, after, everybody.iter());
        let no_backup = Hole::NoBackup { contact: bob.id.clone() };
        let no_commander = Hole::NobodyInRole { role: Role::IncidentCommander };
        assert_eq!(open(&ada, None), [no_backup.clone(), no_commander.clone()]);
        let mut gone = ada.clone();
        gone.status = Status::Departed;
        assert_eq!(open(&ada, Some(&gone)), [no_backup, no_commander.clone()]);
        // Deleting somebody who had left already opens nothing more.
        assert_eq!(open(&gone, None), []);
        let mut other_role = ada.clone();
        other_role.roles = vec![Role::LegalCounsel];
        assert_eq!(open(&ada, Some(&other_role)), [no_commander]);
        assert_eq!(open(&ada, Some(&ada)), []);
        assert_eq!(open(&bob, None), [Hole::NobodyInRole { role: Role::IncidentManager }]);
    }
}
