//! Event files: one EventBridge envelope, or several one after the other.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Deserializer, Value};

/// The envelopes in a text: one, over as many lines as it likes, or several.
///
/// # Errors
/// Where the text is no JSON, or holds something that is no envelope.
pub fn events(text: &str) -> Result<Vec<Value>> {
    let mut events = Vec::new();
    for event in Deserializer::from_str(text).into_iter() {
        let event: Value =
            event.with_context(|| format!("event {} is no JSON", events.len() + 1))?;
        if !event.is_object() {
            bail!("event {} is no EventBridge envelope: it is not a JSON object", events.len() + 1);
        }
        events.push(event);
    }
    ensure!(!events.is_empty(), "there is no event in it");
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_or_several() {
        let check = |text: &str, expected: Result<usize, &str>| {
            let found = events(text).map(|events| events.len()).map_err(|e| format!("{e:#}"));
            match expected {
                Ok(number) => assert_eq!(found, Ok(number), "{text}"),
                Err(part) => assert!(found.as_ref().unwrap_err().contains(part), "{found:?}"),
            }
        };
        check("{\n  \"id\": \"1\"\n}\n", Ok(1));
        check("{\"id\":\"1\"}\n\n{\"id\":\"2\"}\r\n{\"id\":\"3\"}", Ok(3));
        check("", Err("no event"));
        check("{\"id\":\"1\"}\n{\"id\":", Err("event 2 is no JSON"));
        check("[]", Err("not a JSON object"));
    }
}
