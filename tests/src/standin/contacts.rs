//! Incident Manager's contacts: people, their channels, and the plans that engage them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::engagements::{Engagement, Paged};
use super::lists::Pages;
use super::{Act, Call, Fault};

pub(super) const PAGES: Pages = Pages { token: "NextToken", limit: "MaxResults", usual: 20 };
/// In the local cloud's account, so that ARNs that the template makes are those of here.
pub(super) const ARN: &str = "arn:aws:ssm-contacts:us-east-1:111122223333";
/// What its owner would read in the message with the code.
pub(crate) const CODE: &str = "123456";

/// The service's state, shared by all clones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contacts {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) contacts: Vec<Contact>,
    /// Counts what was made, for ids.
    pub(super) made: usize,
    pub(super) engagements: Vec<Engagement>,
    /// What each second of a stage's wait takes, in seconds.
    pub(super) scale: f64,
    /// Calls with this part in them come too fast, each of this number.
    too_fast: Option<(String, usize)>,
    /// How many such calls there were, and how many of them were refused.
    counted: (usize, usize),
    /// Channels that a code was sent to.
    coded: Vec<String>,
    /// What was deleted while a plan still engaged it: allowed there, and nobody is engaged by it.
    dangling: Vec<String>,
    /// What calls with a token asked for and got: a repeated one makes nothing.
    tokens: Vec<(String, Value, Value)>,
}

#[derive(Clone, Debug)]
pub(super) struct Contact {
    pub(super) arn: String,
    alias: String,
    kind: String,
    display_name: String,
    pub(super) plan: Value,
    pub(super) channels: Vec<Value>,
}

impl Contacts {
    /// The service's folder in botocore.
    pub(crate) const SERVICE: &str = "ssm-contacts";

    /// What it does with a call.
    pub(crate) fn act(&self) -> Act {
        let contacts = self.clone();
        Box::new(move |call| contacts.done(call))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every contact with its channels and its plan, by alias.
    pub(crate) fn all(&self) -> Map<String, Value> {
        let state = self.state();
        let all = state.contacts.iter().map(|contact| {
            let value = json!({
                "arn": contact.arn, "type": contact.kind, "display_name": contact.display_name,
                "plan": contact.plan, "channels": contact.channels
            });
            (contact.alias.clone(), value)
        });
        all.collect()
    }

    /// Does a call as somebody at the console would, past every check.
    pub(crate) fn by_hand(&self, operation: &str, input: Value) -> Result<Value, Fault> {
        let (service, operation) = (Self::SERVICE.to_owned(), operation.to_owned());
        let before = self.state().dangling.len();
        let end = self.done(&Call { service, operation, input });
        // What people leave behind is theirs.
        self.state().dangling.truncate(before);
        end
    }

    fn done(&self, call: &Call) -> Result<Value, Fault> {
        let mut state = self.state();
        if state.comes_too_fast(call) {
            return Err(Fault::new("ThrottlingException", "Rate exceeded"));
        }
        let token = call.input["IdempotencyToken"].as_str();
        let token = token.map(|token| format!("{} {token}", call.operation));
        let known = state.tokens.iter().find(|(known, ..)| Some(known) == token.as_ref());
        if let Some((_, input, answer)) = known {
            if *input != call.input {
                return Err(invalid("The idempotency token was used for another request"));
            }
            return Ok(answer.clone());
        }
        let answer = state.done(call)?;
        state.tokens.extend(token.map(|token| (token, call.input.clone(), answer.clone())));
        Ok(answer)
    }

    /// Whether there is a contact with this ARN.
    pub(super) fn has(&self, arn: &str) -> bool {
        self.state().contacts.iter().any(|contact| contact.arn == arn)
    }

    /// Engages a contact for a record, as a response plan does.
    pub(super) fn engage(&self, contact: &str, incident: &str) {
        self.state().engage(contact, incident, "Incident Manager");
    }

    /// Every page so far.
    pub(crate) fn paged(&self) -> Vec<Paged> {
        self.state().paged()
    }

    /// From now on, each call of this number that has this part in it comes too fast; none if it is 0.
    pub(crate) fn throttle(&self, part: &str, each: usize) {
        self.state().too_fast = (each > 0).then(|| (part.to_owned(), each));
    }

    /// How many calls came too fast.
    pub(crate) fn throttled(&self) -> usize {
        self.state().counted.1
    }

    /// From now on, each second of a stage's wait takes so many seconds.
    pub(crate) fn scale(&self, scale: f64) {
        self.state().scale = scale;
    }

    /// What was deleted while a plan still engaged it.
    pub(crate) fn dangling(&self) -> Vec<String> {
        self.state().dangling.clone()
    }
}

pub(super) fn text(input: &Value, name: &str) -> String {
    input[name].as_str().unwrap_or_default().to_owned()
}

pub(super) fn not_found(arn: &str) -> Fault {
    let fault = Fault::new("ResourceNotFoundException", "The requested resource was not found");
    fault.with("ResourceId", arn).with("ResourceType", "CONTACT")
}

pub(super) fn invalid(why: &str) -> Fault {
    Fault::new("ValidationException", why).with("Reason", "OTHER")
}

pub(super) fn next(mut answer: Value, next: Option<String>) -> Value {
    if let Some(next) = next {
        answer["NextToken"] = next.into();
    }
    answer
}

impl State {
    fn comes_too_fast(&mut self, call: &Call) -> bool {
        let Some((part, each)) = &self.too_fast else { return false };
        if !call.input.to_string().contains(part) {
            return false;
        }
        self.counted.0 += 1;
        let strikes = self.counted.0.is_multiple_of(*each);
        self.counted.1 += usize::from(strikes);
        strikes
    }

