//! Updates: contacts who have taken an incident up are told what happens to it; the owner, if no contact can be.

mod owner;

use std::time::{Duration, Instant};

use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use muster_domain::incident::escalation::{Cursor, plan_update};
use muster_domain::incident::event::EventType;
use muster_domain::incident::send::TRY_AGAIN;
use muster_domain::incident::update::{About, Standing, Update, UpdateInput, recipients};
use muster_domain::incident::{Actor, Incident, IncidentStatus};
use muster_domain::message::page;
use muster_domain::message::page::JoinedLine;
use muster_domain::value::id::IncidentId;
use muster_store::incidents::{LATE, TimelineEvent, Written};
use serde::Serialize;

use crate::claims::Claims;
use crate::{Failure, Pager, seconds};

/// How long after its start a look begins another update, or a try of one; the next look takes the others.
const SHARE: Duration = Duration::from_secs(12);
/// How many updates a look tells of at a time.
const AT_ONCE: usize = 4;
/// How many updates are noted as told at a time.
const FEW: usize = 20;

/// What the state machine gets back: the same update, and how long to wait for another try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The update.
    #[serde(flatten)]
    pub next: UpdateInput,
    /// Whether the state machine has done its part: what is still to be told is for the watchdog.
    pub done: bool,
    /// How long to wait before the next try, in seconds.
    pub wait_seconds: i64,
}

/// What came of a try to tell of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Contacts or the owner were told, and the timeline says so.
    Told,
    /// There is nothing to tell of any more.
    Over,
    /// Another try in a moment may tell.
    Again,
    /// It waits for a later look.
    Waits,
}

impl End {
    fn answer(self, next: UpdateInput) -> Answer {
        let again = self == Self::Again;
        let wait_seconds = if again { seconds(TRY_AGAIN) } else { 0 };
        Answer { next, done: !again, wait_seconds }
    }
}

