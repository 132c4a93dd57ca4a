//! Deletes incidents that were resolved long ago.

use muster_store::incidents::List;

use crate::{Failure, Reviewer, Run};

/// How many incidents of each list a run deletes; the next day's run goes on.
const MOST: usize = 2_000;

impl Reviewer {
    /// Deletes what has expired, as far as the time allows. One incident that cannot be deleted does not stop the others,
    /// and the next day's run tries it again: that is no reason to alert anyone.
    ///
    /// # Errors
    /// [`Failure::Unexpired`] if not one could be deleted, which has a common cause; [`Failure::Aws`] if expired incidents
    /// cannot be listed.
    pub(crate) async fn expire(&self, run: &Run) -> Result<(), Failure> {
        let (mut deleted, mut failed) = (0, 0);
        for list in [List::Incidents, List::Drills] {
            for id in self.incidents.expiry().expired(list, &self.retention, run.now, MOST).await? {
                if run.over() {
                    break;
                }
                match self.incidents.expiry().expire(&id, &self.retention, run.now).await {
                    Ok(expired) => deleted += usize::from(expired),
                    Err(error) => {
                        tracing::error!(incident = %id, reason = %error, "an expired incident is still there");
                        failed += 1;
                    }
                }
            }
        }
        tracing::info!(deleted, failed, "deleted expired incidents");
        if failed > 0 && deleted == 0 { Err(Failure::Unexpired(failed)) } else { Ok(()) }
    }
}
