//! Updates: contacts who have taken an incident up are told what happens to it; the owner, if no contact has.

use std::time::Instant;

use jiff::Timestamp;
use muster::escalation::{Cursor, plan_update};
use muster::incident::{Actor, Incident, State};
use muster::page::{self, JoinedLine};
use muster::send::{SendRecord, SendState, TRY_AGAIN};
use muster::update::{About, Update, UpdateInput, recipients};
use muster_aws::incidents::{Claimed, Fact, Notice, Written};
use serde::Serialize;

use crate::claims::Claims;
use crate::{Failure, Pager, seconds};

/// How often an update is decided anew because the incident changed under it.
const MOST_RACES: usize = 15;

/// What the state machine gets back: the same update, and how long to wait for another try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The update.
    #[serde(flatten)]
    pub next: UpdateInput,
    /// Whether everybody was told.
    pub done: bool,
    /// How long to wait before the next try, in seconds.
    pub wait_seconds: i64,
}

/// The place of updates among an incident's sends: before those of a run's first round.
fn cursor(incident: &Incident) -> Cursor {
    Cursor { run: incident.run, round: 0, step: 0 }
}

/// What the owner's topic is told once: a day's update, and of all findings that joined within an hour the first. A topic
/// has no ladder of its own.
fn occasion(update: &Update) -> String {
    match &update.about {
        About::Joined { .. } => format!("joined-{}", update.at.as_second() / 3600),
        About::Unresolved => update.name.clone(),
    }
}

/// The update in words.
fn words(update: &Update, incident: &Incident, now: Timestamp) -> page::Update {
    match &update.about {
        About::Joined { finding } => page::Update::FindingAdded {
            severity: finding.severity,
            line: JoinedLine::of(
                finding.severity,
                &finding.title,
                finding.resource.as_deref(),
                update.at,
            ),
        },
        About::Unresolved => {
            let hours = now.duration_since(incident.opened_at).as_hours();
            page::Update::Unresolved { days: u64::try_from(hours / 24).unwrap_or_default() }
        }
    }
}

impl Pager {
    /// Tells contacts of one update. Whoever is told is on record, so that a second try tells the others.
    ///
    /// # Errors
    /// [`Failure`]; what was sent before it is recorded and not sent again.
    pub async fn update(
        &self,
        input: UpdateInput,
        owner: &str,
        now: Timestamp,
        until: Instant,
    ) -> Result<Answer, Failure> {
        let mut claims = Claims::new(owner, now);
        claims.about = Some(input.update.clone());
        for _ in 0..MOST_RACES {
            let over = |next| Answer { next, done: true, wait_seconds: 0 };
            let Some(update) = self.incidents.update(&input).await? else {
                return Ok(over(input));
            };
            let Some(incident) = self.incidents.incident(&input.incident).await? else {
                self.incidents.update_told(&update).await?;
                return Ok(over(input));
            };
            if incident.status == State::Resolved {
                self.incidents.update_told(&update).await?;
                return Ok(over(input));
            }
            let people = self.roster.named(recipients(&incident)).await?;
            let turn = plan_update(&incident, &people);
            let words = words(&update, &incident, now);
            if turn.pages.is_empty() {
                return self.tell_owner(&update, &incident, &words, owner, now).await;
            }
            let at = cursor(&incident);
            let records = self.incidents.sends_of_update(&incident.id, at, &update.name).await?;
            claims.decide(&turn, at, &records)?;
            let claimed =
                self.incidents.claim_update(&incident.id, &claims.new, &claims.tokens).await?;
            if claimed == Written::Conflict {
                muster_aws::incidents::pause().await;
                continue;
            }
            let (policy, joined) = tokio::join!(self.roster.policy(), self.joined(&incident));
            let words = (&turn, Some(&words));
            let sent = self.send(&incident, words, &claims, &policy?, &joined, until).await?;
            let again = sent.iter().any(SendRecord::may_try_again);
            if again || claims.later.is_some() || claims.more {
                let wait_seconds = seconds(TRY_AGAIN);
                return Ok(Answer { next: input, done: false, wait_seconds });
            }
            let told = turn.pages.iter().map(|page| page.contact.id.as_str());
            let told = told.collect::<Vec<_>>().join(", ");
            self.noted(&update, &incident, &told, now).await?;
            return Ok(over(input));
        }
        Err(Failure::Raced)
    }

