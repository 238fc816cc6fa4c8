// Update the progress of a running verification, but not the rest of the page: a user may be filling in the filter.
const PAUSE_MS = 2000;

async function look() {
  const section = document.querySelector(".chain[data-verifying]");
  if (!section) return;
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(".chain");
    if (!answer.ok || !fresh) return location.reload();
    section.replaceWith(fresh);
  } catch {
    // The service may be restarting; the next request will show.
  }
  setTimeout(look, PAUSE_MS);
}

setTimeout(look, PAUSE_MS);
