/* The remote control: on a new device it trades the code behind the # for a token; then it ticks.
   What it shows comes from the server every two seconds. */

import "./since.js";

const form = document.querySelector("[data-take-over]");
const code = window.location.hash.slice(1);
if (form && code) {
  form.elements.code.value = code;
  form.hidden = false;
  document.querySelector("[data-refused]").hidden = true;
  window.history.replaceState(null, "", window.location.pathname);
}
