// What the review pages do beyond plain forms, which work without these scripts.

import "./keys.js";
import { nameButton } from "./labels.js";

nameButton();
document.documentElement.classList.add("scripts");
