//! Why the emergency topic is told.

use serde::{Deserialize, Serialize};

use crate::incident::Incident;

/// Why the emergency topic is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emergency {
    /// Nobody in the roster can be paged for this.
    NoContactToPage,
    /// Every round is over and no one acknowledged.
    NotAcknowledged,
    /// People were to be paged, and every single message was refused or could not be sent.
    AllPagesFailed,
    /// Not one message of one kind could be sent, though others could: its provider may be ill.
    ChannelFailed,
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
                "Muster paged the team, but by one kind of channel (text message, call or e-mail) not \
                 one message could be sent. Whoever has only that channel has not been reached."
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
