//! Incident Manager's engagements and the pages that come of them: its ledger of who was paged.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::contacts::{ARN, PAGES, State, invalid, next, not_found, text};
use super::incidents::moment;
use super::{Call, Fault};

/// Somebody, or everybody of a plan, is engaged.
#[derive(Clone, Debug)]
pub(super) struct Engagement {
    arn: String,
    contact: String,
    incident: String,
    sender: String,
    started: Timestamp,
    stopped: Option<Timestamp>,
    pages: Vec<Page>,
}

/// One page to one channel.
#[derive(Clone, Debug)]
struct Page {
    arn: String,
    contact: String,
    channel: String,
    at: Timestamp,
    read: Option<Timestamp>,
}

/// A page as stories see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged {
    /// Its ARN.
    pub arn: String,
    /// The alias of the contact.
    pub alias: String,
    /// The number or address.
    pub address: String,
    /// The ARN of the record that it is for.
    pub incident: String,
}

impl State {
    /// Engages a contact for a record; what that comes to is worked out when somebody looks.
    pub(super) fn engage(&mut self, contact: &str, incident: &str, sender: &str) -> String {
        self.made += 1;
        let alias = contact.rsplit('/').next().unwrap_or_default();
        let arn = format!("{ARN}:engagement/{alias}/00000000-0000-4000-8000-{:012}", self.made);
        self.engagements.push(Engagement {
            arn: arn.clone(),
            contact: contact.to_owned(),
            incident: incident.to_owned(),
            sender: sender.to_owned(),
            started: Timestamp::now(),
            stopped: None,
            pages: Vec::new(),
        });
        arn
    }

    /// A stage's wait as long as it takes here.
    fn wait(&self, minutes: &Value) -> SignedDuration {
        SignedDuration::from_secs_f64(minutes.as_f64().unwrap_or_default() * 60.0 * self.scale)
    }

    /// Every page that is due, by the plans as they are: whom a page is for, by which channel, and when.
    fn due(&self, contact: &str, from: Timestamp) -> Vec<(String, String, Timestamp)> {
        let Some(known) = self.contacts.iter().find(|known| known.arn == contact) else {
            return Vec::new();
        };
        let (mut at, mut due) = (from, Vec::new());
        for stage in known.plan["Stages"].as_array().into_iter().flatten() {
            for target in stage["Targets"].as_array().into_iter().flatten() {
                let channel = target["ChannelTargetInfo"]["ContactChannelId"].as_str();
                let activated = known.channels.iter().any(|known| {
                    known["ContactChannelArn"].as_str() == channel
                        && known["ActivationStatus"] == "ACTIVATED"
                });
                if let Some(channel) = channel.filter(|_| activated) {
                    due.push((contact.to_owned(), channel.to_owned(), at));
                }
                if let Some(contact) = target["ContactTargetInfo"]["ContactId"].as_str() {
                    due.extend(self.due(contact, at));
                }
            }
            at += self.wait(&stage["DurationInMinutes"]);
        }
        due
    }

    /// Sends whatever is due by now, until somebody acknowledges or stops it.
    fn send(&mut self) {
        let now = Timestamp::now();
        for number in 0..self.engagements.len() {
            let engagement = self.engagements[number].clone();
            let end = engagement.stopped.unwrap_or(now);
            for (contact, channel, at) in self.due(&engagement.contact, engagement.started) {
                let same = |page: &Page| page.channel == channel && page.at == at;
                if at > end || self.engagements[number].pages.iter().any(same) {
                    continue;
                }
                self.made += 1;
                let alias = contact.rsplit('/').next().unwrap_or_default();
                let arn = format!("{ARN}:page/{alias}/00000000-0000-4000-8000-{:012}", self.made);
                self.engagements[number].pages.push(Page { arn, contact, channel, at, read: None });
            }
        }
    }

    /// The ledger: every page so far.
    pub(super) fn paged(&mut self) -> Vec<Paged> {
        self.send();
        let address = |arn: &str| {
            let mut channels = self.contacts.iter().flat_map(|contact| &contact.channels);
            let found = channels.find(|channel| channel["ContactChannelArn"] == *arn);
            found.map(|channel| text(&channel["DeliveryAddress"], "SimpleAddress"))
        };
        let all = self.engagements.iter().flat_map(|e| e.pages.iter().map(move |page| (e, page)));
        all.map(|(engagement, page)| Paged {
            arn: page.arn.clone(),
            alias: page.contact.rsplit('/').next().unwrap_or_default().to_owned(),
            address: address(&page.channel).unwrap_or_default(),
            incident: engagement.incident.clone(),
        })
        .collect()
    }

    /// The operations that are about engagements and pages.
    pub(super) fn of_engagement(&mut self, call: &Call) -> Result<Value, Fault> {
        self.send();
        let input = &call.input;
        let id = text(input, "EngagementId");
        let at = self.engagements.iter().position(|engagement| engagement.arn == id);
        let found = || at.ok_or_else(|| not_found(&id));
        match call.operation.as_str() {
            "StartEngagement" => {
                let contact = text(input, "ContactId");
                self.contact(&contact)?;
                let arn = self.engage(&contact, &text(input, "IncidentId"), &text(input, "Sender"));
                Ok(json!({ "EngagementArn": arn }))
            }
            "StopEngagement" => {
                let engagement = &mut self.engagements[found()?];
                engagement.stopped = engagement.stopped.or(Some(Timestamp::now()));
                Ok(json!({}))
            }
            "ListEngagements" => {
                let of = |engagement: &&Engagement| {
                    input["IncidentId"].as_str().is_none_or(|id| id == engagement.incident)
                };
                let all = self.engagements.iter().filter(of).map(Engagement::shown).collect();
                let (page, token) = PAGES.page(input, all).ok_or_else(|| invalid("NextToken"))?;
                Ok(next(json!({ "Engagements": page }), token))
            }
            "ListPagesByEngagement" => {
                let engagement = &self.engagements[found()?];
                let all = engagement.pages.iter().map(|page| page.shown(engagement)).collect();
                let (page, token) = PAGES.page(input, all).ok_or_else(|| invalid("NextToken"))?;
                Ok(next(json!({ "Pages": page }), token))
            }
            "AcceptPage" => {
                let id = text(input, "PageId");
                let now = Timestamp::now();
                for engagement in &mut self.engagements {
                    if let Some(page) = engagement.pages.iter_mut().find(|page| page.arn == id) {
                        page.read = Some(now);
                        engagement.stopped = engagement.stopped.or(Some(now));
                        return Ok(json!({}));
                    }
                }
                Err(not_found(&id))
            }
            other => Err(Fault::unsupported(other)),
        }
    }
}

impl Engagement {
    fn shown(&self) -> Value {
        let mut shown = json!({
            "EngagementArn": self.arn, "ContactArn": self.contact, "Sender": self.sender,
            "IncidentId": self.incident, "StartTime": moment(self.started)
        });
        if let Some(at) = self.stopped {
            shown["StopTime"] = moment(at);
        }
        shown
    }
}

impl Page {
    fn shown(&self, engagement: &Engagement) -> Value {
        let mut shown = json!({
            "PageArn": self.arn, "EngagementArn": engagement.arn, "ContactArn": self.contact,
            "Sender": engagement.sender, "IncidentId": engagement.incident, "SentTime": moment(self.at)
        });
        if let Some(at) = self.read {
            shown["ReadTime"] = moment(at);
        }
        shown
    }
}
