//! The turn itself: who is paged and notified now, and what comes after.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Cursor, Emergency, ExternalPage, Found, Next, PersonPage, Turn, call};
use crate::finding::drill::DRY_WAIT;
use crate::incident::send::{Delivery, DeliveryState};
use crate::incident::update::recipients;
use crate::incident::{Incident, IncidentStatus};
use crate::roster::contact::Contact;
use crate::roster::external::ExternalResource;
use crate::roster::plan::{Step, StepChannels, Target, voice_first};
use crate::roster::team::{Call, Member, PageReason, People};
use crate::value::channel::{Channel, ChannelType};
use crate::value::channel_key::{ChannelKey, SendChannel};

/// The turn at `cursor` of the incident's escalation, from what was `found` of the roster `now`. The
/// pager, the previews and the check of the response plan all plan their turns here, so that a
/// preview shows what pages.
///
/// An incident that is acknowledged, resolved or stopped by its source has no further turn, and
/// neither has an escalation that a later one has taken over from. People who acknowledged (where the plan asks for several,
/// or before it became more serious) are not paged again.
#[must_use]
pub fn plan_turn(incident: &Incident, cursor: Cursor, found: &Found<'_>, now: Timestamp) -> Turn {
    let over = incident.status == IncidentStatus::Resolved || incident.stopped();
    if over || cursor.run != incident.run {
        return Turn::OVER;
    }
    let until = |at: Timestamp| at.duration_since(now).max(SignedDuration::ZERO);
    if incident.status == IncidentStatus::Acknowledged {
        // Nobody is paged; but whether somebody resolves it in time has to be looked at.
        return incident.lapses_at().map_or(Turn::OVER, |at| Turn::wait(until(at), cursor));
    }
    let plan = &incident.escalation_plan;
    let Some(step) = plan.step(cursor.step).filter(|_| cursor.round <= plan.rounds) else {
        return Turn { emergency: Some(Emergency::NotAcknowledged), ..Turn::OVER };
    };
    let due = incident.first_due();
    if cursor == incident.first_turn() && now < due {
        return Turn::wait(until(due), cursor);
    }
    let externals = external_pages(step, cursor, found.externals);
    let only_externals = step.only_externals() && !externals.is_empty();
    let call = call(incident, now);
    let mut members: Vec<Member<'_>> =
        step.targets.iter().flat_map(|target| call.target(target, found.people)).collect();
    let missing = members.is_empty() && !only_externals;
    let fell_back = missing || falls_back(&call, step, found);
    if missing {
        members = call.commanders(found.people);
    }
    let nobody = members.is_empty() && !only_externals;
    let emergency = nobody.then_some(Emergency::NoContactToPage);
    let members = still_called(incident, members);
    let pages = if incident.raised_turn(cursor) {
        raised_pages(members, found)
    } else {
        members.into_iter().map(|member| person_page(member, &step.channels)).collect()
    };
    let index = usize::try_from(cursor.step).unwrap_or(usize::MAX);
    let last = index + 1 >= plan.steps.len();
    let cursor = if last {
        Cursor { round: cursor.round + 1, step: 0, ..cursor }
    } else {
        Cursor { step: cursor.step + 1, ..cursor }
    };
    // Nobody is given time to answer what was not sent.
    let wait = if incident.dry() { DRY_WAIT } else { plan.wait_after(index) };
    let next = Next::Turn { wait, cursor };
    Turn { pages, externals, only_externals, fell_back, emergency, next }
}

/// Returns the members without contacts who acknowledged in this run, each once, under the first target that calls for
/// them. The backups of those contacts are left out as well, if enough others remain to acknowledge.
fn still_called<'a>(incident: &Incident, mut members: Vec<Member<'a>>) -> Vec<Member<'a>> {
    let needless = |member: &Member<'_>| match &member.reason {
        PageReason::BackupOf { contact: other } => incident.acknowledged_by(other),
        _ => false,
    };
    // Who is called for by another target too stays under that one.
    members.sort_by_key(needless);
    let mut seen = BTreeSet::new();
    members.retain(|member| {
        let id = &member.contact.id;
        !incident.acknowledged_by(id) && seen.insert(id)
    });
    let needed = members.iter().filter(|member| !needless(member)).count();
    if needed >= incident.missing() {
        members.truncate(needed);
    }
    members
}

/// Whether a target is about the severity's team and that team is empty, so that commanders are it.
fn falls_back(call: &Call<'_>, step: &Step, found: &Found<'_>) -> bool {
    let team = |target: &Target| {
        matches!(target, Target::SeverityTeam | Target::Backups | Target::NextLevel)
    };
    step.targets.iter().any(team)
        && call.team(found.people).iter().all(|member| member.reason == PageReason::Fallback)
}

