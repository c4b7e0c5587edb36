// What the page asks of the sandbox.

export const data = JSON.parse(document.getElementById("data").textContent);
export const $ = (selector) => document.querySelector(selector);
export const api = (side, tail) => "/sandbox/api/" + side + "/" + encodeURIComponent(data.channel) + "/" + tail;
export const messages = (side) => api(side, encodeURIComponent(data.contact) + "/messages");

export async function call(url, method = "GET", body) {
  let response;
  try {
    response = await fetch(url, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Error(data.t.offline);
  }
  const text = await response.text();
  const answer = text ? JSON.parse(text) : undefined;
  if (!response.ok) throw new Error(answer?.error?.message || String(response.status));
  return answer;
}
