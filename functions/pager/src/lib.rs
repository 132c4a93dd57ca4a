//! One escalation turn in: pages out, the next wait returned.

mod claims;
mod digest;
mod duties;
mod hold;
mod letters;
mod plan;
mod updates;
mod watch;

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Diagnostic;
use muster_domain::incident::escalation::{Cursor, Next, Turn, TurnInput};
use muster_domain::incident::event::EventType;
use muster_domain::incident::send::{Delivery, DeliveryState, TRY_AGAIN};
use muster_domain::incident::update::UpdateInput;
use muster_domain::incident::{Actor, Incident};
use muster_domain::message::page::{Joined, Update as Change};
use muster_domain::roster::policy::Policy;
use muster_domain::value::channel_key::SendChannel;
use muster_runtime::error::AwsError;
use muster_runtime::figures;
use muster_runtime::secret::NoRandomness;
use muster_send::senders::Senders;
use muster_store::incidents::{Incidents, TimelineEvent, Written, send_sk};
use muster_store::roster::Roster;
use serde::{Deserialize, Serialize};

pub use watch::{Tick, Watched};

use claims::{Claims, Sending, To, complete};
use hold::Room;

/// How long before a turn that is not over is taken again by its next run.
const GO_ON: SignedDuration = SignedDuration::from_secs(1);

/// What the function works with.
#[derive(Debug)]
pub struct Pager {
    /// Where people are.
    pub roster: Roster,
    /// Where incidents and send records are.
    pub incidents: Incidents,
    /// What messages leave by.
    pub senders: Senders,
    /// The ARN of the owner's topic.
    pub owner_topic: String,
    /// Where links lead, without a slash at the end.
    pub link_base: String,
    /// Whether Incident Manager may engage people in place of Muster.
    pub shares: bool,
}

/// Why a turn did not take place; Step Functions tries it again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no such incident.
    #[error("there is no incident {0}")]
    NoIncident(muster_domain::value::id::IncidentId),
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// No link can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The incident was being changed by others, again and again.
    #[error("the incident was being changed by others; nothing was sent")]
    Raced,
    /// The last resort failed; the state machine's own message is what is left.
    #[error("the emergency topic could not be told")]
    EmergencyNotTold,
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        let error_type = match &failure {
            Failure::NoIncident(_) => "NoIncident",
            Failure::Aws(_) => "AwsError",
            Failure::NoRandomness(_) => "NoRandomness",
            Failure::Raced => "Raced",
            Failure::EmergencyNotTold => "EmergencyNotTold",
        };
        Self { error_type: error_type.to_owned(), error_message: failure.to_string() }
    }
}

/// What the function is called with.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Input {
    /// By the schedule, every minute.
    Tick(Tick),
    /// By the state machine.
    Turn(TurnInput),
    /// By the state machine: contacts are told of a change.
    Update(UpdateInput),
}

/// What it answers.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Output {
    /// To the schedule, which does not listen.
    Watched(Watched),
    /// To the state machine.
    Answer(Answer),
    /// To the state machine, about an update.
    Update(updates::Answer),
}

/// What the state machine gets back: the next turn, and how long to wait for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The next turn.
    #[serde(flatten)]
    pub next: TurnInput,
    /// Whether the escalation is over.
    pub done: bool,
    /// How long to wait before the next turn, in seconds.
    pub wait_seconds: i64,
}

impl Answer {
    /// That turn, after a wait from `now` on.
    fn after(next: TurnInput, wait: SignedDuration, now: Timestamp) -> Self {
        let wait_seconds = seconds(wait);
        let due_at = now.checked_add(SignedDuration::from_secs(wait_seconds)).ok();
        Self { next: TurnInput { due_at, ..next }, done: false, wait_seconds }
    }

    /// Which turn comes next and when; none if the escalation is over.
    fn due(&self, now: Timestamp) -> Option<(Cursor, Timestamp)> {
        let wait = SignedDuration::from_secs(self.wait_seconds);
        let at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
        (!self.done).then_some((self.next.cursor, at))
    }
}

impl Pager {
    /// Takes one turn of an incident's escalation. `owner` marks this run's claims. It starts no send, and
    /// does not decide the turn anew because the incident changed under it, after `until`: what is left is for
    /// its next run.
    ///
    /// # Errors
    /// [`Failure`]; what was sent before it is recorded and not sent again.
    pub async fn handle(
        &self,
        input: TurnInput,
        owner: &str,
        now: Timestamp,
        until: Instant,
    ) -> Result<Answer, Failure> {
        if let Some(due_at) = input.due_at {
            figures::taken(due_at, now);
        }
        let id = input.incident.clone();
        Box::pin(self.take_turn(input, owner, now, until)).await.inspect_err(|error| {
            tracing::error!(incident = %id, reason = %error, "turn failed; it is tried again");
        })
    }

