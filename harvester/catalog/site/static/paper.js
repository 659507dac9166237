// A paper's page, which is complete without this: only copying needs a script.

import { copy } from "./clipboard.js";

const button = document.getElementById("copy");
button.hidden = false;
button.addEventListener("click", () => copy(button, document.getElementById("bibtex").textContent));
