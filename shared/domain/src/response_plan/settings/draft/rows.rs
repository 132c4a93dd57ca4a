//! Rows of the lists in the response plan settings, as they are sent.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::draft::checks::Field;
use crate::draft::given::Given;

#[cfg(feature = "schema")]
use crate::{
    response_plan::settings::{ChannelUsage, Phase},
    roster::role::Role,
    value::severity::Severity,
};

/// Defines a row: every field can be missing or of the wrong type.
macro_rules! row {
    (
        $(#[$about:meta])*
        struct $name:ident {
            $($(#[$meta:meta])* $field:ident: $type:ty,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub(super) struct $name {
            $($(#[$meta])* pub(super) $field: $type,)+
            #[serde(flatten)]
            #[cfg_attr(feature = "schema", schema(ignore))]
            pub(super) rest: BTreeMap<String, IgnoredAny>,
        }
    };
}

row! {
    /// A row of the RACI matrix.
    struct RaciActivityInput {
        /// Phase of the activity.
        #[cfg_attr(feature = "schema", schema(value_type = Phase))]
        phase: Field<String>,
        /// Description of the activity. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 200, example = "Declare the incident"))]
        activity: Field<String>,
        /// Roles that perform the activity. At least one is valid.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<Role>>, max_items = 30))]
        responsible: Field<Vec<Given<String>>>,
        /// Role that is accountable. Exactly one is valid.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<Role>>, max_items = 30))]
        accountable: Field<Vec<Given<String>>>,
        /// Roles that are consulted before the activity.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<Role>>, max_items = 30))]
        consulted: Field<Vec<Given<String>>>,
        /// Roles that are informed after the activity.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<Role>>, max_items = 30))]
        informed: Field<Vec<Given<String>>>,
    }
}

row! {
    /// Actions in a phase.
    struct PhaseActionsInput {
        /// Phase of the actions.
        #[cfg_attr(feature = "schema", schema(value_type = Phase))]
        phase: Field<String>,
        /// Actions, in order. Maximum: 30.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<String>>, min_length = 1, max_length = 200, max_items = 30, example = json!(["Open the bridge."])))]
        actions: Field<Vec<Given<String>>>,
    }
}

row! {
    /// Definition of a severity.
    struct SeverityDefinitionInput {
        /// Severity that is defined.
        #[cfg_attr(feature = "schema", schema(value_type = Severity))]
        severity: Field<String>,
        /// Definition in your organization. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 200, example = "Business-critical systems or personal data are affected."))]
        definition: Field<String>,
    }
}

row! {
    /// A row of the communication plan.
    struct CommunicationRuleInput {
        /// Audience of the messages. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 200, example = "Executives"))]
        audience: Field<String>,
        /// Minimum severity for which the audience is informed.
        #[cfg_attr(feature = "schema", schema(value_type = Severity))]
        min_severity: Field<String>,
        /// Channel of the messages, such as a status page. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 200, example = "Email"))]
        channel: Field<String>,
        /// Role that sends the messages.
        #[cfg_attr(feature = "schema", schema(value_type = Role))]
        owner_role: Field<String>,
        /// Interval of the messages. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 200, example = "Every 4 hours"))]
        cadence: Field<String>,
        /// Role that approves messages before they are sent.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Role>))]
        approver_role: Field<String>,
    }
}

row! {
    /// A communication channel of the response team.
    struct CommunicationChannelInput {
        /// Name of the channel. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 200, example = "Chat"))]
        name: Field<String>,
        /// Whether the channel is primary or backup.
        #[cfg_attr(feature = "schema", schema(value_type = ChannelUsage))]
        usage: Field<String>,
        /// Instructions to join. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 200, example = "Open the channel #security-incident."))]
        instructions: Field<String>,
        /// Systems that the channel depends on. Maximum: 30.
        #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<String>>, min_length = 1, max_length = 200, max_items = 30, example = json!(["corporate sign-in", "chat provider"])))]
        depends_on: Field<Vec<Given<String>>>,
    }
}

row! {
    /// A planned exercise.
    struct PlannedExerciseInput {
        /// Date of the exercise.
        #[cfg_attr(feature = "schema", schema(value_type = String, format = "date", example = "2027-03-01"))]
        date: Field<String>,
        /// Description of the exercise. Maximum: 200 characters.
        #[cfg_attr(feature = "schema", schema(value_type = String, min_length = 1, max_length = 200, example = "Tabletop exercise: ransomware"))]
        description: Field<String>,
    }
}
