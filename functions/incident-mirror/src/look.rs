//! The look of every minute: at the records of incidents that are recent or being paged for.

use jiff::Timestamp;
use muster_domain::value::id::IncidentId;
use muster_runtime::error::AwsError;

use crate::{Failure, Polled, Reflector};

/// How many records one look reaches well within a minute: a few calls each, four at a time. If there
/// are more, the next looks go on where this one ends.
const MOST: usize = 300;

impl Reflector {
    /// Looks at each of these records: what people did there comes back, what is missing there is made.
    pub(crate) async fn poll(&self, now: Timestamp) -> Result<Polled, Failure> {
        if !self.directory.in_use().await? {
            return Ok(Polled { open: 0 });
        }
        let (open, undated) = tokio::try_join!(
            self.incidents.mirrors().open_mirrors(now),
            self.incidents.mirrors().undated_mirrors()
        )?;
        let number = open.len();
        let mut ids = undated.clone();
        ids.extend(share(open, now));
        let ends = self.reflect_all(ids, true, now).await;
        for id in &undated {
            // One that cannot be read stops no other, nor the look: it is found again in a minute.
            if let Err(error) = self.date(id).await {
                tracing::warn!(incident = %id, reason = %error, "a record stays undated");
            }
        }
        let failed = ends.values().filter(|well| !**well).count();
        tracing::info!(open = number, failed, "records looked at");
        if failed > 0 {
            return Err(Failure::Behind(failed));
        }
        Ok(Polled { open: number })
    }

    /// Gives a record of an earlier release the time until which it is looked at. One whose incident has
    /// expired is looked at no more.
    async fn date(&self, id: &IncidentId) -> Result<(), AwsError> {
        let Some(mut mirror) = self.incidents.mirrors().mirror(id).await? else { return Ok(()) };
        let incident = self.incidents.incident(id).await?;
        let until = incident.and_then(|incident| mirror.look_until(&incident));
        // A conflict is another run's write, which has given it one.
        self.incidents.mirrors().keep_mirror(&mut mirror, until).await.map(drop)
    }
}

/// This minute's part of what is to be looked at.
fn share(mut ids: Vec<IncidentId>, now: Timestamp) -> Vec<IncidentId> {
    if ids.len() > MOST {
        let minute = usize::try_from(now.as_second() / 60).unwrap_or(0);
        let first = (minute % ids.len()) * (MOST % ids.len()) % ids.len();
        ids.rotate_left(first);
        ids.truncate(MOST);
    }
    ids
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_few_looks_reach_every_record() {
        let ids: Vec<IncidentId> =
            (0..1000).map(|number| format!("i-{number:04}").parse().unwrap()).collect();
        let now: Timestamp = "2026-11-23T03:00:00Z".parse().unwrap();
        let few = ids.get(..MOST).unwrap().to_vec();
        assert_eq!(share(few.clone(), now), few);
        let minute = |number| now + jiff::SignedDuration::from_mins(number);
        let reached: BTreeSet<_> =
            (0..4).flat_map(|number| share(ids.clone(), minute(number))).collect();
        assert_eq!(reached.len(), ids.len());
    }
}
