//! How far an incident's escalation has come, by the history of its execution.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::cloud::Cloud;
use crate::lane::Lane;
use crate::stack::Stack;
use crate::waiting::{SOON, until};

/// A point in an escalation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// This many turns are over: everybody whom they page is paged.
    Turns(usize),
    /// No turn is to come.
    End,
}

/// Waits until the incident's first escalation is at that point, at most `limit`; says whether it
/// is.
pub(crate) async fn reaches(
    cloud: &Cloud,
    stack: &Stack,
    incident: &str,
    point: Point,
    limit: Duration,
) -> Result<bool> {
    let machine = stack.state_machine.replace(":stateMachine:", ":execution:");
    let execution = format!("{machine}:{incident}-1");
    let reached = until(limit, async || {
        // Between the incident and the start of its execution there is none yet.
        let events = cloud.execution_history(&execution).await.unwrap_or_default();
        let mut turns = 0;
        for event in events {
            turns += usize::from(event == "WaitStateEntered");
            if ends(&event) || point == Point::Turns(turns) {
                return Ok(Some(()));
            }
        }
        Ok(None)
    });
    Ok(reached.await?.is_some())
}

/// Ends the wait of the incident's first escalation, once it is in one.
pub(crate) async fn next_step(cloud: &Cloud, incident: &str) -> Result<()> {
    let ended =
        until(SOON, async || Ok(cloud.end_wait(&format!("{incident}-1")).await?.then_some(())));
    ended.await?.with_context(|| format!("the escalation of {incident} waits for nothing"))
}

impl Lane {
    /// Waits until the incident's first escalation waits for its second step, or is over: what the first was to send,
    /// it has sent.
    ///
    /// # Errors
    /// It comes to no rest, or a failed call.
    pub async fn first_step_is_over(&self, incident: &str) -> Result<()> {
        let over = reaches(&self.cloud, &self.stack, incident, Point::Turns(1), SOON).await?;
        ensure!(over, "the first step of {incident} comes to no end");
        Ok(())
    }

    /// Waits until the execution of the incident's one update about a finding that joined has ended: how it ended, as
    /// Step Functions says it.
    ///
    /// # Errors
    /// It does not end, or a failed call.
    pub async fn update_ends(&self, incident: &str) -> Result<String> {
        let name = format!("{incident}-joined-");
        let ended = until(SOON, async || {
            let all = self.cloud.executions(&self.stack.state_machine).await?;
            let ended = all.iter().find_map(|execution| {
                let status = execution["status"].as_str().filter(|status| *status != "RUNNING")?;
                execution["name"].as_str()?.starts_with(&name).then(|| status.to_owned())
            });
            Ok(ended)
        });
        ended.await?.with_context(|| format!("the update about {incident} comes to no end"))
    }

    /// Lets the time until the next step of the incident's escalation be over, once it waits for it.
    ///
    /// # Errors
    /// It does not come to wait, or a failed call.
    pub async fn next_step(&self, incident: &str) -> Result<()> {
        next_step(&self.cloud, incident).await
    }
}

fn ends(event: &str) -> bool {
    matches!(
        event,
        "ExecutionSucceeded" | "ExecutionFailed" | "ExecutionAborted" | "ExecutionTimedOut"
    )
}
