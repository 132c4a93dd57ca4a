//! What can go wrong with a call, and which calls it happens to.

use std::time::Duration;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The service refuses it; nothing is applied.
    Refuse,
    /// The service says "too fast"; nothing is applied.
    Throttle,
    /// The service is ill; nothing is applied.
    Fail,
    /// It is held up that long, and applied even if nobody waits for the answer any more.
    Delay(Duration),
    /// It is applied, and the connection ends without an answer.
    Cut,
    /// The calling process dies; nothing is applied.
    KillBefore,
    /// It is applied, and the calling process dies before it sees the answer.
    KillAfter,
}

/// A fault to come.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Which calls: an operation such as `dynamodb:GetItem`, or `dynamodb:` for all of a service.
    pub operation: String,
    /// Only calls whose body has this part, as it is on the wire; any if it is empty.
    pub holding: String,
    /// How many of them go well before.
    pub skip: usize,
    /// How many of them go wrong then; `usize::MAX` is all until disarmed.
    pub times: usize,
    /// What goes wrong.
    pub kind: Kind,
}

impl Fault {
    /// The first call of this operation goes wrong.
    #[must_use]
    pub fn once(operation: &str, kind: Kind) -> Self {
        Self { operation: operation.to_owned(), holding: String::new(), skip: 0, times: 1, kind }
    }

    /// Every call of this operation goes wrong.
    #[must_use]
    pub fn always(operation: &str, kind: Kind) -> Self {
        Self { times: usize::MAX, ..Self::once(operation, kind) }
    }

    /// Whether this call goes wrong; it is counted.
    pub(super) fn strikes(&mut self, operation: &str, body: &str) -> Option<Kind> {
        // Not any beginning: `sns:Publish` is no `sns:PublishBatch`.
        let named = operation == self.operation
            || (self.operation.ends_with(':') && operation.starts_with(&self.operation));
        if !named || !body.contains(&self.holding) {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        if self.times != usize::MAX {
            self.times = self.times.checked_sub(1)?;
        }
        Some(self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(fault: &mut Fault, calls: &[(&str, &str)]) -> Vec<bool> {
        calls.iter().map(|(operation, body)| fault.strikes(operation, body).is_some()).collect()
    }

    #[test]
    fn it_strikes_so_many_times_from_the_nth_such_call_on() {
        let fault = Fault::once("sns:Publish", Kind::Fail);
        let mut fault = Fault { skip: 1, times: 2, ..fault };
        let (ours, other) = (("sns:Publish", ""), ("sns:PublishBatch", ""));
        let calls = [ours, other, ours, other, ours, ours];
        assert_eq!(struck(&mut fault, &calls), [false, false, true, false, true, false]);
    }

    #[test]
    fn it_strikes_all_of_a_service_until_disarmed() {
        let mut fault = Fault::always("sns:", Kind::Fail);
        let calls = [("sns:Publish", ""), ("states:StartExecution", ""), ("sns:Subscribe", "")];
        assert_eq!(struck(&mut fault, &calls), [true, false, true]);
    }

    #[test]
    fn it_counts_only_bodies_with_its_part() {
        let fault = Fault::once("dynamodb:PutItem", Kind::Fail);
        let mut fault = Fault { holding: "\"incidents\"".to_owned(), ..fault };
        let calls = ["\"roster\"", "\"incidents\"", "\"incidents\""];
        let calls = calls.map(|body| ("dynamodb:PutItem", body));
        assert_eq!(struck(&mut fault, &calls), [false, true, false]);
    }
}
