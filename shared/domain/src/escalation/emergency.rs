//! Why the emergency topic is told.

use serde::{Deserialize, Serialize};

/// Why the emergency topic is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emergency {
    /// Nobody in the roster can be paged for this.
    NobodyToPage,
    /// Every round is over and nobody answered.
    NobodyAnswered,
    /// People were to be paged, and every single message was refused or could not be sent.
    NothingWentOut,
    /// Not one message of one kind could be sent, though others could: its provider may be ill.
    ProviderFails,
}

impl Emergency {
    /// Why, as a sentence for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NobodyToPage => {
                "Muster found nobody in the roster whom it could page for this incident."
            }
            Self::NobodyAnswered => "Everybody was paged, and nobody answered.",
            Self::NothingWentOut => {
                "Muster tried to page the team, and not one message could be sent."
            }
            Self::ProviderFails => {
                "Muster paged the team, but by one kind of channel (text message, call or e-mail) not \
                 one message could be sent. Whoever has only that channel has not been reached."
            }
        }
    }
}
