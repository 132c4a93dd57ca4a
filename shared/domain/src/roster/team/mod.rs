//! Who is paged: the team for a severity, with stand-ins, and never nobody.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::roster::contact::Contact;
use crate::roster::plan::Target;
use crate::roster::role::Role;
use crate::value::id::ContactId;
use crate::value::severity::Severity;

/// The contacts that were looked up, by id: the levels in question and their backups.
pub type People = BTreeMap<ContactId, Contact>;

/// Reason why a contact is paged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PageReason {
    /// Member of the team for the severity.
    Team,
    /// Covers for a contact who is away.
    CoveringFor {
        /// ID of the contact who is away.
        #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
        contact: ContactId,
    },
    /// Backup contact of a contact who has not acknowledged.
    BackupOf {
        /// ID of the contact who has not acknowledged.
        #[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
        contact: ContactId,
    },
    /// One escalation level above the team.
    NextLevel,
    /// Has a role that the step targets.
    Role {
        /// Role that the step targets.
        role: Role,
    },
    /// Has an escalation level that the step targets.
    Level {
        /// Escalation level, 1 to 4.
        #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 4))]
        level: u8,
    },
    /// Named in the escalation plan.
    NamedInPlan,
    /// Incident Commander, because no targeted contact can be reached.
    Fallback,
    /// Was paged in an earlier escalation run of the incident.
    PagedBefore,
}

/// One person to page, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The person.
    pub contact: &'a Contact,
    /// Why.
    pub reason: PageReason,
    /// Outside the person's hours: a call comes first, since nothing else wakes anybody.
    pub outside_hours: bool,
}

/// What an incident asks of the team.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Severity.
    pub severity: Severity,
    /// The AWS account it is about.
    pub account: &'a str,
    /// The highest escalation level that belongs to the team.
    pub max_escalation_level: u8,
    /// The instant people are looked up for.
    pub now: Timestamp,
}

impl Call<'_> {
    /// Whether this person can be paged now. A Critical incident wakes people outside their hours.
    fn reachable(&self, contact: &Contact) -> bool {
        let woken = self.severity == Severity::Critical;
        !contact.departed() && !contact.on_leave(self.now) && (woken || contact.in_hours(self.now))
    }

    fn member<'a>(&self, contact: &'a Contact, why: PageReason) -> Member<'a> {
        Member { contact, reason: why, outside_hours: !contact.in_hours(self.now) }
    }

    /// Who stands in for `contact`: the backup, or that one's backup, and so on; a circle of
    /// backups ends where it began.
    #[must_use]
    pub fn stand_in<'a>(&self, contact: &Contact, people: &'a People) -> Option<&'a Contact> {
        let mut seen = BTreeSet::from([&contact.id]);
        let mut next = contact.backup_contact.as_ref();
        while let Some(id) = next {
            let person = people.get(id)?;
            if !seen.insert(&person.id) {
                return None;
            }
            if self.reachable(person) {
                return Some(person);
            }
            next = person.backup_contact.as_ref();
        }
        None
    }

    /// The people whom `called` calls, each present or replaced, sorted by level, then name.
    /// Nobody twice.
    fn muster<'a>(
        &self,
        people: &'a People,
        called: impl Fn(&Contact) -> bool,
        why: &PageReason,
    ) -> Vec<Member<'a>> {
        let called = people.values().filter(|contact| called(contact));
        let (present, away): (Vec<_>, Vec<_>) = called.partition(|contact| self.reachable(contact));
        let mut members: Vec<Member<'a>> =
            present.into_iter().map(|contact| self.member(contact, why.clone())).collect();
        for contact in away {
            let Some(person) = self.stand_in(contact, people) else { continue };
            if members.iter().all(|member| member.contact.id != person.id) {
                members.push(
                    self.member(person, PageReason::CoveringFor { contact: contact.id.clone() }),
                );
            }
        }
        members.sort_by(|a, b| rank(a.contact).cmp(&rank(b.contact)));
        members
    }

    /// Whether this person answers for the call's account and is still here.
    fn serves(&self, contact: &Contact) -> bool {
        contact.serves(self.account) && !contact.departed()
    }

    fn levels<'a>(
        &self,
        people: &'a People,
        levels: std::ops::RangeInclusive<u8>,
        why: &PageReason,
    ) -> Vec<Member<'a>> {
        self.muster(people, |c| levels.contains(&c.escalation_level) && self.serves(c), why)
    }

    /// Whom one target of a plan calls for.
    #[must_use]
    pub fn target<'a>(&self, target: &Target, people: &'a People) -> Vec<Member<'a>> {
        match target {
            Target::SeverityTeam => self.team(people),
            Target::Backups => self.backups(&self.team(people), people),
            Target::NextLevel => self.next_level(people),
            Target::Role(role) => {
                let called = |c: &Contact| c.roles.contains(role) && self.serves(c);
                self.muster(people, called, &PageReason::Role { role: *role })
            }
            Target::Level(level) => {
                self.levels(people, *level..=*level, &PageReason::Level { level: *level })
            }
            // Also somebody who has left: then it is their backup who is called.
            Target::Contact(id) => self.muster(people, |c| c.id == *id, &PageReason::NamedInPlan),
            // No person: `plan_turn` notifies organizations beside people.
            Target::External(_) => Vec::new(),
        }
    }

    /// The team for this call; commanders if it comes out empty; empty only if there is nobody
    /// at all, and then the emergency topic must be told.
    #[must_use]
    pub fn team<'a>(&self, people: &'a People) -> Vec<Member<'a>> {
        let team = self.levels(people, 1..=self.max_escalation_level, &PageReason::Team);
        if team.is_empty() { self.commanders(people) } else { team }
    }

    /// The commanders who are not away: they take over where nobody else can be reached.
    #[must_use]
    pub fn commanders<'a>(&self, people: &'a People) -> Vec<Member<'a>> {
        let mut commanders: Vec<_> = people
            .values()
            .filter(|c| c.roles.contains(&Role::IncidentCommander))
            .filter(|c| !c.departed() && !c.on_leave(self.now))
            .map(|contact| self.member(contact, PageReason::Fallback))
            .collect();
        commanders.sort_by(|a, b| rank(a.contact).cmp(&rank(b.contact)));
        commanders
    }

    /// The people one level beyond the team; the team if there are none.
    #[must_use]
    pub fn next_level<'a>(&self, people: &'a People) -> Vec<Member<'a>> {
        let next = self.max_escalation_level.saturating_add(1);
        let members = self.levels(people, next..=next, &PageReason::NextLevel);
        if members.is_empty() { self.team(people) } else { members }
    }

    /// Returns the backup of each of these members, if that contact can be paged and is not a member. A backup of
    /// several members is returned once for each of them.
    #[must_use]
    pub fn backups<'a>(&self, members: &[Member<'a>], people: &'a People) -> Vec<Member<'a>> {
        let backup = |member: &Member<'a>| {
            let person = self.stand_in(member.contact, people)?;
            let known = members.iter().any(|m| m.contact.id == person.id);
            (!known).then(|| {
                self.member(person, PageReason::BackupOf { contact: member.contact.id.clone() })
            })
        };
        members.iter().filter_map(backup).collect()
    }
}

fn rank(contact: &Contact) -> (u8, &str, &ContactId) {
    (contact.escalation_level, &contact.name, &contact.id)
}

#[cfg(test)]
mod tests;
