//! The next turn of an escalation: whom to page now and how long to wait after.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::channel::{Channel, ChannelType};
use crate::contact::Contact;
use crate::drill::DRY_WAIT;
use crate::external::ExternalResource;
use crate::id::{ContactId, IncidentId};
use crate::incident::{Incident, State};
use crate::plan::{Channels, Target, voice_first};
use crate::send::{EXTERNAL, SendChannel, SendRecord, SendState};
use crate::team::{Call, Member, People, Why};

/// Where an escalation stands: the turn that comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    /// Which escalation of the incident, from 1.
    pub run: u32,
    /// Which time through the plan's steps, from 1.
    pub round: u32,
    /// Which step, from 0.
    pub step: u32,
}

impl Cursor {
    /// The first turn of an incident's first escalation.
    pub const FIRST: Self = Self { run: 1, round: 1, step: 0 };
}

/// What travels through the state machine: the incident and the turn that comes next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnInput {
    /// The incident.
    pub incident: IncidentId,
    /// The turn.
    #[serde(flatten)]
    pub cursor: Cursor,
    /// When it is due, to tell how late it is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
}

/// One person to page by these channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonPage {
    /// The person.
    pub contact: Contact,
    /// Why this person.
    pub why: Why,
    /// By which channels, in order; all go out together.
    pub channels: Vec<Channel>,
}

/// One organisation to tell by these channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalPage {
    /// The organisation.
    pub resource: ExternalResource,
    /// By which channels; all go out together.
    pub channels: Vec<Channel>,
}

/// Why the emergency topic is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emergency {
    /// Nobody in the roster can be paged for this.
    NobodyToPage,
    /// Every round is over and nobody answered.
    NobodyAnswered,
    /// People were to be paged, and every single message was refused or could not be sent.
    NothingWentOut,
    /// Not one message of one kind could be sent, though others could: its provider may be ill.
    ProviderFails,
}

impl Emergency {
    /// Why, as a sentence for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NobodyToPage => {
                "Muster found nobody in the roster whom it could page for this incident."
            }
            Self::NobodyAnswered => "Everybody was paged, and nobody answered.",
            Self::NothingWentOut => {
                "Muster tried to page the team, and not one message could be sent."
            }
            Self::ProviderFails => {
                "Muster paged the team, but by one kind of channel (text message, call or e-mail) not \
                 one message could be sent. Whoever has only that channel has not been reached."
            }
        }
    }
}

/// What comes after a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another turn.
    Turn {
        /// After this long.
        wait: SignedDuration,
        /// Which.
        cursor: Cursor,
    },
    /// Nothing: the escalation is over.
    End,
}

/// What a turn does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// People to page.
    pub pages: Vec<PersonPage>,
    /// Organisations to tell.
    pub externals: Vec<ExternalPage>,
    /// The emergency topic's turn, if it is.
    pub emergency: Option<Emergency>,
    /// What comes after.
    pub next: Next,
}

/// The highest escalation level there is.
pub const LAST_LEVEL: u8 = 4;

const OVER: Turn =
    Turn { pages: Vec::new(), externals: Vec::new(), emergency: None, next: Next::End };

impl Turn {
    /// This turn without those who were `paged` before: when an incident becomes more serious, the
    /// first step is for those whom that adds. If it adds nobody, it is for everybody.
    #[must_use]
    pub fn for_those_added(self, paged: &BTreeSet<ContactId>) -> Self {
        let added = |page: &&PersonPage| !paged.contains(&page.contact.id);
        let new: Vec<_> = self.pages.iter().filter(added).cloned().collect();
        if new.is_empty() { self } else { Self { pages: new, ..self } }
    }

    /// This turn with those of `known` whom its step names: by mail and by call, and from the second
    /// round on also where the organisation says nobody answered.
    #[must_use]
    pub fn with_externals(
        self,
        incident: &Incident,
        cursor: Cursor,
        known: Vec<ExternalResource>,
    ) -> Self {
        let goes = incident.status == State::Open && matches!(self.next, Next::Turn { .. });
        let step = incident.plan.step(cursor.step).filter(|_| goes);
        let named = |resource: &ExternalResource| {
            step.is_some_and(|step| step.externals().any(|id| *id == resource.id))
        };
        let page = |resource: ExternalResource| {
            let again = cursor.round > 1;
            let mails = [
                resource.contact_email.clone(),
                resource.escalation_email.clone().filter(|_| again),
            ];
            let phones = [
                resource.contact_phone.clone(),
                resource.escalation_phone.clone().filter(|_| again),
            ];
            let mails = mails.into_iter().flatten().map(Channel::Email);
            let channels = mails.chain(phones.into_iter().flatten().map(Channel::Voice)).collect();
            ExternalPage { resource, channels }
        };
        Self { externals: known.into_iter().filter(named).map(page).collect(), ..self }
    }

    /// Whether it found none of those it called on, so that whoever else is in the roster matters.
    #[must_use]
    pub fn found_nobody(&self) -> bool {
        self.emergency == Some(Emergency::NobodyToPage)
            || self.pages.iter().any(|page| page.why == Why::Fallback)
    }

