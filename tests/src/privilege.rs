//! Which statements of the functions' roles the stories need, by what IAM has decided.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use regex::Regex;
use serde::Deserialize;

/// What the local cloud writes down of IAM.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    /// An allowed kind of call, and every statement that allows it.
    Decision { role: String, statements: Vec<String> },
    /// Whose an access key is.
    Key { role: String, key: String },
}

/// Statements that no caller of the local cloud is judged by, with what shows that each is needed. AWS's own services use
/// them in a role's name; infra/tools/rules.py wants the first four exactly where a function is traced, logs, has a
/// queue for what it failed on, or meets the key.
const ASKED_ELSEWHERE: [(&str, &str); 18] = [
    ("Trace", "Lambda and Step Functions trace"),
    ("Log", "Lambda logs"),
    ("UseKey", "KMS is asked by the services that hold what it opens"),
    ("KeepDeadEvents", "Lambda refuses a function whose role cannot send to its queue"),
    ("KeepFailedEvents", "Lambda sends what failed"),
    ("KeepUnreviewed", "Lambda sends what failed"),
    ("KeepUntold", "Lambda sends what failed"),
    ("KeepUnsynced", "Lambda sends what failed"),
    ("KeepUndelivered", "Scheduler sends what it could not hand over"),
    ("ReadStream", "Lambda refuses a mapping whose role cannot read its stream"),
    ("FindStreams", "Lambda refuses a mapping whose role cannot read its stream"),
    ("BeginReviews", "Scheduler invokes"),
    ("HandOn", "EventBridge calls the other system; the local cloud has no API destinations"),
    ("HandTheRunbookItsRole", "Incident Manager asks whether the plan's role may be handed on"),
    // The wire answers these in the place of SES and SNS, and a story fails if it is not asked.
    ("FindDeadOnes", "the wire answers for SES and SNS"),
    // MiniStack's Step Functions does what its machine says without asking.
    ("Page", "Step Functions invokes"),
    ("Engage", "Step Functions invokes"),
    ("TellTheOwner", "Step Functions publishes"),
];

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
            (resource, role, acts) = (name, false, false);
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

/// Each statement without which every call of the stories would have been allowed all the same. `outside` has who called
/// what, by access key, of the services that the local cloud does not play.
///
/// # Errors
/// Decisions that cannot be read.
pub fn idle_statements(
    template: &str,
    decisions: &str,
    outside: &BTreeSet<(String, String)>,
) -> Result<Vec<String>> {
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
    let elsewhere = |sid: &str| ASKED_ELSEWHERE.iter().any(|(name, _)| *name == sid);
    let mut idle = Vec::new();
    for ((role, sid), actions) in statements(template)? {
        let used = actions.iter().any(|action| called.contains(&(role, action)));
        if !elsewhere(sid) && !used && !needed.contains(&(role, sid)) {
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
        let template = "Resources:\n  PagerRole:\n    Type: AWS::IAM::Role\n      - Sid: Read\n        Action: dynamodb:GetItem\n      - Sid: Write\n        Action: [dynamodb:PutItem]\n      - Sid: Log\n      - Sid: Plans\n        Action:\n          - ssm-contacts:GetContact\n        Resource: x\n  Other:\n    - Sid: Elsewhere\n";
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
}
