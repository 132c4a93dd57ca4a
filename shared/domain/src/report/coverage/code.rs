//! The codes of coverage gaps.

use crate::value::words::words;

words! {
    /// Stable code of a coverage gap, in the coverage report and in refused changes.
    pub enum GapCode {
        /// No contact has the role.
        RoleUnfilled = "role_unfilled",
        /// Only one contact has the role, without a backup.
        RoleSingleHolder = "role_single_holder",
        /// No contact with the role is available at some hours of the next 7 days.
        RoleHoursUncovered = "role_hours_uncovered",
        /// The contact has only one channel type.
        ContactSingleChannelType = "contact_single_channel_type",
        /// The contact has no backup contact.
        ContactWithoutBackup = "contact_without_backup",
        /// The backup contact is missing or has departed.
        BackupMissing = "backup_missing",
        /// The backup contact is on leave.
        BackupOnLeave = "backup_on_leave",
        /// Contacts are backups only for each other.
        BackupCycle = "backup_cycle",
        /// The manager has departed.
        ManagerDeparted = "manager_departed",
        /// The contact reported their departure.
        DepartureReported = "departure_reported",
        /// Reminders to confirm the contact went unanswered.
        ContactUnconfirmed = "contact_unconfirmed",
        /// The contact is due for review.
        ContactReviewDue = "contact_review_due",
        /// The leave of the contact has ended.
        LeaveEnded = "leave_ended",
        /// The channel was not verified within the verification period.
        ChannelUnverified = "channel_unverified",
        /// Messages to the channel are undeliverable.
        ChannelUndeliverable = "channel_undeliverable",
        /// The channel is not activated in Incident Manager.
        ChannelNotActivated = "channel_not_activated",
        /// The escalation plan references a contact that is missing or has departed.
        PlanContactMissing = "plan_contact_missing",
        /// The escalation plan references an external resource that does not exist.
        PlanResourceMissing = "plan_resource_missing",
        /// The escalation plan is due for a drill.
        PlanDrillDue = "plan_drill_due",
        /// The external resource has no contact details.
        ResourceWithoutContactDetails = "resource_without_contact_details",
        /// The external resource has no owner in the roster.
        ResourceWithoutOwner = "resource_without_owner",
        /// The external resource has no contract number.
        ResourceWithoutContractNumber = "resource_without_contract_number",
        /// Reminders to confirm the external resource went unanswered.
        ResourceUnconfirmed = "resource_unconfirmed",
        /// The external resource is due for review.
        ResourceReviewDue = "resource_review_due",
        /// Change requests are pending.
        ChangeRequestsPending = "change_requests_pending",
    }
}
