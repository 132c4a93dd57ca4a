//! CloudFormation: stacks are created, changed, deleted, and described, by its query protocol.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, bail};
use roxmltree::{Document, Node};

use crate::cloud::Cloud;

const VERSION: &str = "2010-05-15";

/// A template: where it is, or itself if it is not longer than a request may be (51,200 bytes).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Template<'a> {
    At(&'a str),
    Text(&'a str),
}

/// A stack as it is described.
#[derive(Clone, Debug, Default)]
pub(crate) struct Described {
    /// Its status: `CREATE_COMPLETE`.
    pub status: String,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// Its outputs by name.
    pub outputs: BTreeMap<String, String>,
}

/// The text of the first element with this name below `node`.
pub(crate) fn text(node: Node<'_, '_>, name: &str) -> Option<String> {
    node.descendants().find(|node| node.has_tag_name(name))?.text().map(str::to_owned)
}

/// The members of the lists with this name below `node`.
fn members<'a, 'i>(node: Node<'a, 'i>, name: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    let lists = node.descendants().filter(move |node| node.has_tag_name(name));
    lists.flat_map(|list| list.children().filter(|member| member.has_tag_name("member")))
}

impl Cloud {
    /// Makes a call; an error is the message of the service.
    async fn cloudformation(&self, action: &str, more: &[(String, String)]) -> Result<String> {
        let named = more.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let form: Vec<_> =
            [("Action", action), ("Version", VERSION)].into_iter().chain(named).collect();
        let reply = self.query("cloudformation", &form).await?;
        if reply.status == 200 {
            return Ok(reply.text);
        }
        let said = Document::parse(&reply.text).ok().and_then(|said| text(said.root(), "Message"));
        bail!(said.unwrap_or_else(|| format!("{action} answers {}: {}", reply.status, reply.text)))
    }

    /// Asks for a stack from this template.
    pub(crate) async fn create_stack(
        &self,
        name: &str,
        template: Template<'_>,
        given: &[(&str, &str)],
    ) -> Result<()> {
        self.cloudformation("CreateStack", &change(name, template, given, &[])).await.map(drop)
    }

    /// Asks for a stack to be updated to this template; the parameters of `kept` stay as they are.
    pub(crate) async fn update_stack(
        &self,
        name: &str,
        template: Template<'_>,
        given: &[(&str, &str)],
        kept: &[String],
    ) -> Result<()> {
        self.cloudformation("UpdateStack", &change(name, template, given, kept)).await.map(drop)
    }

    /// Asks for a stack to be deleted.
    pub(crate) async fn delete_stack(&self, name: &str) -> Result<()> {
        self.cloudformation("DeleteStack", &stack(name)).await.map(drop)
    }

    /// Describes a stack; none if there is none.
    pub(crate) async fn describe_stack(&self, name: &str) -> Result<Option<Described>> {
        let xml = match self.cloudformation("DescribeStacks", &stack(name)).await {
            Err(error) if error.to_string().contains("does not exist") => return Ok(None),
            xml => xml?,
        };
        let answer = Document::parse(&xml)?;
        let Some(found) = members(answer.root(), "Stacks").next() else { return Ok(None) };
        let outputs = members(found, "Outputs")
            .filter_map(|output| Some((text(output, "OutputKey")?, text(output, "OutputValue")?)));
        let parameters = members(found, "Parameters").filter_map(|one| text(one, "ParameterKey"));
        Ok(Some(Described {
            status: text(found, "StackStatus").unwrap_or_default(),
            parameters: parameters.collect(),
            outputs: outputs.collect(),
        }))
    }

    /// Calls `each` with every member of the list `name` of a paged action on a stack.
    async fn each_member(
        &self,
        action: &str,
        of: &str,
        name: &str,
        mut each: impl FnMut(Node<'_, '_>),
    ) -> Result<()> {
        let mut form = stack(of);
        loop {
            let xml = self.cloudformation(action, &form).await?;
            let answer = Document::parse(&xml)?;
            members(answer.root(), name).for_each(&mut each);
            let Some(next) = text(answer.root(), "NextToken") else { return Ok(()) };
            form = stack(of);
            form.push(("NextToken".to_owned(), next));
        }
    }

    /// Returns what CloudFormation called each resource of a stack.
    pub(crate) async fn stack_resources(&self, name: &str) -> Result<BTreeMap<String, String>> {
        let mut parts = BTreeMap::new();
        let list = "StackResourceSummaries";
        let each = |one: Node<'_, '_>| {
            let (name, id) = (text(one, "LogicalResourceId"), text(one, "PhysicalResourceId"));
            parts.extend(name.zip(id));
        };
        self.each_member("ListStackResources", name, list, each).await?;
        Ok(parts)
    }

    /// Returns the first thing that went wrong in a stack: what fails after it was only called off.
    pub(crate) async fn stack_failure(&self, name: &str) -> anyhow::Error {
        let mut first = None;
        let each = |event: Node<'_, '_>| {
            let failed = text(event, "ResourceStatus").is_some_and(|s| s.ends_with("_FAILED"));
            if let (true, Some(reason)) = (failed, text(event, "ResourceStatusReason")) {
                let what = text(event, "LogicalResourceId").unwrap_or_default();
                let kind = text(event, "ResourceType").unwrap_or_default();
                // Newest first, so the last one seen is the first one that happened.
                first = Some(anyhow!("the stack {name} failed at {what} ({kind}): {reason}"));
            }
        };
        match self.each_member("DescribeStackEvents", name, "StackEvents", each).await {
            Ok(()) => {
                first.unwrap_or_else(|| anyhow!("the stack {name} failed and gives no reason"))
            }
            Err(error) => error,
        }
    }
}

fn stack(name: &str) -> Vec<(String, String)> {
    vec![("StackName".to_owned(), name.to_owned())]
}

fn change(
    name: &str,
    template: Template<'_>,
    given: &[(&str, &str)],
    kept: &[String],
) -> Vec<(String, String)> {
    let mut form = stack(name);
    let (what, template) = match template {
        Template::At(url) => ("TemplateURL", url),
        Template::Text(text) => ("TemplateBody", text),
    };
    form.push((what.to_owned(), template.to_owned()));
    form.push(("Capabilities.member.1".to_owned(), "CAPABILITY_IAM".to_owned()));
    let given = given.iter().map(|(key, value)| (*key, "ParameterValue", *value));
    let kept = kept.iter().map(|key| (key.as_str(), "UsePreviousValue", "true"));
    for (index, (key, what, value)) in given.chain(kept).enumerate() {
        let member = format!("Parameters.member.{}", index + 1);
        form.push((format!("{member}.ParameterKey"), key.to_owned()));
        form.push((format!("{member}.{what}"), value.to_owned()));
    }
    form
}
