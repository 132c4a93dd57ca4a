// Sample pages for the driver's own check, most with one fault each, and the server that has them.
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const STYLE =
  "body{font:18px/1.5 sans-serif;color:#111;background:#fff}a,button,input{padding:12px}" +
  ":focus-visible{outline:3px solid #05c;outline-offset:2px}";
const CUT = "label{display:block;overflow:hidden;width:8em;height:3em}input{width:9em;height:4em}";
const FORM =
  '<form method="post"><label>Your name <input name="name" autocomplete="name"></label>' +
  "<button>I am on it</button></form>";
const LINKS = '<p><a href="/gone">The old link</a></p><p>Or <a href="#top">go up</a> again.</p>';
const SCRIPT = 'document.getElementById("p").remove()';

const PAGES = {
  "/good": page(FORM + LINKS),
  "/answer": page(`<p role="status">Thank you, SAID.</p>${FORM}`),
  "/bad-answer": page('<p>Thank you.</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'),
  "/gone": page("<p>This link has expired.</p>"),
  "/label": page('<form><input name="name"></form>'),
  "/contrast": page('<p style="color:#bbb">Hard to read</p>'),
  "/wide": page('<p style="width:500px">Too wide for a phone</p>'),
  "/no-viewport": page("<p>Laid out for a desk</p>", "", ""),
  "/tiny": page(FORM, "button{padding:0;border:0;font-size:8px}"),
  "/no-outline": page(FORM, "input:focus-visible{outline:none}"),
  "/faint-outline": page(FORM, "input:focus-visible{outline-color:#ddd}"),
  "/cut-outline": page(FORM, CUT),
  "/loud": page('<img alt="" src="http://elsewhere.invalid/x.png">'),
  "/refused-style": page("<p>Plain</p>"),
  "/script": page(`<p id="p">Still here</p><script>${SCRIPT}</script>`),
};

/** Serves the pages on a free port, and counts the forms sent. `/hangs` never answers. */
export async function serve() {
  const samples = { posts: 0 };
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url, "http://sample");
    if (pathname === "/hangs") return;
    const said = await text(request);
    const post = request.method === "POST";
    if (post) samples.posts += 1;
    const answer = search === "?bad" ? "/bad-answer" : "/answer";
    const html = PAGES[post ? answer : pathname];
    const status = pathname === "/gone" ? 410 : html ? 200 : 404;
    response.writeHead(post ? 422 : status, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy(pathname),
    });
    response.end(html?.replace("SAID", said) ?? page("<p>There is nothing here.</p>"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  samples.origin = `http://127.0.0.1:${server.address().port}`;
  samples.close = () => {
    server.close();
    server.closeAllConnections();
  };
  return samples;
}

/** As strict as the policy of Muster's own pages, but for the samples that need more. */
function policy(path) {
  const style = path === "/refused-style" ? "'none'" : "'unsafe-inline'";
  const images = path === "/loud" ? "*" : "data:";
  const scripts = path === "/script" ? "'unsafe-inline'" : "'none'";
  const sources = `style-src ${style}; img-src ${images}; script-src ${scripts}`;
  return `default-src 'none'; form-action 'self'; ${sources}`;
}

function page(body, style = "", head = '<meta name="viewport" content="width=device-width">') {
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8">${head}<title>Sample</title>` +
    `<style>${STYLE}${style}</style></head>` +
    `<body><main id="top"><h1>Sample</h1>${body}</main></body></html>`
  );
}
