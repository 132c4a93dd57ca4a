//! The kinds of organization outside the house.

use serde::{Deserialize, Serialize};

/// A kind of external resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExternalResourceType {
    /// AWS Support.
    AwsSupport,
    /// AWS Customer Incident Response Team.
    AwsCirt,
    /// AWS Shield Response Team.
    AwsShield,
    /// AWS Managed Services.
    AwsManagedServices,
    /// Forensic investigators on call.
    Forensics,
    /// Lawyers outside the house.
    Legal,
    /// The insurer of cyber risks.
    Insurer,
    /// An authority that must be told.
    Regulator,
    /// Police and prosecutors.
    LawEnforcement,
    /// A supplier.
    Vendor,
    /// A maker of software we run (independent software vendor).
    Isv,
    /// A managed service provider.
    Msp,
    /// None of these.
    Other,
}

impl ExternalResourceType {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::AwsSupport,
        Self::AwsCirt,
        Self::AwsShield,
        Self::AwsManagedServices,
        Self::Forensics,
        Self::Legal,
        Self::Insurer,
        Self::Regulator,
        Self::LawEnforcement,
        Self::Vendor,
        Self::Isv,
        Self::Msp,
        Self::Other,
    ];

    /// The kind with this name in JSON (`aws_support`).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwsSupport => "aws_support",
            Self::AwsCirt => "aws_cirt",
            Self::AwsShield => "aws_shield",
            Self::AwsManagedServices => "aws_managed_services",
            Self::Forensics => "forensics",
            Self::Legal => "legal",
            Self::Insurer => "insurer",
            Self::Regulator => "regulator",
            Self::LawEnforcement => "law_enforcement",
            Self::Vendor => "vendor",
            Self::Isv => "isv",
            Self::Msp => "msp",
            Self::Other => "other",
        }
    }

    /// Whether it is a team of AWS, which takes cases in a console rather than by mail or phone.
    #[must_use]
    pub const fn is_aws(self) -> bool {
        matches!(
            self,
            Self::AwsSupport | Self::AwsCirt | Self::AwsShield | Self::AwsManagedServices
        )
    }

    /// Whether a law or a contract may oblige us to report incidents to it.
    #[must_use]
    pub const fn has_duties(self) -> bool {
        matches!(self, Self::Regulator | Self::LawEnforcement | Self::Legal | Self::Insurer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_serde_says() {
        for kind in ExternalResourceType::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(ExternalResourceType::from_name(kind.name()), Some(kind));
            assert_eq!(kind.is_aws(), kind.name().starts_with("aws_"));
        }
    }
}
