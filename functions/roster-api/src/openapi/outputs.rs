//! What each kind of answer is.

use axum::Json;
use muster_domain::roster::contact::Contact;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema as _, ToSchema};

use super::handler::Output;
use super::operation::{Draft, text};
use crate::http::answer::{
    Accepted, AcceptedAt, Created, Deleted, List, Private, Put, Report, Shown,
};
use crate::http::problem::Problem;
use crate::incidents::links::LinkPage;
use crate::reports::document;
use crate::reports::evidence::Zip;
use crate::reviews::pages::ReviewPage;
use crate::roster::entries::Served;
use crate::roster::export::{Exported, FileFormat};
use crate::roster::transfer::{ImportResult, Imported};

const ETAG: &str = "Version of the entry, in quotes.";

impl<T: Output> Output for Result<T, Problem> {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        T::describe(draft)
    }
}

impl<T: ToSchema> Output for Json<T> {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft.json::<T>(200)
    }
}

impl<T: ToSchema> Output for List<T> {
    fn describe(mut draft: Draft<'_>) -> Draft<'_> {
        let schema = draft.list::<T>();
        draft.answer(200, vec![("application/json", schema)])
    }
}

impl<T: ToSchema> Output for Private<Vec<T>> {
    fn describe(mut draft: Draft<'_>) -> Draft<'_> {
        let schema = draft.list::<T>();
        draft.answer(200, vec![("application/json", schema)])
    }
}

impl<E: Served + ToSchema> Output for Shown<E> {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft.json::<E>(200).answer_header(200, "ETag", ETAG)
    }
}

impl<E: Served + ToSchema> Output for Created<E> {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let draft = draft.json::<E>(201).answer_header(201, "ETag", ETAG);
        if E::ONLY.is_some() {
            return draft;
        }
        draft.answer_header(201, "Location", "Path of the new entry.")
    }
}

impl<E: Served + ToSchema> Output for Put<E> {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        Created::<E>::describe(Shown::<E>::describe(draft))
    }
}

impl Output for Deleted {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft.answer(204, vec![])
    }
}

impl<T: ToSchema> Output for Accepted<T> {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft.json::<T>(202)
    }
}

impl<T: ToSchema> Output for AcceptedAt<T> {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft.json::<T>(202).answer_header(202, "Location", "Path of the report.")
    }
}

impl<T: ToSchema> Output for Report<T> {
    fn describe(mut draft: Draft<'_>) -> Draft<'_> {
        let schema = draft.schema::<T>();
        draft.answer(
            200,
            vec![
                ("application/json", schema),
                ("text/markdown; charset=utf-8", text().into()),
                ("text/html; charset=utf-8", text().into()),
            ],
        )
    }
}

impl Output for Imported {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft.json::<ImportResult>(200).json::<ImportResult>(422)
    }
}

impl Output for Exported {
    fn describe(mut draft: Draft<'_>) -> Draft<'_> {
        draft.schema::<Contact>();
        let contacts = draft.named("ExportedContact", super::pass::unmasked(&Contact::schema()));
        let contacts: RefOr<Schema> =
            Schema::Array(ArrayBuilder::new().items(contacts).build()).into();
        let schema = |format: FileFormat| match format {
            FileFormat::Json => contacts.clone(),
            FileFormat::Csv | FileFormat::Vcard => text().into(),
        };
        let contents = FileFormat::ALL.map(|format| (format.media_type(), schema(format)));
        draft
            .answer(200, contents.into())
            .answer_header(200, "Content-Disposition", "File name.")
            .answer_header(200, "Link", "Path of the next file (`rel=\"next\"`), if there is one.")
    }
}

impl Output for Zip {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let file =
            text().format(Some(utoipa::openapi::schema::SchemaFormat::Custom("binary".into())));
        draft.answer(200, vec![("application/zip", file.into())]).answer_header(
            200,
            "Content-Disposition",
            "File name.",
        )
    }
}

impl Output for document::Served {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft.json::<super::schemas::OpenApiDocument>(200)
    }
}

impl Output for LinkPage {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        [200, 404, 409, 410, 500, 503].into_iter().fold(draft, Draft::html)
    }
}

impl Output for ReviewPage {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        [200, 404, 409, 422, 500, 503].into_iter().fold(draft, Draft::html)
    }
}