    /// This turn, with the emergency topic told as well if `records`, all that is known of its
    /// sends, say that every one has ended and none went out.
    #[must_use]
    pub fn with_outcome(self, records: &[SendRecord], now: Timestamp) -> Self {
        // That an organisation was told helps nobody who was not.
        let person = |record: &&SendRecord| {
            record.key.channel != SendChannel::Topic && !record.key.contact.starts_with(EXTERNAL)
        };
        let mut people = records.iter().filter(person).peekable();
        let tried = people.peek().is_some();
        let nothing = people.all(|record| record.given_up(now));
        if tried && nothing && self.emergency.is_none() && !self.pages.is_empty() {
            return Self { emergency: Some(Emergency::NothingWentOut), ..self };
        }
        let ill = ChannelType::ALL.into_iter().any(|kind| provider_fails(records, kind, now));
        if ill && self.emergency.is_none() {
            return Self { emergency: Some(Emergency::ProviderFails), ..self };
        }
        self
    }
}

/// Whether a provider, and not one person's number or address, is what fails: every message of its
/// kind was refused for good, and there were several, or it was for a passing reason each time.
fn provider_fails(records: &[SendRecord], kind: ChannelType, now: Timestamp) -> bool {
    let of_kind = || records.iter().filter(|record| record.key.channel.kind() == Some(kind));
    let refused = |record: &SendRecord| {
        record.given_up(now)
            && !matches!(record.state, SendState::Unavailable | SendState::Unconfirmed)
    };
    let passing =
        |record: &SendRecord| !matches!(record.state, SendState::Failed { passing: false, .. });
    of_kind().all(refused) && (of_kind().count() > 1 || of_kind().any(passing))
}

/// What an incident asks of the roster at `now`.
#[must_use]
pub fn call(incident: &Incident, now: Timestamp) -> Call<'_> {
    Call {
        severity: incident.severity,
        account: &incident.account,
        highest_level: incident.highest_level,
        now,
    }
}

/// Whom the turn at a cursor may call on, so that no more of the roster is read than it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The highest escalation level; those below it are wanted too.
    pub highest_level: u8,
    /// People the step names, whatever their level.
    pub contacts: Vec<ContactId>,
}

/// Whom the turn at `cursor` may call on.
#[must_use]
pub fn wanted(incident: &Incident, cursor: Cursor) -> Wanted {
    let team = incident.highest_level;
    let mut wanted = Wanted { highest_level: team, contacts: Vec::new() };
    for target in incident.plan.step(cursor.step).iter().flat_map(|step| &step.targets) {
        let level = match target {
            Target::SeverityTeam | Target::Backups | Target::External(_) => team,
            Target::NextLevel => team.saturating_add(1),
            Target::Level(level) => *level,
            Target::Role(_) => LAST_LEVEL,
            Target::Contact(id) => {
                wanted.contacts.push(id.clone());
                team
            }
        };
        wanted.highest_level = wanted.highest_level.max(level).min(LAST_LEVEL);
    }
    wanted
}

/// The turn at `cursor` of the incident's escalation, with `people` as the roster has them `now`.
///
/// An incident that is acknowledged or resolved has no further turn, and neither has an escalation
/// that a later one has taken over from. People who acknowledged (where the plan asks for several,
/// or before it became more serious) are not paged again.
#[must_use]
pub fn turn(incident: &Incident, cursor: Cursor, people: &People, now: Timestamp) -> Turn {
    if incident.status == State::Resolved || cursor.run != incident.run {
        return OVER;
    }
    if incident.status == State::Acknowledged {
        // Nobody is paged; but whether somebody resolves it in time has to be looked at.
        return incident.lapses_at().map_or(OVER, |at| Turn {
            next: Next::Turn { wait: at.duration_since(now).max(SignedDuration::ZERO), cursor },
            ..OVER
        });
    }
    let plan = &incident.plan;
    let Some(step) = plan.step(cursor.step).filter(|_| cursor.round <= plan.rounds) else {
        return Turn { emergency: Some(Emergency::NobodyAnswered), ..OVER };
    };
    let index = usize::try_from(cursor.step).unwrap_or(usize::MAX);
    let call = call(incident, now);
    let mut members: Vec<Member<'_>> = Vec::new();
    for member in step.targets.iter().flat_map(|target| call.target(target, people)) {
        if members.iter().all(|known| known.contact.id != member.contact.id) {
            members.push(member);
        }
    }
    if members.is_empty() {
        members = call.commanders(people);
    }
    let emergency = members.is_empty().then_some(Emergency::NobodyToPage);
    let pages = members
        .into_iter()
        .filter(|member| !incident.acknowledged_by(&member.contact.id))
        .map(|member| person_page(member, &step.channels))
        .collect();
    let last = index + 1 >= plan.steps.len();
    let cursor = if last {
        Cursor { round: cursor.round + 1, step: 0, ..cursor }
    } else {
        Cursor { step: cursor.step + 1, ..cursor }
    };
    // Nobody is given time to answer what was not sent.
    let wait = if incident.dry() { DRY_WAIT } else { plan.wait_after(index) };
    let next = Next::Turn { wait, cursor };
    Turn { pages, externals: Vec::new(), emergency, next }
}

fn person_page(member: Member<'_>, channels: &Channels) -> PersonPage {
    let mut order = channels.of(&member.contact.channels);
    if member.out_of_hours {
        voice_first(&mut order);
    }
    PersonPage { contact: member.contact.clone(), why: member.why, channels: order }
}

#[cfg(test)]
mod tests;
