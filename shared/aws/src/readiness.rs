//! Asks each part of the stack how it stands.

use aws_config::SdkConfig;
use aws_sdk_sesv2::error::ProvideErrorMetadata as _;
use muster_domain::incident_manager::directory::Use;
use muster_domain::report::readiness::{
    Check, EMERGENCY_TOPIC, INCIDENT_MANAGER, INCIDENTS_TABLE, OWNER_TOPIC, ROSTER_TABLE,
    Readiness, SENDER, SMS, STATE_MACHINE,
};

use crate::error::AwsError;
use crate::settings::{self, Missing, optional, required};

/// What the parts are called.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The roster table.
    pub roster_table: String,
    /// The incidents table.
    pub incidents_table: String,
    /// The emergency topic's ARN.
    pub topic: String,
    /// The ARN of the topic that the roster's owner hears.
    pub owner_topic: String,
    /// The state machine's ARN.
    pub state_machine: String,
    /// The address that mail is sent from.
    pub sender: String,
    /// Whether Incident Manager is to be used.
    pub incident_manager: Use,
}

impl Names {
    /// As the environment has them.
    ///
    /// # Errors
    /// The first variable that is not set.
    pub fn from_environment() -> Result<Self, Missing> {
        Ok(Self {
            roster_table: required(settings::ROSTER_TABLE)?,
            incidents_table: required(settings::INCIDENTS_TABLE)?,
            topic: required(settings::EMERGENCY_TOPIC)?,
            owner_topic: required(settings::OWNER_TOPIC)?,
            state_machine: required(settings::STATE_MACHINE)?,
            sender: required(settings::SENDER)?,
            incident_manager: Use::from_parameter(&optional(settings::INCIDENT_MANAGER)),
        })
    }
}

/// The parts to ask.
#[derive(Clone, Debug)]
pub struct Parts {
    dynamodb: aws_sdk_dynamodb::Client,
    sns: aws_sdk_sns::Client,
    ses: aws_sdk_sesv2::Client,
    states: aws_sdk_sfn::Client,
    incident_manager: aws_sdk_ssmincidents::Client,
    names: Names,
    region: String,
}

impl Parts {
    /// The parts with these names.
    #[must_use]
    pub fn new(config: &SdkConfig, names: Names) -> Self {
        Self {
            dynamodb: aws_sdk_dynamodb::Client::new(config),
            sns: aws_sdk_sns::Client::new(config),
            ses: aws_sdk_sesv2::Client::new(config),
            states: aws_sdk_sfn::Client::new(config),
            incident_manager: aws_sdk_ssmincidents::Client::new(config),
            names,
            region: config.region().map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// The address that mail is sent from.
    #[must_use]
    pub fn sent_from(&self) -> &str {
        &self.names.sender
    }

    /// Asks all of them at once. A part that does not answer is part of the report.
    pub async fn report(&self) -> Readiness {
        let said = |part, check: Result<Check, AwsError>| {
            check.unwrap_or_else(|error| Check::unanswered(part, &error.code))
        };
        let (roster, incidents, machine, sender, emergency, owner, sms, manager) = tokio::join!(
            self.table(ROSTER_TABLE, &self.names.roster_table),
            self.table(INCIDENTS_TABLE, &self.names.incidents_table),
            self.machine(),
            self.sender(),
            self.topic(EMERGENCY_TOPIC, &self.names.topic),
            self.topic(OWNER_TOPIC, &self.names.owner_topic),
            self.sms(),
            self.manager(),
        );
        // In the order in which to see to them: whatever sends first, then who hears it.
        let checks = vec![
            said(ROSTER_TABLE, roster),
            said(INCIDENTS_TABLE, incidents),
            said(STATE_MACHINE, machine),
            said(SENDER, sender),
            said(EMERGENCY_TOPIC, emergency),
            said(OWNER_TOPIC, owner),
            said(SMS, sms),
            said(INCIDENT_MANAGER, manager),
        ];
        Readiness::of(checks, &self.region)
    }

    async fn table(&self, part: &'static str, name: &str) -> Result<Check, AwsError> {
        let answer = self.dynamodb.describe_table().table_name(name).send().await;
        let answer = answer.map_err(|e| AwsError::of("dynamodb:DescribeTable", &e))?;
        let status = answer.table.and_then(|table| table.table_status);
        Ok(Check::active(part, status.as_ref().map_or("unknown", |status| status.as_str())))
    }

    async fn topic(&self, part: &'static str, arn: &str) -> Result<Check, AwsError> {
        let answer = self.sns.get_topic_attributes().topic_arn(arn).send().await;
        let answer = answer.map_err(|e| AwsError::of("sns:GetTopicAttributes", &e))?;
        let attributes = answer.attributes.unwrap_or_default();
        let number = |name: &str| attributes.get(name).and_then(|n| n.parse().ok()).unwrap_or(0);
        Ok(Check::topic(part, number("SubscriptionsConfirmed"), number("SubscriptionsPending")))
    }

    async fn machine(&self) -> Result<Check, AwsError> {
        let describe =
            self.states.describe_state_machine().state_machine_arn(&self.names.state_machine);
        let answer = describe.send().await;
        let answer = answer.map_err(|e| AwsError::of("states:DescribeStateMachine", &e))?;
        let status = answer.status.as_ref().map_or("unknown", |status| status.as_str());
        Ok(Check::active(STATE_MACHINE, status))
    }

    /// The address may be verified itself or through its domain.
    async fn sender(&self) -> Result<Check, AwsError> {
        let domain = self.names.sender.rsplit_once('@').map_or("", |(_, domain)| domain);
        let (address, domain, account) = tokio::join!(
            self.verified(&self.names.sender),
            self.verified(domain),
            self.ses.get_account().send(),
        );
        let account = account.map_err(|e| AwsError::of("ses:GetAccount", &e))?;
        Ok(Check::sender(address? || domain?, account.production_access_enabled))
    }

    async fn verified(&self, identity: &str) -> Result<bool, AwsError> {
        match self.ses.get_email_identity().email_identity(identity).send().await {
            Ok(answer) => Ok(answer.verified_for_sending_status),
            Err(error) if error.code() == Some("NotFoundException") => Ok(false),
            Err(error) => Err(AwsError::of("ses:GetEmailIdentity", &error)),
        }
    }

    async fn sms(&self) -> Result<Check, AwsError> {
        let answer = self.sns.get_sms_sandbox_account_status().send().await;
        let answer = answer.map_err(|e| AwsError::of("sns:GetSMSSandboxAccountStatus", &e))?;
        Ok(Check::sms(answer.is_in_sandbox))
    }

    async fn manager(&self) -> Result<Check, AwsError> {
        let wanted = self.names.incident_manager;
        if wanted == Use::Off {
            return Ok(Check::incident_manager(wanted, 0));
        }
        let answer = self.incident_manager.list_replication_sets().send().await;
        let answer = answer.map_err(|e| AwsError::of("ssm-incidents:ListReplicationSets", &e))?;
        Ok(Check::incident_manager(wanted, answer.replication_set_arns.len()))
    }
}
