//! Addresses and numbers that SES and SNS send nothing to any more.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_sesv2::types::SuppressionListReason;
use muster_domain::review::reach::UndeliverableReason;
use muster_domain::value::channel::Channel;
use muster_runtime::error::AwsError;

/// How many pages of either list are read: SES's has a thousand addresses to a page, SNS's a hundred
/// numbers.
const MOST_PAGES: usize = 200;

/// Who knows what is dead: SES's list of suppressed addresses and SNS's of numbers that opted out.
#[derive(Clone, Debug)]
pub struct Unreachable {
    ses: aws_sdk_sesv2::Client,
    sns: aws_sdk_sns::Client,
}

/// What is dead.
#[derive(Clone, Default)]
pub struct DeadOnes {
    addresses: HashMap<String, UndeliverableReason>,
    numbers: HashMap<String, UndeliverableReason>,
}

impl DeadOnes {
    /// Why nothing arrives by this channel any more, if so. A call reaches a number that takes no texts.
    #[must_use]
    pub fn of(&self, channel: &Channel) -> Option<UndeliverableReason> {
        match channel {
            Channel::Email(email) => {
                self.addresses.get(&email.as_str().to_ascii_lowercase()).copied()
            }
            Channel::Sms(phone) => self.numbers.get(phone.as_str()).copied(),
            Channel::Voice(_) => None,
        }
    }
}

impl Unreachable {
    /// The lists of this account and Region.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self { ses: aws_sdk_sesv2::Client::new(config), sns: aws_sdk_sns::Client::new(config) }
    }

    /// Everything that is dead now.
    ///
    /// # Errors
    /// The failed call.
    pub async fn list(&self) -> Result<DeadOnes, AwsError> {
        let mut dead = DeadOnes::default();
        let mut next = None;
        for _ in 0..MOST_PAGES {
            let list = self.ses.list_suppressed_destinations().page_size(1000);
            let answer = list.set_next_token(next).send().await;
            let answer = answer.map_err(|e| AwsError::of("ses:ListSuppressedDestinations", &e))?;
            for entry in answer.suppressed_destination_summaries() {
                let why = match entry.reason {
                    SuppressionListReason::Complaint => UndeliverableReason::Complaint,
                    _ => UndeliverableReason::Bounced,
                };
                dead.addresses.insert(entry.email_address.to_ascii_lowercase(), why);
            }
            next = answer.next_token;
            if next.is_none() {
                break;
            }
        }
        let mut next = None;
        for _ in 0..MOST_PAGES {
            let list = self.sns.list_phone_numbers_opted_out().set_next_token(next);
            let answer = list.send().await;
            let answer = answer.map_err(|e| AwsError::of("sns:ListPhoneNumbersOptedOut", &e))?;
            let numbers = answer.phone_numbers.unwrap_or_default().into_iter();
            dead.numbers.extend(numbers.map(|number| (number, UndeliverableReason::OptedOut)));
            next = answer.next_token;
            if next.is_none() {
                break;
            }
        }
        Ok(dead)
    }
}
