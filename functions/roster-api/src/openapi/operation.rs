//! One operation of the document, built piece by piece.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, ContentBuilder, Header, Ref, RefOr, Required, Schema};

use crate::problem::Problem;
use crate::scope::Allowed;

/// An example of each type of problem, by the end of its type.
pub(super) type Examples = BTreeMap<String, Value>;

/// An operation in the making.
pub(super) struct Draft {
    builder: OperationBuilder,
    answers: BTreeMap<u16, ResponseBuilder>,
    problems: BTreeMap<u16, Vec<Value>>,
}

/// A reference to a schema.
pub(super) fn of<T: ToSchema>() -> RefOr<Schema> {
    Ref::from_schema_name(T::name()).into()
}

/// A list of something.
pub(super) fn list_of<T: ToSchema>() -> RefOr<Schema> {
    Schema::Array(ArrayBuilder::new().items(of::<T>()).build()).into()
}

/// A page of a list.
pub(super) fn page_of<T: ToSchema>() -> RefOr<Schema> {
    let page = ObjectBuilder::new()
        .property("items", ArrayBuilder::new().items(of::<T>()))
        .required("items")
        .property(
            "next_cursor",
            text().description(Some("Send it as cursor to get the next page.")),
        )
        .additional_properties(Some(
            utoipa::openapi::schema::AdditionalProperties::<Schema>::FreeForm(false),
        ));
    Schema::Object(page.build()).into()
}

pub(super) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A text that is one of these.
pub(super) fn one_of(words: &[&str]) -> ObjectBuilder {
    text().enum_values(Some(words.iter().copied()))
}

fn content(schema: RefOr<Schema>) -> Content {
    ContentBuilder::new().schema(Some(schema)).build()
}

impl Draft {
    pub(super) fn new(id: &str, tag: &str, summary: &str) -> Self {
        let builder =
            OperationBuilder::new().operation_id(Some(id)).tag(tag).summary(Some(summary));
        Self { builder, answers: BTreeMap::new(), problems: BTreeMap::new() }
    }

    pub(super) fn about(mut self, description: &str) -> Self {
        self.builder = self.builder.description(Some(description));
        self
    }

    fn parameter(
        mut self,
        name: &str,
        place: ParameterIn,
        schema: ObjectBuilder,
        about: &str,
    ) -> Self {
        let required = if place == ParameterIn::Path { Required::True } else { Required::False };
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .required(required)
            .description(Some(about))
            .schema(Some(Schema::Object(schema.build())));
        self.builder = self.builder.parameter(parameter);
        self
    }

    pub(super) fn query(self, name: &str, schema: ObjectBuilder, about: &str) -> Self {
        self.parameter(name, ParameterIn::Query, schema, about)
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

    /// A good answer: JSON of this schema.
    pub(super) fn ok(self, status: u16, about: &str, schema: RefOr<Schema>) -> Self {
        self.answer(status, about, vec![("application/json", schema)])
    }

    /// A good answer of these media types; none for one without a body.
    pub(super) fn answer(
        mut self,
        status: u16,
        about: &str,
        contents: Vec<(&str, RefOr<Schema>)>,
    ) -> Self {
        let mut answer = ResponseBuilder::new().description(about);
        for (kind, schema) in contents {
            answer = answer.content(kind, content(schema));
        }
        self.answers.insert(status, answer);
        self
    }

    /// A header of the good answers, the problems aside.
    pub(super) fn answer_header(mut self, status: u16, name: &str, about: &str) -> Self {
        let mut header = Header::new(Schema::Object(text().build()));
        header.description = Some(about.to_owned());
        if let Some(answer) = self.answers.remove(&status) {
            self.answers.insert(status, answer.header(name, header));
        }
        self
    }

    /// Problems it may answer, each an example of its type.
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

    /// The operation, with what every route of its kind may answer; an example of each problem it
    /// has goes to those `known`.
    pub(super) fn build(mut self, allowed: Allowed, known: &mut Examples) -> Operation {
        self = match allowed {
            Allowed::Everybody => self,
            Allowed::Any(scopes) => {
                let mut names: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
                names.push("admin");
                self.builder =
                    self.builder.security(SecurityRequirement::new::<_, _, String>("iam", []));
                let token = SecurityRequirement::new("token", names.clone());
                self.builder = self.builder.security(token);
                self.problems([Problem::unsigned(), Problem::not_in_scope(&names)])
            }
        };
        // A path whose variable part is empty or has a slash may be another route's.
        self = self.problems([Problem::wrong_method()]);
        for (status, examples) in self.problems {
            let types: Vec<_> = examples.iter().filter_map(|e| e["type"].as_str()).collect();
            let about = format!("A problem: {}.", types.join(", "));
            let named = examples.iter().map(|example| {
                let name = example["type"].as_str().unwrap().rsplit(':').next().unwrap();
                known.entry(name.to_owned()).or_insert_with(|| example.clone());
                let reference = Ref::new(format!("#/components/examples/{name}"));
                (name.to_owned(), RefOr::Ref(reference))
            });
            let problem = ContentBuilder::new()
                .schema(Some(of::<super::answers::Problem>()))
                .examples_from_iter(named)
                .build();
            let answer = self.answers.remove(&status);
            let answer = answer.unwrap_or_else(|| ResponseBuilder::new().description(about));
            self.answers.insert(status, answer.content("application/problem+json", problem));
        }
        let gateway = |about: &str| {
            let message = content(of::<super::answers::GatewayMessage>());
            ResponseBuilder::new().description(about).content("application/json", message)
        };
        if !matches!(allowed, Allowed::Everybody) {
            for status in [401, 403] {
                let message = content(of::<super::answers::GatewayMessage>());
                let answer = self.answers.remove(&status).unwrap_or_default();
                self.answers.insert(status, answer.content("application/json", message));
            }
        }
        self.answers.insert(429, gateway("Too many requests: the gateway's own answer."));
        let mut builder = self.builder;
        for (status, answer) in self.answers {
            let answer: Response = answer.build();
            builder = builder.response(status.to_string(), answer);
        }
        builder.build()
    }
}

/// An id in a path.
pub(super) fn id() -> ObjectBuilder {
    text().pattern(Some("^[a-z0-9-]{1,64}$")).examples([json!("ada-lovelace")])
}
