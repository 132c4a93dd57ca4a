//! The policy: the only entry of its kind.

use muster_domain::draft::fault::FieldError;
use muster_domain::roster::policy::Policy;
use muster_domain::roster::policy::draft::PolicyInput;
use muster_domain::value::stamps::Stamp;
use muster_store::roster::TheOne;

use crate::roster::entries::Served;

impl Served for Policy {
    const WHAT: &'static str = "policy";
    const PATH: &'static str = "/policy";
    const ONLY: Option<&'static str> = Some("policy");
    type Draft = PolicyInput;

    fn version_of(draft: &PolicyInput) -> Option<u64> {
        draft.version()
    }

    fn check(
        draft: PolicyInput,
        _: Option<&TheOne>,
        current: Option<&Self>,
        stamp: &Stamp,
    ) -> Result<Self, Vec<FieldError>> {
        draft.check(current, stamp)
    }
}
