//! What the local cloud lacks: the services behind the stand-in, as stories see and set them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::standin::{Contacts, GuardDuty, Incidents, Paged, SecurityHub, Spoken, Standin, Voice};
use crate::system::System;

/// The detector that finds everything.
const DETECTOR: &str = "12abc34d567e8fa901bc2d34e56789f0";
/// By which variables the functions find the services.
pub(crate) const ENDPOINTS: [&str; 5] = [
    "AWS_ENDPOINT_URL_GUARDDUTY",
    "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2",
    "AWS_ENDPOINT_URL_SECURITYHUB",
    "AWS_ENDPOINT_URL_SSM_CONTACTS",
    "AWS_ENDPOINT_URL_SSM_INCIDENTS",
];

/// The stand-in and the state of its services.
#[derive(Debug)]
pub(crate) struct Outside {
    pub standin: Standin,
    voice: Voice,
    guardduty: GuardDuty,
    security_hub: SecurityHub,
    contacts: Contacts,
    incidents: Incidents,
}

impl Outside {
    /// Serves them by the models in botocore's folder `data`.
    pub(crate) async fn start(data: &Path, wait_scale: f64) -> Result<Self> {
        let (voice, guardduty) = (Voice::default(), GuardDuty::default());
        let security_hub = SecurityHub::default();
        let contacts = Contacts::default();
        contacts.scale(wait_scale);
        let incidents = Incidents::new(contacts.clone());
        guardduty.enable(DETECTOR);
        let services = vec![
            (Voice::SERVICE, voice.act()),
            (GuardDuty::SERVICE, guardduty.act()),
            (SecurityHub::SERVICE, security_hub.act()),
            (Contacts::SERVICE, contacts.act()),
            (Incidents::SERVICE, incidents.act()),
        ];
        let standin = Standin::start(data, services).await?;
        Ok(Self { standin, voice, guardduty, security_hub, contacts, incidents })
    }
}

impl System {
    fn outside(&self) -> Result<&Outside> {
        self.host_outside().context("this system was started without the stand-in")
    }

    /// The calls to this number: what was said, and where from.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn calls_to(&self, number: &str) -> Result<Vec<(String, String)>> {
        let spoken = self.outside()?.voice.spoken();
        let ours = spoken.into_iter().filter(|spoken| spoken.to == number);
        Ok(ours.map(|Spoken { from, text, .. }| (from, text)).collect())
    }

    /// From now on, calls of this number are refused: its owner wants none.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn opt_out(&self, number: &str) -> Result<()> {
        self.outside()?.voice.refuse(number, Voice::opted_out());
        Ok(())
    }

    /// `GuardDuty` lists this finding, in the form that an event's detail has.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn list_in_guardduty(&self, mut finding: Value) -> Result<()> {
        finding["service"]["detectorId"] = DETECTOR.into();
        self.outside()?.guardduty.find(finding)
    }

    /// Security Hub is in use, and lists these findings in ASFF.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn list_in_security_hub(&self, findings: Vec<Value>) -> Result<()> {
        self.outside()?.security_hub.enable(findings);
        Ok(())
    }

    /// The unified Security Hub is in use, and lists these findings in OCSF.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn list_in_unified_hub(&self, findings: Vec<Value>) -> Result<()> {
        self.outside()?.security_hub.enable_v2(findings);
        Ok(())
    }

    /// Whether the account uses Incident Manager.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn use_incident_manager(&self, used: bool) -> Result<()> {
        self.outside()?.incidents.use_it(used);
        Ok(())
    }

    /// Incident Manager's contacts by alias, with `channels` and `plan`.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn engaged(&self) -> Result<serde_json::Map<String, Value>> {
        Ok(self.outside()?.contacts.all())
    }

    /// Does a call of Incident Manager's contacts as somebody at the console would.
    ///
    /// # Errors
    /// There is no stand-in, or it refuses.
    pub fn by_hand(&self, operation: &str, input: Value) -> Result<Value> {
        let end = self.outside()?.contacts.by_hand(operation, input);
        end.map_err(|fault| anyhow::anyhow!("{fault:?}"))
    }

    /// Does a call of Incident Manager's incidents as somebody at the console would; `by` in the input is
    /// the name of their role.
    ///
    /// # Errors
    /// There is no stand-in, or it refuses.
    pub fn incident_by_hand(&self, operation: &str, input: Value) -> Result<Value> {
        let end = self.outside()?.incidents.by_hand(operation, input);
        end.map_err(|fault| anyhow::anyhow!("{fault:?}"))
    }

    /// Incident Manager's response plans by name.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn response_plans(&self) -> Result<serde_json::Map<String, Value>> {
        Ok(self.outside()?.incidents.plans())
    }

    /// Incident Manager's records of incidents, with the texts of their timelines under `events`.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn records(&self) -> Result<Vec<Value>> {
        Ok(self.outside()?.incidents.records())
    }

    /// Of Incident Manager's calls with this part in them, each of this number comes too fast from now on;
    /// none if it is 0.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn throttle_outside(&self, part: &str, each: usize) -> Result<()> {
        self.outside()?.contacts.throttle(part, each);
        Ok(())
    }

    /// How many calls came too fast.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn throttled_outside(&self) -> Result<usize> {
        Ok(self.outside()?.contacts.throttled())
    }

    /// Whom Incident Manager has paged so far.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn paged_outside(&self) -> Result<Vec<Paged>> {
        Ok(self.outside()?.contacts.paged())
    }

    /// What was deleted in Incident Manager while a plan still engaged it.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn dangling(&self) -> Result<Vec<String>> {
        Ok(self.outside()?.contacts.dangling())
    }

    /// Requests that AWS's own models do not allow, and answers of the stand-in that AWS would not give.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn refused_outside(&self) -> Result<Vec<String>> {
        let refusals = self.outside()?.standin.refusals();
        Ok(refusals.iter().map(|refusal| format!("{refusal:?}")).collect())
    }

    /// The operations that were called, as IAM names them: `ssm-contacts:GetContact`.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn called_outside(&self) -> Result<BTreeSet<String>> {
        let calls = self.outside()?.standin.calls();
        Ok(calls.iter().map(|call| format!("{}:{}", call.service, call.operation)).collect())
    }

    /// Who has called which operation: access keys, and names as IAM has them.
    ///
    /// # Errors
    /// There is no stand-in.
    pub fn callers_outside(&self) -> Result<BTreeSet<(String, String)>> {
        // IAM has another name for this service than its API, and one for two operations.
        let named = |action: String| {
            let action = action.replace("pinpoint-sms-voice-v2:", "sms-voice:");
            action.replace("securityhub:GetFindingsV2", "securityhub:GetFindings")
        };
        let callers = self.outside()?.standin.callers();
        Ok(callers.into_iter().map(|(key, action)| (key, named(action))).collect())
    }

    /// The next calls of an operation fail so.
    ///
    /// # Errors
    /// There is no stand-in, no such operation or no such error.
    pub fn fail_outside(
        &self,
        service: &str,
        operation: &str,
        code: &str,
        times: usize,
    ) -> Result<()> {
        self.outside()?.standin.fail(service, operation, code, times)
    }
}
