//! The kinds of organization outside the house.

use crate::value::words::words;

words! {
    /// Type of an external resource.
    pub enum ExternalResourceType {
        /// AWS Support.
        AwsSupport = "aws_support",
        /// AWS Customer Incident Response Team (CIRT).
        AwsCirt = "aws_cirt",
        /// AWS Shield Response Team (SRT).
        AwsShield = "aws_shield",
        /// AWS Managed Services (AMS).
        AwsManagedServices = "aws_managed_services",
        /// Forensics provider.
        Forensics = "forensics",
        /// External legal counsel.
        Legal = "legal",
        /// Cyber insurer.
        Insurer = "insurer",
        /// Authority that must be notified of incidents.
        Regulator = "regulator",
        /// Police or prosecutor.
        LawEnforcement = "law_enforcement",
        /// Supplier.
        Vendor = "vendor",
        /// Independent software vendor (ISV).
        Isv = "isv",
        /// Managed service provider (MSP).
        Msp = "msp",
        /// Any other organization.
        Other = "other",
    }
}

impl ExternalResourceType {
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
