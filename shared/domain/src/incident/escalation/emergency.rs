//! Why the emergency topic is told.

use crate::incident::Incident;
use crate::value::words::words;

words! {
    /// Reason why the emergency topic was notified.
    pub enum Emergency {
        /// No contact in the roster can be paged.
        NoContactToPage = "no_contact_to_page",
        /// All rounds ended without enough acknowledgments.
        NotAcknowledged = "not_acknowledged",
        /// No page of the step could be sent.
        AllPagesFailed = "all_pages_failed",
        /// No page on one channel type could be sent. Its provider might be unavailable.
        ChannelFailed = "channel_failed",
    }
}

impl Emergency {
    /// Returns why, as a sentence about this incident: some may have acknowledged, and too few.
    #[must_use]
    pub fn about(self, incident: &Incident) -> &'static str {
        let acknowledged = incident.acknowledgments.len() > incident.previous_acknowledgments;
        match self {
            Self::NotAcknowledged if acknowledged => {
                "All steps were taken. Fewer contacts acknowledged than the plan requires."
            }
            why => why.sentence(),
        }
    }

    /// Why, as a sentence for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoContactToPage => {
                "Muster found nobody in the roster whom it could page for this incident."
            }
            Self::NotAcknowledged => "All steps were taken, and no one acknowledged.",
            Self::AllPagesFailed => {
                "Muster tried to page the team, and not one message could be sent."
            }
            Self::ChannelFailed => {
                "Muster paged the team, but by one type of channel not one message could be sent. \
                 Contacts who have only that channel were not reached."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{Actor, Attribution};
    use crate::samples::{incident, now};

    #[test]
    fn the_end_of_the_steps_does_not_say_that_everyone_was_paged() {
        let mut incident = incident();
        let about = |incident: &Incident| Emergency::NotAcknowledged.about(incident);
        assert_eq!(about(&incident), "All steps were taken, and no one acknowledged.");
        incident.acknowledgments.push(Attribution { by: Actor::Muster, at: now() });
        let fewer = "All steps were taken. Fewer contacts acknowledged than the plan requires.";
        assert_eq!(about(&incident), fewer);
    }
}
