//! What people correct themselves by a code, and what waits for the roster's owner.

use anyhow::{Context as _, Result, ensure};
use rehearsal::{Lane, Page, SOON, link_in, until};
use serde_json::{Value, json};

use crate::reviews::{address, mail, person, review};
use crate::stage::Stage;

/// The digits in the last mail with a code to an address, once there are this many.
async fn code(lane: &Lane, to: &str, number: usize) -> Result<String> {
    let found = until(SOON, async || {
        let mails = lane.mails(to).await?;
        let mut codes: Vec<_> =
            mails.into_iter().filter(|m| m.starts_with("Your code for")).collect();
        Ok(if codes.len() >= number { codes.pop() } else { None })
    });
    let mail = found.await?.with_context(|| format!("no code came to {to}"))?;
    let digits = mail.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6);
    digits.map(str::to_owned).with_context(|| format!("no code in {mail}"))
}

/// Another code than this one.
fn another(code: &str) -> String {
    let last = code.chars().last().and_then(|c| c.to_digit(10)).unwrap_or_default();
    format!("{}{}", &code[..5], (last + 1) % 10)
}

async fn corrections(lane: &Lane) -> Result<Vec<Value>> {
    let answer = lane.ok("GET", "/change-requests", &Value::Null).await?;
    answer["items"].as_array().cloned().context("no list")
}

async fn link(lane: &Lane, id: &str) -> Result<String> {
    link_in(&mail(lane, id, "Please confirm", 1).await?, "/review/")
}

pub(crate) async fn a_channel_is_changed_by_whoever_reads_its_code(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("channels", &[]).await?;
    lane.ok("POST", "/contacts", &person("kai", "technical_lead")).await?;
    lane.ok("POST", "/contacts", &person("lea", "incident_commander")).await?;
    review(&lane).await?;
    let link = link(&lane, "kai").await?;
    let page = lane.open(&link).await?;
    let old = page.hidden("replace", "channel").context("no channel")?.to_owned();
    let ask = |to: &str| {
        let fields = [("do", "replace"), ("channel", old.as_str()), ("address", to)];
        let fields: Vec<(String, String)> =
            fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        fields
    };
    let fill = async |fields: &[(String, String)]| -> Result<Page> {
        let fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        lane.fill(&link, &fields).await
    };
    let wrong = fill(&ask("not an address")).await?;
    ensure!(
        wrong.status == 422 && wrong.html.contains("must be a single email address"),
        "{}",
        wrong.html
    );
    ensure!(wrong.html.contains("Such as: ada@example.com"), "{}", wrong.html);
    let same = fill(&ask(&address("kai"))).await?;
    ensure!(
        same.status == 422 && same.html.contains("is already one of your channels"),
        "{}",
        same.html
    );

    let new = "kai-new@lane.example.com";
    let sent = fill(&ask(new)).await?;
    ensure!(
        sent.status == 200
            && sent.html.contains("k\u{2022}\u{2022}\u{2022}\u{2022}\u{2022}@lane.example.com"),
        "{}",
        sent.html
    );
    let waiting = sent.hidden("code", "channel").context("no form for the code")?.to_owned();
    let right = code(&lane, new, 1).await?;
    let give = async |code: &str| {
        lane.fill(&link, &[("do", "code"), ("channel", &waiting), ("code", code)]).await
    };
    let guess = give(&another(&right)).await?;
    ensure!(guess.status == 422 && guess.html.contains("That is not the code"), "{}", guess.html);
    let unchanged = lane.ok("GET", "/contacts/kai", &Value::Null).await?;
    let done = give(&right).await?;
    ensure!(done.status == 200 && done.html.contains("is proven"), "{}", done.html);
    let now = lane.ok("GET", "/contacts/kai", &Value::Null).await?;
    ensure!(now["version"] == unchanged["version"].as_u64().unwrap_or_default() + 1, "{now}");
    let channels = lane.ok("GET", "/contacts/kai/channels", &Value::Null).await?;
    ensure!(
        channels[0]["address"] == new && channels.as_array().map(Vec::len) == Some(2),
        "{channels}"
    );
    let reach = lane.ok("GET", "/contacts/kai/channel-status", &Value::Null).await?;
    ensure!(
        reach["items"][0]["verified"] == true && reach["items"][1]["verified"] == false,
        "{reach}"
    );
    // Whoever was reached before hears of it: the link may be in other hands.
    let word = mail(&lane, "kai", "The ways to reach you were changed", 1).await?;
    ensure!(!word.contains(new) && word.contains("If this was not you"), "{word}");
    // A code works once.
    let again = give(&right).await?;
    ensure!(again.status == 422 && again.html.contains("no longer good"), "{}", again.html);

    // Whoever guesses has five guesses, and whoever asks has five codes.
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let add = [("do", "add"), ("type", "email"), ("address", "kai-more@lane.example.com")];
        statuses.push(lane.fill(&link, &add).await?.status);
    }
    ensure!(statuses == [200, 200, 200, 200, 200, 422], "{statuses:?}");
    let history = lane.ok("GET", "/contacts/kai/changes", &Value::Null).await?;
    ensure!(!history.to_string().contains(new), "addresses are hidden: {history}");
    Ok(())
}

