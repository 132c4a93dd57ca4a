//! By which of a person's channels a step pages: `all`, or a list of kinds.

use serde::{Deserialize, Serialize};

use crate::value::channel::{Channel, ChannelType};

/// Channels used by a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub enum StepChannels {
    /// All channels, in the contact's order.
    #[default]
    All,
    /// Channels of these types, in this order. Contacts who have none of these types are paged on
    /// all their channels.
    Only(Vec<ChannelType>),
}

/// Its form in JSON.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Word(Word),
    Kinds(Vec<ChannelType>),
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    All,
}

impl From<Written> for StepChannels {
    fn from(written: Written) -> Self {
        match written {
            Written::Word(Word::All) => Self::All,
            Written::Kinds(kinds) => Self::Only(kinds),
        }
    }
}

impl From<StepChannels> for Written {
    fn from(channels: StepChannels) -> Self {
        match channels {
            StepChannels::All => Self::Word(Word::All),
            StepChannels::Only(kinds) => Self::Kinds(kinds),
        }
    }
}

impl StepChannels {
    /// These channels of somebody's `own`, in the order in which they are tried. Never none, if
    /// there are any: a page must not be lost because a plan asks for a channel somebody lacks.
    #[must_use]
    pub fn of(&self, own: &[Channel]) -> Vec<Channel> {
        let mut order = own.to_vec();
        match self {
            Self::All => {}
            Self::Only(kinds) => {
                let rank =
                    |channel: &Channel| kinds.iter().position(|kind| *kind == channel.kind());
                if own.iter().any(|channel| rank(channel).is_some()) {
                    order.retain(|channel| rank(channel).is_some());
                    order.sort_by_key(rank);
                }
            }
        }
        order
    }
}

/// Calls before anything else, since nothing else wakes anybody.
pub(crate) fn voice_first(channels: &mut [Channel]) {
    channels.sort_by_key(|channel| channel.kind() != ChannelType::Voice);
}

#[cfg(feature = "schema")]
mod schema {
    //! Schema of a step's channels: one word, or a list.

    use utoipa::openapi::{ArrayBuilder, OneOfBuilder, Ref, RefOr, Schema};
    use utoipa::{PartialSchema, ToSchema};

    use super::{ChannelType, StepChannels};

    impl PartialSchema for StepChannels {
        fn schema() -> RefOr<Schema> {
            let all = crate::value::schema::word("All channels, in the contact's order.", ["all"]);
            let kinds =
                ArrayBuilder::new().items(Ref::from_schema_name(<ChannelType as ToSchema>::name()));
            let kinds = kinds.min_items(Some(1)).max_items(Some(ChannelType::ALL.len()));
            let kinds = kinds.unique_items(true).description(Some(
                "Channels of these types, in this order. Contacts who have none of these types are \
                 paged on all their channels.",
            ));
            let either = OneOfBuilder::new().description(Some("Channels used by a step."));
            either.item(all).item(kinds).into()
        }
    }

    impl ToSchema for StepChannels {
        fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            schemas.push((<ChannelType as ToSchema>::name().into(), ChannelType::schema()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::person;

    #[test]
    fn which_and_in_what_order() {
        use ChannelType::{Email, Sms, Voice};
        let own = person("ada", 1).channels;
        let check = |json: &str, own: &[Channel], expected: &[ChannelType]| {
            let channels: StepChannels = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&channels).unwrap(), json);
            let kinds: Vec<_> = channels.of(own).iter().map(Channel::kind).collect();
            assert_eq!(kinds, expected, "{json}");
        };
        check("\"all\"", &own, &[Email, Sms, Voice]);
        check("[\"voice\",\"email\"]", &own, &[Voice, Email]);
        // Without the channel asked for, any other is better than none.
        check("[\"voice\"]", &own[..2], &[Email, Sms]);
    }
}
