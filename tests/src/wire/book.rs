//! What is to go wrong on the wire, and what has become of every call so far.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::fault::{Fault, Kind};

/// A call that came over the wire.
#[derive(Clone, Debug)]
pub struct Call {
    /// As IAM names it, `dynamodb:GetItem`; a REST operation that is not known by name has its method
    /// and path, `guardduty:GET /detector`.
    pub operation: String,
    /// What was made to go wrong with it.
    pub fault: Option<Kind>,
    /// The calling process, where the machine says so.
    pub by: Option<u32>,
    /// When it had come in whole.
    pub at: Instant,
    /// What became of it; nothing while it is under way.
    pub end: Option<End>,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// This status came back, from the service or in its place. Whether the caller was still there to
    /// read it, the wire cannot know.
    Answered(u16),
    /// The connection was closed on purpose, with this status unsaid.
    Cut(u16),
    /// The caller was killed, with this status unsaid; none if the call was not passed on.
    Killed(Option<u16>),
    /// The wire could not do what it was to do: why. A test that sees this has shown nothing.
    Broken(String),
}

#[derive(Debug, Default)]
pub(super) struct Book(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    upstream: Option<u16>,
    /// Where calls of these services go instead.
    elsewhere: Option<(&'static [&'static str], u16)>,
    /// Numbers that the SMS provider refuses, each as a form's field.
    numbers: BTreeSet<String>,
    /// Addresses that SES sends nothing to, with its reason, and numbers that opted out of SNS.
    suppressed: BTreeSet<(String, &'static str)>,
    opted_out: BTreeSet<String>,
    faults: Vec<Fault>,
    calls: Vec<Call>,
    /// How many calls have been forgotten, so that one which ends later finds its place or none.
    forgotten: usize,
}

impl Book {
    pub(super) fn lead_to(&self, port: u16) {
        self.with(|pages| pages.upstream = Some(port));
    }

    pub(super) fn lead_elsewhere(&self, services: &'static [&'static str], port: u16) {
        self.with(|pages| pages.elsewhere = Some((services, port)));
    }

    /// Where a call of this operation goes.
    pub(super) fn upstream(&self, operation: &str) -> Option<u16> {
        let service = operation.split(':').next().unwrap_or_default();
        self.with(|pages| match pages.elsewhere {
            Some((services, port)) if services.contains(&service) => Some(port),
            _ => pages.upstream,
        })
    }

    pub(super) fn refuse(&self, number: &str) {
        let field = format!("PhoneNumber={}", number.replace('+', "%2B"));
        self.with(|pages| pages.numbers.insert(field));
    }

    pub(super) fn suppress(&self, address: &str, reason: &'static str) {
        self.with(|pages| pages.suppressed.insert((address.to_owned(), reason)));
    }

    pub(super) fn opt_out(&self, number: &str) {
        self.with(|pages| pages.opted_out.insert(number.to_owned()));
    }

    pub(super) fn suppressed(&self) -> BTreeSet<(String, &'static str)> {
        self.with(|pages| pages.suppressed.clone())
    }

    pub(super) fn opted_out(&self) -> BTreeSet<String> {
        self.with(|pages| pages.opted_out.clone())
    }

    pub(super) fn refuses(&self, form: &str) -> bool {
        self.with(|pages| {
            !pages.numbers.is_empty() && form.split('&').any(|field| pages.numbers.contains(field))
        })
    }

    pub(super) fn arm(&self, fault: Fault) {
        self.with(|pages| pages.faults.push(fault));
    }

    pub(super) fn disarm(&self) {
        self.with(|pages| pages.faults.clear());
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.with(|pages| pages.calls.clone())
    }

    pub(super) fn clear(&self) {
        self.with(|pages| {
            pages.forgotten += pages.calls.len();
            pages.calls.clear();
        });
    }

    /// Enters a call: its number, and what is to go wrong with it.
    pub(super) fn enter(
        &self,
        operation: &str,
        body: &str,
        by: Option<u32>,
    ) -> (usize, Option<Kind>) {
        self.with(|pages| {
            // Every fault counts the call, also one that comes too late to strike it.
            let strikes = pages.faults.iter_mut().map(|fault| fault.strikes(operation, body));
            let fault = strikes.fold(None, Option::or);
            let (operation, at) = (operation.to_owned(), Instant::now());
            pages.calls.push(Call { operation, fault, by, at, end: None });
            (pages.forgotten + pages.calls.len() - 1, fault)
        })
    }

    pub(super) fn end(&self, number: usize, end: End) {
        self.with(|pages| {
            let place = number.checked_sub(pages.forgotten);
            if let Some(call) = place.and_then(|place| pages.calls.get_mut(place)) {
                call.end = Some(end);
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut Pages) -> T) -> T {
        // Whoever panicked while holding it has failed the test already.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_after_a_clear_is_not_put_to_another_call() {
        let book = Book::default();
        let (old, _) = book.enter("a:A", "", None);
        book.clear();
        let (new, _) = book.enter("b:B", "", None);
        book.end(old, End::Cut(200));
        assert_eq!(book.calls()[0].end, None);
        book.end(new, End::Killed(None));
        assert_eq!(book.calls()[0].end, Some(End::Killed(None)));
    }

    #[test]
    fn each_fault_counts_for_itself() {
        let book = Book::default();
        book.arm(Fault::once("a:A", Kind::Fail));
        book.arm(Fault { skip: 1, ..Fault::once("a:A", Kind::Cut) });
        let kinds = [(); 3].map(|()| book.enter("a:A", "", None).1);
        assert_eq!(kinds, [Some(Kind::Fail), Some(Kind::Cut), None]);
    }
}
