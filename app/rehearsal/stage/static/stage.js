// The page works without this: it only looks whether there is something new, and shows it.
"use strict";

const LOOK_EVERY_MS = 1000;
const live = ["thread", "buttons", "backstage"];
let pulse = document.body.dataset.pulse;

function isBeingUsed(part) {
  const active = document.activeElement;
  return part.contains(active) && active.matches("select, input, textarea");
}

// What was unfolded stays so: a fold is known by what it stands in, and its place in there.
function folds(part) {
  const found = new Map();
  for (const fold of part.querySelectorAll("details")) {
    const around = fold.closest("[id]");
    const place = [...around.querySelectorAll("details")].indexOf(fold);
    found.set(`${around.id}/${place}`, fold);
  }
  return found;
}

async function show() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of live) {
    const old = document.getElementById(id);
    const now = fresh.getElementById(id);
    if (!old || !now || isBeingUsed(old)) continue;
    const before = folds(old);
    for (const [key, fold] of folds(now)) fold.open = before.get(key)?.open ?? fold.open;
    old.replaceWith(now);
  }
  pulse = fresh.body.dataset.pulse;
}

async function look() {
  try {
    const answer = await fetch("/_stage/pulse");
    if (answer.ok && (await answer.text()) !== pulse) await show();
  } catch {
    // The rehearsal has ended; the page stays as it is.
  }
}

if (document.getElementById("thread")) setInterval(look, LOOK_EVERY_MS);