    async fn take_turn(
        &self,
        mut input: TurnInput,
        owner: &str,
        now: Timestamp,
        until: Instant,
    ) -> Result<Answer, Failure> {
        let mut claims = Claims::new(owner, now);
        let mut first = true;
        'turn: while std::mem::take(&mut first) || Instant::now() < until {
            let id = &input.incident;
            let (incident, mut records) = tokio::try_join!(
                self.incidents.incident(id),
                self.incidents.sends().of_turn(id, input.cursor)
            )?;
            let incident = incident.ok_or_else(|| Failure::NoIncident(id.clone()))?;
            if input.cursor.run == incident.run && incident.lapses_at().is_some_and(|at| at <= now)
            {
                // The same execution goes on with the escalation that this begins.
                if let Some(next) = self.lapse(&incident, now).await? {
                    input.cursor = next;
                }
                continue;
            }
            let planned = async {
                tokio::try_join!(self.plan(&incident, input.cursor, now), self.roster.policy())
            };
            let (planned, joined) = tokio::join!(planned, self.joined(&incident));
            let (turn, policy) = planned?;
            let change = Change::of(&incident);
            let turn = if self.shares {
                self.share(turn, &incident, input.cursor, now).await
            } else {
                turn
            };
            let turn = if complete(&turn, input.cursor, &records) {
                turn.with_outcome(&records, now)
            } else {
                turn
            };
            let mut sent = Vec::new();
            loop {
                if Instant::now() >= until {
                    // Nothing is claimed that could not be sent: each claim uses up an attempt.
                    claims.more = true;
                    break;
                }
                claims.decide(&turn, input.cursor, &records)?;
                let fact = claims.fact(&incident, &turn, input.cursor, &records);
                let fact = fact.as_ref().map(|(name, fact)| (name.as_str(), fact));
                let written = self
                    .incidents
                    .sends()
                    .claim(id, input.cursor.run, &claims.new, &claims.tokens, fact)
                    .await?;
                if written == Written::Conflict {
                    muster_store::incidents::pause().await;
                    continue 'turn;
                }
                let first = input.cursor == Cursor::FIRST && records.is_empty();
                let ends = self
                    .send(&incident, (&turn, change.as_ref()), &claims, &policy, &joined, until)
                    .await?;
                let went = ends.iter().find(|r| matches!(r.state, DeliveryState::Sent { .. }));
                if let (true, Some(record)) = (first, went) {
                    figures::first_page(&incident, record.at);
                }
                records = with_ends(records, &ends);
                sent.extend(ends);
                if !claims.more || Instant::now() >= until {
                    break;
                }
            }
            if claims.more {
                let (id, taken) = (input.incident.clone(), input.cursor);
                // By now, this run's own beginning is long ago.
                let now = Timestamp::now();
                let answer = Answer::after(input, GO_ON, now);
                self.incidents.turns().due(&id, taken, answer.due(now)).await?;
                return Ok(answer);
            }
            // If nothing went out, the turn is decided once more, now with the emergency topic.
            if turn.emergency.is_none()
                && turn.clone().with_outcome(&records, now).emergency.is_some()
            {
                continue;
            }
            if turn.emergency.is_some()
                && records
                    .iter()
                    .any(|record| record.key.channel == SendChannel::Topic && record.given_up(now))
            {
                // The steps to come must not wait for the topic: the watchdog takes them.
                if let Next::Turn { wait, cursor } = turn.next {
                    let at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
                    self.incidents
                        .turns()
                        .due(&incident.id, input.cursor, Some((cursor, at)))
                        .await?;
                }
                return Err(Failure::EmergencyNotTold);
            }
            let (id, taken) = (input.incident.clone(), input.cursor);
            let answer = answer(input, &turn, &claims, &sent, now);
            // Written last: if this run dies before, the watchdog finds the turn late and takes it.
            self.incidents.turns().due(&id, taken, answer.due(now)).await?;
            return Ok(answer);
        }
        Err(Failure::Raced)
    }

    /// Opens an incident again that was acknowledged and not resolved in time. Somebody else may
    /// have answered at the same moment: then there is nothing to begin.
    async fn lapse(&self, incident: &Incident, now: Timestamp) -> Result<Option<Cursor>, AwsError> {
        let next = incident.lapse(now);
        let minutes = incident.escalation_plan.acknowledgment_timeout_minutes.unwrap_or_default();
        let text = format!("Nobody resolved it within {minutes} minutes; people are paged again.");
        let fact =
            TimelineEvent::new(now, EventType::AcknowledgmentTimedOut, &Actor::Muster, &text);
        let name = format!("{}#{:04}", EventType::AcknowledgmentTimedOut.name(), next.run);
        // On record before anything else can fail: the watchdog takes it if this run does not.
        let due = Some((next.first_turn(), next.first_due()));
        let written = self.incidents.answers().answer(&next, &name, &fact, None, due).await?;
        Ok((written == Written::Done).then(|| next.first_turn()))
    }

    /// Sends what is claimed, all together: no channel waits for another. After `until`, no attempt begins: the run could
    /// end before its outcome is on record, and the next run would send the page a second time.
    async fn send(
        &self,
        incident: &Incident,
        (turn, change): (&Turn, Option<&Change>),
        claims: &Claims,
        policy: &Policy,
        joined: &Joined,
        until: Instant,
    ) -> Result<Vec<Delivery>, Failure> {
        let one = async |sending: &Sending| -> Result<Delivery, AwsError> {
            let outside = matches!(sending.to, To::External(..)) && incident.drill().is_some();
            let go = async || {
                if Instant::now() >= until {
                    return DeliveryState::late();
                }
                let base = &self.link_base;
                let letter =
                    letters::write(incident, (turn, change), sending, claims, joined, base);
                let delivery = format!("{}#{}", incident.id, send_sk(&sending.record.key));
                self.senders.send_until(&delivery, letter, until).await
            };
            let mut waits = None;
            let state = if incident.dry() || outside {
                // Nobody outside the house is ever told of a drill.
                DeliveryState::DryRun
            } else {
                match self.room(incident, sending, policy).await? {
                    Room::Free => go().await,
                    Room::Taken(rung) => {
                        let state = go().await;
                        self.give_back(&rung, &state).await;
                        state
                    }
                    Room::Waits(state) => state,
                    Room::Joins(channel, state) => {
                        waits = Some(channel);
                        state
                    }
                }
            };
            let record = Delivery { state, at: Timestamp::now(), ..sending.record.clone() };
            self.incidents.sends().settle(&incident.id, &record).await?;
            count(incident, &record);
            tracing::info!(
                incident = %incident.id,
                channel = %record.key.channel,
                state = record.state.name(),
                "page settled"
            );
            // The free rung is the digest's, which carries this page too.
            if let Some(channel) = waits
                && let Err(error) = Box::pin(self.digest(policy, &channel, record.at, until)).await
            {
                tracing::error!(reason = %error, "a digest waits for the next look");
            }
            Ok(record)
        };
        // Every send runs to its end before a failed record is reported.
        let ends = futures::future::join_all(claims.sendings.iter().map(one)).await;
        Ok(ends.into_iter().collect::<Result<_, _>>()?)
    }
}

