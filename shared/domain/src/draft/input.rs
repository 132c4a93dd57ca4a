//! A macro for the inputs of entries, to which an entry that was read can be sent back.

/// Defines the input of an entry: its own fields, the version that was read, and the fields that only Muster writes.
/// Every field can be missing or of the wrong type.
macro_rules! input {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $($(#[$meta:meta])* $field:ident: $type:ty,)+
        }
    ) => {
        #[derive(Clone, Debug, Default, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[expect(dead_code, reason = "read-only fields are accepted and ignored")]
        $(#[$about])*
        pub struct $name {
            $($(#[$meta])* $field: $type,)+
            /// Version of the entry that was read. If included, it must be current.
            #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, minimum = 0))]
            version: $crate::draft::checks::Field<u64>,
            #[cfg_attr(feature = "schema", schema(schema_with = $crate::value::schema::read_only))]
            created_at: Option<serde::de::IgnoredAny>,
            #[cfg_attr(feature = "schema", schema(schema_with = $crate::value::schema::read_only))]
            created_by: Option<serde::de::IgnoredAny>,
            #[cfg_attr(feature = "schema", schema(schema_with = $crate::value::schema::read_only))]
            updated_at: Option<serde::de::IgnoredAny>,
            #[cfg_attr(feature = "schema", schema(schema_with = $crate::value::schema::read_only))]
            updated_by: Option<serde::de::IgnoredAny>,
            #[cfg_attr(feature = "schema", schema(schema_with = $crate::value::schema::read_only))]
            confirmed_at: Option<serde::de::IgnoredAny>,
            #[cfg_attr(feature = "schema", schema(schema_with = $crate::value::schema::read_only))]
            unconfirmed_since: Option<serde::de::IgnoredAny>,
            #[serde(flatten)]
            #[cfg_attr(feature = "schema", schema(ignore))]
            rest: std::collections::BTreeMap<String, serde::de::IgnoredAny>,
        }

        impl $name {
            /// Returns the version that the caller has read, if the input includes it. Changes since then must not be
            /// lost.
            #[must_use]
            pub fn version(&self) -> Option<u64> {
                $crate::draft::given::known(self.version.as_ref()).copied()
            }
        }
    };
}

pub(crate) use input;