    /// Tells the owner's topic of an incident that no contact has taken up.
    async fn tell_owner(
        &self,
        update: &Update,
        incident: &Incident,
        words: &page::Update,
        owner: &str,
        now: Timestamp,
    ) -> Result<Answer, Failure> {
        let next = UpdateInput { incident: update.incident.clone(), update: update.name.clone() };
        let notice = Notice {
            about: format!("update#{}#{}", update.incident, occasion(update)),
            whom: "owner".to_owned(),
            channel: "topic".to_owned(),
        };
        let again = |next| Answer { next, done: false, wait_seconds: seconds(TRY_AGAIN) };
        match self.incidents.claim_notice(&notice, owner, now).await? {
            Claimed::Later => return Ok(again(next)),
            Claimed::Ended(_) => {}
            Claimed::Ours(record) => {
                let (subject, text) = words.topic(incident);
                let told = self.senders.texts.topic(&self.owner_topic, &subject, &text).await;
                let state = match told {
                    Ok(message_id) => SendState::Sent { message_id },
                    Err(error) => SendState::Failed { error: error.code, passing: error.passing },
                };
                let record = SendRecord { state, at: Timestamp::now(), ..record };
                self.incidents.settle_notice(&notice, &record).await?;
                if record.may_try_again() {
                    return Ok(again(next));
                }
            }
        }
        self.noted(update, incident, "the owner's topic", now).await?;
        Ok(Answer { next, done: true, wait_seconds: 0 })
    }

    /// A line on the timeline, then the end of the update.
    async fn noted(
        &self,
        update: &Update,
        incident: &Incident,
        told: &str,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let text = match &update.about {
            About::Joined { finding } => {
                format!("Update about an added {} finding: {told}.", finding.severity.name())
            }
            About::Unresolved => format!("Daily update about this unresolved incident: {told}."),
        };
        let fact = Fact::new(now, "update_sent", &Actor::Muster, &text);
        self.incidents.note(&incident.id, &format!("update#{}", update.name), &fact).await?;
        Ok(self.incidents.update_told(update).await?)
    }

    /// Looks for incidents whose day has come, and for updates that nobody has told; says how many were told.
    ///
    /// # Errors
    /// What is due cannot be looked up.
    pub(crate) async fn updates(
        &self,
        owner: &str,
        now: Timestamp,
        until: Instant,
    ) -> Result<usize, Failure> {
        let mut told = 0;
        for id in self.incidents.days_due(now).await? {
            let incident = self.incidents.incident(&id).await?;
            let daily = incident.as_ref().and_then(|incident| Update::daily(incident, now));
            let next = daily.as_ref().map(|(_, next)| *next);
            if let Some((update, _)) = &daily {
                // On record before the day moves on.
                self.incidents.keep_update(update).await?;
                let input = UpdateInput { incident: id.clone(), update: update.name.clone() };
                told += usize::from(self.told(input, owner, now, until).await);
            }
            self.incidents.keep_day(&id, next).await?;
        }
        for input in self.incidents.late_updates(now).await? {
            told += usize::from(self.told(input, owner, now, until).await);
        }
        Ok(told)
    }

    /// Tells one update; what fails is there for the next look.
    async fn told(&self, input: UpdateInput, owner: &str, now: Timestamp, until: Instant) -> bool {
        match Box::pin(self.update(input, owner, now, until)).await {
            Ok(answer) => answer.done,
            Err(error) => {
                tracing::error!(reason = %error, "an update was not told; the next look tries again");
                false
            }
        }
    }
}