/// Adds a page that has come to an end to the figures.
fn count(incident: &Incident, record: &Delivery) {
    figures::page(record.key.channel.type_name(), record.state.name(), incident.drill().is_some());
}

/// The turn's records after these sends ended.
fn with_ends(mut records: Vec<Delivery>, sent: &[Delivery]) -> Vec<Delivery> {
    records.retain(|record| sent.iter().all(|end| end.key != record.key));
    records.extend_from_slice(sent);
    records
}

/// The same turn again while a send may still come through, else the next one.
fn answer(
    input: TurnInput,
    turn: &Turn,
    claims: &Claims,
    sent: &[Delivery],
    now: Timestamp,
) -> Answer {
    let again = sent.iter().any(Delivery::may_try_again).then_some(TRY_AGAIN);
    let later = claims.later.map(|at| at.duration_since(now));
    if let Some(wait) = [again, later].into_iter().flatten().max() {
        return Answer::after(input, wait, now);
    }
    match turn.next {
        Next::End => Answer { next: input, done: true, wait_seconds: 0 },
        Next::Turn { wait, cursor } => Answer::after(TurnInput { cursor, ..input }, wait, now),
    }
}

/// Whole seconds, rounded up: Step Functions waits no fractions, and waiting too short is a turn
/// for nothing.
fn seconds(wait: SignedDuration) -> i64 {
    wait.as_secs() + i64::from(wait.subsec_nanos() > 0)
}
