//! Faults name the variable and what it can be, and the template allows just what is read.

use muster_domain::incident_manager::directory::{ManualEdits, PagingBackend, Use};

use super::*;

const TEMPLATE: &str = include_str!("../../../../infra/muster.yaml");

/// What the template says of a parameter's key, such as `AllowedValues`.
fn of_parameter(parameter: &str, key: &str) -> String {
    let begin = format!("\n  {parameter}:\n");
    let rest = TEMPLATE.split_once(&begin).unwrap_or_else(|| panic!("no {parameter}")).1;
    let mut lines = rest.lines().take_while(|line| line.starts_with("    "));
    let key = format!("    {key}: ");
    lines.find_map(|line| line.strip_prefix(&key)).unwrap_or_default().replace('\'', "")
}

fn same_words<T: Words + PartialEq>(parameter: &str, variable: &str) {
    let words: Vec<_> = T::WORDS.iter().map(|(word, _)| *word).collect();
    assert_eq!(of_parameter(parameter, "AllowedValues"), format!("[{}]", words.join(", ")));
    let default = of_parameter(parameter, "Default");
    assert!(chosen::<T>("X", &default).unwrap() == chosen("X", "").unwrap(), "{parameter}");
    assert!(TEMPLATE.contains(&format!("{variable}: !Ref {parameter}\n")), "{variable}");
}

#[test]
fn the_template_allows_the_words_that_are_read() {
    same_words::<bool>("SampleFindingsAsDrills", SAMPLES_ARE_DRILLS);
    same_words::<Use>("IncidentManager", INCIDENT_MANAGER);
    same_words::<PagingBackend>("PagingBackend", PAGING_BACKEND);
    same_words::<ManualEdits>("IncidentManagerManualEdits", MANUAL_EDITS);
}

#[test]
fn the_template_allows_the_numbers_that_are_read() {
    for (parameter, number) in [
        ("ReviewIntervalDays", REVIEW_DAYS),
        ("ChannelVerificationDays", PROOF_DAYS),
        ("DrillIntervalDays", DRILL_DAYS),
        ("UnansweredReminders", REMINDERS),
        ("IncidentRetentionDays", INCIDENT_RETENTION_DAYS),
    ] {
        let said = ["Default", "MinValue", "MaxValue"].map(|key| of_parameter(parameter, key));
        let read = [number.default, number.least, number.most].map(|number| number.to_string());
        assert_eq!(said, read, "{parameter}");
        assert!(TEMPLATE.contains(&format!("{}: !Ref {parameter}\n", number.name)), "{parameter}");
    }
}

#[test]
fn a_fault_names_the_variable_and_what_it_can_be() {
    let fault = chosen::<PagingBackend>(PAGING_BACKEND, "natve").unwrap_err().to_string();
    assert_eq!(fault, "the environment variable MUSTER_PAGING_BACKEND must be native or both");
    for wrong in ["0", "731", "-1", "25 days", "25.0"] {
        let fault = REVIEW_DAYS.parsed(wrong).unwrap_err().to_string();
        let said = "the environment variable MUSTER_REVIEW_DAYS must be an integer from 1 to 730";
        assert_eq!(fault, said, "{wrong}");
    }
    assert_eq!((REVIEW_DAYS.parsed(""), REVIEW_DAYS.parsed("730")), (Ok(25), Ok(730)));
    assert!(!chosen::<bool>(SAMPLES_ARE_DRILLS, "").unwrap());
    let fault = required("MUSTER_NO_SUCH_VARIABLE").unwrap_err().to_string();
    assert!(fault.starts_with("the environment variable MUSTER_NO_SUCH_VARIABLE is not set"));
}
