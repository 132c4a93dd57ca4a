//! The people whom Incident Manager engages for a record, and what became of it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ssmcontacts::types::Plan;
use aws_smithy_types::DateTime;
use futures::future::try_join_all;
use jiff::Timestamp;
use muster_domain::incident_manager::directory::contact_of;
use muster_domain::incident_manager::mirror::{EngagementRequest, Place, Seen};
use muster_domain::value::id::ContactId;
use muster_runtime::error::AwsError;

use super::{Records, not_there};

fn instant(at: DateTime) -> Timestamp {
    at.to_millis().ok().and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or_default()
}

/// Each contact that an escalation engages, by ARN, and after how many minutes first.
fn stages(plan: Option<Plan>) -> BTreeMap<String, u32> {
    let (mut after, mut contacts) = (0, BTreeMap::new());
    for stage in plan.and_then(|plan| plan.stages).unwrap_or_default() {
        for target in stage.targets {
            let contact = target.contact_target_info.and_then(|info| info.contact_id);
            if let Some(contact) = contact {
                contacts.entry(contact).or_insert(after);
            }
        }
        after += u32::try_from(stage.duration_in_minutes).unwrap_or(0);
    }
    contacts
}

impl Records {
    /// Whom the response plan with this name engages; nobody if there is no such plan.
    ///
    /// # Errors
    /// The failed call.
    pub async fn engaged_by_plan(
        &self,
        plan: &str,
    ) -> Result<BTreeMap<ContactId, Place>, AwsError> {
        let get = self.incidents.get_response_plan().arn(format!("{}{plan}", self.places.plans));
        let answer = match get.send().await {
            Ok(answer) => answer,
            Err(error) => {
                let error = AwsError::of("ssm-incidents:GetResponsePlan", &error);
                return if not_there(&error) { Ok(BTreeMap::new()) } else { Err(error) };
            }
        };
        let engaged = answer.engagements.unwrap_or_default();
        let all = try_join_all(engaged.iter().map(|arn| self.people_of(arn))).await?;
        Ok(all.into_iter().flatten().collect())
    }

    /// Whom the escalation with this alias engages; nobody if there is no such escalation.
    ///
    /// # Errors
    /// The failed call.
    pub async fn engaged_by_escalation(
        &self,
        alias: &str,
    ) -> Result<BTreeMap<ContactId, Place>, AwsError> {
        self.people_of(&format!("{}{alias}", self.places.contacts)).await
    }

    /// The people of ours in an escalation.
    async fn people_of(&self, escalation: &str) -> Result<BTreeMap<ContactId, Place>, AwsError> {
        let get = self.contacts.get_contact().contact_id(escalation).send().await;
        let answer = match get {
            Ok(answer) => answer,
            Err(error) => {
                let error = AwsError::of("ssm-contacts:GetContact", &error);
                return if not_there(&error) { Ok(BTreeMap::new()) } else { Err(error) };
            }
        };
        let one = async |(arn, after_minutes): (String, u32)| {
            let Some(id) = self.contact(&arn) else { return Ok::<_, AwsError>(None) };
            let activated = self.is_activated(&arn).await?;
            Ok(Some((id, Place { after_minutes, activated })))
        };
        let all = try_join_all(stages(answer.plan).into_iter().map(one)).await?;
        Ok(all.into_iter().flatten().collect())
    }

    /// Whose ARN this is, if it is a contact's of ours.
    fn contact(&self, arn: &str) -> Option<ContactId> {
        contact_of(&self.places.prefix, arn.rsplit('/').next()?)
    }

    async fn is_activated(&self, arn: &str) -> Result<bool, AwsError> {
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

    /// Asks for an engagement for the record with this ARN. However often the same is asked, it is one
    /// engagement.
    ///
    /// # Errors
    /// The failed call.
    pub async fn engage(&self, arn: &str, request: &EngagementRequest) -> Result<(), AwsError> {
        let start = self
            .contacts
            .start_engagement()
            .contact_id(format!("{}{}", self.places.contacts, request.escalation))
            .sender("Muster")
            .subject(&request.subject)
            .content(&request.content)
            .public_subject(&request.public)
            .public_content(&request.public)
            .incident_id(arn)
            .idempotency_token(&request.token);
        let end = start.send().await;
        end.map_err(|e| AwsError::of("ssm-contacts:StartEngagement", &e))?;
        Ok(())
    }

    /// The engagements of a record: their ARNs, when each began, and whether it has ended.
    async fn engagements(&self, arn: &str) -> Result<Vec<(String, Timestamp, bool)>, AwsError> {
        let list = self.contacts.list_engagements().incident_id(arn);
        let mut pages = list.into_paginator().items().send();
        let mut all = Vec::new();
        while let Some(one) = pages.next().await {
            let one = one.map_err(|e| AwsError::of("ssm-contacts:ListEngagements", &e))?;
            let started = one.start_time.map(instant).unwrap_or_default();
            all.push((one.engagement_arn, started, one.stop_time.is_some()));
        }
        Ok(all)
    }

    /// Stops whatever still engages people for a record: how many engagements it has had. What its response
    /// plan engages is listed some moments after the record.
    ///
    /// # Errors
    /// The failed call.
    pub async fn stop(&self, arn: &str) -> Result<usize, AwsError> {
        let all = self.engagements(arn).await?;
        let number = all.len();
        for (engagement, _, stopped) in all {
            if !stopped {
                let stop = self.contacts.stop_engagement().engagement_id(engagement);
                let end = stop.reason("Stopped by Muster").send().await;
                match end.map_err(|e| AwsError::of("ssm-contacts:StopEngagement", &e)) {
                    Err(error) if !not_there(&error) => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(number)
    }

    /// The engagements of a record, with the people of ours whom they have paged.
    ///
    /// # Errors
    /// The failed call.
    pub async fn seen(&self, arn: &str) -> Result<Vec<Seen>, AwsError> {
        let mut all = Vec::new();
        for (engagement, started, stopped) in self.engagements(arn).await? {
            let list = self.contacts.list_pages_by_engagement().engagement_id(engagement);
            let mut pages = list.into_paginator().items().send();
            let mut seen = Seen { started, stopped, pages: Vec::new() };
            while let Some(page) = pages.next().await {
                let page = match page {
                    Ok(page) => page,
                    Err(error) => {
                        let error = AwsError::of("ssm-contacts:ListPagesByEngagement", &error);
                        if not_there(&error) {
                            // Gone since it was listed, so it pages nobody.
                            seen.stopped = true;
                            break;
                        }
                        return Err(error);
                    }
                };
                let contact = self.contact(&page.contact_arn);
                seen.pages.extend(contact.map(|id| (id, page.read_time.map(instant))));
            }
            all.push(seen);
        }
        Ok(all)
    }
}

/// Who has acknowledged a page since this time.
#[must_use]
pub fn readers(seen: &[Seen], since: Timestamp) -> BTreeSet<ContactId> {
    // Times there may be whole seconds.
    let since = since.as_second();
    let pages = seen.iter().flat_map(|seen| &seen.pages);
    let read = pages.filter(|(_, read)| read.is_some_and(|at| at.as_second() >= since));
    read.map(|(id, _)| id.clone()).collect()
}
