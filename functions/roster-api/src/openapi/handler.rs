//! What a handler's own signature says of its operation: parameters, body, answers, and problems.

use super::operation::Draft;

/// An extractor that a handler takes.
pub(crate) trait Input {
    /// Adds its parameters or body, and the problems that it can find.
    fn describe(draft: Draft<'_>) -> Draft<'_>;
}

/// What a handler returns.
pub(crate) trait Output {
    /// Adds the answers.
    fn describe(draft: Draft<'_>) -> Draft<'_>;
}

/// A handler with these extractors.
pub(crate) trait Described<Inputs> {
    /// Adds all that the signature says.
    fn describe(draft: Draft<'_>) -> Draft<'_>;
}

macro_rules! described {
    ($($input:ident),*) => {
        impl<Handler, Answer, $($input),*> Described<($($input,)*)> for Handler
        where
            Handler: Fn($($input),*) -> Answer,
            Answer: Future,
            Answer::Output: Output,
            $($input: Input,)*
        {
            fn describe(draft: Draft<'_>) -> Draft<'_> {
                $(let draft = $input::describe(draft);)*
                <Answer::Output as Output>::describe(draft)
            }
        }
    };
}

described!();
described!(A);
described!(A, B);
described!(A, B, C);
described!(A, B, C, D);
described!(A, B, C, D, E);
described!(A, B, C, D, E, F);

/// Adds what the signature of `_handler` says.
pub(crate) fn describe<Inputs, Handler: Described<Inputs>>(
    _handler: Handler,
    draft: Draft<'_>,
) -> Draft<'_> {
    Handler::describe(draft)
}
