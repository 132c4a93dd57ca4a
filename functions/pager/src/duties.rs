//! Notification duties: who has to tell whom by when is told at the start, at half time and in the end.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use muster_domain::duty::clock::{DeadlineStage, NotificationDeadline, recipients};
use muster_domain::incident::escalation::LAST_LEVEL;
use muster_domain::incident::event::EventType;
use muster_domain::incident::send::{Delivery, DeliveryState};
use muster_domain::incident::{Actor, Incident, IncidentStatus};
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource;
use muster_domain::value::channel_key::SendChannel;
use muster_domain::value::recipient::Recipient;
use muster_runtime::error::AwsError;
use muster_send::senders::Letter;
use muster_store::incidents::{Claimed, DutyDue, Notice, OpenedDuties, TimelineEvent, Written};

use crate::Pager;

/// How long after its start a look begins another message about duties; the next look sends the others.
const SHARE: Duration = Duration::from_secs(5);

/// What became of one message.
enum Told {
    /// It went out now.
    Now,
    /// It went out before, or goes nowhere.
    Over,
    /// Somebody else is at it, or another try may send it.
    Open,
}

impl Pager {
    /// Starts and advances what is due; says how many people's messages went out. One clock's failure is
    /// no other's: the next look, a minute later, finds it again.
    pub(crate) async fn duties(&self, owner: &str, now: Timestamp) -> Result<usize, AwsError> {
        let (mut told, until) = (0, Instant::now() + SHARE);
        for due in self.incidents.duties().duties_due(now).await? {
            if Instant::now() >= until {
                break;
            }
            let end = match &due {
                DutyDue::Opened(opened) => self.start_duties(opened, owner, now, until).await,
                DutyDue::Clock(clock) => {
                    self.advance(NotificationDeadline::clone(clock), owner, now, until).await
                }
            };
            match end {
                Ok(number) => told += number,
                Err(error) => {
                    tracing::error!(reason = %error, "a notification duty is tried again");
                    // So that one that always fails does not keep the others from their turn.
                    if let Err(error) = self.incidents.duties().defer_duty(&due, now).await {
                        tracing::error!(reason = %error, "a notification duty that failed stays first");
                    }
                }
            }
        }
        Ok(told)
    }

    /// Starts the clocks of an incident that has opened, and tells of them.
    async fn start_duties(
        &self,
        opened: &OpenedDuties,
        owner: &str,
        now: Timestamp,
        until: Instant,
    ) -> Result<usize, AwsError> {
        let Some(incident) = self.incidents.incident(&opened.incident).await? else {
            self.incidents.duties().start_duties(opened, &[]).await?;
            return Ok(0);
        };
        let resources = self.roster.all::<ExternalResource>().await?;
        let started = (
            opened.incident_type.unwrap_or(incident.r#type),
            opened.at.unwrap_or(incident.opened_at),
        );
        let clocks = resources
            .iter()
            .filter_map(|resource| NotificationDeadline::start(&incident, started, resource));
        let clocks: Vec<NotificationDeadline> = clocks.collect();
        self.incidents.duties().start_duties(opened, &clocks).await?;
        let mut told = 0;
        for clock in clocks {
            told += self.advance(clock, owner, now, until).await?;
        }
        Ok(told)
    }

    /// Tells people of the stage that a clock has come to. The clock moves on once everybody's message
    /// has ended; each is claimed, so that nobody is told twice, and none is begun after `until`.
    async fn advance(
        &self,
        clock: NotificationDeadline,
        owner: &str,
        now: Timestamp,
        until: Instant,
    ) -> Result<usize, AwsError> {
        // As it is now: the index lags.
        let clock =
            self.incidents.duties().duty(&clock.incident, &clock.resource).await?.unwrap_or(clock);
        let Some(stage) = clock.due(now) else { return Ok(0) };
        let Some(incident) = self.incidents.incident(&clock.incident).await? else { return Ok(0) };
        // What was practised is over with the drill; a real duty outlives the incident.
        if clock.drill && incident.status == IncidentStatus::Resolved {
            let by = Actor::Muster;
            let Some(next) = clock.clone().finish(by.to_string(), now, None) else { return Ok(0) };
            let fact = TimelineEvent::new(
                now,
                EventType::NotificationRecorded,
                &by,
                "The drill is over, and its duty with it.",
            );
            let (Written::Done | Written::Conflict) =
                self.incidents.duties().keep_duty(&next, &fact).await?;
            return Ok(0);
        }
        let resource = self.roster.readable_entry::<ExternalResource>(&clock.resource).await?;
        let keeper = resource.and_then(|resource| resource.owner);
        let named = keeper.iter().cloned().collect();
        let people = self.roster.people(1..=LAST_LEVEL, named).await?;
        let (mut told, mut open) = (0, false);
        for contact in recipients(&people, keeper.as_ref(), now) {
            for (index, channel) in contact.channels.iter().enumerate() {
                if !channel.is_written() {
                    continue;
                }
                if Instant::now() >= until {
                    open = true;
                    continue;
                }
                match self
                    .tell(&clock, stage, &incident, (contact, index), (owner, until), now)
                    .await?
                {
                    Told::Now => told += 1,
                    Told::Over => {}
                    Told::Open => open = true,
                }
            }
        }
        if open {
            return Ok(told);
        }
        let (what, text) = clock.fact(stage);
        let fact = TimelineEvent::new(now, what, &Actor::Muster, &text);
        let (Written::Done | Written::Conflict) =
            self.incidents.duties().keep_duty(&clock.told(stage), &fact).await?;
        Ok(told)
    }

    /// Tells one person by one channel, and says how that stands.
    async fn tell(
        &self,
        clock: &NotificationDeadline,
        stage: DeadlineStage,
        incident: &Incident,
        (contact, index): (&Contact, usize),
        (owner, until): (&str, Instant),
        now: Timestamp,
    ) -> Result<Told, AwsError> {
        let Some(channel) = contact.channels.get(index) else { return Ok(Told::Over) };
        let (what, _) = clock.fact(stage);
        let notice = Notice {
            about: format!(
                "{}#{}#{}{}",
                what.name(),
                clock.incident,
                clock.resource,
                clock.again()
            ),
            whom: Recipient::from(&contact.id),
            channel: SendChannel::of(&contact.channels, channel),
        };
        let record = match self.incidents.notices().claim_notice(&notice, owner, now).await? {
            Claimed::Ours(record) => record,
            Claimed::Ended(_) => return Ok(Told::Over),
            Claimed::Later => return Ok(Told::Open),
        };
        let end = if incident.dry() {
            DeliveryState::DryRun
        } else {
            let mail = || clock.mail(stage, incident, now);
            let text = || clock.text(stage, incident, now);
            let letter = Letter::to(channel, mail, text, String::new);
            self.senders.send_until(&notice.delivery(), letter, until).await
        };
        let record = Delivery { state: end, at: Timestamp::now(), ..record };
        self.incidents.notices().settle_notice(&notice, &record).await?;
        Ok(match record.state {
            _ if record.may_try_again() => Told::Open,
            DeliveryState::Sent { .. } => Told::Now,
            _ => Told::Over,
        })
    }
}
