//! Which statements of the functions' roles the stories need, by what IAM has decided.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use regex::Regex;
use serde::Deserialize;

/// What the local cloud writes down of IAM.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    /// A kind of call, and every statement that allows it; none if it was refused.
    Decision { role: String, action: String, statements: Vec<String> },
    /// Whose an access key is.
    Key { role: String, key: String },
}

/// Statements that the local cloud judges nothing by, with the reason.
const ASKED_ELSEWHERE: [(&str, &str, &str); 7] = [
    ("EscalationRole", "Trace", "Step Functions traces if it may"),
    ("ReviewScheduleRole", "BeginReviews", "Scheduler invokes"),
    ("ReviewScheduleRole", "KeepUndelivered", "Scheduler sends what it could not hand over"),
    ("ReviewScheduleRole", "UseKey", "Scheduler sends to a queue with a key"),
    (
        "ApiDestinationRole",
        "InvokeApiDestination",
        "EventBridge calls the other system; the local cloud has no API destinations",
    ),
    (
        "IncidentManagerSyncRole",
        "HandTheRunbookItsRole",
        "Incident Manager asks whether the plan's role may be handed on",
    ),
    // The wire answers these in the place of SES and SNS, and a story fails if it is not asked.
    ("RosterReviewRole", "FindDeadOnes", "the wire answers for SES and SNS"),
];

/// Calls of the services that the local cloud does not play: the caller's access key, and the action.
type Calls = BTreeSet<(String, String)>;

/// A statement: its role and its name.
type Statement<'a> = (&'a str, &'a str);

/// The statements of each role in a template, with the actions that each allows.
fn statements(template: &str) -> Result<BTreeMap<Statement<'_>, BTreeSet<&str>>> {
    let action = Regex::new("[a-z][a-z0-9-]*:[A-Z][A-Za-z0-9]*")?;
    let mut all: BTreeMap<Statement<'_>, BTreeSet<&str>> = BTreeMap::new();
    let (mut resource, mut role, mut sid, mut acts) = ("", false, "", false);
    for line in template.lines() {
        let name = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':'));
        if let Some(name) = name.filter(|name| !name.starts_with(' ')) {
            (resource, sid, role, acts) = (name, "", false, false);
        }
        let text = line.trim();
        role |= text == "Type: AWS::IAM::Role";
        if let (true, Some((_, name))) = (role, text.split_once("Sid: ")) {
            (sid, acts) = (name, false);
            all.entry((resource, sid)).or_default();
        }
        acts = (acts || text.starts_with("Action:")) && !text.contains("Resource:");
        if role && acts && !text.starts_with('#') && !sid.is_empty() {
            all.entry((resource, sid))
                .or_default()
                .extend(action.find_iter(text).map(|m| m.as_str()));
        }
    }
    Ok(all)
}

/// The name in the template of a role that CloudFormation named: `muster-PagerRole-1A2B`.
fn logical(role: &str) -> &str {
    role.rsplit('-').nth(1).unwrap_or(role)
}

/// Each call that a role in the template was refused, or that it has made of the services that the local cloud does not
/// play although it may not: a role that lacks a statement is thereby found, even if its function makes the best of it.
/// `outside` has who called what of those services, by access key; `less` is a statement to leave out of account,
/// `PagerRole/SendTexts`.
///
/// # Errors
/// Decisions that cannot be read.
pub fn refused_calls(
    template: &str,
    decisions: &str,
    outside: &Calls,
    less: Option<&str>,
) -> Result<Vec<String>> {
    let mut statements = statements(template)?;
    // Callers of the API have roles too, and stories about what these may not do.
    let ours: BTreeSet<&str> = statements.keys().map(|(role, _)| *role).collect();
    if let Some(statement) = less.and_then(|less| less.split_once('/')) {
        statements.remove(&statement);
    }
    let may = |role: &str, action: &str| {
        statements.iter().any(|((name, _), actions)| *name == role && actions.contains(action))
    };
    let mut found = BTreeSet::new();
    for line in decisions.lines() {
        match serde_json::from_str(line)? {
            Line::Decision { role, action, statements }
                if statements.is_empty() && ours.contains(logical(&role)) =>
            {
                found.insert(format!("{role}: {action} was refused"));
            }
            Line::Key { role, key } if ours.contains(logical(&role)) => {
                let calls = outside.iter().filter(|(by, _)| *by == key);
                let more = calls.filter(|(_, action)| !may(logical(&role), action));
                found.extend(more.map(|(_, action)| format!("{role}: {action} is not allowed")));
            }
            _ => {}
        }
    }
    Ok(found.into_iter().collect())
}

