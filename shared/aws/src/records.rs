//! Records of incidents in Incident Manager, and the people it engages for them.

use std::collections::{BTreeMap, BTreeSet};

use aws_config::SdkConfig;
use aws_sdk_ssmcontacts::types::Plan;
use aws_sdk_ssmincidents::types::{
    IncidentRecordStatus, ItemIdentifier, ItemType, ItemValue, RelatedItem, TriggerDetails,
};
use aws_smithy_types::DateTime;
use futures::future::try_join_all;
use jiff::Timestamp;
use muster::directory::{contact_of, escalation_alias};
use muster::id::ContactId;
use muster::incident::Incident;
use muster::mirror::{impact_of, title};

use crate::error::AwsError;
use crate::secret::hex_digest;

/// The source of every record: our own name, since those that begin with `aws.` are AWS's.
const SOURCE: &str = "muster";
/// Longest text of an address, and of what a page says (Incident Manager API), in characters.
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

fn not_there(error: &AwsError) -> bool {
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

    /// Starts an incident's record on the response plan with this name: its ARN. Started twice on the
    /// same plan, it is one record.
    ///
    /// # Errors
    /// The failed call.
    pub async fn start(&self, incident: &Incident, plan: &str) -> Result<String, AwsError> {
        let raw = serde_json::json!({
            "incident": incident.id, "severity": incident.severity, "type": incident.r#type,
            "account": incident.account, "region": incident.region,
            "finding_type": incident.finding.finding_type, "finding": incident.finding.identity,
        });
        let trigger = TriggerDetails::builder()
            .source(SOURCE)
            .timestamp(moment(incident.opened_at))
            .raw_data(raw.to_string())
            .build()
            .map_err(|_| AwsError::shape("building a trigger"))?;
        let ours = format!("{}/incidents/{}", self.places.api, incident.id);
        let items = [
            item(ItemType::Other, &incident.finding.console_link, "The finding"),
            item(ItemType::Incident, &ours, "The incident in Muster"),
        ];
        let start = self
            .incidents
            .start_incident()
            .response_plan_arn(format!("{}{plan}", self.places.plans))
            .title(title(incident))
            .impact(i32::from(impact_of(incident)))
            .trigger_details(trigger)
            .set_related_items(Some(items.into_iter().flatten().collect()))
            .client_token(hex_digest(&format!("{}|{plan}", incident.id)));
        let answer = start.send().await;
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

    /// Gives a record the incident's impact and title.
    ///
    /// # Errors
    /// The failed call.
    pub async fn set_severity(&self, arn: &str, incident: &Incident) -> Result<(), AwsError> {
        let update = self.incidents.update_incident_record().arn(arn).title(title(incident));
        let end = update.impact(i32::from(impact_of(incident))).send().await;
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

    /// Whom the response plan with this name engages, and whether each can be reached.
    ///
    /// # Errors
    /// The failed call.
    pub async fn engaged_by_plan(&self, plan: &str) -> Result<BTreeMap<ContactId, bool>, AwsError> {
        let get = self.incidents.get_response_plan().arn(format!("{}{plan}", self.places.plans));
        let answer = get.send().await;
        let answer = answer.map_err(|e| AwsError::of("ssm-incidents:GetResponsePlan", &e))?;
        let engaged = answer.engagements.unwrap_or_default();
        let all = try_join_all(engaged.iter().map(|arn| self.people_of(arn))).await?;
        Ok(all.into_iter().flatten().collect())
    }

    /// The ARN of the escalation of an incident.
    fn escalation(&self, incident: &Incident) -> String {
        let alias = escalation_alias(&self.places.prefix, &incident.plan, incident.severity);
        format!("{}{alias}", self.places.contacts)
    }

    /// Whom the escalation of an incident engages, and whether each can be reached.
    ///
    /// # Errors
    /// The failed call.
    pub async fn engaged_by_escalation(
        &self,
        incident: &Incident,
    ) -> Result<BTreeMap<ContactId, bool>, AwsError> {
        self.people_of(&self.escalation(incident)).await
    }

    /// The people of ours in an escalation, and whether each has an activated channel.
    async fn people_of(&self, escalation: &str) -> Result<BTreeMap<ContactId, bool>, AwsError> {
        let get = self.contacts.get_contact().contact_id(escalation).send().await;
        let answer = get.map_err(|e| AwsError::of("ssm-contacts:GetContact", &e))?;
        let stages = answer.plan.and_then(|plan: Plan| plan.stages).unwrap_or_default();
        let targets = stages.into_iter().flat_map(|stage| stage.targets);
        let arns: BTreeSet<String> =
            targets.filter_map(|target| target.contact_target_info?.contact_id).collect();
        let one = async |arn: String| -> Result<Option<(ContactId, bool)>, AwsError> {
            let Some(id) = self.contact(&arn) else { return Ok(None) };
            Ok(Some((id, self.is_reached(&arn).await?)))
        };
        Ok(try_join_all(arns.into_iter().map(one)).await?.into_iter().flatten().collect())
    }

    /// Whose ARN this is, if it is a contact's of ours.
    fn contact(&self, arn: &str) -> Option<ContactId> {
        contact_of(&self.places.prefix, arn.rsplit('/').next()?)
    }

    async fn is_reached(&self, arn: &str) -> Result<bool, AwsError> {
        let list = self.contacts.list_contact_channels().contact_id(arn);
        let mut channels = list.into_paginator().items().send();
        while let Some(channel) = channels.next().await {
            let channel = match channel {
                Ok(channel) => channel,
                Err(error) => {
                    let error = AwsError::of("ssm-contacts:ListContactChannels", &error);
                    return if not_there(&error) { Ok(false) } else { Err(error) };
                }
            };
            if channel.activation_status.as_str() == "ACTIVATED" {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Engages the escalation of an incident whose record has this ARN, for its present run. Engaged
    /// twice for the same run, it is one engagement. Texts to phones name no account and no resource.
    ///
    /// # Errors
    /// The failed call.
    pub async fn engage(&self, incident: &Incident, arn: &str) -> Result<(), AwsError> {
        let title = title(incident);
        let public = format!(
            "{} security incident {}. Open Incident Manager.",
            incident.severity.shout(),
            incident.id
        );
        let link = format!("{title}\n{}\nIncident {}", incident.finding.console_link, incident.id);
        let start = self
            .contacts
            .start_engagement()
            .contact_id(self.escalation(incident))
            .sender("Muster")
            .subject(&title)
            .content(link)
            .public_subject(&public)
            .public_content(&public)
            .incident_id(arn)
            .idempotency_token(hex_digest(&format!("{}|{}", incident.id, incident.run)));
        let end = start.send().await;
        end.map_err(|e| AwsError::of("ssm-contacts:StartEngagement", &e))?;
        Ok(())
    }

    /// The engagements of a record: their ARNs, and whether each still runs.
    async fn engagements(&self, arn: &str) -> Result<Vec<(String, bool)>, AwsError> {
        let list = self.contacts.list_engagements().incident_id(arn);
        let mut pages = list.into_paginator().items().send();
        let mut all = Vec::new();
        while let Some(one) = pages.next().await {
            let one = one.map_err(|e| AwsError::of("ssm-contacts:ListEngagements", &e))?;
            all.push((one.engagement_arn, one.stop_time.is_none()));
        }
        Ok(all)
    }

    /// Stops whatever still engages people for a record.
    ///
    /// # Errors
    /// The failed call.
    pub async fn stop(&self, arn: &str) -> Result<(), AwsError> {
        for (engagement, runs) in self.engagements(arn).await? {
            if runs {
                let stop = self.contacts.stop_engagement().engagement_id(engagement);
                let end = stop.reason("Answered in Muster").send().await;
                match end.map_err(|e| AwsError::of("ssm-contacts:StopEngagement", &e)) {
                    Err(error) if !not_there(&error) => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Who of ours has acknowledged a page for this record in Incident Manager since this time.
    ///
    /// # Errors
    /// The failed call.
    pub async fn readers(
        &self,
        arn: &str,
        since: Timestamp,
    ) -> Result<BTreeSet<ContactId>, AwsError> {
        let mut readers = BTreeSet::new();
        for (engagement, _) in self.engagements(arn).await? {
            let list = self.contacts.list_pages_by_engagement().engagement_id(engagement);
            let mut pages = list.into_paginator().items().send();
            while let Some(page) = pages.next().await {
                let page =
                    page.map_err(|e| AwsError::of("ssm-contacts:ListPagesByEngagement", &e))?;
                if page.read_time.is_some_and(|at| at.secs() >= since.as_second()) {
                    readers.extend(self.contact(&page.contact_arn));
                }
            }
        }
        Ok(readers)
    }
}
