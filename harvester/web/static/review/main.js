// What the review pages do beyond plain forms, which work without these scripts.

import "./keys.js";
import { showHints } from "./keymap.js";
import { nameButton } from "./labels.js";

nameButton();
showHints();
document.documentElement.classList.add("scripts");  // all of it is ready: keys act from now on
document.dispatchEvent(new Event("keys-ready"));
