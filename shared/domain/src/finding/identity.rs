//! Which finding a finding is: the same answer by every route, Region and update.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A finding's identity. Its text is the ledger's key, so its form carries a version: a new form
/// must not make old findings look new.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingIdentity {
    /// A `GuardDuty` finding: its ARN from the Region on (`us-east-1:1111…:detector/…/finding/…`),
    /// so that partitions, and ASFF copies that spell them otherwise, compare equal.
    GuardDuty(String),
    /// Another product's finding: AWS's own triple, since ids without an account are common.
    Product {
        /// The AWS account the finding is about; empty in entries stored before it was part of the identity.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        account: String,
        /// The product, without partition, Region and account.
        product: String,
        /// The finding's id within it.
        id: String,
    },
}

impl FindingIdentity {
    /// The identity of the `GuardDuty` finding with this ARN. A text that is no such ARN is taken
    /// as it stands: better one incident too many than a finding refused.
    #[must_use]
    pub fn guardduty(arn: &str) -> Self {
        let tail = arn.split_once(":guardduty:").map_or(arn, |(_, tail)| tail);
        Self::GuardDuty(tail.to_owned())
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

    /// Returns the identity under which older versions kept this finding, if it was another one.
    #[must_use]
    pub fn former(&self) -> Option<Self> {
        match self {
            Self::Product { account, product, id } if !account.is_empty() => Some(Self::Product {
                account: String::new(),
                product: product.clone(),
                id: id.clone(),
            }),
            Self::GuardDuty(_) | Self::Product { .. } => None,
        }
    }
}

impl fmt::Display for FindingIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GuardDuty(tail) => write!(f, "v1:guardduty:{tail}"),
            Self::Product { account, product, id } if account.is_empty() => {
                write!(f, "v1:{product}:{id}")
            }
            Self::Product { account, product, id } => write!(f, "v2:{account}:{product}:{id}"),
        }
    }
}
