//! How what sends stands: the state machine, the sender, the topics, and text messages.

use aws_types::SdkConfig;
use muster_domain::report::readiness::{Component, ComponentCheck};
use muster_runtime::error::AwsError;
use muster_runtime::service::{Call, Client, encoded};
use serde_json::json;

use crate::escalations::STATES;
use crate::mail::SES;

/// The providers to ask.
#[derive(Clone, Debug)]
pub struct Providers {
    sns: aws_sdk_sns::Client,
    ses: Client,
    states: Client,
}

impl Providers {
    /// The providers of this configuration.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            sns: aws_sdk_sns::Client::new(config),
            ses: Client::new(config, SES),
            states: Client::new(config, STATES),
        }
    }

    /// Checks whether anyone hears the topic that stands for this part.
    ///
    /// # Errors
    /// [`AwsError`] if SNS does not answer.
    pub async fn topic(&self, part: Component, arn: &str) -> Result<ComponentCheck, AwsError> {
        let answer = self.sns.get_topic_attributes().topic_arn(arn).send().await;
        let answer = answer.map_err(|e| AwsError::of("sns:GetTopicAttributes", &e))?;
        let attributes = answer.attributes.unwrap_or_default();
        let number = |name: &str| attributes.get(name).and_then(|n| n.parse().ok()).unwrap_or(0);
        Ok(ComponentCheck::topic(
            part,
            number("SubscriptionsConfirmed"),
            number("SubscriptionsPending"),
        ))
    }

    /// Checks whether the state machine is active.
    ///
    /// # Errors
    /// [`AwsError`] if Step Functions does not answer.
    pub async fn machine(&self, arn: &str) -> Result<ComponentCheck, AwsError> {
        let asked = json!({ "stateMachineArn": arn });
        let answer = self.states.call(Call::new("states:DescribeStateMachine", asked)).await?;
        Ok(ComponentCheck::active(
            Component::StateMachine,
            answer["status"].as_str().unwrap_or("unknown"),
        ))
    }

    /// Checks whether emails can be sent from `address`, which can be verified itself or through its domain.
    ///
    /// # Errors
    /// [`AwsError`] if SES does not answer.
    pub async fn sender(&self, address: &str) -> Result<ComponentCheck, AwsError> {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let (address, domain, account) = tokio::join!(
            self.verified(address),
            self.verified(domain),
            self.ses.call(Call::get("ses:GetAccount", "/v2/email/account")),
        );
        let production = account?["ProductionAccessEnabled"].as_bool().unwrap_or_default();
        Ok(ComponentCheck::sender(address? || domain?, production))
    }

    async fn verified(&self, identity: &str) -> Result<bool, AwsError> {
        // An empty name would ask for the list of all identities.
        if identity.is_empty() {
            return Ok(false);
        }
        match self.ses.call(get_identity(identity)).await {
            Ok(answer) => Ok(answer["VerifiedForSendingStatus"].as_bool().unwrap_or_default()),
            Err(error) if error.code == "NotFoundException" => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Checks whether the account has left the sandbox of text messages.
    ///
    /// # Errors
    /// [`AwsError`] if SNS does not answer.
    pub async fn sms(&self) -> Result<ComponentCheck, AwsError> {
        let answer = self.sns.get_sms_sandbox_account_status().send().await;
        let answer = answer.map_err(|e| AwsError::of("sns:GetSMSSandboxAccountStatus", &e))?;
        Ok(ComponentCheck::sms(answer.is_in_sandbox))
    }
}

fn get_identity(identity: &str) -> Call {
    Call::get("ses:GetEmailIdentity", format!("/v2/email/identities/{}", encoded(identity)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_one_part_of_the_path() {
        let path = |identity| get_identity(identity).path().to_owned();
        assert_eq!(path("example.com"), "/v2/email/identities/example.com");
        assert_eq!(path("a/b+c@example.com"), "/v2/email/identities/a%2Fb%2Bc%40example.com");
    }
}
