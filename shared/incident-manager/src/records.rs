//! Records of incidents in Incident Manager.

mod engagements;

use std::time::Duration;

use aws_sdk_ssmincidents::config::retry::RetryConfig;
use aws_sdk_ssmincidents::types::{
    IncidentRecordStatus, ItemIdentifier, ItemType, ItemValue, RelatedItem, TriggerDetails,
};
use aws_smithy_types::DateTime;
use aws_types::SdkConfig;
use jiff::Timestamp;
use muster_domain::incident::Incident;
use muster_domain::incident_manager::mirror::{EngagementRequest, Shown, StartRequest};
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;
use muster_runtime::secret::hex_digest;

pub use self::engagements::readers;

/// The source of every record: our own name, since those that begin with `aws.` are AWS's.
const SOURCE: &str = "muster";
/// How often a record is asked for within one run.
const TRIES: u32 = 3;
/// The pause before the second try; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Longest address of a related item, in characters (Incident Manager API).
const LONGEST_URL: usize = 1000;
/// The form of every line that we add to a timeline.
const EVENT: &str = "Custom Event";

/// Where things are in the account.
#[derive(Clone, Debug)]
pub struct Places {
    /// What the names of ours begin with.
    pub prefix: String,
    /// The beginning of response plans' ARNs, up to the name.
    pub plans: String,
    /// The beginning of contacts' ARNs, up to the alias.
    pub contacts: String,
    /// Where the API is, without a slash at the end.
    pub api: String,
}

/// What to ask for an incident's record on the response plan with this name. The token is the incident's
/// and the plan's, so that whoever asks for the same asks for one record.
#[must_use]
pub fn start_request(incident: &Incident, plan: &str, now: Timestamp) -> StartRequest {
    let raw = serde_json::json!({
        "incident": incident.id, "severity": incident.severity, "type": incident.r#type,
        "account": incident.account, "region": incident.region,
        "finding_type": incident.finding.finding_type, "finding": incident.finding.identity,
    });
    let token = hex_digest(&format!("{}|{plan}", incident.id));
    StartRequest::new(incident, plan, token, raw.to_string(), now)
}

/// What to ask for the engagement of an escalation, by alias, for an incident's present run.
#[must_use]
pub fn engagement_request(incident: &Incident, escalation: String) -> EngagementRequest {
    let token = hex_digest(&format!("{}|{}", incident.id, incident.run));
    EngagementRequest::new(incident, escalation, token)
}

/// Records of incidents, and engagements.
#[derive(Clone, Debug)]
pub struct Records {
    incidents: aws_sdk_ssmincidents::Client,
    contacts: aws_sdk_ssmcontacts::Client,
    places: Places,
}

/// How a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is resolved.
    pub resolved: bool,
    /// Who changed it last: an ARN.
    pub by: String,
}

fn moment(at: Timestamp) -> DateTime {
    DateTime::from_millis(at.as_millisecond())
}

fn item(kind: ItemType, url: &str, title: &str) -> Option<RelatedItem> {
    // An address that is cut leads nowhere.
    if url.chars().count() > LONGEST_URL || url.is_empty() {
        return None;
    }
    let value = ItemValue::Url(url.to_owned());
    let identifier = ItemIdentifier::builder().r#type(kind).value(value).build().ok()?;
    Some(RelatedItem::builder().identifier(identifier).title(title).build())
}

/// Whether what was asked for is not there.
#[must_use]
pub fn not_there(error: &AwsError) -> bool {
    error.code == "ResourceNotFoundException"
}

impl Records {
    /// Records in the account that has these places.
    #[must_use]
    pub fn new(config: &SdkConfig, places: Places) -> Self {
        Self {
            incidents: aws_sdk_ssmincidents::Client::new(config),
            contacts: aws_sdk_ssmcontacts::Client::new(config),
            places,
        }
    }

