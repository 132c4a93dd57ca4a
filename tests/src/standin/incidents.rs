//! Incident Manager's incidents: so far, whether an account uses it at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::{Act, Call, Fault};

const SET: &str =
    "arn:aws:ssm-incidents::111122223333:replication-set/1ab2c345-d67e-8f90-1a2b-3c45d6e7f890";

/// The service's state, shared by all clones. At first the account does not use it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Incidents {
    used: Arc<AtomicBool>,
}

impl Incidents {
    /// The service's folder in botocore.
    pub(crate) const SERVICE: &str = "ssm-incidents";

    /// What it does with a call.
    pub(crate) fn act(&self) -> Act {
        let incidents = self.clone();
        Box::new(move |call| incidents.done(call))
    }

    /// Whether the account has a replication set.
    pub(crate) fn use_it(&self, used: bool) {
        self.used.store(used, Ordering::Relaxed);
    }

    fn done(&self, call: &Call) -> Result<Value, Fault> {
        match call.operation.as_str() {
            "ListReplicationSets" => {
                let used = self.used.load(Ordering::Relaxed);
                Ok(
                    json!({ "replicationSetArns": used.then_some(SET).into_iter().collect::<Vec<_>>() }),
                )
            }
            other => Err(Fault::unsupported(other)),
        }
    }
}