/// Each statement without which every call of the stories would have been allowed all the same. `outside` has who called
/// what, by access key, of the services that the local cloud does not play.
///
/// # Errors
/// Decisions that cannot be read.
pub fn idle_statements(template: &str, decisions: &str, outside: &Calls) -> Result<Vec<String>> {
    let lines: Vec<Line> = decisions.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let (mut needed, mut roles) = (BTreeSet::new(), BTreeMap::new());
    for line in &lines {
        match line {
            Line::Decision { role, statements, .. } => {
                if let [only] = statements.as_slice() {
                    needed.insert((logical(role), only.as_str()));
                }
            }
            Line::Key { role, key } => {
                roles.insert(key.as_str(), logical(role));
            }
        }
    }
    let called: BTreeSet<(&str, &str)> = outside
        .iter()
        .filter_map(|(key, action)| Some((*roles.get(key.as_str())?, action.as_str())))
        .collect();
    let elsewhere = |statement: Statement<'_>| {
        ASKED_ELSEWHERE.iter().any(|(role, sid, _)| (*role, *sid) == statement)
    };
    let mut idle = Vec::new();
    for ((role, sid), actions) in &statements(template)? {
        let used = actions.iter().any(|action| called.contains(&(*role, *action)));
        if !elsewhere((role, sid)) && !used && !needed.contains(&(*role, *sid)) {
            idle.push(format!("{role}: no story needs the statement {sid}"));
        }
    }
    Ok(idle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_idle_if_no_call_rests_on_it_alone() -> Result<()> {
        let template = "Resources:\n  PagerRole:\n    Type: AWS::IAM::Role\n      - Sid: Read\n        Action: dynamodb:GetItem\n      - Sid: Write\n        Action: [dynamodb:PutItem]\n      - Sid: Plans\n        Action:\n          - ssm-contacts:GetContact\n        Resource: x\n  Other:\n    - Sid: Elsewhere\n";
        let decisions = r#"{"role":"muster-PagerRole-1A","action":"dynamodb:GetItem","statements":["Read"]}
{"role":"muster-PagerRole-1A","key":"AK1"}
{"role":"muster-PagerRole-1A","action":"dynamodb:PutItem","statements":["Read","Write"]}"#;
        let call =
            |key: &str| BTreeSet::from([(key.to_owned(), "ssm-contacts:GetContact".to_owned())]);
        let write = "PagerRole: no story needs the statement Write";
        assert_eq!(idle_statements(template, decisions, &call("AK1"))?, [write]);
        // Somebody else's call shows nothing.
        assert_eq!(
            idle_statements(template, decisions, &call("AK2"))?,
            ["PagerRole: no story needs the statement Plans", write]
        );
        Ok(())
    }

    #[test]
    fn what_a_role_was_refused_is_said() -> Result<()> {
        let template = "Resources:\n  PagerRole:\n    Type: AWS::IAM::Role\n      - Sid: Call\n        Action: sms-voice:SendVoiceMessage\n";
        let decisions = r#"{"role":"muster-PagerRole-1A","action":"sqs:SendMessage","statements":[]}
{"role":"muster-PagerRole-1A","action":"sns:Publish","statements":["Tell"]}
{"role":"muster-PagerRole-1A","key":"AK1"}
{"role":"muster-Reader-1A","action":"sqs:SendMessage","statements":[]}"#;
        let refused = "muster-PagerRole-1A: sqs:SendMessage was refused";
        let outside = BTreeSet::from([("AK1".into(), "sms-voice:SendVoiceMessage".into())]);
        assert_eq!(refused_calls(template, decisions, &outside, None)?, [refused]);
        let not = "muster-PagerRole-1A: sms-voice:SendVoiceMessage is not allowed";
        let less = Some("PagerRole/Call");
        assert_eq!(refused_calls(template, decisions, &outside, less)?, [not, refused]);
        Ok(())
    }
}
