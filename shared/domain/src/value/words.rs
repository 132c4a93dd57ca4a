//! A macro for enumerations of single words, each written once.

/// Defines an enumeration whose variants are words in JSON: `Opened = "opened"`. It has `ALL`, `name`, and `from_name`.
///
/// `enum Mode default Live` makes `Live` the default. The comments become the description of the schema, which lists
/// every word with its meaning.
#[macro_export]
macro_rules! words {
    (
        $(#[doc = $about:literal])+
        $visibility:vis enum $name:ident $(default $default:ident)? {
            $($(#[doc = $meaning:literal])+ $variant:ident = $word:tt,)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "schema", schema(description = $crate::value::schema::words(
            &[$($about),+], &[$(($word, &[$($meaning),+])),+]
        )))]
        $visibility enum $name {
            $($(#[doc = $meaning])+ #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All values, in order.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// Returns the word in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Returns the value with this word in JSON.
            #[must_use]
            pub fn from_name(text: &str) -> Option<Self> {
                match text {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        $(impl Default for $name {
            fn default() -> Self {
                Self::$default
            }
        })?
    };
}

pub(crate) use words;
