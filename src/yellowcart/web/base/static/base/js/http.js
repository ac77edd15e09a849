/* JSON over fetch with the CSRF token, and RFC 9457 problems as errors with words for people. */

/** An answer that was not a success: `code`, `status`, a sentence in `message`, all of `body`. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? "";
    this.body = body;
  }
}

function csrfToken() {
  return document.body.dataset.csrf ?? "";
}

/** Send, and give the decoded body; throws Problem for refusals, TypeError when offline. */
export async function request(url, { method = "GET", json, headers = {}, signal } = {}) {
  const options = {
    method,
    signal,
    credentials: "same-origin",
    headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang, ...headers },
  };
  if (json !== undefined) {
    options.body = JSON.stringify(json);
    options.headers["Content-Type"] = "application/json";
  }
  if (method !== "GET") options.headers["X-CSRFToken"] = csrfToken();
  const response = await fetch(url, options);
  const text = await response.text();
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    body = { detail: `HTTP ${response.status}` };
  }
  if (!response.ok) throw new Problem(response.status, body);
  return body;
}
