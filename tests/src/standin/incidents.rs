//! Incident Manager's incidents: response plans, records with their timelines, and whom they engage.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::contacts::Contacts;
use super::lists::Pages;
use super::{Act, Call, Fault};
use crate::cloud::ACCOUNT;

const PAGES: Pages = Pages { token: "nextToken", limit: "maxResults", usual: 20 };

/// The service's state, shared by all clones. At first the account does not use it.
#[derive(Clone, Debug)]
pub(crate) struct Incidents {
    state: Arc<Mutex<State>>,
    /// Whom its response plans engage.
    contacts: Contacts,
}

#[derive(Debug, Default)]
struct State {
    used: bool,
    plans: Vec<Value>,
    records: Vec<Value>,
    /// With the record's ARN.
    events: Vec<(String, Value)>,
    /// With the record's ARN.
    items: Vec<(String, Value)>,
    /// What calls with a token asked for and got: a repeated one makes nothing.
    tokens: Vec<(String, Value, Value)>,
}

fn text(input: &Value, name: &str) -> String {
    input[name].as_str().unwrap_or_default().to_owned()
}

/// A moment as both services have it on the wire: seconds since 1970.
pub(super) fn moment(at: Timestamp) -> Value {
    json!(at.as_duration().as_secs_f64())
}

fn not_found(arn: &str, kind: &str) -> Fault {
    let fault = Fault::new("ResourceNotFoundException", "The requested resource was not found");
    fault.with("resourceIdentifier", arn).with("resourceType", kind)
}

fn invalid(why: &str) -> Fault {
    Fault::new("ValidationException", why)
}

/// The fields of `input` that are there, under the names that `names` gives them.
fn copy(input: &Value, to: &mut Value, names: &[(&str, &str)]) {
    for (from, name) in names {
        if let Some(value) = input.get(*from).filter(|value| !value.is_null()) {
            to[*name] = value.clone();
        }
    }
}

impl Incidents {
    /// The service's folder in botocore.
    pub(crate) const SERVICE: &str = "ssm-incidents";

    /// The service of an account that has these contacts.
    pub(crate) fn new(contacts: Contacts) -> Self {
        Self { state: Arc::default(), contacts }
    }

