// Importing: shows the chosen file, the progress of an upload and of a job. Without this script, the forms still work.
const size = (bytes) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1024))} KiB` : `${(bytes / 1048576).toFixed(1)} MiB`;
const whole = new Intl.NumberFormat("en-GB");

function fault(form, text) {
  const wrong = form.querySelector("[data-wrong]");
  wrong.textContent = text;
  wrong.hidden = !text;
}

// Say what is wrong with a file before it is sent; empty if nothing is.
function unfit(file, most, input) {
  if (!file) return "Choose a file first.";
  const name = file.name.toLowerCase();
  if (!input.accept.split(",").some((suffix) => name.endsWith(suffix))) return `${file.name} ${input.dataset.advice}`;
  if (file.size === 0) return `${file.name} is empty.`;
  if (file.size > most * 1048576)
    return `${file.name} has ${size(file.size)}; an upload may have ${most} MiB. Split the delivery.`;
  return "";
}

function send(form) {
  const sending = form.querySelector("[data-sending]");
  const bar = sending.querySelector("progress");
  const text = sending.querySelector("[data-sent-text]");
  const button = form.querySelector("button[type=submit]");
  const request = new XMLHttpRequest();
  const rest = (message) => {
    sending.hidden = true;
    button.disabled = false;
    fault(form, message);
  };
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.max = event.total;
    bar.value = event.loaded;
    text.textContent =
      event.loaded < event.total ? `Sending ${size(event.loaded)} of ${size(event.total)}` : "Reading it";
  });
  request.addEventListener("load", () => {
    if (request.response?.next) window.location.assign(request.response.next);
    else rest(request.response?.error ?? "The service did not take the file. Nothing was loaded; try again.");
  });
  request.addEventListener("error", () => rest("The connection broke. Nothing was loaded; try again."));
  request.addEventListener("abort", () => rest(""));
  sending.querySelector("[data-abort]").onclick = () => request.abort();
  const body = new FormData(form);
  fault(form, "");
  button.disabled = true;
  sending.hidden = false;
  request.send(body);
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("#file");
  const chosen = form.querySelector("[data-chosen]");
  const drop = form.querySelector(".drop");
  const most = Number(form.dataset.mostMb);
  const show = () => {
    const file = input.files[0];
    chosen.hidden = !file;
    chosen.textContent = file ? `${file.name}, ${size(file.size)}` : "";
    fault(form, file ? unfit(file, most, input) : "");
  };
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("over"));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = unfit(input.files[0], most, input);
    if (wrong) fault(form, wrong);
    else send(form);
  });
  window.addEventListener("pageshow", show);
}

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
  form.querySelector("button").hidden = true;
}

const watched = document.querySelector("[data-job]");
if (watched) {
  const bar = watched.querySelector("progress");
  const look = async () => {
    try {
      const answer = await fetch(watched.dataset.job);
      if (!answer.ok) return window.location.reload();
      const { job } = await answer.json();
      if (!job.unfinished) return window.location.reload();
      watched.querySelector("[data-text]").textContent =
        job.state === "cancelling" ? "stopping, then putting the case back as it was" : job.text || "beginning";
      if (job.total) {
        bar.max = job.total;
        bar.value = job.done;
      } else bar.removeAttribute("value");
      watched.querySelector("[data-count]").textContent = job.total
        ? `${whole.format(job.done)} of ${whole.format(job.total)}`
        : job.done
          ? `${whole.format(job.done)} rows`
          : "\u00a0";
    } catch {
      // The service may be restarting; the next request will show.
    }
    setTimeout(look, 500);
  };
  setTimeout(look, 300);
}