    pub(super) fn contact(&mut self, arn: &str) -> Result<&mut Contact, Fault> {
        self.contacts.iter_mut().find(|contact| contact.arn == arn).ok_or_else(|| not_found(arn))
    }

    /// The contact that has this channel, and the channel's place.
    fn channel(&mut self, arn: &str) -> Result<(&mut Contact, usize), Fault> {
        let has = |contact: &Contact| {
            contact.channels.iter().position(|channel| channel["ContactChannelArn"] == arn)
        };
        let found = self.contacts.iter_mut().find_map(|contact| Some((has(contact)?, contact)));
        found.map(|(at, contact)| (contact, at)).ok_or_else(|| not_found(arn))
    }

    /// Refuses a plan that engages what is not there, or that a contact of this kind cannot have.
    fn plan(&self, kind: &str, arn: &str, plan: &Value) -> Result<(), Fault> {
        let stages = plan["Stages"].as_array().into_iter().flatten();
        for stage in stages {
            let targets = stage["Targets"].as_array().map_or(&[][..], Vec::as_slice);
            if stage["DurationInMinutes"] == 0 && targets.is_empty() {
                return Err(invalid("A stage without a target must last"));
            }
            for target in targets {
                let channel = target["ChannelTargetInfo"]["ContactChannelId"].as_str();
                let contact = target["ContactTargetInfo"]["ContactId"].as_str();
                let own = self.contacts.iter().find(|contact| contact.arn == arn);
                let has = |channel: &str| {
                    let mut channels = own.into_iter().flat_map(|own| &own.channels);
                    channels.any(|known| known["ContactChannelArn"] == channel)
                };
                let fits = match (kind, channel, contact) {
                    ("PERSONAL", Some(channel), None) => has(channel),
                    ("ESCALATION", None, Some(contact)) => {
                        let mut all = self.contacts.iter();
                        all.any(|known| known.arn == contact && known.kind == "PERSONAL")
                    }
                    _ => false,
                };
                if !fits {
                    return Err(invalid("The plan engages what does not exist or does not fit"));
                }
            }
        }
        Ok(())
    }

    fn done(&mut self, call: &Call) -> Result<Value, Fault> {
        let input = &call.input;
        let contact_id = text(input, "ContactId");
        match call.operation.as_str() {
            "CreateContact" => {
                let (alias, kind) = (text(input, "Alias"), text(input, "Type"));
                let arn = format!("{ARN}:contact/{alias}");
                if self.contacts.iter().any(|contact| contact.alias == alias) {
                    let fault = Fault::new("ConflictException", "The alias is taken");
                    return Err(fault.with("ResourceId", arn).with("ResourceType", "CONTACT"));
                }
                self.plan(&kind, &arn, &input["Plan"])?;
                self.contacts.push(Contact {
                    arn: arn.clone(),
                    alias,
                    kind,
                    display_name: text(input, "DisplayName"),
                    plan: input["Plan"].clone(),
                    channels: Vec::new(),
                });
                Ok(json!({ "ContactArn": arn }))
            }
            "GetContact" => {
                let contact = self.contact(&contact_id)?;
                Ok(json!({
                    "ContactArn": contact.arn, "Alias": contact.alias, "Type": contact.kind,
                    "DisplayName": contact.display_name, "Plan": contact.plan
                }))
            }
            "UpdateContact" => {
                let kind = self.contact(&contact_id)?.kind.clone();
                if input["Plan"].is_object() {
                    self.plan(&kind, &contact_id, &input["Plan"])?;
                }
                let contact = self.contact(&contact_id)?;
                if input["Plan"].is_object() {
                    contact.plan = input["Plan"].clone();
                }
                if let Some(name) = input["DisplayName"].as_str() {
                    name.clone_into(&mut contact.display_name);
                }
                Ok(json!({}))
            }
            "DeleteContact" => {
                self.contact(&contact_id)?;
                self.leave(&contact_id);
                self.contacts.retain(|contact| contact.arn != contact_id);
                Ok(json!({}))
            }
            "ListContacts" => {
                let prefix = text(input, "AliasPrefix");
                let of = |contact: &&Contact| {
                    contact.alias.starts_with(&prefix)
                        && input["Type"].as_str().is_none_or(|kind| kind == contact.kind)
                };
                let brief = |contact: &Contact| {
                    json!({
                        "ContactArn": contact.arn, "Alias": contact.alias, "Type": contact.kind,
                        "DisplayName": contact.display_name
                    })
                };
                let all = self.contacts.iter().filter(of).map(brief).collect();
                let (page, token) = PAGES.page(input, all).ok_or_else(|| invalid("NextToken"))?;
                Ok(next(json!({ "Contacts": page }), token))
            }
            _ => self.of_channel(call, &contact_id),
        }
    }

