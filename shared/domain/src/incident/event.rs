//! The types of events on an incident's timeline.

use crate::value::words::words;

words! {
    /// Type of an event in an incident timeline.
    pub enum EventType {
        /// The incident opened.
        Opened = "opened",
        /// A finding was added to the incident.
        FindingAdded = "finding_added",
        /// A finding of the incident became more severe, and paging did not restart.
        SeverityIncreased = "severity_increased",
        /// Paging restarted.
        EscalationRestarted = "escalation_restarted",
        /// The source of a finding reported it closed.
        ClosedAtSource = "closed_at_source",
        /// The source of a finding reopened it.
        ReopenedAtSource = "reopened_at_source",
        /// An escalation step started.
        StepStarted = "step_started",
        /// An update was sent to the contacts who acknowledged.
        UpdateSent = "update_sent",
        /// The emergency topic was notified.
        EmergencyTopicNotified = "emergency_topic_notified",
        /// A contact or an API caller acknowledged the incident.
        Acknowledged = "acknowledged",
        /// The incident was not resolved in time after its last acknowledgment.
        AcknowledgmentTimedOut = "acknowledgment_timed_out",
        /// The incident was resolved.
        Resolved = "resolved",
        /// Incident Manager engaged contacts.
        IncidentManagerEngaged = "incident_manager_engaged",
        /// A notification deadline started.
        NotificationDeadlineStarted = "notification_deadline_started",
        /// Half of the time until a notification deadline has passed.
        NotificationDeadlineHalfway = "notification_deadline_halfway",
        /// A notification deadline is due soon.
        NotificationDeadlineDueSoon = "notification_deadline_due_soon",
        /// A notification deadline has passed without a record of the notification.
        NotificationDeadlineMissed = "notification_deadline_missed",
        /// The notification of an organization was recorded.
        NotificationRecorded = "notification_recorded",
    }
}
