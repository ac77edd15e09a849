/* Who came in and who follows now, in one quiet line among what is said. */

const KINDS = ["came", "followed"];
/* What stood before this page came is no news: so long after the line stands it is only noted. */
const NOTED = 1_500;

/* The line is one line, whatever people call themselves. */
const LONGEST_NAME = 16;

export function mount(room) {
  const turns = {};
  let liveSince = performance.now();

  room.on("status", (name) => {
    liveSince = name === "live" ? performance.now() : Infinity;
  });
  room.on("frame", (frame) => {
    for (const kind of KINDS) {
      const told = frame[kind];
      if (!told || told.turn === turns[kind]) continue;
      turns[kind] = told.turn;
      if (performance.now() - liveSince > NOTED) room.view.said.murmur(sentence(room.words.arrivals[kind], told));
    }
  });
}

function sentence(words, { names, more }) {
  const letters = [...names[0]];
  const name = letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME - 1).join("")}…` : names[0];
  const others = names.length - 1 + more;
  return (others ? words.several : words.one).replace("%(name)s", name).replace("%(count)s", others);
}
