//! A document as one HTML file: nothing from outside, legible on a phone and on paper.

use super::{Block, Document};
use crate::value::text::escape;

/// No colour carries a meaning alone, and none has less contrast than 4.5 to 1 (WCAG 2.2, 1.4.3).
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;\
margin:0}main{max-width:60rem;margin:0 auto;padding:1rem}h1{font-size:1.7rem;margin-bottom:.2rem}\
h2{font-size:1.3rem;margin-top:2rem;border-bottom:1px solid #767676}h3{font-size:1.1rem}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.95rem}\
caption{text-align:left;font-weight:600;padding:.4rem 0}th,td{border:1px solid #767676;\
padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:break-word}\
thead th{background:#e9edf2}.notice{border-left:4px solid #8a4b00;background:#fff6e5;\
padding:.5rem .8rem}nav a{color:#0b4a8f;display:inline-block;padding:.3rem 0}\
@media print{body{font-size:10pt}main{max-width:none;padding:0}nav{display:none}\
h2,h3,caption{break-after:avoid}tr,li,.notice{break-inside:avoid}thead{display:table-header-group}\
.wide{overflow:visible}}@page{size:A4;margin:18mm 15mm}";

impl Document {
    /// The document as a whole HTML file, made to be read and printed.
    #[must_use]
    pub fn html(&self) -> String {
        let (title, subtitle) = (escape(&self.title), escape(&self.subtitle));
        let mut out = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
             <style>{STYLE}</style></head>\n<body><main><h1>{title}</h1><p>{subtitle}</p>\n"
        );
        self.contents(&mut out);
        let mut section = 0;
        for block in &self.blocks {
            match block {
                Block::Heading { level: 2, text } => {
                    section += 1;
                    out.extend([
                        "<h2 id=\"s",
                        &section.to_string(),
                        "\">",
                        &escape(text),
                        "</h2>\n",
                    ]);
                }
                Block::Heading { text, .. } => {
                    out.extend(["<h3>", &escape(text), "</h3>\n"]);
                }
                Block::Text { text } => {
                    for part in text.split("\n\n") {
                        out.extend(["<p>", &escape(part).replace('\n', "<br>"), "</p>\n"]);
                    }
                }
                Block::Notice { text } => {
                    let text = escape(text).replace('\n', "<br>");
                    out.extend(["<p class=\"notice\">", &text, "</p>\n"]);
                }
                Block::List { items } => {
                    out.push_str("<ul>");
                    for item in items {
                        out.extend(["<li>", &escape(item), "</li>"]);
                    }
                    out.push_str("</ul>\n");
                }
                Block::Table { caption, head, rows } => table(&mut out, caption, head, rows),
            }
        }
        out.push_str("</main></body></html>\n");
        out
    }

    /// Links to the sections, if there are enough of them.
    fn contents(&self, out: &mut String) {
        let sections = self.blocks.iter().filter_map(|block| match block {
            Block::Heading { level: 2, text } => Some(text),
            _ => None,
        });
        let sections: Vec<_> = sections.collect();
        if sections.len() < 4 {
            return;
        }
        out.push_str("<nav aria-label=\"Contents\"><ol>");
        for (index, text) in sections.into_iter().enumerate() {
            let number = (index + 1).to_string();
            out.extend(["<li><a href=\"#s", &number, "\">", &escape(text), "</a></li>"]);
        }
        out.push_str("</ol></nav>\n");
    }
}

/// A table that scrolls by itself where the screen is narrow; a keyboard can scroll it too.
fn table(out: &mut String, caption: &str, head: &[String], rows: &[Vec<String>]) {
    let caption = escape(caption);
    out.extend([
        "<div class=\"wide\" role=\"region\" aria-label=\"",
        &caption,
        "\" tabindex=\"0\"><table><caption>",
        &caption,
        "</caption><thead><tr>",
    ]);
    for name in head {
        out.extend(["<th scope=\"col\">", &escape(name), "</th>"]);
    }
    out.push_str("</tr></thead><tbody>\n");
    for cells in rows {
        out.push_str("<tr>");
        for (index, cell) in cells.iter().enumerate() {
            let (begin, end) =
                if index == 0 { ("<th scope=\"row\">", "</th>") } else { ("<td>", "</td>") };
            out.extend([begin, &escape(cell).replace('\n', "<br>"), end]);
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}
