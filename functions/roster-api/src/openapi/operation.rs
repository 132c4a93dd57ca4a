//! One operation of the document, built piece by piece from a handler's signature and its texts.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, ContentBuilder, Header, Ref, RefOr, Required, Schema};

use super::texts::Text;
use crate::http::problem::Problem;
use crate::http::scope::Allowed;

/// What all operations share: the schemas they refer to, and an example of each type of problem.
#[derive(Default)]
pub(crate) struct Shared {
    pub(super) schemas: BTreeMap<String, Value>,
    pub(super) examples: BTreeMap<String, Value>,
}

/// An operation in the making.
pub(crate) struct Draft<'a> {
    shared: &'a mut Shared,
    text: Text,
    builder: OperationBuilder,
    answers: BTreeMap<u16, ResponseBuilder>,
    problems: BTreeMap<u16, Vec<Value>>,
}

/// A schema of texts.
pub(super) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A schema of integers within a range.
pub(super) fn integer(least: i64, most: i64) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least)).maximum(Some(most))
}

/// A schema of `true` and `false`.
pub(super) fn flag() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

fn value(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap()
}

fn content(schema: RefOr<Schema>) -> Content {
    ContentBuilder::new().schema(Some(schema)).build()
}

fn header(schema: ObjectBuilder, about: &str) -> Header {
    let mut header = Header::new(Schema::Object(schema.build()));
    header.description = Some(about.to_owned());
    header
}

/// The header that goes with problems of a status.
fn problem_header(status: u16) -> Option<(&'static str, Header)> {
    Some(match status {
        405 => ("Allow", header(text(), "Methods that the path supports.")),
        412 => {
            let about =
                "Current version of the entry, in quotes. Omitted if no entry with this ID exists.";
            ("ETag", header(text().examples([json!("\"3\"")]), about))
        }
        503 => {
            ("Retry-After", header(integer(1, 3600), "Seconds to wait before the next attempt."))
        }
        _ => return None,
    })
}

impl<'a> Draft<'a> {
    pub(super) fn new(text: Text, shared: &'a mut Shared) -> Self {
        let builder = OperationBuilder::new()
            .operation_id(Some(text.id.clone()))
            .tag(text.tag)
            .summary(Some(text.summary.clone()));
        let problems = text.problems.clone();
        let draft =
            Self { shared, text, builder, answers: BTreeMap::new(), problems: BTreeMap::new() };
        draft.problems(problems)
    }

