//! A document for people, and how it is written: as Markdown, or as one HTML file that prints well.
//!
//! Every text in it arrives as text: whatever somebody typed, no mark of it becomes a format.

mod html;
mod markdown;

use serde::Serialize;

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading of a section (level 2) or of a part of one (level 3).
    Heading {
        /// 2 or 3.
        level: u8,
        /// Its text.
        text: String,
    },
    /// A paragraph; an empty line in it begins another.
    Text {
        /// Its text.
        text: String,
    },
    /// A list.
    List {
        /// Its items.
        items: Vec<String>,
    },
    /// A table.
    Table {
        /// What it shows.
        caption: String,
        /// The names of its columns.
        head: Vec<String>,
        /// Its rows, each with a cell for each column; the first names the row.
        rows: Vec<Vec<String>>,
    },
    /// Something that wants attention.
    Notice {
        /// Its text.
        text: String,
    },
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// What stands under the title: whose it is and of when.
    pub subtitle: String,
    /// Its parts, in order.
    pub blocks: Vec<Block>,
}

impl Document {
    /// An empty document.
    #[must_use]
    pub fn new(title: impl Into<String>, subtitle: impl Into<String>) -> Self {
        Self { title: title.into(), subtitle: subtitle.into(), blocks: Vec::new() }
    }

    /// Adds the heading of a section.
    pub fn section(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading { level: 2, text: text.into() });
    }

    /// Adds the heading of a part of a section.
    pub fn part(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading { level: 3, text: text.into() });
    }

    /// Adds a paragraph.
    pub fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text { text: text.into() });
    }

    /// Adds something that wants attention.
    pub fn notice(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Notice { text: text.into() });
    }

    /// Adds a list; nothing if it is empty.
    pub fn list<T: Into<String>>(&mut self, items: impl IntoIterator<Item = T>) {
        let items: Vec<String> = items.into_iter().map(Into::into).collect();
        if !items.is_empty() {
            self.blocks.push(Block::List { items });
        }
    }

    /// Adds a table; nothing if it has no row.
    pub fn table(&mut self, caption: &str, head: &[&str], rows: Vec<Vec<String>>) {
        if !rows.is_empty() {
            let head = head.iter().map(|name| (*name).to_owned()).collect();
            self.blocks.push(Block::Table { caption: caption.to_owned(), head, rows });
        }
    }
}

#[cfg(test)]
mod tests;