pub(crate) async fn what_somebody_says_is_wrong_waits_for_the_owner(stage: &Stage) -> Result<()> {
    let lane = stage.system.lane("corrections", &[]).await?;
    let mut mia = person("mia", "technical_lead");
    mia["backup_contact"] = "nil".into();
    lane.ok("POST", "/contacts", &mia).await?;
    for (id, role) in [("nil", "technical_lead"), ("ole", "incident_commander")] {
        lane.ok("POST", "/contacts", &person(id, role)).await?;
    }
    let dpa = json!({
        "id": "dpa", "organization": "Authority <i>X</i>", "type": "regulator",
        "contact_email": "desk@lane.example.com", "owner": "ole"
    });
    lane.ok("POST", "/external-resources", &dpa).await?;
    let asked = json!({ "subjects": ["contact:mia", "contact:nil", "external:dpa"] });
    let (status, answer) = lane.call("POST", "/reviews", &asked).await?;
    ensure!(status == 202, "{status}: {answer}");
    let (status, answer) =
        lane.call("POST", "/reviews", &json!({"subjects": ["contact:zoe"]})).await?;
    ensure!(status == 422 && answer.contains("subjects[0]"), "{status}: {answer}");

    // Something is wrong: nothing changes until the owner has looked.
    let link_of_mia = link(&lane, "mia").await?;
    let nothing = lane.fill(&link_of_mia, &[("do", "correct"), ("department", "")]).await?;
    ensure!(
        nothing.status == 422 && nothing.html.contains("must describe a change"),
        "{}",
        nothing.html
    );
    let bad = [("do", "correct"), ("time_zone", "Mars/Olympus"), ("department", "Cloud \"<b>\"")];
    let bad = lane.fill(&link_of_mia, &bad).await?;
    ensure!(bad.status == 422 && bad.html.contains("Time zone: must be an IANA"), "{}", bad.html);
    ensure!(
        bad.html.contains("value=\"Cloud &quot;&lt;b&gt;&quot;\""),
        "what was typed stays: {}",
        bad.html
    );
    let fields = [
        ("do", "correct"),
        ("time_zone", "Europe/Berlin"),
        ("department", "Cloud"),
        ("note", "New desk."),
    ];
    let kept = lane.fill(&link_of_mia, &fields).await?;
    ensure!(
        kept.status == 200 && kept.html.contains("with the roster&#39;s owner"),
        "{}",
        kept.html
    );
    let waiting = corrections(&lane).await?;
    ensure!(waiting.len() == 1 && waiting[0]["patch"]["department"] == "Cloud", "{waiting:?}");
    let now = lane.ok("GET", "/contacts/mia", &Value::Null).await?;
    ensure!(now["department"].is_null(), "{now}");
    let told = until(SOON, async || {
        let heard = lane.owner_heard().await?;
        Ok(heard.into_iter().find(|said| said.starts_with("Muster: a correction waits")))
    });
    told.await?.context("the owner was not told")?;
    let id = waiting[0]["id"].as_str().context("no id")?;
    lane.ok("POST", &format!("/change-requests/{id}/approve"), &Value::Null).await?;
    let now = lane.ok("GET", "/contacts/mia", &Value::Null).await?;
    ensure!(now["department"] == "Cloud" && now["time_zone"] == "Europe/Berlin", "{now}");
    ensure!(now["confirmed_at"].is_string() && corrections(&lane).await?.is_empty(), "{now}");
    let (status, _) =
        lane.call("POST", &format!("/change-requests/{id}/reject"), &Value::Null).await?;
    ensure!(status == 409, "decided twice: {status}");

    // Somebody has left: paged until the owner agrees, and then replaced by the backup.
    let link_of_nil = link(&lane, "nil").await?;
    let left = lane.fill(&link_of_nil, &[("do", "departure"), ("note", "Ask Mia.")]).await?;
    ensure!(left.status == 200, "{}", left.html);
    let report = lane.ok("GET", "/coverage", &Value::Null).await?;
    ensure!(report.to_string().contains("departure_reported"), "{report}");
    let waiting = corrections(&lane).await?;
    let id = waiting[0]["id"].as_str().context("no id")?;
    let path = format!("/change-requests/{id}/approve");
    let (status, answer) = lane.call("POST", &path, &Value::Null).await?;
    // Mia is backed up by nobody else.
    ensure!(status == 409 && answer.contains("backup_missing"), "{status}: {answer}");
    let path = format!("{path}?allow_gaps=true&reason=new%20backup%20to%20come");
    lane.ok("POST", &path, &Value::Null).await?;
    let now = lane.ok("GET", "/contacts/nil", &Value::Null).await?;
    ensure!(now["status"] == "departed", "{now}");
    let gone = lane.open(&link_of_nil).await?;
    ensure!(gone.status == 404, "{}", gone.html);

    // An organization is reviewed by its owner in the same way.
    let letter = mail(&lane, "ole", "Please confirm the entry of Authority", 1).await?;
    let link_of_ole = link_in(&letter, "/review/")?;
    let page = lane.open(&link_of_ole).await?;
    ensure!(page.html.contains("Authority &lt;i&gt;X&lt;/i&gt;"), "{}", page.html);
    let version = page.hidden("confirm", "version").context("no version")?.to_owned();
    let done = lane.fill(&link_of_ole, &[("do", "confirm"), ("version", &version)]).await?;
    ensure!(done.status == 200, "{}", done.html);
    let now = lane.ok("GET", "/external-resources/dpa", &Value::Null).await?;
    ensure!(now["confirmed_at"].is_string() && now["updated_by"] == "contact:ole", "{now}");
    Ok(())
}
