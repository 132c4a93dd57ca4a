//! Response plans: read whole, made, changed and deleted.

use std::collections::BTreeMap;

use aws_sdk_ssmincidents::types::{
    Action, ChatChannel, EmptyChatChannel, IncidentTemplate, NotificationTargetItem, SsmAutomation,
};
use futures::StreamExt as _;
use muster_domain::incident_manager::directory::{Alias, ResponsePlan, Runbook, is_ours};
use muster_runtime::error::AwsError;
use muster_runtime::secret::hex_digest;

use super::load::AT_ONCE;
use super::{Directory, Found};

fn topics(plan: &ResponsePlan) -> Vec<NotificationTargetItem> {
    plan.topics.iter().cloned().map(NotificationTargetItem::SnsTopicArn).collect()
}

fn chat(plan: &ResponsePlan) -> ChatChannel {
    if plan.chat.is_empty() {
        ChatChannel::Empty(EmptyChatChannel::builder().build())
    } else {
        ChatChannel::ChatbotSns(plan.chat.clone())
    }
}

fn actions(plan: &ResponsePlan) -> Result<Vec<Action>, AwsError> {
    let action = |runbook: &Runbook| {
        let run = SsmAutomation::builder().document_name(&runbook.document).role_arn(&runbook.role);
        run.build().map(Action::SsmAutomation).map_err(|_| AwsError::shape("building an action"))
    };
    plan.runbook.iter().map(action).collect()
}

impl Directory {
    /// The response plans that are ours, into `found`.
    pub(super) async fn load_plans(&self, found: &mut Found) -> Result<(), AwsError> {
        let mut pages = self.incidents.list_response_plans().into_paginator().items().send();
        let mut arns = Vec::new();
        while let Some(plan) = pages.next().await {
            let plan = plan.map_err(|e| AwsError::of("ssm-incidents:ListResponsePlans", &e))?;
            if is_ours(&self.prefix, &plan.name) {
                arns.push((plan.name, plan.arn));
            }
        }
        let names: BTreeMap<&String, &Alias> =
            found.arns.iter().map(|(alias, arn)| (arn, alias)).collect();
        let read = async |(name, arn): &(String, String)| {
            let plan = self.response_plan(arn).await?;
            Ok::<_, AwsError>(plan.map(|plan| (name.clone(), plan)))
        };
        let reads: Vec<_> =
            futures::stream::iter(&arns).map(read).buffer_unordered(AT_ONCE).collect().await;
        for read in reads {
            let Some((name, mut plan)) = read? else { continue };
            for engaged in &mut plan.engagements {
                if let Some(alias) = names.get(engaged) {
                    engaged.clone_from(alias);
                }
            }
            found.actual.plans.insert(name, plan);
        }
        found.plans = arns.into_iter().collect();
        Ok(())
    }

    /// A response plan, engaging ARNs; nothing if it is gone.
    async fn response_plan(&self, arn: &str) -> Result<Option<ResponsePlan>, AwsError> {
        let get = self.incidents.get_response_plan().arn(arn).send().await;
        let plan = match get.map_err(|e| AwsError::of("ssm-incidents:GetResponsePlan", &e)) {
            Err(error) if super::load::gone(&error) => return Ok(None),
            plan => plan?,
        };
        let template = plan.incident_template;
        let topic = |item: NotificationTargetItem| item.as_sns_topic_arn().ok().cloned();
        let targets =
            template.as_ref().and_then(|t| t.notification_targets.clone()).unwrap_or_default();
        let chat = plan.chat_channel.and_then(|chat| chat.as_chatbot_sns().ok().cloned());
        let runbook = plan.actions.unwrap_or_default().into_iter().find_map(|action| {
            let automation = action.as_ssm_automation().ok()?.clone();
            Some(Runbook { document: automation.document_name, role: automation.role_arn })
        });
        let (mut title, mut impact, mut summary, mut tags) = Default::default();
        if let Some(template) = template {
            title = template.title;
            impact = u8::try_from(template.impact).unwrap_or(u8::MAX);
            summary = template.summary.unwrap_or_default();
            tags = template.incident_tags.unwrap_or_default().into_iter().collect();
        }
        Ok(Some(ResponsePlan {
            display_name: plan.display_name.unwrap_or_default(),
            title,
            impact,
            summary,
            engagements: plan.engagements.unwrap_or_default(),
            topics: targets.into_iter().filter_map(topic).collect(),
            chat: chat.unwrap_or_default(),
            runbook,
            tags,
        }))
    }

    pub(super) async fn create_plan(
        &self,
        found: &Found,
        name: &str,
        plan: &ResponsePlan,
        run: &str,
    ) -> Result<(), AwsError> {
        let template = IncidentTemplate::builder()
            .title(&plan.title)
            .impact(i32::from(plan.impact))
            .summary(&plan.summary)
            .set_notification_targets(Some(topics(plan)))
            .set_incident_tags(Some(plan.tags.clone().into_iter().collect()))
            .build()
            .map_err(|_| AwsError::shape("building a response plan"))?;
        let create = self
            .incidents
            .create_response_plan()
            .name(name)
            .display_name(&plan.display_name)
            .incident_template(template)
            .chat_channel(chat(plan))
            .set_engagements(Some(engaged(found, plan)?))
            .set_actions(Some(actions(plan)?))
            .client_token(hex_digest(&format!("{run}|{name}")));
        let answer = create.send().await;
        answer.map_err(|e| AwsError::of("ssm-incidents:CreateResponsePlan", &e))?;
        Ok(())
    }

    pub(super) async fn update_plan(
        &self,
        found: &Found,
        name: &str,
        plan: &ResponsePlan,
        run: &str,
    ) -> Result<(), AwsError> {
        let arn = found.plans.get(name).ok_or_else(|| AwsError::shape("a plan that is gone"))?;
        let update = self
            .incidents
            .update_response_plan()
            .arn(arn)
            .display_name(&plan.display_name)
            .incident_template_title(&plan.title)
            .incident_template_impact(i32::from(plan.impact))
            .incident_template_summary(&plan.summary)
            .set_incident_template_notification_targets(Some(topics(plan)))
            .set_incident_template_tags(Some(plan.tags.clone().into_iter().collect()))
            .chat_channel(chat(plan))
            .set_engagements(Some(engaged(found, plan)?))
            .set_actions(Some(actions(plan)?))
            .client_token(hex_digest(&format!("{run}|{name}|update")));
        let answer = update.send().await;
        answer.map_err(|e| AwsError::of("ssm-incidents:UpdateResponsePlan", &e))?;
        Ok(())
    }

    pub(super) async fn delete_plan(&self, found: &Found, name: &str) -> Result<(), AwsError> {
        let Some(arn) = found.plans.get(name) else { return Ok(()) };
        let end = self.incidents.delete_response_plan().arn(arn).send().await;
        end.map_err(|e| AwsError::of("ssm-incidents:DeleteResponsePlan", &e))?;
        Ok(())
    }
}

/// The ARNs of those whom a plan engages: it must not be made without one of them.
fn engaged(found: &Found, plan: &ResponsePlan) -> Result<Vec<String>, AwsError> {
    let arn = |alias: &Alias| {
        found.arns.get(alias).cloned().ok_or_else(|| AwsError::shape("an engagement of nobody"))
    };
    plan.engagements.iter().map(arn).collect()
}