    /// What the names of ours begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.places.prefix
    }

    /// Asks for an incident's record: its ARN. However often the same is asked, it is one record. `again`
    /// if it was asked before, and nobody knows what came of it.
    ///
    /// # Errors
    /// The failed call: with `passing`, if nobody knows whether the record is there, and without, if it is
    /// not. The SDK must not retry, since its last error may be a refusal where an earlier try made the record.
    pub async fn start(
        &self,
        incident: &IncidentId,
        request: &StartRequest,
        again: bool,
    ) -> Result<String, AwsError> {
        let (mut unknown, mut pause, mut tries) = (again, FIRST_PAUSE, TRIES);
        loop {
            let error = match self.start_once(incident, request).await {
                Ok(arn) => return Ok(arn),
                Err(error) => error,
            };
            tries -= 1;
            let refused = error.throttled || error.code.contains("AccessDenied");
            // Of a record that is there, the same call says so.
            if !(refused || error.passing) {
                return Err(error);
            }
            unknown |= !refused;
            if tries == 0 {
                return Err(AwsError { passing: unknown, ..error });
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    async fn start_once(
        &self,
        incident: &IncidentId,
        request: &StartRequest,
    ) -> Result<String, AwsError> {
        let trigger = TriggerDetails::builder()
            .source(SOURCE)
            .timestamp(moment(request.opened_at))
            .raw_data(&request.raw)
            .build()
            .map_err(|_| AwsError::shape("building a trigger"))?;
        let ours = format!("{}/incidents/{incident}", self.places.api);
        let items = [
            item(ItemType::Other, &request.finding, "The finding"),
            item(ItemType::Incident, &ours, "The incident in Muster"),
        ];
        let once =
            aws_sdk_ssmincidents::config::Builder::new().retry_config(RetryConfig::disabled());
        let start = self
            .incidents
            .start_incident()
            .response_plan_arn(format!("{}{}", self.places.plans, request.plan))
            .title(&request.shown.title)
            .impact(i32::from(request.shown.impact))
            .trigger_details(trigger)
            .set_related_items(Some(items.into_iter().flatten().collect()))
            .client_token(&request.token);
        let answer = start.customize().config_override(once).send().await;
        let answer = answer.map_err(|e| AwsError::of("ssm-incidents:StartIncident", &e))?;
        Ok(answer.incident_record_arn)
    }

    /// How a record stands; nothing if somebody has deleted it.
    ///
    /// # Errors
    /// The failed call.
    pub async fn standing(&self, arn: &str) -> Result<Option<Standing>, AwsError> {
        let get = self.incidents.get_incident_record().arn(arn).send().await;
        match get.map_err(|e| AwsError::of("ssm-incidents:GetIncidentRecord", &e)) {
            Err(error) if not_there(&error) => Ok(None),
            Err(error) => Err(error),
            Ok(answer) => Ok(answer.incident_record.map(|record| Standing {
                resolved: record.status == IncidentRecordStatus::Resolved,
                by: record.last_modified_by,
            })),
        }
    }

    /// Adds a line to a record's timeline. `name` is unique within the record: added twice, it is one.
    ///
    /// # Errors
    /// The failed call.
    pub async fn tell(
        &self,
        arn: &str,
        name: &str,
        at: Timestamp,
        text: &str,
    ) -> Result<(), AwsError> {
        let tell = self
            .incidents
            .create_timeline_event()
            .incident_record_arn(arn)
            .event_time(moment(at))
            .event_type(EVENT)
            .event_data(text)
            .client_token(hex_digest(&format!("{arn}|{name}")));
        let end = tell.send().await;
        end.map_err(|e| AwsError::of("ssm-incidents:CreateTimelineEvent", &e))?;
        Ok(())
    }

    /// Gives a record the incident's title, impact and summary.
    ///
    /// # Errors
    /// The failed call.
    pub async fn show(&self, arn: &str, shown: &Shown) -> Result<(), AwsError> {
        let update = self.incidents.update_incident_record().arn(arn).title(&shown.title);
        let update = update.impact(i32::from(shown.impact)).summary(&shown.summary);
        let end = update.send().await;
        end.map_err(|e| AwsError::of("ssm-incidents:UpdateIncidentRecord", &e))?;
        Ok(())
    }

    /// Resolves a record.
    ///
    /// # Errors
    /// The failed call.
    pub async fn resolve(&self, arn: &str) -> Result<(), AwsError> {
        let update = self.incidents.update_incident_record().arn(arn);
        let end = update.status(IncidentRecordStatus::Resolved).send().await;
        end.map_err(|e| AwsError::of("ssm-incidents:UpdateIncidentRecord", &e))?;
        Ok(())
    }
}
