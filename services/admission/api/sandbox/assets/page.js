// Sends what was pasted, and shows the answer. Everything is put in as text, so nothing that comes back is markup.
"use strict";

const VERDICTS = {
  taken: ["Serait accepté", "Would be taken"],
  ignored: ["Serait ignoré : son événement ne veut rien dire ici", "Would be ignored: its event means nothing here"],
  refused: ["Serait refusé", "Would be refused"],
};
const FAILURES = {
  401: ["La clé est inconnue.", "The key is not known."],
  403: ["La clé n’a pas la portée intake.", "The key lacks the scope intake."],
  413: ["C’est trop à la fois : 500 messages, 1 Mo.", "That is too much at once: 500 messages, 1 MB."],
  429: ["Trop d’essais : attendez un peu.", "Too many attempts: wait a little."],
  503: ["Occupé : réessayez.", "Busy: try again."],
};
const form = document.getElementById("form");
const result = document.getElementById("result");

function element(name, text, into, language) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (language) made.lang = language;
  if (into) into.append(made);
  return made;
}

function said(into, name, [french, english], place) {
  const line = element(name, "", into);
  if (place) element("code", place, line);
  line.append(place ? " " : "");
  element("span", french, line);
  line.append(" ");
  element("span", english, line, "en");
  return line;
}

function list(into, title, items) {
  if (!items.length) return;
  said(into, "h2", title);
  const points = element("ul", "", into);
  for (const item of items) said(points, "li", [item.french, item.english], item.place);
}

function showPart(part) {
  const box = element("article", "", result);
  box.className = part.verdict;
  const [french, english] = VERDICTS[part.verdict];
  said(box, "h2", [`${part.number}. ${french} (${part.answer})`, english]);
  const problems = part.problems || [];
  list(box, ["Problèmes", "Problems"], problems.filter((each) => !each.is_warning));
  list(box, ["Laissé de côté", "Left out"], problems.filter((each) => each.is_warning));
  for (const stated of part.statements || []) {
    list(box, ["Ce qui manque", "What is missing"], stated.lacks || []);
    if ((stated.marks || []).length) element("p", `Marques / marks: ${stated.marks.join(", ")}`, box);
    for (const event of stated.events || []) {
      element("h2", event.type, box);
      element("pre", JSON.stringify(event.data, null, 2), box);
    }
    if (!(stated.events || []).length) element("h2", stated.states, box);
  }
}

function contentType(text) {
  const begun = text.trimStart();
  if (!begun.startsWith("{")) return "x-application/hl7-v2+er7; charset=utf-8";
  try {
    JSON.parse(begun);
    return "application/json";
  } catch {
    return /\}\s*\n\s*\{/.test(begun) ? "application/x-ndjson" : "application/json";
  }
}

async function attempt() {
  const text = document.getElementById("content").value;
  const command = document.getElementById("command").value;
  const key = document.getElementById("key").value.trim();
  const type = contentType(text);
  const answer = await fetch(`v1/sandbox?command=${encodeURIComponent(command)}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": type },
    body: text,
    credentials: "omit",
  });
  result.replaceChildren();
  if (!answer.ok) {
    said(result, "p", FAILURES[answer.status] || [`Erreur ${answer.status}.`, `Error ${answer.status}.`]);
    return;
  }
  const found = await answer.json();
  found.tried.forEach(showPart);
  if (found.left_unread) {
    said(result, "p", [`${found.left_unread} non lus : trop d’erreurs avant.`, "Left unread: too many mistakes before."]);
  }
}

form.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await attempt();
  } catch {
    result.replaceChildren();
    said(result, "p", ["Le service n’a pas répondu.", "The service did not answer."]);
  }
});
