//! The policy: the only entry of its kind.

use muster_domain::draft::fault::Fault;
use muster_domain::roster::policy::Policy;
use muster_domain::roster::policy::draft::PolicyDraft;
use muster_domain::value::stamps::Stamp;
use muster_store::roster::TheOne;

use crate::entries::Served;

impl Served for Policy {
    const WHAT: &'static str = "policy";
    const PATH: &'static str = "/policy";
    const ONLY: Option<&'static str> = Some("policy");
    type Draft = PolicyDraft;

    fn version_of(draft: &PolicyDraft) -> Option<u64> {
        draft.version()
    }

    fn check(
        draft: PolicyDraft,
        _: Option<&TheOne>,
        current: Option<&Self>,
        stamp: &Stamp,
    ) -> Result<Self, Vec<Fault>> {
        draft.check(current, stamp)
    }
}
