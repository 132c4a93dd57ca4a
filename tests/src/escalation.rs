//! How far an incident's escalation has come, by the history of its execution.

use std::time::{Duration, Instant};

use anyhow::Result;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::types::HistoryEventType;

use crate::cloud::Cloud;
use crate::stack::Stack;

const EVERY: Duration = Duration::from_millis(150);

/// A point in an escalation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// The first turn is over: everybody whom it pages is paged.
    FirstTurn,
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
    let client = Client::new(&cloud.config);
    let machine = stack.state_machine.replace(":stateMachine:", ":execution:");
    let execution = format!("{machine}:{incident}-1");
    let began = Instant::now();
    loop {
        let mut events = client
            .get_execution_history()
            .execution_arn(&execution)
            .into_paginator()
            .items()
            .send();
        while let Some(event) = events.next().await {
            // Between the incident and the start of its execution there is none yet.
            let Ok(event) = event else { break };
            if is(point, event.r#type()) {
                return Ok(true);
            }
        }
        if began.elapsed() > limit {
            return Ok(false);
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn is(point: Point, event: &HistoryEventType) -> bool {
    match event {
        HistoryEventType::WaitStateEntered => point == Point::FirstTurn,
        HistoryEventType::ExecutionSucceeded
        | HistoryEventType::ExecutionFailed
        | HistoryEventType::ExecutionAborted
        | HistoryEventType::ExecutionTimedOut => true,
        _ => false,
    }
}
