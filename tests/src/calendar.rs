//! Lets time pass for what a lane has stored: months of reviews, days of links.

use anyhow::{Context as _, Result};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::lane::Lane;

/// A month, and a bit.
const MONTH: SignedDuration = SignedDuration::from_hours(31 * 24);

fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

impl Lane {
    /// Puts everything of an entry's review a month back: its reminders, and that they were sent.
    ///
    /// # Errors
    /// It has no review, or a failed call.
    pub async fn age_review(&self, subject: &str) -> Result<()> {
        let client = Client::new(&self.cloud.config);
        let table = &self.stack.incidents_table;
        let pk = format!("review#{subject}");
        let found = self.scan("pk = :pk", &[(":pk", &pk)]).await?;
        let mut review =
            found.into_iter().next().with_context(|| format!("no review of {subject}"))?;
        for reminder in review["reminders"].as_array_mut().into_iter().flatten() {
            let at: Timestamp = reminder["at"].as_str().unwrap_or_default().parse()?;
            let at = at - MONTH;
            reminder["month"] = at.strftime("%Y-%m").to_string().into();
            reminder["at"] = at.to_string().into();
        }
        let put = client.put_item().table_name(table);
        put.set_item(Some(serde_dynamo::to_item(review)?)).send().await?;
        // What was sent this month was about this month; it is about an earlier one now.
        for item in self.scan("begins_with(pk, :notice)", &[(":notice", "notice#")]).await? {
            let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            let (pk, sk) = (text("pk"), text("sk"));
            if !pk.ends_with(&format!("#{subject}")) {
                continue;
            }
            let mut old: Value = item.clone();
            old["pk"] = format!("notice#earlier#{}#{pk}", Timestamp::now()).into();
            let put = client.put_item().table_name(table);
            put.set_item(Some(serde_dynamo::to_item(old)?)).send().await?;
            let delete = client.delete_item().table_name(table);
            delete.key("pk", s(pk)).key("sk", s(sk)).send().await?;
        }
        Ok(())
    }

    /// Puts the clock of a notification duty this many hours on: it started, and ends, earlier.
    ///
    /// # Errors
    /// It has no such clock, or a failed call.
    pub async fn age_duty(&self, incident: &str, resource: &str, hours: i64) -> Result<()> {
        let values =
            [(":pk", format!("incident#{incident}")), (":sk", format!("deadline#{resource}"))];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        let found = self.scan("pk = :pk AND sk = :sk", &values).await?;
        let mut clock =
            found.into_iter().next().with_context(|| format!("no clock of {resource}"))?;
        let earlier = SignedDuration::from_hours(hours);
        for name in ["started_at", "deadline"] {
            let at: Timestamp = clock[name].as_str().unwrap_or_default().parse()?;
            clock[name] = (at - earlier).to_string().into();
        }
        if let Some((moment, rest)) = clock["sort"].as_str().and_then(|sort| sort.split_once('#')) {
            let moment = moment.parse::<i64>()? - hours * 3_600_000;
            clock["sort"] = format!("{moment:014}#{rest}").into();
        }
        let put =
            Client::new(&self.cloud.config).put_item().table_name(&self.stack.incidents_table);
        put.set_item(Some(serde_dynamo::to_item(clock)?)).send().await?;
        Ok(())
    }

    /// Moves an incident back by some hours: when it opened, when its escalation began, when it was acknowledged, and the
    /// day on which contacts are told of it again.
    ///
    /// # Errors
    /// There is no such incident, or a failed call.
    pub async fn age_incident(&self, incident: &str, hours: i64) -> Result<()> {
        let pk = format!("incident#{incident}");
        let earlier = SignedDuration::from_hours(hours);
        let back = |at: &mut Value| -> Result<()> {
            let text = at.as_str().unwrap_or_default();
            *at = (text.parse::<Timestamp>()? - earlier).to_string().into();
            Ok(())
        };
        let client = Client::new(&self.cloud.config);
        for sk in ["incident", "daily"] {
            let values = [(":pk", pk.as_str()), (":sk", sk)];
            let found = self.scan("pk = :pk AND sk = :sk", &values).await?;
            let Some(mut item) = found.into_iter().next() else { continue };
            if sk == "daily" {
                if let Some((moment, rest)) = item["sort"].as_str().and_then(|s| s.split_once('#'))
                {
                    let moment = moment.parse::<i64>()? - hours * 3_600_000;
                    item["sort"] = format!("{moment:014}#{rest}").into();
                }
            } else {
                back(&mut item["opened_at"])?;
                let opened: Timestamp = item["opened_at"].as_str().unwrap_or_default().parse()?;
                item["sort"] = format!("{:014}#{incident}", opened.as_millisecond()).into();
                if item["resolution"].is_object() {
                    back(&mut item["resolution"]["at"])?;
                }
                back(&mut item["run_started_at"])?;
                for deed in item["acknowledgments"].as_array_mut().into_iter().flatten() {
                    back(&mut deed["at"])?;
                }
            }
            let put = client.put_item().table_name(&self.stack.incidents_table);
            put.set_item(Some(serde_dynamo::to_item(item)?)).send().await?;
        }
        Ok(())
    }

    /// Deletes an incident's own item, so that whatever names it names a missing incident.
    ///
    /// # Errors
    /// A failed call.
    pub async fn lose_incident(&self, incident: &str) -> Result<()> {
        let delete = Client::new(&self.cloud.config).delete_item();
        let delete = delete.table_name(&self.stack.incidents_table);
        let delete = delete.key("pk", s(format!("incident#{incident}"))).key("sk", s("incident"));
        delete.send().await?;
        Ok(())
    }

    /// Lets the lease of every claimed message that is no page end, and the pause after a failed one.
    ///
    /// # Errors
    /// A failed call.
    pub async fn end_leases(&self) -> Result<()> {
        let values = [(":notice", "notice#"), (":digest", "digest#")];
        let client = Client::new(&self.cloud.config);
        let past = Timestamp::now() - SignedDuration::from_mins(2);
        for mut item in
            self.scan("begins_with(pk, :notice) OR begins_with(sk, :digest)", &values).await?
        {
            let name = match item["state"].as_str() {
                Some("sending") => "lease_expires_at",
                Some("failed") => "at",
                _ => continue,
            };
            item[name] = past.to_string().into();
            let put = client.put_item().table_name(&self.stack.incidents_table);
            put.set_item(Some(serde_dynamo::to_item(item)?)).send().await?;
        }
        Ok(())
    }

    /// Lets a review's link end.
    ///
    /// # Errors
    /// A failed call.
    pub async fn expire_token(&self, link: &str) -> Result<()> {
        let token = link.rsplit('/').next().unwrap_or_default();
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()));
        let update = Client::new(&self.cloud.config).update_item();
        update
            .table_name(&self.stack.incidents_table)
            .key("pk", s(format!("token#{digest}")))
            .key("sk", s("review"))
            .update_expression("SET expires_at = :past")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":past", AttributeValue::N("1".to_owned()))
            .send()
            .await?;
        Ok(())
    }
}

/// The SHA-256 of a text, in hexadecimal.
#[must_use]
pub fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}
