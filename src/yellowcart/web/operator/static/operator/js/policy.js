/* Opens the time line with now in view. */
for (const scroll of document.querySelectorAll(".lanes__scroll")) {
  const share = Number(scroll.dataset.nowLeft) / 100;
  const names = scroll.querySelector(".lanes__name").offsetWidth;
  const track = scroll.scrollWidth - names;
  scroll.scrollLeft = track * share - (scroll.clientWidth - names) / 2;
}
