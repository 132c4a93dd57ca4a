//! Whatever stands in an event, no reader fails on it, and nothing of it is shown uncleaned.

use proptest::prelude::*;
use proptest::sample::Index;

use super::events::{all, read_event};
use super::*;
use crate::value::text::cleaned;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("\u{202E}gpj.exe\nhttps://evil.example")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z]{1,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// The pointers of all values below `value`.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    let mut below = |name: &str, value: &Value| {
        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        pointers(value, &at, all);
        all.push(at);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| below(name, value)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| below(&at.to_string(), value));
        }
        _ => {}
    }
}

/// Replaces the value at one of the places below `detail`, or removes it.
fn mutate(event: &mut Value, place: Index, odd: Option<Value>) {
    let mut all = Vec::new();
    pointers(&event["detail"], "/detail", &mut all);
    if all.is_empty() {
        return;
    }
    let pointer = &all[place.index(all.len())];
    if let Some(odd) = odd {
        *event.pointer_mut(pointer).unwrap() = odd;
    } else if let Some((parent, name)) = pointer.rsplit_once('/')
        && let Some(Value::Object(parent)) = event.pointer_mut(parent)
    {
        parent.remove(&name.replace("~1", "/").replace("~0", "~"));
    }
}

fn shown(finding: &Finding) -> Vec<&str> {
    let mut texts = vec![
        finding.title.as_str(),
        &finding.description,
        &finding.account,
        &finding.region,
        &finding.console_url,
    ];
    texts.extend(finding.resource.as_deref());
    texts.extend(finding.details.iter().flat_map(|line| [line.label.as_str(), &line.value]));
    texts.extend(
        finding.custom_action.iter().flat_map(|asked| [asked.action.as_str(), &asked.account]),
    );
    texts
}

proptest! {
    #[test]
    fn no_field_can_break_a_reader(
        file in any::<Index>(),
        places in prop::collection::vec((any::<Index>(), prop::option::of(any_json())), 1..6)
    ) {
        let files = all();
        let mut event = files[file.index(files.len())].1.clone();
        for (place, odd) in places {
            mutate(&mut event, place, odd);
        }
        for finding in read_event(&event).into_iter().flatten() {
            let text = serde_json::to_string(&finding).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Finding>(&text).unwrap(), &finding);
            for text in shown(&finding) {
                if text == finding.console_url {
                    prop_assert!(text.is_ascii() && !text.contains([' ', '"', '<', '\n']), "{text}");
                    let host = text.trim_start_matches("https://").split('/').next().unwrap();
                    let ours = [
                        "aws.amazon.com",
                        "amazonaws-us-gov.com",
                        "amazonaws.cn",
                        "amazonaws-eusc.eu",
                    ];
                    let ours = ours.map(|name| format!("console.{name}"));
                    prop_assert!(ours.iter().any(|name| host.ends_with(name)), "{text}");
                } else {
                    prop_assert_eq!(cleaned(text, 5000), text);
                }
            }
            prop_assert!(!finding.title.is_empty());
            prop_assert!(!finding.related_findings.contains(&finding.identity));
        }
    }
}
