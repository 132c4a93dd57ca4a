//! Which finding a finding is: the same answer by every route, Region and update.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::value::text::cleaned;

/// Identity of a finding, independent of its source.
// Its text is the key of the ledger, so its form carries a version: with a new form, old findings would look new.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FindingIdentity {
    /// A GuardDuty finding.
    // From the Region on: partitions, and ASFF copies that spell them differently, compare equal.
    #[serde(rename = "guardduty")]
    GuardDuty {
        /// ARN of the finding from the Region on: `us-east-1:<account>:detector/<id>/finding/<id>`.
        #[cfg_attr(
            feature = "schema",
            schema(
                example = "eu-central-1:111122223333:detector/12abc34d567e8fa901bc2d34e56789f0/finding/96ba2bb0c2d4e6f8a0b2c4d6e8f0a2b4"
            )
        )]
        id: String,
    },
    /// A finding of another product.
    // AWS identifies it by these three: IDs without an account are common.
    Product {
        /// AWS account ID of the finding.
        #[cfg_attr(feature = "schema", schema(example = "111122223333"))]
        account: String,
        /// Name of the product, without partition, Region, and account.
        #[cfg_attr(feature = "schema", schema(example = "aws/inspector"))]
        product: String,
        /// Finding ID of the product.
        #[cfg_attr(
            feature = "schema",
            schema(
                example = "arn:aws:inspector2:eu-central-1:111122223333:finding/96ba2bb0c2d4e6f8a0b2c4d6e8f0a2b4"
            )
        )]
        id: String,
    },
}

impl FindingIdentity {
    /// The identity of the `GuardDuty` finding with this ARN. A text that is no such ARN is taken
    /// as it stands: better one incident too many than a finding refused.
    #[must_use]
    pub fn guardduty(arn: &str) -> Self {
        let tail = arn.split_once(":guardduty:").map_or(arn, |(_, tail)| tail);
        Self::GuardDuty { id: tail.to_owned() }
    }

    /// Returns the identity of the finding `id` that the product with `product_arn` reported about `account`.
    #[must_use]
    pub fn product(account: &str, product_arn: &str, id: &str) -> Self {
        // The unified Security Hub says `productv2`.
        let named = product_arn.split_once(":product/");
        match named.or_else(|| product_arn.split_once(":productv2/")) {
            Some((_, "aws/guardduty")) => Self::guardduty(id),
            named => Self::Product {
                account: account.to_owned(),
                product: named.map_or(product_arn, |(_, product)| product).to_owned(),
                id: id.to_owned(),
            },
        }
    }

    /// Returns the identity of a finding that another one names by `id`, by `product_arn` if it says so,
    /// and else by the service in the id's own ARN. Where the id has no account, both are about
    /// `account`.
    #[must_use]
    pub(super) fn named(account: &str, product_arn: Option<&str>, id: &str) -> Self {
        let mut parts = id.split(':').skip(2);
        let (service, owner) = (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
        let is_arn = id.starts_with("arn:");
        if is_arn && service == "guardduty" {
            return Self::guardduty(id);
        }
        let is_account = owner.len() == 12 && owner.bytes().all(|byte| byte.is_ascii_digit());
        let account = if is_arn && is_account { owner } else { account };
        if let Some(product_arn) = product_arn {
            Self::product(account, product_arn, id)
        } else {
            // Inspector and Macie have a `2` in their ARNs and none in their products' names.
            let name = service.trim_end_matches('2');
            Self::product(account, &format!(":product/aws/{name}"), id)
        }
    }

    /// Returns these identities in order, each once, without this one: signals may name a finding
    /// twice, and name their own.
    pub(super) fn others(&self, found: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let others: BTreeSet<_> = found.into_iter().filter(|other| other != self).collect();
        others.into_iter().collect()
    }

    /// Returns the identity's text for people: ids are what products, and with them attackers, write.
    #[must_use]
    pub fn for_display(&self) -> String {
        /// Longest `Id` in ASFF, and the product before it.
        const MAX_LENGTH: usize = 600;
        cleaned(&self.to_string(), MAX_LENGTH)
    }
}

impl fmt::Display for FindingIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GuardDuty { id } => write!(f, "v1:guardduty:{id}"),
            Self::Product { account, product, id } => write!(f, "v2:{account}:{product}:{id}"),
        }
    }
}