    /// What it does with a call.
    pub(crate) fn act(&self) -> Act {
        let incidents = self.clone();
        Box::new(move |call| incidents.done(call))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the account has a replication set.
    pub(crate) fn use_it(&self, used: bool) {
        self.state().used = used;
    }

    /// Every response plan by name.
    pub(crate) fn plans(&self) -> Map<String, Value> {
        let state = self.state();
        state.plans.iter().map(|plan| (text(plan, "name"), plan.clone())).collect()
    }

    /// Every record, with its events under `events` and its items under `relatedItems`.
    pub(crate) fn records(&self) -> Vec<Value> {
        let state = self.state();
        let with_events = |record: &Value| {
            let of = |(arn, event): &(String, Value)| {
                (record["arn"] == **arn).then(|| event["eventData"].clone())
            };
            let mut whole = record.clone();
            let items = state.items.iter().find(|(arn, _)| record["arn"] == **arn);
            whole["relatedItems"] = items.map(|(_, items)| items.clone()).unwrap_or_default();
            whole["events"] = state.events.iter().filter_map(of).collect();
            whole
        };
        state.records.iter().map(with_events).collect()
    }

    /// Does a call as somebody at the console would, past every check.
    pub(crate) fn by_hand(&self, operation: &str, input: Value) -> Result<Value, Fault> {
        let (service, operation) = (Self::SERVICE.to_owned(), operation.to_owned());
        self.done(&Call { service, operation, input })
    }

    fn done(&self, call: &Call) -> Result<Value, Fault> {
        let mut state = self.state();
        let token = call.input["clientToken"].as_str();
        let token = token.map(|token| format!("{} {token}", call.operation));
        let known = state.tokens.iter().find(|(known, ..)| Some(known) == token.as_ref());
        if let Some((_, input, answer)) = known {
            if *input != call.input {
                return Err(invalid("The client token was used for another request"));
            }
            return Ok(answer.clone());
        }
        let answer = if call.operation.ends_with("ResponsePlan") {
            self.of_plan(&mut state, call)?
        } else {
            self.of_record(&mut state, call)?
        };
        state.tokens.extend(token.map(|token| (token, call.input.clone(), answer.clone())));
        Ok(answer)
    }

    /// A plan engages people who are there, and no more than five.
    fn engages(&self, input: &Value) -> Result<(), Fault> {
        let engaged = input["engagements"].as_array().into_iter().flatten();
        for arn in engaged.filter_map(Value::as_str) {
            if !self.contacts.has(arn) {
                return Err(invalid("The plan engages what does not exist"));
            }
        }
        Ok(())
    }

    fn of_plan(&self, state: &mut State, call: &Call) -> Result<Value, Fault> {
        let input = &call.input;
        let arn = text(input, "arn");
        let at = state.plans.iter().position(|plan| plan["arn"] == *arn);
        let found = || at.ok_or_else(|| not_found(&arn, "RESPONSE_PLAN"));
        match call.operation.as_str() {
            "CreateResponsePlan" => {
                let name = text(input, "name");
                let arn = format!("arn:aws:ssm-incidents::{ACCOUNT}:response-plan/{name}");
                if state.plans.iter().any(|plan| plan["arn"] == *arn) {
                    let fault = Fault::new("ConflictException", "The name is taken");
                    return Err(fault.with("resourceIdentifier", arn));
                }
                self.engages(input)?;
                let mut plan = json!({ "arn": arn });
                let same = ["name", "displayName", "incidentTemplate", "chatChannel"];
                let same = same.into_iter().chain(["engagements", "actions"]);
                copy(input, &mut plan, &same.map(|name| (name, name)).collect::<Vec<_>>());
                state.plans.push(plan);
                Ok(json!({ "arn": arn }))
            }
            "GetResponsePlan" => Ok(state.plans[found()?].clone()),
            "UpdateResponsePlan" => {
                let at = found()?;
                self.engages(input)?;
                let plan = &mut state.plans[at];
                let same = ["displayName", "chatChannel", "engagements", "actions"];
                copy(input, plan, &same.map(|name| (name, name)));
                let template = [
                    ("incidentTemplateTitle", "title"),
                    ("incidentTemplateImpact", "impact"),
                    ("incidentTemplateSummary", "summary"),
                    ("incidentTemplateDedupeString", "dedupeString"),
                    ("incidentTemplateNotificationTargets", "notificationTargets"),
                    ("incidentTemplateTags", "incidentTags"),
                ];
                copy(input, &mut plan["incidentTemplate"], &template);
                Ok(json!({}))
            }
            "DeleteResponsePlan" => {
                // One that is not there is no error here.
                state.plans.retain(|plan| plan["arn"] != *arn);
                Ok(json!({}))
            }
            other => Err(Fault::unsupported(other)),
        }
    }

    fn of_record(&self, state: &mut State, call: &Call) -> Result<Value, Fault> {
        let input = &call.input;
        let arn = text(input, if input.get("arn").is_some() { "arn" } else { "incidentRecordArn" });
        let at = state.records.iter().position(|record| record["arn"] == *arn);
        let found = || at.ok_or_else(|| not_found(&arn, "INCIDENT_RECORD"));
        let now = moment(Timestamp::now());
        match call.operation.as_str() {
            "ListReplicationSets" => {
                let set = format!("arn:aws:ssm-incidents::{ACCOUNT}:replication-set/1ab2c345");
                let sets: Vec<_> = state.used.then_some(set).into_iter().collect();
                Ok(json!({ "replicationSetArns": sets }))
            }
            "ListResponsePlans" => {
                let brief = |plan: &Value| json!({ "arn": plan["arn"], "name": plan["name"], "displayName": plan["displayName"] });
                let all = state.plans.iter().map(brief).collect();
                let (page, next) = PAGES.page(input, all).ok_or_else(|| invalid("nextToken"))?;
                let mut answer = json!({ "responsePlanSummaries": page });
                if let Some(next) = next {
                    answer["nextToken"] = next.into();
                }
                Ok(answer)
            }
            "StartIncident" => self.start(state, input, &now),
            "GetIncidentRecord" => Ok(json!({ "incidentRecord": state.records[found()?] })),
            "DeleteIncidentRecord" => {
                state.records.remove(found()?);
                Ok(json!({}))
            }
            "UpdateIncidentRecord" => {
                let record = &mut state.records[found()?];
                let same = ["status", "impact", "title", "summary", "chatChannel"];
                copy(input, record, &same.map(|name| (name, name)));
                record["lastModifiedTime"] = now;
                // By hand it is somebody at the console; the test says who.
                let by = input["by"].as_str().unwrap_or("function");
                record["lastModifiedBy"] = format!("arn:aws:iam::{ACCOUNT}:role/{by}").into();
                Ok(json!({}))
            }
            "CreateTimelineEvent" => {
                found()?;
                let id = format!("00000000-0000-4000-8000-{:012}", state.events.len() + 1);
                state.events.push((arn.clone(), input.clone()));
                Ok(json!({ "eventId": id, "incidentRecordArn": arn }))
            }
            other => Err(Fault::unsupported(other)),
        }
    }

    fn start(&self, state: &mut State, input: &Value, now: &Value) -> Result<Value, Fault> {
        let plan = text(input, "responsePlanArn");
        let found = state.plans.iter().find(|known| known["arn"] == *plan).cloned();
        let plan = found.ok_or_else(|| not_found(&plan, "RESPONSE_PLAN"))?;
        let source = text(&input["triggerDetails"], "source");
        if source.starts_with("aws.") {
            return Err(invalid("Sources that begin with aws. are reserved"));
        }
        let (name, number) = (text(&plan, "name"), state.records.len() + 1);
        let arn = format!(
            "arn:aws:ssm-incidents::{ACCOUNT}:incident-record/{name}/00000000-0000-4000-8000-{number:012}"
        );
        let template = &plan["incidentTemplate"];
        let or = |name: &str| input.get(name).unwrap_or(&template[name]).clone();
        let by = format!("arn:aws:iam::{ACCOUNT}:role/function");
        state.records.push(json!({
            "arn": arn, "title": or("title"), "impact": or("impact"), "status": "OPEN",
            "summary": text(template, "summary"), "dedupeString": "", "creationTime": now,
            "lastModifiedTime": now, "lastModifiedBy": by,
            "incidentRecordSource": { "createdBy": by, "source": source }
        }));
        let items = input["relatedItems"].clone();
        state.items.push((arn.clone(), items));
        let engaged = plan["engagements"].as_array().into_iter().flatten();
        for contact in engaged.filter_map(Value::as_str) {
            self.contacts.engage(contact, &arn);
        }
        Ok(json!({ "incidentRecordArn": arn }))
    }
}