fn person_page(member: Member<'_>, channels: &StepChannels) -> PersonPage {
    let mut order = channels.of(&member.contact.channels);
    if member.outside_hours {
        voice_first(&mut order);
    }
    PersonPage {
        contact: member.contact.clone(),
        reason: member.reason,
        channels: order,
        update: false,
    }
}

/// The pages of a raised incident's first turn. Contacts whom an earlier run reached know of the
/// incident, so one message that says what is new is enough, also for those who are not of this
/// step. Contacts whom the raise adds have heard nothing, so they are paged by every channel,
/// whichever the step asks for.
fn raised_pages(members: Vec<Member<'_>>, found: &Found<'_>) -> Vec<PersonPage> {
    let mut pages: Vec<PersonPage> = members
        .into_iter()
        .map(|member| {
            if found.reached.contains(&member.contact.id) {
                update_page(member)
            } else {
                person_page(member, &StepChannels::All)
            }
        })
        .collect();
    let known = found.reached.iter().filter_map(|id| found.people.get(id));
    for contact in known.filter(|contact| !contact.departed()) {
        if pages.iter().all(|page| page.contact.id != contact.id) {
            let member = Member { contact, reason: PageReason::PagedBefore, outside_hours: false };
            pages.push(update_page(member));
        }
    }
    pages
}

/// One message: a text if there is a number for one, since it is read soonest and wakes least.
fn update_page(member: Member<'_>) -> PersonPage {
    let own = &member.contact.channels;
    let text = own.iter().find(|channel| channel.kind() == ChannelType::Sms);
    let channels = text.or(own.first()).into_iter().cloned().collect();
    PersonPage { contact: member.contact.clone(), reason: member.reason, channels, update: true }
}

/// Returns the messages about a change of an incident to the contacts who have taken it up: one each, by the first
/// channel that its `records` have not given up at `now`. A contact who was told, or whose message waits for a digest,
/// gets no other; neither does one all of whose channels are given up.
#[must_use]
pub fn plan_update(
    incident: &Incident,
    people: &People,
    records: &[Delivery],
    now: Timestamp,
) -> Turn {
    let here = |id| people.get(&id).filter(|contact| !contact.departed());
    let known = recipients(incident).into_iter().filter_map(here);
    let page = |contact: &Contact| {
        let own: Vec<_> = records
            .iter()
            .filter(|record| record.key.contact.contact() == Some(&contact.id))
            .collect();
        let ended = |record: &&Delivery| {
            matches!(record.state, DeliveryState::Sent { .. } | DeliveryState::Held { .. })
        };
        if own.iter().any(ended) {
            return None;
        }
        let given_up = |channel: &Channel| {
            let key = ChannelKey::of(&contact.channels, channel).map(SendChannel::from);
            own.iter().any(|record| Some(record.key.channel) == key && record.given_up(now))
        };
        let is_text = |channel: &&Channel| channel.kind() == ChannelType::Sms;
        let (texts, others): (Vec<_>, Vec<_>) = contact.channels.iter().partition(is_text);
        let channel = texts.into_iter().chain(others).find(|channel| !given_up(channel))?;
        Some(PersonPage {
            contact: contact.clone(),
            reason: PageReason::PagedBefore,
            channels: vec![channel.clone()],
            update: true,
        })
    };
    Turn { pages: known.filter_map(page).collect(), ..Turn::OVER }
}

/// The organizations that the step names, by mail and by call, and from the second round on also
/// where each says nobody answered. One without a channel cannot be notified.
fn external_pages(step: &Step, cursor: Cursor, known: &[ExternalResource]) -> Vec<ExternalPage> {
    let again = cursor.round > 1;
    let page = |resource: &ExternalResource| {
        let mails =
            [resource.contact_email.clone(), resource.escalation_email.clone().filter(|_| again)];
        let phones =
            [resource.contact_phone.clone(), resource.escalation_phone.clone().filter(|_| again)];
        let mails = mails.into_iter().flatten().map(Channel::Email);
        let channels: Vec<_> =
            mails.chain(phones.into_iter().flatten().map(Channel::Voice)).collect();
        (!channels.is_empty()).then(|| ExternalPage { resource: resource.clone(), channels })
    };
    let named = step.externals().filter_map(|id| known.iter().find(|known| known.id == *id));
    named.filter_map(page).collect()
}
