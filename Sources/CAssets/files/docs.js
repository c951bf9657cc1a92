// Shows the server's description of its interface, with a form for each operation.
// Everything that comes from the server is set as text, never as markup.

const DESCRIPTION = "/api/v1/openapi.json";
let key = "";
let description = null;

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(attribute, "");
    else if (value !== false && value != null) node.setAttribute(attribute, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

// Text with `code` in it.
function inline(text) {
  return text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

function prose(text) {
  return (text ?? "").split(/\n\n+/).filter(Boolean).map((paragraph) => element("p", {}, ...inline(paragraph)));
}

function resolved(node) {
  if (!node?.$ref) return node;
  return node.$ref.split("/").slice(1).reduce((found, step) => found[step], description);
}

// MARK: Asking the server

function headersWithKey(headers = {}) {
  return key ? { ...headers, "X-API-Key": key } : headers;
}

function askForKey(message) {
  const input = document.getElementById("key");
  document.getElementById("key-state").textContent = message;
  input.focus();
}

async function loadDescription() {
  const state = document.getElementById("state");
  let reply;
  try {
    reply = await fetch(DESCRIPTION, { headers: headersWithKey() });
  } catch {
    state.textContent = "The server does not answer. Reload the page to try again.";
    return;
  }
  if (reply.status === 401 || reply.status === 403) {
    state.textContent = "This server wants a key.";
    askForKey(key ? "This key does not do." : "Enter a key to read on.");
    return;
  }
  if (!reply.ok) {
    state.textContent = `The description cannot be had: ${reply.status}.`;
    return;
  }
  description = await reply.json();
  show();
}

// MARK: The page

function show() {
  document.getElementById("title").textContent = `${description.info.title} API ${description.info.version}`;
  document.getElementById("introduction").replaceChildren(...prose(description.info.description));
  const main = document.getElementById("operations");
  main.replaceChildren();
  for (const tag of description.tags) {
    const group = element("section", {}, element("h2", {}, tag.name), element("p", {}, tag.description));
    for (const [path, methods] of Object.entries(description.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        // Those at the root are the same again, for old clients.
        if (operation.operationId.endsWith("AtRoot") || operation.tags[0] !== tag.name) continue;
        group.append(operationView(method, path, operation));
      }
    }
    main.append(group);
  }
  openNamed();
}

function operationView(method, path, operation) {
  const body = element("div");
  const view = element(
    "details", { class: "operation", id: operation.operationId },
    element(
      "summary", {}, element("span", { class: `method ${method}` }, method.toUpperCase()),
      element("span", { class: "path" }, path), element("span", { class: "title faint" }, operation.summary)),
    body);
  // Filled when it is opened: there are many, and few are looked at.
  view.addEventListener("toggle", () => {
    if (view.open && !body.hasChildNodes()) body.append(...operationBody(method, path, operation));
    if (view.open) history.replaceState(null, "", `#${operation.operationId}`);
  });
  return view;
}

function operationBody(method, path, operation) {
  const role = operation["x-role"];
  return [
    ...prose(operation.description),
    element("p", { class: "faint" }, role ? `Role: ${role}` : "Open to everybody"),
    form(method, path, operation),
    element("h3", {}, "Replies"),
    responses(operation),
  ];
}

function field(label, input, meaning, isRequired) {
  return element(
    "div", { class: "field" },
    element("label", { for: input.id }, label, isRequired ? element("span", { class: "required" }, " *") : null),
    input, element("div", { class: "faint" }, ...prose(meaning)));
}

function form(method, path, operation) {
  const prefix = operation.operationId;
  const inputs = (operation.parameters ?? []).map((parameter) => {
    const id = `${prefix}-${parameter.in}-${parameter.name}`;
    return { parameter, input: input(id, parameter.schema, parameter.required) };
  });
  const contents = Object.entries(operation.requestBody?.content ?? {});
  const textarea = contents.length ? element("textarea", { id: `${prefix}-body`, spellcheck: "false" }) : null;
  if (textarea) textarea.value = sample(contents[0][1]);
  const output = element("div", { role: "status" });
  const button = element("button", { type: "submit" }, "Send");
  const view = element(
    "form", { autocomplete: "off" }, element("h3", {}, "Try it"),
    ...inputs.map(({ parameter, input }) =>
      field(`${parameter.name} (${parameter.in})`, input, parameter.description, parameter.required)),
    textarea
      ? field(`Body, ${contents[0][0]}`, textarea, operation.requestBody.description, operation.requestBody.required)
      : null,
    contents.length ? element("details", {}, element("summary", {}, "Fields of the body"), schemaView(contents[0][1].schema)) : null,
    button, output);
  view.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    await send(request(method, path, inputs, textarea, contents[0]?.[0]), output);
    button.disabled = false;
  });
  return view;
}

function input(id, schema, isRequired) {
  const standard = schema.default ?? "";
  if (schema.enum) {
    const options = isRequired ? schema.enum : ["", ...schema.enum];
    return element("select", { id, required: isRequired }, ...options.map((word) => element("option", { value: word }, word)));
  }
  const node = element("input", {
    id, required: isRequired, placeholder: String(schema.examples?.[0] ?? standard),
    inputmode: schema.type === "integer" ? "numeric" : null,
  });
  if (isRequired && schema.examples) node.value = schema.examples[0];
  return node;
}

