// Taking text out of a page by a button.
import { element } from "./element.js";

const TOLD = 1500;

// Whether `text` went to the clipboard. Without https there is none: then by way of a selected field, which stands beside
// the button, since an open dialog lets nothing outside itself be selected.
async function copied(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = element("textarea", { value: text });
    button.after(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

// Copies `text` and says so on the button for a moment; `otherwise`: what it says where nothing was copied.
export async function copy(button, text, otherwise = "") {
  const words = button.textContent;
  const done = await copied(text, button);
  if (done || otherwise) {
    button.textContent = done ? "Copied" : otherwise;
    setTimeout(() => (button.textContent = words), TOLD);
  }
  return done;
}
