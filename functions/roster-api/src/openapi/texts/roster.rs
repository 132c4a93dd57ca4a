//! The words about the operations of the roster that not every kind of entry has.

use super::Text;
use crate::http::problem::Problem;

/// The words about a route of these, if it is one.
pub(super) fn text(method: &str, path: &str) -> Option<Text> {
    const TAG: &str = "Contacts";
    Some(match (method, path) {
        ("post", "/contacts/import") => Text::new(
            "importContacts",
            TAG,
            "Import contacts",
            "Checks every row before it writes the first one. Maximum file size: 5 MB and 10,000 rows. An \
             import stops after 18 seconds with `complete` false. Send the same file again to continue at \
             `next_line`.",
            &[
                (200, "The result for each row."),
                (422, "The result for each row, with errors. Nothing was changed."),
            ],
        ),
        ("get", "/contacts/export") => Text::new(
            "exportContacts",
            TAG,
            "Export contacts",
            "Returns contacts with full phone numbers and email addresses. Muster records each export as a \
             reveal. A file has at most 5,000 contacts; the `Link` header leads to the next file.",
            &[(200, "The exported contacts.")],
        ),
        ("get", "/contacts/{id}/channels") => Text::new(
            "revealContactChannels",
            TAG,
            "Reveal a contact's channels",
            "Returns full phone numbers and email addresses. Muster records who requested them.",
            &[(200, "The channels, in order of preference.")],
        ),
        ("post", "/contacts/{id}/offboard") => Text::new(
            "offboardContact",
            TAG,
            "Offboard a contact",
            "Sets the contact to `departed`. The contact's backup replaces them as a backup contact and in \
             escalation plans.",
            &[(200, "The entries in which the contact was replaced.")],
        ),
        ("post", "/contacts/{id}/channels/{position}/activation") => Text::new(
            "activateContactChannel",
            TAG,
            "Activate a channel in Incident Manager",
            "Without `code`, sends an activation code to the channel. With `code`, activates the channel.",
            &[(200, "The activation result.")],
        )
        .problems([Problem::not_in_incident_manager()]),
        ("post", "/contacts/{id}/channel-tests") => Text::new(
            "testContactChannels",
            TAG,
            "Test a contact's channels",
            "Sends a test message to each channel. Opening its link or entering its code verifies the channel.",
            &[(202, "The tests were queued.")],
        ),
        ("get", "/contacts/{id}/channel-status") => Text::new(
            "getContactChannelStatus",
            TAG,
            "Get the status of a contact's channels",
            "Returns when each channel was last verified, and whether messages to it are undeliverable.",
            &[(200, "The channel status, in order of preference.")],
        ),
        ("post", "/external-resources/starters") => Text::new(
            "createStarterResources",
            "External resources",
            "Create the AWS starter entries",
            "Creates entries for AWS Support, the AWS Customer Incident Response Team (CIRT), the Shield Response \
             Team (SRT), and AWS Managed Services (AMS) that do not exist yet.",
            &[(200, "The entries that were created and those that already existed.")],
        ),
        ("get", "/roles") => Text::new(
            "listRoles",
            "Roles",
            "List roles",
            "Returns the seven roles with their responsibilities, skills, and escalation levels.",
            &[(200, "The roles.")],
        ),
        ("get", "/changes") => Text::new(
            "listChanges",
            "Changes",
            "List changes",
            "Returns changes to all entries, newest first. Phone numbers and email addresses are hidden.",
            &[(200, "A page of changes.")],
        ),
        ("get", "/team") => Text::new(
            "previewTeam",
            "Preview",
            "Preview the response team",
            "Returns the contacts that the first step would page, with the reason for each.",
            &[(200, "The response team.")],
        ),
        ("post", "/simulate") => Text::new(
            "simulateFinding",
            "Preview",
            "Simulate a finding",
            "Returns the verdict and every escalation step that an EventBridge event would cause if no one \
             acknowledged. Writes and sends nothing.",
            &[(200, "The simulated escalation of each finding.")],
        ),
        _ => return None,
    })
}