function sample(content) {
  const value = Object.values(content.examples ?? {})[0]?.value;
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function request(method, path, inputs, textarea, mediaType) {
  const query = new URLSearchParams();
  const headers = {};
  for (const { parameter, input } of inputs) {
    if (input.value === "") continue;
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    if (parameter.in === "query") query.append(parameter.name, input.value);
    if (parameter.in === "header") headers[parameter.name] = input.value;
  }
  const url = query.size ? `${path}?${query}` : path;
  const options = { method: method.toUpperCase(), headers };
  if (textarea && textarea.value.trim()) {
    headers["Content-Type"] = mediaType;
    options.body = textarea.value;
  }
  return { url, options };
}

async function send({ url, options }, output) {
  output.replaceChildren(element("p", {}, "Sending …"));
  const start = performance.now();
  let reply, text;
  try {
    reply = await fetch(url, { ...options, headers: headersWithKey(options.headers) });
    text = await reply.text();
  } catch {
    output.replaceChildren(element("p", { class: "bad" }, "The server does not answer."));
    return;
  }
  const milliseconds = (performance.now() - start).toFixed(1);
  const names = ["x-request-id", "etag", "location", "retry-after", "allow"];
  const headers = names.filter((name) => reply.headers.has(name)).map((name) => `${name}: ${reply.headers.get(name)}`);
  output.replaceChildren(
    element(
      "p", {}, element("span", { class: `status ${reply.ok ? "good" : "bad"}` }, `${reply.status} `),
      `in ${milliseconds} ms`, headers.length ? `; ${headers.join("; ")}` : ""),
    element("pre", { tabindex: "0", "aria-label": "Body of the reply" }, pretty(text)),
    element("details", {}, element("summary", {}, "As a command"), element("pre", { tabindex: "0" }, command(url, options))));
  if (reply.status === 401) askForKey("This operation wants a key.");
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text.length > 20000 ? `${text.slice(0, 20000)}\n… ${text.length} characters in all` : text;
  }
}

function command(url, options) {
  const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const words = ["curl", "-s", "-X", options.method, quoted(location.origin + url)];
  if (key) words.push("-H", '"X-API-Key: $KEY"');
  for (const [name, value] of Object.entries(options.headers)) words.push("-H", quoted(`${name}: ${value}`));
  if (options.body) words.push("--data-binary", quoted(options.body));
  return words.join(" ");
}

// MARK: Schemas

function responses(operation) {
  const view = element("div", { class: "responses" });
  for (const [status, reference] of Object.entries(operation.responses)) {
    const response = resolved(reference);
    const [mediaType, content] = Object.entries(response.content ?? {})[0] ?? [];
    const details = element(
      "details", {},
      element(
        "summary", {}, element("span", { class: `status ${status < 400 ? "good" : "bad"}` }, `${status} `), ...inline(response.description)));
    details.addEventListener("toggle", () => {
      if (!details.open || details.children.length > 1 || !content) return;
      details.append(element("p", { class: "faint" }, mediaType), schemaView(content.schema));
      const text = sample(content);
      if (text) details.append(element("pre", { tabindex: "0", "aria-label": "Example" }, text));
    });
    view.append(details);
  }
  return view;
}

function typeOf(schema) {
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : schema.type ?? "";
  const bounds = [
    ["minLength", "at least", "characters"], ["maxLength", "at most", "characters"], ["minimum", "from", ""],
    ["maximum", "to", ""], ["maxItems", "at most", "elements"],
  ].filter(([name]) => schema[name] !== undefined && schema[name] < Number.MAX_SAFE_INTEGER)
    .map(([name, before, after]) => `${before} ${schema[name]} ${after}`.trim());
  if (schema.default !== undefined) bounds.push(`default ${JSON.stringify(schema.default)}`);
  return [type, ...bounds].filter(Boolean).join(", ").replace(/(from [^,]+), to/, "$1 to");
}

function schemaView(reference, depth = 0) {
  const schema = resolved(reference);
  const alternatives = schema.anyOf ?? [];
  const list = element("ul", { class: "schema" });
  for (const [name, propertyReference] of Object.entries(schema.properties ?? {})) {
    const property = resolved(propertyReference);
    const isRequired = (schema.required ?? []).includes(name);
    const item = element(
      "li", {}, element("code", {}, name), isRequired ? element("span", { class: "required" }, " *") : null,
      element("span", { class: "faint" }, ` ${typeOf(property)}`),
      property.description ? element("div", {}, ...prose(property.description)) : null);
    // The document has no cycles; the depth is a belt beside that.
    if (depth < 6 && (property.properties || property.anyOf)) item.append(schemaView(property, depth + 1));
    if (depth < 6 && property.items) item.append(schemaView(property.items, depth + 1));
    list.append(item);
  }
  for (const alternative of alternatives) {
    list.append(element("li", {}, element("span", { class: "faint" }, "or: "), schemaView(alternative, depth + 1)));
  }
  if (!list.hasChildNodes()) {
    list.append(element("li", { class: "faint" }, [typeOf(schema), schema.description].filter(Boolean).join(": ") || "anything"));
  }
  return list;
}

// MARK: What people do

function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named?.matches("details.operation")) {
    named.open = true;
    named.scrollIntoView();
  }
}

document.getElementById("filter").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const view of document.querySelectorAll(".operation")) {
    const text = view.querySelector("summary").textContent.toLowerCase();
    view.hidden = !words.every((word) => text.includes(word));
  }
  for (const group of document.querySelectorAll("main section")) {
    group.hidden = !group.querySelector(".operation:not([hidden])");
  }
});

document.getElementById("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  key = document.getElementById("key").value.trim();
  document.getElementById("key-state").textContent = key ? "The key is sent from now on; it is not kept." : "No key is sent.";
  if (!description) loadDescription();
});

window.addEventListener("hashchange", openNamed);
loadDescription();
