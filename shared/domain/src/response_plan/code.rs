//! The codes of the issues that the response plan check reports.

use crate::value::words::words;

words! {
    /// Stable code of an issue in the response plan.
    pub enum IssueCode {
        /// An activity does not have exactly one accountable role.
        ActivityWithoutSingleAccountable = "activity_without_single_accountable",
        /// An activity has no responsible role.
        ActivityWithoutResponsible = "activity_without_responsible",
        /// A phase has no activity.
        PhaseWithoutActivity = "phase_without_activity",
        /// No contact has the role.
        RoleUnfilled = "role_unfilled",
        /// No contact with the role can be reached.
        RoleUnreachable = "role_unreachable",
        /// Only one contact has the role, without a backup.
        RoleSingleHolder = "role_single_holder",
        /// A severity that pages has no contact to page.
        SeverityWithoutPages = "severity_without_pages",
        /// The plan has no primary communication channel.
        PrimaryChannelMissing = "primary_channel_missing",
        /// The plan has no backup communication channel.
        BackupChannelMissing = "backup_channel_missing",
        /// The backup communication channels depend on what the primary channels depend on.
        BackupChannelNotIndependent = "backup_channel_not_independent",
        /// A notification obligation has no owner.
        ObligationWithoutOwner = "obligation_without_owner",
        /// A regulator has no notification obligation.
        RegulatorWithoutObligation = "regulator_without_obligation",
        /// A communication rule has no contact in its owner role.
        CommunicationWithoutOwner = "communication_without_owner",
        /// A severity that pages has no communication rule.
        SeverityWithoutCommunication = "severity_without_communication",
        /// The plan has no owner.
        PlanWithoutOwner = "plan_without_owner",
        /// The plan was never adopted.
        PlanNotAdopted = "plan_not_adopted",
        /// The plan is due for review.
        PlanReviewDue = "plan_review_due",
        /// An exercise is due.
        ExerciseDue = "exercise_due",
    }
}
