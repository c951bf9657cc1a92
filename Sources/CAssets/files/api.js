// Talks to this server: adds the key where there is one, and tells apart what can go wrong.

const storageName = "thermocline.key";
const timeoutMilliseconds = 15000;

/** The caller's key, for this tab alone. */
export const key = {
  get: () => sessionStorage.getItem(storageName) ?? "",
  set: (text) => (text ? sessionStorage.setItem(storageName, text) : sessionStorage.removeItem(storageName)),
};

/** What the server answered in place of what was asked; status 0 when it did not answer. */
export class Refusal extends Error {
  constructor(status, message, retryAfterSeconds = 0) {
    super(message);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

function headersOf(body) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const text = key.get();
  if (text.startsWith("tc_")) headers["X-API-Key"] = text;
  else if (text) headers.Authorization = `Bearer ${text}`;
  return headers;
}

/** Asks for a path below /api/v1; throws a Refusal. */
export async function call(path, body) {
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: headersOf(body),
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
  } catch {
    throw new Refusal(0, "The server does not answer");
  }
  const json = await response.json().catch(() => ({}));
  // A server that is not well says so with 503 and the same body.
  if (response.ok || json.components) return json;
  const message = json.error?.message ?? `The server answered ${response.status}`;
  throw new Refusal(response.status, message, Number(response.headers.get("Retry-After")) || 0);
}