    /// The schema of a type: a list by itself, everything else by its name.
    pub(super) fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let mut nested = Vec::new();
        T::schemas(&mut nested);
        let nested = nested.into_iter().map(|(name, schema)| (name, value(&schema)));
        self.shared.schemas.extend(nested);
        match T::schema() {
            list @ RefOr::T(Schema::Array(_)) => list,
            schema => self.named(&T::name(), value(&schema)),
        }
    }

    /// The schema of a list of a type.
    pub(super) fn list<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let item = self.schema::<T>();
        Schema::Array(ArrayBuilder::new().items(item).build()).into()
    }

    /// A schema by its name.
    pub(super) fn named(&mut self, name: &str, schema: Value) -> RefOr<Schema> {
        self.shared.schemas.insert(name.to_owned(), schema);
        Ref::from_schema_name(name).into()
    }

    fn parameter(
        mut self,
        name: &str,
        place: ParameterIn,
        schema: impl Into<RefOr<Schema>>,
        about: &str,
    ) -> Self {
        let required = if place == ParameterIn::Path { Required::True } else { Required::False };
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .required(required)
            .description(Some(about))
            .schema(Some(schema));
        self.builder = self.builder.parameter(parameter);
        self
    }

    pub(super) fn query(self, name: &str, schema: impl Into<RefOr<Schema>>, about: &str) -> Self {
        self.parameter(name, ParameterIn::Query, schema, about)
    }

    /// A parameter of the query whose values are those of a type.
    pub(super) fn query_of<T: ToSchema>(mut self, name: &str, about: &str) -> Self {
        let schema = self.schema::<T>();
        self.query(name, schema, about)
    }

    pub(super) fn header(self, name: &str, schema: ObjectBuilder, about: &str) -> Self {
        self.parameter(name, ParameterIn::Header, schema, about)
    }

    pub(super) fn path(self, name: &str, schema: ObjectBuilder, about: &str) -> Self {
        self.parameter(name, ParameterIn::Path, schema, about)
    }

    /// A body of these media types.
    pub(super) fn body(mut self, bodies: Vec<(&str, RefOr<Schema>, Option<Value>)>) -> Self {
        let mut body = RequestBodyBuilder::new().required(Some(Required::True));
        for (kind, schema, example) in bodies {
            let content = ContentBuilder::new().schema(Some(schema)).example(example).build();
            body = body.content(kind, content);
        }
        self.builder = self.builder.request_body(Some(body.build()));
        self
    }

    /// A JSON answer.
    pub(super) fn json<T: ToSchema>(mut self, status: u16) -> Self {
        let schema = self.schema::<T>();
        self.answer(status, vec![("application/json", schema)])
    }

    /// An answer of these media types; none for one without a body. The operation's texts describe it.
    pub(super) fn answer(mut self, status: u16, contents: Vec<(&str, RefOr<Schema>)>) -> Self {
        let about = self.text.answers.iter().find(|(of, _)| *of == status);
        let id = &self.text.id;
        let (_, about) = about.unwrap_or_else(|| panic!("{id} has no text for {status}"));
        let mut answer = ResponseBuilder::new().description(about.as_str());
        for (kind, schema) in contents {
            answer = answer.content(kind, content(schema));
        }
        self.answers.insert(status, answer);
        self
    }

    /// A page for people.
    pub(super) fn html(self, status: u16) -> Self {
        self.answer(status, vec![("text/html; charset=utf-8", text().into())])
    }

    /// What a repeated request with the same key does.
    pub(super) const fn repeated(&self) -> &'static str {
        self.text.repeated
    }

    /// A header of an answer.
    pub(super) fn answer_header(mut self, status: u16, name: &str, about: &str) -> Self {
        if let Some(answer) = self.answers.remove(&status) {
            self.answers.insert(status, answer.header(name, header(text(), about)));
        }
        self
    }

    /// Problems that it can answer, each an example of its type.
    pub(super) fn problems(mut self, problems: impl IntoIterator<Item = Problem>) -> Self {
        for problem in problems {
            let value = serde_json::to_value(problem).unwrap();
            let status = u16::try_from(value["status"].as_u64().unwrap()).unwrap();
            let known = self.problems.entry(status).or_default();
            if known.iter().all(|other| other["type"] != value["type"]) {
                known.push(value);
            }
        }
        self
    }

    /// The operation, with what every route of its kind can answer.
    pub(super) fn build(mut self, allowed: Allowed) -> Operation {
        let mut description = self.text.description.clone();
        self = match allowed {
            Allowed::Everybody => {
                self.builder = self.builder.securities(Some(Vec::<SecurityRequirement>::new()));
                self
            }
            Allowed::Any(scopes) => {
                let mut names: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
                names.push("admin");
                let listed: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                let scopes = match listed.as_slice() {
                    [only] => format!("the scope {only}"),
                    all => format!("one of the scopes {}", all.join(", ")),
                };
                description = format!("{description} A bearer token needs {scopes}.");
                let one = |name| SecurityRequirement::new::<_, _, String>(name, []);
                self.builder = self.builder.security(one("iam")).security(one("token"));
                let extension = ExtensionsBuilder::new().add("x-required-scopes", json!(names));
                self.builder = self.builder.extensions(Some(extension.build()));
                self.problems([Problem::unsigned(), Problem::not_in_scope(&names)])
            }
        };
        self.builder = self.builder.description(Some(description));
        // A path whose variable part is empty or has a slash can be another route's.
        self = self.problems([Problem::wrong_method()]);
        let problem = self.schema::<Problem>();
        let message = self.schema::<super::schemas::GatewayMessage>();
        for (status, examples) in std::mem::take(&mut self.problems) {
            let types: Vec<_> = examples.iter().filter_map(|e| e["type"].as_str()).collect();
            let about = format!("A problem: {}.", types.join(", "));
            let known = &mut self.shared.examples;
            let named = examples.iter().map(|example| {
                let name = example["type"].as_str().unwrap().rsplit(':').next().unwrap();
                known.entry(name.to_owned()).or_insert_with(|| example.clone());
                let reference = Ref::new(format!("#/components/examples/{name}"));
                (name.to_owned(), RefOr::Ref(reference))
            });
            let problem = Some(problem.clone());
            let content = ContentBuilder::new().schema(problem).examples_from_iter(named);
            let answer = self.answers.remove(&status);
            let answer = answer.unwrap_or_else(|| ResponseBuilder::new().description(about));
            let mut answer = answer.content("application/problem+json", content.build());
            if matches!(status, 401 | 403) && !matches!(allowed, Allowed::Everybody) {
                // What the gateway refuses by itself never reaches Muster.
                answer = answer.content("application/json", self::content(message.clone()));
            }
            if let Some((name, header)) = problem_header(status) {
                answer = answer.header(name, header);
            }
            self.answers.insert(status, answer);
        }
        let throttled = ResponseBuilder::new()
            .description("Too many requests. Returned by API Gateway.")
            .content("application/json", content(message));
        self.answers.insert(429, throttled);
        let mut builder = self.builder;
        for (status, answer) in self.answers {
            let answer: Response = answer.build();
            builder = builder.response(status.to_string(), answer);
        }
        builder.build()
    }
}

/// An ID in a path.
pub(super) fn id() -> ObjectBuilder {
    text().pattern(Some("^[a-z0-9-]{1,64}$")).examples([json!("ada-lovelace")])
}
