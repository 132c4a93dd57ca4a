//! Recent findings as GuardDuty and Security Hub list them, for what EventBridge never delivered.

use aws_types::SdkConfig;
use jiff::Timestamp;
use muster_domain::finding::{AsffFinding, Finding, GuardDutyFinding, OcsfFinding};
use serde_json::{Value, json};

use crate::client::listing;
use crate::error::AwsError;
use crate::event::{Unreadable, parse};
use crate::service::{Call, Client, Protocol, Service};

const GUARDDUTY: Service = Service {
    id: "GuardDuty",
    host: "guardduty",
    signing_name: "guardduty",
    protocol: Protocol::Rest,
};
const SECURITY_HUB: Service = Service {
    id: "SecurityHub",
    host: "securityhub",
    signing_name: "securityhub",
    protocol: Protocol::Rest,
};

/// Most findings of one GuardDuty answer, and of one Security Hub answer (their APIs).
const GUARDDUTY_PAGE: u16 = 50;
const SECURITY_HUB_PAGE: u16 = 100;
/// Most pages of one service in one look. What is beyond is older; the next look is soon.
const MOST_PAGES: usize = 10;

/// When something was updated: from the first moment to the second.
pub type Window = (Timestamp, Timestamp);
/// Findings, each read by itself; nothing, if the account does not use the service.
pub type Found = Option<Vec<Result<Finding, Unreadable>>>;

/// The two services.
#[derive(Debug)]
pub struct Recent {
    guardduty: Client,
    security_hub: Client,
}

impl Recent {
    /// The services of this Region.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        let config = listing(config);
        Self {
            guardduty: Client::new(&config, GUARDDUTY),
            security_hub: Client::new(&config, SECURITY_HUB),
        }
    }

    /// What GuardDuty has updated in this window and nobody has archived.
    ///
    /// # Errors
    /// The failed call.
    pub async fn guardduty(&self, (from, to): Window) -> Result<Found, AwsError> {
        const LIST: &str = "guardduty:ListFindings";
        let detectors = Call::get("guardduty:ListDetectors", "/detector");
        let detectors = self.guardduty.call(detectors).await?;
        let detectors = texts(&detectors["detectorIds"]);
        if detectors.is_empty() {
            return Ok(None);
        }
        let mut found = Vec::new();
        for detector in detectors {
            let path = format!("/detector/{detector}/findings");
            let mut asked = json!({
                "findingCriteria": { "criterion": {
                    "updatedAt": {
                        "greaterThanOrEqual": from.as_millisecond(),
                        "lessThanOrEqual": to.as_millisecond()
                    },
                    "service.archived": { "equals": ["false"] }
                } },
                "sortCriteria": { "attributeName": "updatedAt", "orderBy": "DESC" },
                "maxResults": GUARDDUTY_PAGE
            });
            for _ in 0..MOST_PAGES {
                let page = self.guardduty.call(Call::post(LIST, &path, asked.clone())).await?;
                let ids = texts(&page["findingIds"]);
                if !ids.is_empty() {
                    let ids = json!({ "findingIds": ids });
                    let get = Call::post("guardduty:GetFindings", format!("{path}/get"), ids);
                    let mut answer = self.guardduty.call(get).await?;
                    found.extend(read::<GuardDutyFinding>(&mut answer["findings"], Finding::from));
                }
                if !next(&mut asked, "nextToken", &page["nextToken"]) {
                    break;
                }
            }
        }
        Ok(Some(found))
    }

    /// What Security Hub has updated in this window and nobody has taken up, as ASFF.
    ///
    /// # Errors
    /// The failed call.
    pub async fn security_hub(&self, (from, to): Window) -> Result<Found, AwsError> {
        let is = |value| json!([{ "Value": value, "Comparison": "EQUALS" }]);
        let asked = json!({
            "Filters": {
                "UpdatedAt": [{ "Start": from.to_string(), "End": to.to_string() }],
                "RecordState": is("ACTIVE"),
                "WorkflowStatus": is("NEW")
            },
            "SortCriteria": [{ "Field": "UpdatedAt", "SortOrder": "desc" }],
            "MaxResults": SECURITY_HUB_PAGE
        });
        let read = read::<AsffFinding>;
        self.pages("securityhub:GetFindings", "/findings", asked, read).await
    }

    /// The same of the unified Security Hub, as OCSF.
    ///
    /// # Errors
    /// The failed call.
    pub async fn security_hub_v2(&self, (from, to): Window) -> Result<Found, AwsError> {
        let asked = json!({
            "Filters": { "CompositeFilters": [{ "DateFilters": [{
                "FieldName": "finding_info.modified_time_dt",
                "Filter": { "Start": from.to_string(), "End": to.to_string() }
            }] }] },
            "MaxResults": SECURITY_HUB_PAGE
        });
        let read = read::<OcsfFinding>;
        self.pages("securityhub:GetFindingsV2", "/findingsv2", asked, read).await
    }

    /// Page after page of Security Hub.
    async fn pages<T>(
        &self,
        operation: &'static str,
        path: &str,
        mut asked: Value,
        read: impl Fn(&mut Value, fn(T) -> Finding) -> Vec<Result<Finding, Unreadable>>,
    ) -> Result<Found, AwsError>
    where
        Finding: From<T>,
    {
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let call = Call::post(operation, path, asked.clone());
            let mut page = match self.security_hub.call(call).await {
                // An account that has not enabled it is told so.
                Err(error) if NOT_ENABLED.contains(&error.code.as_str()) => return Ok(None),
                answer => answer?,
            };
            found.extend(read(&mut page["Findings"], Finding::from));
            if !next(&mut asked, "NextToken", &page["NextToken"]) {
                break;
            }
        }
        Ok(Some(found))
    }
}

/// What Security Hub answers an account that does not use it, here; the unified one says `Conflict`.
const NOT_ENABLED: [&str; 4] = [
    "ConflictException",
    "InvalidAccessException",
    "ResourceNotFoundException",
    "SubscriptionRequiredException",
];

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Asks for the next page, if there is one.
fn next(asked: &mut Value, name: &str, token: &Value) -> bool {
    let there = token.as_str().is_some_and(|token| !token.is_empty());
    if there {
        asked[name] = token.clone();
    }
    there
}

fn read<T: serde::de::DeserializeOwned>(
    list: &mut Value,
    finding: fn(T) -> Finding,
) -> Vec<Result<Finding, Unreadable>> {
    let Value::Array(list) = list.take() else { return Vec::new() };
    let one = |(index, value)| {
        let parsed = parse::<T>(value, &format!("findings[{index}]"));
        parsed.map(|parsed| finding(parsed).shortened())
    };
    list.into_iter().enumerate().map(one).collect()
}
