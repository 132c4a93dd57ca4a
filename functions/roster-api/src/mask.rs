//! Numbers and addresses as everybody may see them, and what stands behind them when they come back.

use muster::Contact;
use muster::channel::Channel;
use serde_json::Value;

/// Stands for what is not shown.
const DOTS: &str = "•••••";

/// A channel's address as everybody may see it: `+1•••••0101`, `a•••••@example.com`.
fn masked(channel: &Channel) -> String {
    let address = channel.address();
    match channel {
        Channel::Email(_) => {
            let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
            let first = local.chars().next().unwrap_or('?');
            format!("{first}{DOTS}@{domain}")
        }
        Channel::Sms(_) | Channel::Voice(_) => {
            // A number has seven digits at least, all ASCII.
            let tail = address.get(address.len().saturating_sub(4)..).unwrap_or_default();
            format!("{}{DOTS}{tail}", address.get(..2).unwrap_or("+"))
        }
    }
}

/// A contact as JSON, with its numbers and addresses masked.
pub(crate) fn view(contact: &Contact) -> Value {
    let mut value = serde_json::to_value(contact).unwrap_or_default();
    for (index, channel) in contact.channels.iter().enumerate() {
        value["channels"][index]["address"] = masked(channel).into();
    }
    value
}

/// Puts the current addresses back where a request carries what [`view`] showed of them: who may
/// not see a number can still change the rest of its owner's entry. Anything else masked is left
/// as it is and fails as an address.
pub(crate) fn unmask(value: &mut Value, current: Option<&Contact>) {
    let Some(current) = current else { return };
    let channels = value.get_mut("channels").and_then(Value::as_array_mut);
    for given in channels.into_iter().flatten() {
        let text = |field: &str| given[field].as_str().unwrap_or_default().to_owned();
        let (kind, address) = (text("type"), text("address"));
        if !address.contains(DOTS) {
            continue;
        }
        let same = |channel: &&Channel| channel.kind().name() == kind && masked(channel) == address;
        if let Some(channel) = current.channels.iter().find(same) {
            given["address"] = channel.address().into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks() {
        let check = |channel: Channel, expected: &str| assert_eq!(masked(&channel), expected);
        check(Channel::Sms("+14255550101".parse().unwrap()), "+1•••••0101");
        check(Channel::Voice("+442079460958".parse().unwrap()), "+4•••••0958");
        check(Channel::Email("ada@example.com".parse().unwrap()), "a•••••@example.com");
    }
}
