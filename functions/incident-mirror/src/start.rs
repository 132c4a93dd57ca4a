//! The call that makes an incident's record: once, however often it is asked for.

use jiff::Timestamp;
use muster_domain::incident::Incident;
use muster_domain::incident_manager::directory::quiet_plan_name;
use muster_domain::incident_manager::mirror::Mirror;
use muster_incident_manager::records::{not_there, start_request};
use muster_runtime::error::AwsError;
use muster_store::incidents::Written;

use crate::Reflector;

impl Reflector {
    /// Asks for the record as stored, and takes its ARN into `mirror`, which the caller keeps. `again` if
    /// another run has asked before.
    ///
    /// # Errors
    /// With `passing`, nobody knows whether the record is there: the next call asks the same again.
    /// Otherwise it was refused, and nothing of it stays stored.
    pub(crate) async fn start(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
        again: bool,
    ) -> Result<(), AwsError> {
        let Some(request) = mirror.asked.clone() else { return Ok(()) };
        match self.records.start(&incident.id, &request, again).await {
            Ok(arn) => {
                mirror.started(arn);
                Ok(())
            }
            Err(error) if error.passing => Err(error),
            Err(error) => {
                mirror.refused();
                // After a conflict the version stays old, so that nothing more is kept over what others kept.
                let kept = self
                    .incidents
                    .mirrors()
                    .keep_mirror(mirror, mirror.look_until(incident))
                    .await?;
                tracing::warn!(incident = %incident.id, ?kept, reason = %error, "its record was refused");
                Err(error)
            }
        }
    }

    /// The same, but for a plan that does not exist the quiet plan takes its place.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub(crate) async fn start_anyhow(
        &self,
        incident: &Incident,
        mirror: &mut Mirror,
        again: bool,
        now: Timestamp,
    ) -> Result<(), AwsError> {
        let quiet = quiet_plan_name(self.records.prefix());
        let asked = mirror.asked.as_ref().is_some_and(|asked| asked.plan == quiet);
        match self.start(incident, mirror, again).await {
            Err(error) if not_there(&error) && !asked => {
                tracing::warn!(incident = %incident.id, "its response plan does not exist; the quiet plan has its record");
                mirror.ask(start_request(incident, &quiet, now), None);
                match self
                    .incidents
                    .mirrors()
                    .keep_mirror(mirror, mirror.look_until(incident))
                    .await?
                {
                    Written::Done => self.start(incident, mirror, false).await,
                    Written::Conflict => Err(error),
                }
            }
            end => end,
        }
    }
}
