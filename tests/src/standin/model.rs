//! An AWS service as its own model describes it.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use flate2::bufread::GzDecoder;
use serde_json::Value;

use super::pattern::Pattern;
use super::shape::{Operation, Shape};

const FILE: &str = "service-2.json.gz";
const TYPES: [&str; 11] = [
    "structure",
    "list",
    "map",
    "string",
    "integer",
    "long",
    "float",
    "double",
    "boolean",
    "timestamp",
    "blob",
];

/// The model of one service, as botocore carries it.
#[derive(Debug)]
pub(crate) struct Model {
    /// The service's folder in botocore, such as `pinpoint-sms-voice-v2`.
    pub name: String,
    document: Value,
    /// By shape.
    patterns: HashMap<String, Pattern>,
}

/// How a service is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol<'a> {
    /// awsJson: the operation is in a header, its input in the body.
    Json {
        /// What stands before the operation's name.
        prefix: &'a str,
        /// `1.0` or `1.1`.
        version: &'a str,
    },
    /// restJson: method and path say the operation, and the input is all over the request.
    Rest,
}

impl Model {
    /// The newest model of this service in botocore's folder `data`.
    ///
    /// # Errors
    /// There is none, or it has something that we would have to pass over: a type, a reference or a
    /// pattern that we cannot read.
    pub(crate) fn load(data: &Path, service: &str) -> Result<Self> {
        let folder = data.join(service);
        let mut versions = Vec::new();
        for entry in folder.read_dir().with_context(|| format!("no {}", folder.display()))? {
            versions.push(entry?.path().join(FILE));
        }
        versions.retain(|file| file.is_file());
        // Versions are dates, so the newest is the last.
        let file = versions.into_iter().max();
        let file = file.with_context(|| format!("no {FILE} in {}", folder.display()))?;
        let text = GzDecoder::new(BufReader::new(File::open(&file)?));
        let document = serde_json::from_reader(BufReader::new(text));
        let document: Value = document.with_context(|| format!("bad {}", file.display()))?;
        let patterns = patterns(&document).with_context(|| format!("in {service}"))?;
        let model = Self { name: service.to_owned(), document, patterns };
        model.is_readable().with_context(|| format!("in {service}"))?;
        Ok(model)
    }

    fn is_readable(&self) -> Result<()> {
        let shapes = self.document["shapes"].as_object().context("no shapes")?;
        for (name, shape) in shapes {
            let kind = text(&shape["type"]);
            ensure!(TYPES.contains(&kind), "shape {name} is a {kind:?}");
            let parts = ["member", "key", "value"].map(|role| &shape[role]);
            let members = shape["members"].as_object();
            let members = members.into_iter().flat_map(serde_json::Map::values);
            for part in parts.into_iter().filter(|part| part.is_object()).chain(members) {
                let part = text(&part["shape"]);
                ensure!(shapes.contains_key(part), "shape {name} asks for {part:?}");
            }
        }
        for operation in self.operations() {
            let sides = ["input", "output"].map(|side| operation.shape_name(side));
            for shape in sides.into_iter().flatten().chain(operation.errors()) {
                ensure!(shapes.contains_key(shape), "{} asks for {shape:?}", operation.name);
            }
            ensure!(!operation.path().contains('?'), "the path of {} has a query", operation.name);
        }
        match text(&self.document["metadata"]["protocol"]) {
            "json" | "rest-json" => Ok(()),
            other => bail!("the protocol {other:?} is not spoken here"),
        }
    }

    /// The service's name in a signature.
    pub(crate) fn signing_name(&self) -> &str {
        let metadata = &self.document["metadata"];
        let own = metadata["signingName"].as_str();
        own.unwrap_or_else(|| text(&metadata["endpointPrefix"]))
    }

    /// How the service is spoken to.
    pub(crate) fn protocol(&self) -> Protocol<'_> {
        let metadata = &self.document["metadata"];
        if metadata["protocol"] == "rest-json" {
            return Protocol::Rest;
        }
        let (prefix, version) = (text(&metadata["targetPrefix"]), text(&metadata["jsonVersion"]));
        Protocol::Json { prefix, version }
    }

    /// All that it does.
    pub(crate) fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let all = self.document["operations"].as_object().into_iter().flatten();
        all.map(|(name, document)| Operation { model: self, name, document })
    }

    /// The operation of this name.
    pub(crate) fn operation(&self, name: &str) -> Option<Operation<'_>> {
        let (name, document) = self.document["operations"].as_object()?.get_key_value(name)?;
        Some(Operation { model: self, name, document })
    }

    pub(super) fn pattern(&self, shape: &str) -> Option<&Pattern> {
        self.patterns.get(shape)
    }

    /// The shape of this name.
    pub(crate) fn shape(&self, name: &str) -> Option<Shape<'_>> {
        let (name, document) = self.document["shapes"].as_object()?.get_key_value(name)?;
        Some(Shape { model: self, name, document })
    }
}

fn patterns(document: &Value) -> Result<HashMap<String, Pattern>> {
    let shapes = document["shapes"].as_object().into_iter().flatten();
    let shapes = shapes.filter_map(|(name, shape)| Some((name, shape["pattern"].as_str()?)));
    let read = |(name, text): (&String, &str)| {
        let pattern = Pattern::read(text);
        Ok((name.clone(), pattern.with_context(|| format!("pattern of {name}: {text}"))?))
    };
    shapes.map(read).collect()
}

/// A text; nothing for what is none.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