    /// The operations that are about channels.
    fn of_channel(&mut self, call: &Call, contact_id: &str) -> Result<Value, Fault> {
        let input = &call.input;
        let channel_id = text(input, "ContactChannelId");
        match call.operation.as_str() {
            "CreateContactChannel" => {
                self.made += 1;
                let made = self.made;
                let contact = self.contact(contact_id)?;
                if contact.kind != "PERSONAL" {
                    return Err(invalid("Only a person has channels"));
                }
                let same = |channel: &Value| {
                    channel["Type"] == input["Type"]
                        && channel["DeliveryAddress"] == input["DeliveryAddress"]
                };
                if contact.channels.iter().any(same) {
                    let fault = Fault::new("ConflictException", "The channel is there already");
                    let fault = fault.with("ResourceId", contact_id);
                    return Err(fault.with("ResourceType", "CONTACT_CHANNEL"));
                }
                let arn = format!(
                    "{ARN}:contact-channel/{}/00000000-0000-4000-8000-{made:012}",
                    contact.alias
                );
                contact.channels.push(json!({
                    "ContactChannelArn": arn, "ContactArn": contact_id, "Name": input["Name"],
                    "Type": input["Type"], "DeliveryAddress": input["DeliveryAddress"],
                    "ActivationStatus": "NOT_ACTIVATED"
                }));
                Ok(json!({ "ContactChannelArn": arn }))
            }
            "UpdateContactChannel" => {
                let (contact, at) = self.channel(&channel_id)?;
                let channel = &mut contact.channels[at];
                for name in ["Name", "DeliveryAddress"] {
                    if input.get(name).is_some() {
                        channel[name] = input[name].clone();
                    }
                }
                // Somebody else may be at the new address.
                if input.get("DeliveryAddress").is_some() {
                    channel["ActivationStatus"] = "NOT_ACTIVATED".into();
                }
                Ok(json!({}))
            }
            "DeleteContactChannel" => {
                self.channel(&channel_id)?;
                self.leave(&channel_id);
                let (contact, at) = self.channel(&channel_id)?;
                contact.channels.remove(at);
                Ok(json!({}))
            }
            "ListContactChannels" => {
                let all = self.contact(contact_id)?.channels.clone();
                let (page, token) = PAGES.page(input, all).ok_or_else(|| invalid("NextToken"))?;
                Ok(next(json!({ "ContactChannels": page }), token))
            }
            "SendActivationCode" => {
                self.channel(&channel_id)?;
                self.coded.push(channel_id);
                Ok(json!({}))
            }
            "ActivateContactChannel" => {
                let sent = self.coded.contains(&channel_id);
                let (contact, at) = self.channel(&channel_id)?;
                if !sent || input["ActivationCode"] != CODE {
                    return Err(invalid("The activation code is not right"));
                }
                contact.channels[at]["ActivationStatus"] = "ACTIVATED".into();
                Ok(json!({}))
            }
            _ => self.of_engagement(call),
        }
    }

    /// Notes it if a plan still engages what goes.
    fn leave(&mut self, arn: &str) {
        let engaged = |contact: &&Contact| {
            contact.arn != arn && contact.plan.to_string().contains(&format!("\"{arn}\""))
        };
        let left = self.contacts.iter().filter(engaged).map(|contact| contact.alias.clone());
        let left: Vec<_> = left.map(|alias| format!("{alias} still engages {arn}")).collect();
        self.dangling.extend(left);
    }
}
