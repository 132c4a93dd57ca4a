//! One change of the directory, as one call.

use aws_sdk_ssmcontacts::error::BuildError;
use aws_sdk_ssmcontacts::types::{
    ChannelTargetInfo, ChannelType as Kind, ContactChannelAddress, ContactTargetInfo, ContactType,
    Plan, Stage as Part, Target,
};
use muster_domain::incident_manager::directory::{Change, Line, NEXT_CHANNEL, Stage};
use muster_domain::value::channel::ChannelType;
use muster_runtime::error::AwsError;
use muster_runtime::secret::hex_digest;

use super::load::gone;
use super::{Directory, Found};

/// The type there, whose names are ours in capitals.
fn kind(kind: ChannelType) -> Kind {
    Kind::from(kind.name().to_ascii_uppercase().as_str())
}

fn address(line: &Line) -> ContactChannelAddress {
    ContactChannelAddress::builder().simple_address(&line.address).build()
}

fn part(minutes: u8, targets: Vec<Target>) -> Result<Part, BuildError> {
    Part::builder().duration_in_minutes(i32::from(minutes)).set_targets(Some(targets)).build()
}

fn empty() -> Plan {
    Plan::builder().set_stages(Some(Vec::new())).build()
}

/// What a deletion comes to: what is gone already is gone.
fn deleted(end: Result<(), AwsError>) -> Result<(), AwsError> {
    match end {
        Err(error) if gone(&error) => Ok(()),
        end => end,
    }
}

impl Directory {
    /// Makes one change; `run` marks this run, so that a call that is tried again makes nothing twice and
    /// what was deleted can be made anew by a later run.
    ///
    /// # Errors
    /// The failed call, or a change whose contact or channel is not there.
    pub async fn apply(
        &self,
        found: &mut Found,
        change: &Change,
        run: &str,
    ) -> Result<(), AwsError> {
        let missing = || AwsError::shape("a change of something that is not there");
        let arn = found.arns.get(change.alias()).cloned();
        match change {
            Change::CreatePerson { alias, display_name } => {
                self.create(found, alias, display_name, ContactType::Personal, run).await
            }
            Change::CreateEscalation { alias, display_name } => {
                self.create(found, alias, display_name, ContactType::Escalation, run).await
            }
            Change::CreateChannel { alias, line } => {
                let token = hex_digest(&format!("{run}|{alias}|{}|{}", line.name, line.address));
                let create = self
                    .client
                    .create_contact_channel()
                    .contact_id(arn.ok_or_else(missing)?)
                    .name(&line.name)
                    .r#type(kind(line.kind))
                    .delivery_address(address(line))
                    // Nobody gets a code unasked, all at once after an import or at night.
                    .defer_activation(true)
                    .idempotency_token(token);
                let answer = create.send().await;
                let answer =
                    answer.map_err(|e| AwsError::of("ssm-contacts:CreateContactChannel", &e))?;
                found.channels.insert((alias.clone(), line.clone()), answer.contact_channel_arn);
                Ok(())
            }
            Change::UpdateChannel { alias, arn, line, moved } => {
                let update = self.client.update_contact_channel().contact_channel_id(arn);
                // Given an address, even the same, the service may ask for another activation.
                let place = moved.then(|| address(line));
                let update = update.name(&line.name).set_delivery_address(place);
                let end = update.send().await;
                end.map_err(|e| AwsError::of("ssm-contacts:UpdateContactChannel", &e))?;
                found.channels.retain(|_, known| known != arn);
                found.channels.insert((alias.clone(), line.clone()), arn.clone());
                Ok(())
            }
            Change::SetPlan { alias, lines } => {
                let channel = |line: &Line| {
                    let arn = found.channels.get(&(alias.clone(), line.clone()));
                    let info = ChannelTargetInfo::builder();
                    let info = info.contact_channel_id(arn.ok_or_else(missing)?).build();
                    let info = info.map_err(|_| AwsError::shape("building a plan"))?;
                    let target = Target::builder().channel_target_info(info).build();
                    part(NEXT_CHANNEL, vec![target]).map_err(|_| AwsError::shape("building a plan"))
                };
                let parts = lines.iter().map(channel).collect::<Result<Vec<_>, _>>()?;
                self.set_plan(&arn.ok_or_else(missing)?, parts).await
            }
            Change::SetStages { stages, .. } => {
                let stage = |stage: &Stage| {
                    // Somebody who could not be made must not keep the others out of it.
                    let arns = stage.targets.iter().filter_map(|alias| found.arns.get(alias));
                    let target = |arn: &String| {
                        // Whoever acknowledges ends it.
                        let info = ContactTargetInfo::builder().contact_id(arn).is_essential(true);
                        let info = info.build().map_err(|_| AwsError::shape("building a plan"))?;
                        Ok(Target::builder().contact_target_info(info).build())
                    };
                    let targets = arns.map(target);
                    let targets = targets.collect::<Result<Vec<_>, AwsError>>()?;
                    part(stage.minutes, targets).map_err(|_| AwsError::shape("building a plan"))
                };
                let parts = stages.iter().map(stage).collect::<Result<Vec<_>, _>>()?;
                self.set_plan(&arn.ok_or_else(missing)?, parts).await
            }
            Change::Rename { display_name, .. } => {
                let update = self.client.update_contact().contact_id(arn.ok_or_else(missing)?);
                let end = update.display_name(display_name).send().await;
                end.map_err(|e| AwsError::of("ssm-contacts:UpdateContact", &e))?;
                Ok(())
            }
            Change::DeleteChannel { arn, .. } => {
                let end = self.client.delete_contact_channel().contact_channel_id(arn).send().await;
                let end = end.map(drop);
                deleted(end.map_err(|e| AwsError::of("ssm-contacts:DeleteContactChannel", &e)))
            }
            Change::Delete { .. } => {
                let Some(arn) = arn else { return Ok(()) };
                let end = self.client.delete_contact().contact_id(arn).send().await.map(drop);
                deleted(end.map_err(|e| AwsError::of("ssm-contacts:DeleteContact", &e)))
            }
            Change::CreatePlan { alias, plan } => self.create_plan(found, alias, plan, run).await,
            Change::UpdatePlan { alias, plan } => self.update_plan(found, alias, plan, run).await,
            Change::DeletePlan { alias } => self.delete_plan(found, alias).await,
        }
    }

    async fn create(
        &self,
        found: &mut Found,
        alias: &str,
        display_name: &str,
        kind: ContactType,
        run: &str,
    ) -> Result<(), AwsError> {
        let create = self
            .client
            .create_contact()
            .alias(alias)
            .display_name(display_name)
            .r#type(kind)
            .plan(empty())
            .idempotency_token(hex_digest(&format!("{run}|{alias}")));
        let answer = create.send().await;
        let answer = answer.map_err(|e| AwsError::of("ssm-contacts:CreateContact", &e))?;
        found.arns.insert(alias.to_owned(), answer.contact_arn);
        Ok(())
    }

    async fn set_plan(&self, arn: &str, parts: Vec<Part>) -> Result<(), AwsError> {
        let plan = Plan::builder().set_stages(Some(parts)).build();
        let update = self.client.update_contact().contact_id(arn).plan(plan);
        update.send().await.map_err(|e| AwsError::of("ssm-contacts:UpdateContact", &e))?;
        Ok(())
    }
}
