//! Amazon `GuardDuty`: detectors and their findings.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use super::lists::{Pages, field, number, sort, text};
use super::{Act, Call, Fault};

const PAGES: Pages = Pages { token: "nextToken", limit: "maxResults", usual: 50 };
/// What findings may be looked for by, of the list in the documentation of `FindingCriteria`.
const CRITERIA: [&str; 10] = [
    "accountId",
    "confidence",
    "id",
    "region",
    "resource.instanceDetails.instanceId",
    "resource.resourceType",
    "service.archived",
    "severity",
    "type",
    "updatedAt",
];
/// Most values that one condition compares with (its documentation).
const MOST_VALUES: usize = 50;

/// The service's state, shared by all clones.
#[derive(Clone, Debug, Default)]
pub(crate) struct GuardDuty {
    detectors: Arc<Mutex<Vec<Detector>>>,
}

#[derive(Debug)]
struct Detector {
    id: String,
    findings: Vec<Value>,
}

impl GuardDuty {
    /// The service's folder in botocore.
    pub(crate) const SERVICE: &str = "guardduty";

    /// What it does with a call.
    pub(crate) fn act(&self) -> Act {
        let guardduty = self.clone();
        Box::new(move |call| guardduty.done(call))
    }

    /// The Region has another detector.
    pub(crate) fn enable(&self, detector: &str) {
        self.detectors().push(Detector { id: detector.to_owned(), findings: Vec::new() });
    }

    /// A finding in the API's form, which takes the place of an earlier one with its `id`.
    ///
    /// # Errors
    /// The detector that it names in `service.detectorId` is not enabled.
    pub(crate) fn find(&self, finding: Value) -> Result<()> {
        let mut detectors = self.detectors();
        let named = |detector: &&mut Detector| finding["service"]["detectorId"] == detector.id;
        let detector = detectors.iter_mut().find(named).context("its detector is not enabled")?;
        detector.findings.retain(|old| old["id"] != finding["id"]);
        detector.findings.push(finding);
        Ok(())
    }

    fn detectors(&self) -> MutexGuard<'_, Vec<Detector>> {
        self.detectors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn done(&self, call: &Call) -> Result<Value, Fault> {
        let input = &call.input;
        match call.operation.as_str() {
            "ListDetectors" => {
                let ids = self.detectors().iter().map(|one| Value::from(one.id.as_str())).collect();
                let (ids, next) = PAGES.page(input, ids).ok_or_else(bad_token)?;
                Ok(answer("detectorIds", ids, next))
            }
            "ListFindings" => {
                let mut found = Vec::new();
                for finding in self.of_detector(input)? {
                    if is_meant(&input["findingCriteria"]["criterion"], &finding)? {
                        found.push(finding);
                    }
                }
                sorted(&mut found, input);
                let ids = found.into_iter().map(|mut finding| finding["id"].take()).collect();
                let (ids, next) = PAGES.page(input, ids).ok_or_else(bad_token)?;
                // The last page has an empty token, where other services have none.
                Ok(answer("findingIds", ids, Some(next.unwrap_or_default())))
            }
            "GetFindings" => {
                let ids = input["findingIds"].as_array().map_or(&[][..], Vec::as_slice);
                let mut found = self.of_detector(input)?;
                // Those that there are not are left out without a word.
                found.retain(|finding| ids.contains(&finding["id"]));
                sorted(&mut found, input);
                Ok(json!({ "findings": found }))
            }
            other => Err(Fault::unsupported(other)),
        }
    }

    fn of_detector(&self, input: &Value) -> Result<Vec<Value>, Fault> {
        let detectors = self.detectors();
        let found = detectors.iter().find(|detector| input["DetectorId"] == detector.id);
        let found =
            found.ok_or_else(|| bad("the input detectorId is not owned by the current account"))?;
        Ok(found.findings.clone())
    }
}

fn answer(name: &str, list: Vec<Value>, next: Option<String>) -> Value {
    let mut answer = Map::from_iter([(name.to_owned(), Value::Array(list))]);
    answer.extend(next.map(|next| (PAGES.token.to_owned(), next.into())));
    Value::Object(answer)
}

fn bad(why: &str) -> Fault {
    let message = format!("The request is rejected because {why}.");
    Fault::new("BadRequestException", message).with("type", "InvalidInputException")
}

fn bad_token() -> Fault {
    bad("the parameter nextToken has an invalid value")
}

fn sorted(findings: &mut [Value], input: &Value) {
    let by = &input["sortCriteria"];
    if let Some(name) = by["attributeName"].as_str() {
        sort(findings, name, by["orderBy"] == "DESC");
    }
}

/// Whether a finding meets all criteria.
fn is_meant(criteria: &Value, finding: &Value) -> Result<bool, Fault> {
    for (name, condition) in criteria.as_object().into_iter().flatten() {
        if !CRITERIA.contains(&name.as_str()) {
            return Err(Fault::unsupported(&format!("the criterion {name}")));
        }
        let values = field(finding, name);
        for (operator, wanted) in condition.as_object().into_iter().flatten() {
            if !holds(operator, wanted, &values)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Whether one condition holds of any of a field's values. Moments are in milliseconds since 1970.
fn holds(operator: &str, wanted: &Value, values: &[&Value]) -> Result<bool, Fault> {
    let one_of = || -> Result<bool, Fault> {
        let wanted = wanted.as_array().map_or(&[][..], Vec::as_slice);
        if wanted.len() > MOST_VALUES {
            return Err(bad("a condition has more than 50 values"));
        }
        Ok(values.iter().any(|value| wanted.iter().any(|wanted| *wanted == text(value))))
    };
    let compared = |holds: fn(&f64, &f64) -> bool| {
        let wanted = wanted.as_f64();
        let given = values.iter().filter_map(|value| number(value));
        wanted.is_some_and(|wanted| given.into_iter().any(|given| holds(&given, &wanted)))
    };
    Ok(match operator {
        "eq" | "equals" => one_of()?,
        "neq" | "notEquals" => !one_of()?,
        "gt" | "greaterThan" => compared(f64::gt),
        "gte" | "greaterThanOrEqual" => compared(f64::ge),
        "lt" | "lessThan" => compared(f64::lt),
        "lte" | "lessThanOrEqual" => compared(f64::le),
        // Only filters that are kept may match patterns (its documentation).
        _ => return Err(bad(&format!("{operator} is not available for ListFindings"))),
    })
}
