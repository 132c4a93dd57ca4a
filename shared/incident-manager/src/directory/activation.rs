//! Activation codes: sent to a channel, and given back by its owner.

use muster_domain::incident_manager::directory::{ActualChannel, contact_alias};
use muster_domain::value::channel::Channel;
use muster_domain::value::id::ContactId;
use muster_runtime::error::AwsError;

use super::Directory;
use super::load::actual;

impl Directory {
    /// Somebody's channel as Incident Manager has it; nothing if it does not.
    ///
    /// # Errors
    /// The failed call.
    pub async fn channel(
        &self,
        id: &ContactId,
        channel: &Channel,
    ) -> Result<Option<ActualChannel>, AwsError> {
        let alias = contact_alias(&self.prefix, id);
        let list = self.client.list_contacts().alias_prefix(&alias).into_paginator().items();
        let mut contacts = list.send();
        while let Some(contact) = contacts.next().await {
            let contact = contact.map_err(|e| AwsError::of("ssm-contacts:ListContacts", &e))?;
            // Others' aliases may begin with this one.
            if contact.alias != alias {
                continue;
            }
            let list = self.client.list_contact_channels().contact_id(contact.contact_arn);
            let mut channels = list.into_paginator().items().send();
            while let Some(found) = channels.next().await {
                let found =
                    found.map_err(|e| AwsError::of("ssm-contacts:ListContactChannels", &e))?;
                let found = actual(found).filter(|found| {
                    found.line.kind == channel.kind() && found.line.address == channel.address()
                });
                if found.is_some() {
                    return Ok(found);
                }
            }
        }
        Ok(None)
    }

    /// Sends a code to the channel with this ARN.
    ///
    /// # Errors
    /// The failed call.
    pub async fn send_code(&self, arn: &str) -> Result<(), AwsError> {
        let end = self.client.send_activation_code().contact_channel_id(arn).send().await;
        end.map_err(|e| AwsError::of("ssm-contacts:SendActivationCode", &e))?;
        Ok(())
    }

    /// Activates the channel with this ARN by the code that was sent to it.
    ///
    /// # Errors
    /// The failed call: `ValidationException` if it is not the code.
    pub async fn activate(&self, arn: &str, code: &str) -> Result<(), AwsError> {
        let activate = self.client.activate_contact_channel().contact_channel_id(arn);
        let end = activate.activation_code(code).send().await;
        end.map_err(|e| AwsError::of("ssm-contacts:ActivateContactChannel", &e))?;
        Ok(())
    }
}
