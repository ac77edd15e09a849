/* The page once more, when what it shows is over. */

const PATIENCE = 10_000;

let left = -PATIENCE;
window.addEventListener("beforeunload", () => {
  left = performance.now();
});

/** Load the page again. One that is on its way to another has sent something, and the words that
    answer it are shown once: it is left alone, and loaded only if it is still here after a while. */
export function loadAnew() {
  const leaving = performance.now() - left < PATIENCE;
  setTimeout(() => window.location.reload(), leaving ? PATIENCE : 0);
}
