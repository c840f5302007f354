// Plays the record: lines and output appear in the second in which the ledger had them. Text only, never markup.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("replay-data").textContent);
  const byId = (id) => document.getElementById(id);
  const play = byId("play"), at = byId("at"), clock = byId("clock"), speed = byId("speed");
  const said = byId("said"), screens = byId("screens");
  const start = Date.parse(data.start);
  const films = data.films.map((film) => {
    const box = document.createElement("section"), title = document.createElement("h3");
    const screen = document.createElement("pre");
    title.textContent = film.name + (film.left_out ? " (" + film.left_out + " more bytes are in the ledger)" : "");
    box.append(title, screen);
    screens.append(box);
    return { film, box, screen };
  });
  let second = 0, timer = 0;

  function show(to) {
    second = Math.min(Math.max(0, to), data.seconds);
    at.value = String(second);
    clock.textContent = new Date(start + second * 1000).toISOString().slice(0, 19).replace("T", " ") + " UTC, second "
      + second + " of " + data.seconds;
    const lines = data.lines.filter((line) => line.t <= second);
    said.textContent = lines.map((line) => "+" + line.t + " s  " + line.text).join("\n");
    said.scrollTop = said.scrollHeight;
    for (const { film, box, screen } of films) {
      const there = film.pieces.filter((piece) => piece.t <= second);
      box.hidden = there.length === 0;
      screen.textContent = there.map((piece) => piece.text).join("");
      screen.scrollTop = screen.scrollHeight;
    }
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  }

  play.addEventListener("click", () => {
    if (timer) {
      stop();
      return;
    }
    if (second >= data.seconds) {
      show(0);
    }
    play.textContent = "Pause";
    timer = setInterval(() => {
      show(second + 1);
      if (second >= data.seconds) {
        stop();
      }
    }, 1000 / Number(speed.value));
  });
  speed.addEventListener("change", stop);
  at.addEventListener("input", () => {
    stop();
    show(Number(at.value));
  });
  at.max = String(data.seconds);
  byId("replay").hidden = false;
  show(0);
})();
