//! Numbers and addresses as everybody may see them, and what stands behind them when they come back.

use muster_domain::roster::contact::Contact;
use muster_domain::value::channel::{Channel, DOTS, MaskedChannel};
use serde_json::Value;

/// A contact as JSON, with its numbers and addresses masked.
pub(crate) fn view(contact: &Contact) -> Value {
    let mut value = serde_json::to_value(contact).unwrap_or_default();
    let masked: Vec<MaskedChannel> = contact.channels.iter().map(MaskedChannel::from).collect();
    value["channels"] = serde_json::to_value(masked).unwrap_or_default();
    value
}

/// Puts the current addresses back where a request carries what [`view`] showed of them: who may
/// not see a number can still change the rest of its owner's entry. Anything else masked is left
/// as it is and fails as an address.
pub(crate) fn unmask(value: &mut Value, current: Option<&Contact>) {
    let Some(current) = current else { return };
    let channels = value.get_mut("channels").and_then(Value::as_array_mut);
    let given: Vec<&mut Value> = channels.into_iter().flatten().collect();
    let unmoved = given.len() == current.channels.len();
    for (index, given) in given.into_iter().enumerate() {
        let text = |field: &str| given[field].as_str().unwrap_or_default().to_owned();
        let (kind, address) = (text("type"), text("address"));
        if !address.contains(DOTS) {
            continue;
        }
        let same =
            |channel: &&Channel| channel.kind().name() == kind && channel.masked() == address;
        // Two addresses may look alike. Which is meant tells only the place, and that only while no
        // channel was added or taken away.
        let mut alike = current.channels.iter().filter(same);
        let found = match (alike.next(), alike.next()) {
            (Some(channel), None) => Some(channel),
            _ => current.channels.get(index).filter(|channel| unmoved && same(channel)),
        };
        if let Some(channel) = found {
            given["address"] = channel.address().into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_told_by_its_place_or_not_at_all() {
        let address = |text: &str| Channel::Email(text.parse().unwrap());
        let row = serde_json::json!({
            "name": "Ada", "roles": ["legal_counsel"], "time_zone": "UTC",
            "channels": [
                {"type": "email", "address": "ada@example.com"},
                {"type": "email", "address": "amir@example.com"},
                {"type": "sms", "address": "+14255550101"}
            ]
        });
        let draft: muster_domain::roster::contact::draft::ContactInput =
            serde_json::from_value(row).unwrap();
        let stamp = muster_domain::value::stamps::Stamp {
            by: "test".into(),
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let ada = draft.check(None, None, &stamp).unwrap();
        let mut sent = view(&ada);
        unmask(&mut sent, Some(&ada));
        assert_eq!(sent, serde_json::to_value(&ada).unwrap(), "as it was read");
        let mut sent = view(&ada);
        sent["channels"].as_array_mut().unwrap().remove(0);
        unmask(&mut sent, Some(&ada));
        // It is left masked, and so refused, rather than taken for the other one.
        assert_eq!(sent["channels"][0]["address"], address("amir@example.com").masked());
        assert_eq!(sent["channels"][1]["address"], "+14255550101");
    }
}
