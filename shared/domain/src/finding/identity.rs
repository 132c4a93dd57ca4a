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
    /// Another product's finding.
    Product {
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

    /// The identity of the finding `id` that the product with `product_arn` reported.
    #[must_use]
    pub fn product(product_arn: &str, id: &str) -> Self {
        // The unified Security Hub says `productv2`.
        let named = product_arn.split_once(":product/");
        match named.or_else(|| product_arn.split_once(":productv2/")) {
            Some((_, "aws/guardduty")) => Self::guardduty(id),
            Some((_, product)) => Self::Product { product: product.to_owned(), id: id.to_owned() },
            None => Self::Product { product: product_arn.to_owned(), id: id.to_owned() },
        }
    }
}

impl fmt::Display for FindingIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GuardDuty(tail) => write!(f, "v1:guardduty:{tail}"),
            Self::Product { product, id } => write!(f, "v1:{product}:{id}"),
        }
    }
}
