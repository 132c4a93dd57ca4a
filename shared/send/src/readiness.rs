//! How what sends stands: the state machine, the sender, the topics, and text messages.

use aws_config::SdkConfig;
use aws_sdk_sesv2::error::ProvideErrorMetadata as _;
use muster_domain::report::readiness::{ComponentCheck, STATE_MACHINE};
use muster_runtime::error::AwsError;

/// The providers to ask.
#[derive(Clone, Debug)]
pub struct Providers {
    sns: aws_sdk_sns::Client,
    ses: aws_sdk_sesv2::Client,
    states: aws_sdk_sfn::Client,
}

impl Providers {
    /// The providers of this configuration.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            sns: aws_sdk_sns::Client::new(config),
            ses: aws_sdk_sesv2::Client::new(config),
            states: aws_sdk_sfn::Client::new(config),
        }
    }

    /// Checks whether anyone hears the topic that stands for this part.
    ///
    /// # Errors
    /// [`AwsError`] if SNS does not answer.
    pub async fn topic(&self, part: &'static str, arn: &str) -> Result<ComponentCheck, AwsError> {
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
        let answer = self.states.describe_state_machine().state_machine_arn(arn).send().await;
        let answer = answer.map_err(|e| AwsError::of("states:DescribeStateMachine", &e))?;
        let status = answer.status.as_ref().map_or("unknown", |status| status.as_str());
        Ok(ComponentCheck::active(STATE_MACHINE, status))
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
            self.ses.get_account().send(),
        );
        let account = account.map_err(|e| AwsError::of("ses:GetAccount", &e))?;
        Ok(ComponentCheck::sender(address? || domain?, account.production_access_enabled))
    }

    async fn verified(&self, identity: &str) -> Result<bool, AwsError> {
        match self.ses.get_email_identity().email_identity(identity).send().await {
            Ok(answer) => Ok(answer.verified_for_sending_status),
            Err(error) if error.code() == Some("NotFoundException") => Ok(false),
            Err(error) => Err(AwsError::of("ses:GetEmailIdentity", &error)),
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
