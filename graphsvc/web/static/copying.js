// Copying text from a page with a button.
import { element } from "./element.js";

const TOLD = 1500;

// Copy `text` to the clipboard; return whether it worked. Without https there is no clipboard: then a selected field is
// copied, next to the button, since an open dialog lets nothing outside itself be selected.
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

// Copy `text` and say so on the button for a moment; `otherwise`: words shown if nothing was copied.
export async function copy(button, text, otherwise = "") {
  const words = button.textContent;
  const done = await copied(text, button);
  if (done || otherwise) {
    button.textContent = done ? "Copied" : otherwise;
    setTimeout(() => (button.textContent = words), TOLD);
  }
  return done;
}