/// The update in words.
pub(crate) fn words(update: &Update, incident: &Incident, now: Timestamp) -> page::Update {
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

/// What the timeline says of updates that were told by one message, to `whom`.
fn line(updates: &[Update], whom: &str) -> String {
    match updates {
        [Update { about: About::Joined { finding }, .. }] => {
            format!("Update about an added {} finding: {whom}.", finding.severity.name())
        }
        [Update { about: About::Unresolved, .. }] => {
            format!("Daily update about this unresolved incident: {whom}.")
        }
        several => format!("Update about {} added findings: {whom}.", several.len()),
    }
}

impl Pager {
    /// Tells contacts of one update. Whoever is told is on record, so that a second try tells the others. It begins no
    /// other try after `until`.
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
        let end = Box::pin(self.tell_of(&input, owner, now, until)).await?;
        Ok(end.answer(input))
    }

    async fn tell_of(
        &self,
        input: &UpdateInput,
        owner: &str,
        now: Timestamp,
        until: Instant,
    ) -> Result<End, Failure> {
        let mut claims = Claims::new(owner, now);
        claims.about = Some(input.update.clone());
        let mut first = true;
        while std::mem::take(&mut first) || Instant::now() < until {
            let Some(update) = self.incidents.updates().update(input).await? else {
                return Ok(End::Over);
            };
            let Some(incident) = self.incidents.incident(&input.incident).await? else {
                self.incidents.updates().update_told(&update).await?;
                return Ok(End::Over);
            };
            // The place of updates among an incident's sends: before those of a run's first round.
            let run = self.incidents.updates().run_of_update(&update, incident.run).await?;
            let at = Cursor { run, round: 0, step: 0 };
            let records =
                self.incidents.sends().sends_of_update(&incident.id, at, &update.name).await?;
            let resolved = incident.status == IncidentStatus::Resolved;
            if !resolved {
                let people = self.roster.named(recipients(&incident)).await?;
                let turn = plan_update(&incident, &people, &records, now);
                claims.decide(&turn, at, &records)?;
                if !claims.sendings.is_empty() {
                    let claimed = self
                        .incidents
                        .sends()
                        .claim_update(&incident.id, &claims.new, &claims.tokens)
                        .await?;
                    if claimed == Written::Conflict {
                        muster_store::incidents::pause().await;
                        continue;
                    }
                    let (policy, joined) =
                        tokio::join!(self.roster.policy(), self.joined(&incident));
                    let change = words(&update, &incident, now);
                    let change = (&turn, Some(&change));
                    self.send(&incident, change, &claims, &policy?, &joined, until).await?;
                    // A channel that was given up is followed by the contact's next.
                    continue;
                }
                if claims.later.is_some() {
                    return Ok(End::Again);
                }
            }
            return match Standing::of(&records) {
                Standing::Told(contacts) => {
                    let whom: Vec<_> = contacts.iter().map(ToString::to_string).collect();
                    let whom = whom.join(", ");
                    self.noted(&incident, &update.name, &whom, std::slice::from_ref(&update), now)
                        .await
                }
                _ if resolved || incident.dry() => {
                    self.incidents.updates().update_told(&update).await?;
                    Ok(End::Over)
                }
                Standing::Waits => {
                    self.incidents.updates().postpone_update(input, now).await?;
                    Ok(End::Waits)
                }
                Standing::Untold => self.tell_owner(&update, &incident, owner, now).await,
            };
        }
        Ok(End::Again)
    }

    /// A line on the timeline about the message with this name, then the end of the updates that it told of.
    async fn noted(
        &self,
        incident: &Incident,
        name: &str,
        whom: &str,
        updates: &[Update],
        now: Timestamp,
    ) -> Result<End, Failure> {
        let fact =
            TimelineEvent::new(now, EventType::UpdateSent, &Actor::Muster, &line(updates, whom));
        self.incidents.timeline().note(&incident.id, &format!("update#{name}"), &fact).await?;
        let ends = futures::stream::iter(
            updates.iter().map(|told| self.incidents.updates().update_told(told)),
        );
        ends.buffer_unordered(FEW).try_collect::<()>().await?;
        Ok(End::Told)
    }

    /// Looks for incidents whose day has come, and for updates that nobody has told; says how many were told. One that
    /// fails is no other's.
    ///
    /// # Errors
    /// What is due cannot be looked up.
    pub(crate) async fn updates(
        &self,
        owner: &str,
        now: Timestamp,
        until: Instant,
    ) -> Result<usize, Failure> {
        let until = until.min(Instant::now() + SHARE);
        let days = async {
            let told = futures::stream::iter(self.incidents.updates().days_due(now).await?)
                .map(|id| self.day(id, owner, now, until))
                .buffer_unordered(AT_ONCE);
            Ok::<_, Failure>(told.filter(|told| std::future::ready(*told)).count().await)
        };
        let late = async {
            let told = futures::stream::iter(self.incidents.updates().late_updates(now).await?)
                .map(|input| self.told(input, owner, now, until))
                .buffer_unordered(AT_ONCE);
            Ok::<_, Failure>(told.filter(|told| std::future::ready(*told)).count().await)
        };
        // Side by side: a thousand incidents of a day keep no finding waiting.
        let (days, late) = tokio::join!(days, late);
        Ok(days? + late?)
    }

    /// Tells of an incident whose day has come; what fails is there for the next look.
    async fn day(&self, id: IncidentId, owner: &str, now: Timestamp, until: Instant) -> bool {
        if Instant::now() >= until {
            return false;
        }
        let one = async {
            let incident = self.incidents.incident(&id).await?;
            let daily = incident.as_ref().and_then(|incident| Update::daily(incident, now));
            let mut told = false;
            if let Some((update, _)) = &daily {
                // On record before the day moves on.
                self.incidents.updates().keep_update(update).await?;
                told = self.told(update.input(), owner, now, until).await;
            }
            self.incidents.updates().keep_day(&id, daily.map(|(_, next)| next)).await?;
            Ok::<_, Failure>(told)
        };
        match one.await {
            Ok(told) => told,
            Err(error) => {
                tracing::error!(incident = %id, reason = %error, "a day was not told; a later look tries again");
                // After the others, so that those which fail time and again keep none waiting.
                let later = now.saturating_add(LATE).unwrap_or(Timestamp::MAX);
                if let Err(error) = self.incidents.updates().keep_day(&id, Some(later)).await {
                    tracing::warn!(reason = %error, "a day that was not told keeps its place");
                }
                false
            }
        }
    }

    /// Tells one update; what fails is there for the next look.
    async fn told(&self, input: UpdateInput, owner: &str, now: Timestamp, until: Instant) -> bool {
        if Instant::now() >= until {
            return false;
        }
        match Box::pin(self.tell_of(&input, owner, now, until)).await {
            Ok(end) => end == End::Told,
            Err(error) => {
                tracing::error!(
                    incident = %input.incident,
                    reason = %error,
                    "an update was not told; a later look tries again"
                );
                if let Err(error) = self.incidents.updates().postpone_update(&input, now).await {
                    tracing::warn!(reason = %error, "an update that was not told keeps its place");
                }
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_try_in_a_moment_keeps_the_execution() {
        let input = UpdateInput {
            incident: "20261123-abcdefghjk".parse().unwrap(),
            update: "daily-0001".into(),
        };
        for end in [End::Told, End::Over, End::Waits] {
            let answer = end.answer(input.clone());
            assert_eq!((answer.done, answer.wait_seconds), (true, 0), "{end:?}");
        }
        let answer = End::Again.answer(input.clone());
        assert_eq!((answer.next, answer.done, answer.wait_seconds), (input, false, 15));
    }
}
