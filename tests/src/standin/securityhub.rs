//! AWS Security Hub: findings in ASFF, and in OCSF of the unified one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::filters::{Bad, asff, composite};
use super::lists::{Pages, sort};
use super::{Act, Call, Fault};

const PAGES: Pages = Pages { token: "NextToken", limit: "MaxResults", usual: 100 };

/// The service's state, shared by all clones. At first the account uses neither of the two.
#[derive(Clone, Debug, Default)]
pub(crate) struct SecurityHub {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// In ASFF; nothing, if the account does not use Security Hub CSPM.
    cspm: Option<Vec<Value>>,
    /// In OCSF; nothing, if the account does not use the unified Security Hub.
    unified: Option<Vec<Value>>,
}

impl SecurityHub {
    /// The service's folder in botocore.
    pub(crate) const SERVICE: &str = "securityhub";

    /// What it does with a call.
    pub(crate) fn act(&self) -> Act {
        let hub = self.clone();
        Box::new(move |call| hub.done(call))
    }

    /// The account uses Security Hub CSPM, and these are its findings in ASFF.
    pub(crate) fn enable(&self, findings: Vec<Value>) {
        self.state().cspm = Some(findings);
    }

    /// The account uses the unified Security Hub, and these are its findings in OCSF.
    pub(crate) fn enable_v2(&self, findings: Vec<Value>) {
        self.state().unified = Some(findings);
    }

    #[cfg(test)]
    /// Another finding in ASFF, which takes the place of an earlier one with its `Id`.
    pub(crate) fn find(&self, finding: Value) {
        put(&mut self.state().cspm, finding, |finding| &finding["Id"]);
    }

    #[cfg(test)]
    /// Another finding in OCSF, which takes the place of an earlier one with its `metadata.uid`.
    pub(crate) fn find_v2(&self, finding: Value) {
        put(&mut self.state().unified, finding, |finding| &finding["metadata"]["uid"]);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn done(&self, call: &Call) -> Result<Value, Fault> {
        let input = &call.input;
        match call.operation.as_str() {
            "GetFindings" => {
                let all = self.state().cspm.clone();
                let all = all.ok_or_else(|| {
                    let why = "Account is not subscribed to AWS Security Hub";
                    Fault::new("InvalidAccessException", why)
                })?;
                let invalid = |why: String| Fault::new("InvalidInputException", why);
                listed(input, all, |finding| asff(&input["Filters"], finding), invalid)
            }
            "GetFindingsV2" => {
                let all = self.state().unified.clone();
                // It lists neither InvalidAccess- nor ResourceNotFoundException; the V2 operations
                // that list ConflictException answer with it (hashicorp/terraform-provider-aws,
                // internal/service/securityhub/automation_rule_v2.go).
                let all = all.ok_or_else(|| {
                    Fault::new("ConflictException", "Security Hub V2 is not enabled")
                })?;
                let invalid = |why: String| Fault::new("ValidationException", why);
                if input.get("Scopes").is_some() {
                    return Err(Fault::unsupported("Scopes"));
                }
                listed(input, all, |finding| composite(&input["Filters"], finding), invalid)
            }
            other => Err(Fault::unsupported(other)),
        }
    }
}

#[cfg(test)]
fn put(all: &mut Option<Vec<Value>>, finding: Value, id: fn(&Value) -> &Value) {
    let all = all.get_or_insert_default();
    all.retain(|old| id(old) != id(&finding));
    all.push(finding);
}

/// One page of the findings that the filters mean, in order.
fn listed(
    input: &Value,
    all: Vec<Value>,
    is_meant: impl Fn(&Value) -> Result<bool, Bad>,
    invalid: fn(String) -> Fault,
) -> Result<Value, Fault> {
    let mut found = Vec::new();
    for finding in all {
        if is_meant(&finding).map_err(|bad| bad.into_fault(invalid))? {
            found.push(finding);
        }
    }
    // The first criterion counts most, so it sorts last.
    for by in input["SortCriteria"].as_array().into_iter().flatten().rev() {
        let name = by["Field"].as_str().unwrap_or_default();
        sort(&mut found, name, by["SortOrder"] == "desc");
    }
    let page = PAGES.page(input, found);
    let (page, next) = page.ok_or_else(|| invalid("NextToken is invalid".to_owned()))?;
    let mut answer = Map::from_iter([("Findings".to_owned(), json!(page))]);
    answer.extend(next.map(|next| (PAGES.token.to_owned(), next.into())));
    Ok(Value::Object(answer))
}
