//! The look at what is dead, the figures of the coverage report, and its summary for the owner.

use muster_domain::report::coverage::coverage;
use muster_domain::roster::contact::Contact;
use muster_runtime::figures;
use muster_runtime::secret::fingerprint;
use muster_store::coverage::Gathered;
use muster_store::incidents::Noted;

use crate::post::Posted;
use crate::{Failure, Reviewer, Run};

impl Reviewer {
    /// Notes which channels are dead, and counts what the roster lacks.
    pub(crate) async fn look(&self, run: &Run) -> Result<(), Failure> {
        let (people, dead) =
            futures::try_join!(self.roster.all::<Contact>(), self.unreachable.list())?;
        let known = self.incidents.proofs().reached(&people).await?;
        let mut changed = 0;
        for contact in people.iter().filter(|contact| !contact.departed()) {
            let known = muster_domain::review::reach::of(contact, &known);
            for (channel, known) in contact.channels.iter().zip(known) {
                let now = dead.of(channel);
                if now != known.undeliverable_reason {
                    let name = fingerprint(&contact.id, channel);
                    self.incidents
                        .proofs()
                        .note_reach(&contact.id, &name, Noted::Dead(now))
                        .await?;
                    changed += 1;
                }
            }
        }
        let report = self.gathered().await?;
        figures::coverage(&coverage(&report.sources(self.limits, run.now)).totals);
        tracing::info!(changed, "looked at what is dead");
        Ok(())
    }

    async fn gathered(&self) -> Result<Gathered, Failure> {
        Ok(Box::pin(Gathered::read(&self.roster, &self.incidents)).await?)
    }

    /// Tells the owner's topic what the roster lacks, once a month.
    pub(crate) async fn summary(&self, run: &Run) -> Result<(), Failure> {
        self.look(run).await?;
        let report = self.gathered().await?;
        let summary = coverage(&report.sources(self.limits, run.now)).summary();
        let about = format!("coverage#{}", self.terms.month(run.now));
        match self.tell_owner(about, summary, run).await? {
            Posted::Later => Err(Failure::Later(1)),
            Posted::Sent | Posted::Refused => Ok(()),
        }
    }
}
