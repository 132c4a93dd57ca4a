//! Everything of ours as Incident Manager has it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ssmcontacts::types::{
    ChannelType as Kind, Contact, ContactChannel, ContactType, Plan, Target,
};
use futures::StreamExt as _;
use muster_domain::incident_manager::directory::{
    ActualChannel, ActualEscalation, ActualPerson, Alias, Line, Stage,
};
use muster_domain::value::channel::ChannelType;
use muster_runtime::error::AwsError;

use super::{Directory, Found};

/// How many contacts are read at a time: more would only be told to come slower.
pub(super) const AT_ONCE: usize = 4;

/// A contact of ours, read whole.
enum Read {
    Person(Alias, ActualPerson),
    Escalation(Alias, ActualEscalation),
    Gone,
}

impl Directory {
    /// What is there now: everybody, or of people only these; response plans if `plans` says so.
    ///
    /// # Errors
    /// The failed call.
    pub async fn load(
        &self,
        only: Option<&BTreeSet<Alias>>,
        plans: bool,
    ) -> Result<Found, AwsError> {
        let mut pages = self
            .client
            .list_contacts()
            .alias_prefix(format!("{}-", self.prefix))
            .into_paginator()
            .items()
            .send();
        let mut contacts = Vec::new();
        while let Some(contact) = pages.next().await {
            contacts.push(contact.map_err(|e| AwsError::of("ssm-contacts:ListContacts", &e))?);
        }
        // What somebody else has made under our prefix, and is not of the kind that we make, is not ours.
        contacts.retain(|contact| self.kind(contact).is_some());
        let mut found = Found::default();
        // Whoever is not read is still a target of escalations.
        let arns = contacts.iter().map(|c| (c.alias.clone(), c.contact_arn.clone()));
        found.arns.extend(arns);
        contacts.retain(|contact| {
            let person = contact.r#type == ContactType::Personal;
            only.is_none_or(|only| !person || only.contains(&contact.alias))
        });
        let reads = contacts.into_iter().map(|contact| self.read(contact));
        let reads: Vec<_> = futures::stream::iter(reads).buffer_unordered(AT_ONCE).collect().await;
        for read in reads {
            match read? {
                Read::Person(alias, person) => {
                    // Of two with one address, the one that its owner has activated.
                    let channels = || person.channels.iter();
                    let active = channels().filter(|channel| channel.activated);
                    for channel in active.chain(channels().filter(|channel| !channel.activated)) {
                        let key = (alias.clone(), channel.line.clone());
                        found.channels.entry(key).or_insert_with(|| channel.arn.clone());
                    }
                    found.actual.people.insert(alias, person);
                }
                Read::Escalation(alias, escalation) => {
                    found.actual.escalations.insert(alias, escalation);
                }
                Read::Gone => {}
            }
        }
        // Stages name their targets by ARN; those of ours get their alias back.
        let names: BTreeMap<_, _> =
            found.arns.iter().map(|(alias, arn)| (arn.clone(), alias.clone())).collect();
        let stages = found.actual.escalations.values_mut().flat_map(|one| &mut one.stages);
        for target in stages.flat_map(|stage| &mut stage.targets) {
            if let Some(alias) = names.get(target) {
                target.clone_from(alias);
            }
        }
        if plans {
            self.load_plans(&mut found).await?;
        }
        Ok(found)
    }

    /// What a contact is, if it is one of ours.
    fn kind(&self, contact: &Contact) -> Option<ContactType> {
        let ours = |part: &str| contact.alias.starts_with(&format!("{}-{part}-", self.prefix));
        let known = match contact.r#type {
            ContactType::Personal => ours("contact"),
            ContactType::Escalation => ours("plan"),
            _ => false,
        };
        known.then(|| contact.r#type.clone())
    }

    async fn read(&self, contact: Contact) -> Result<Read, AwsError> {
        let Contact { contact_arn: arn, alias, r#type: kind, .. } = contact;
        let get = self.client.get_contact().contact_id(&arn).send().await;
        let get = match get {
            // Deleted since it was listed.
            Err(error) if gone(&AwsError::of("ssm-contacts:GetContact", &error)) => {
                return Ok(Read::Gone);
            }
            get => get.map_err(|e| AwsError::of("ssm-contacts:GetContact", &e))?,
        };
        let display_name = get.display_name.unwrap_or_default();
        if kind == ContactType::Escalation {
            let stages = get.plan.map(stages).unwrap_or_default();
            return Ok(Read::Escalation(alias, ActualEscalation { display_name, stages }));
        }
        let mut pages =
            self.client.list_contact_channels().contact_id(&arn).into_paginator().items().send();
        let mut channels = Vec::new();
        while let Some(channel) = pages.next().await {
            let channel =
                channel.map_err(|e| AwsError::of("ssm-contacts:ListContactChannels", &e))?;
            channels.extend(actual(channel));
        }
        let plan = get.plan.map(channel_stages).unwrap_or_default();
        Ok(Read::Person(alias, ActualPerson { display_name, channels, plan }))
    }
}

/// Whether what was asked for is not there.
pub(super) fn gone(error: &AwsError) -> bool {
    error.code == "ResourceNotFoundException"
}

/// A channel of a kind that we know.
pub(super) fn actual(channel: ContactChannel) -> Option<ActualChannel> {
    let kind = match channel.r#type? {
        Kind::Email => ChannelType::Email,
        Kind::Sms => ChannelType::Sms,
        Kind::Voice => ChannelType::Voice,
        _ => return None,
    };
    let address = channel.delivery_address?.simple_address?;
    Some(ActualChannel {
        arn: channel.contact_channel_arn,
        line: Line { kind, address, name: channel.name },
        activated: channel.activation_status.as_str() == "ACTIVATED",
    })
}

fn minutes(given: i32) -> u8 {
    u8::try_from(given).unwrap_or(u8::MAX)
}

/// The stages of a person's plan, by the ARNs of channels.
fn channel_stages(plan: Plan) -> Vec<(u8, Vec<String>)> {
    let arn = |target: Target| target.channel_target_info.map(|info| info.contact_channel_id);
    let stages = plan.stages.unwrap_or_default().into_iter();
    stages
        .map(|stage| {
            let targets = stage.targets.into_iter().filter_map(arn).collect();
            (minutes(stage.duration_in_minutes), targets)
        })
        .collect()
}

/// The stages of an escalation, by the ARNs of contacts.
fn stages(plan: Plan) -> Vec<Stage> {
    let arn = |target: Target| {
        let info = target.contact_target_info?;
        // Their acknowledgment would not end it: no target that we would make.
        let id = info.contact_id?;
        Some(if info.is_essential { id } else { format!("{id} not essential") })
    };
    let stages = plan.stages.unwrap_or_default().into_iter();
    stages
        .map(|stage| Stage {
            minutes: minutes(stage.duration_in_minutes),
            targets: stage.targets.into_iter().filter_map(arn).collect(),
        })
        .collect()
}
