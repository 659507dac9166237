// Renews the count and the sample while somebody chooses. Without it, the button does the same.
const form = document.getElementById("subscribe");
const place = document.getElementById("brought");
const LEFT_OUT = ["email", "website"]; // an address never gets into an address line
let asked = null;
let timer = 0;

const renew = async () => {
  const fields = [...new FormData(form)].filter(([name, value]) => value && !LEFT_OUT.includes(name));
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(`/subscribe/brought?${new URLSearchParams(fields)}`, { signal: asked.signal });
    if (!answer.ok) return;
    const open = place.querySelector("details")?.open;
    place.innerHTML = await answer.text();
    place.querySelector("details")?.toggleAttribute("open", Boolean(open));
  } catch (error) {
    if (error.name !== "AbortError") place.replaceChildren(); // offline: no count rather than an old one
  }
};

const soon = (event) => {
  if (LEFT_OUT.includes(event.target.name)) return;
  clearTimeout(timer);
  timer = setTimeout(renew, 250);
};

form.addEventListener("input", soon);
form.querySelector("[value=brought]").hidden = true;
renew();
