/* Uploads in pieces that go on where they stopped. Without this script the form sends the files whole. */
(() => {
  const form = document.querySelector("form[data-upload]");
  if (!form || !window.fetch) return;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const panel = form.querySelector("[data-progress]"), said = panel.querySelector("[data-said]"), bar = panel.querySelector("progress");
  const refuse = (words) => { panel.hidden = false; bar.hidden = true; said.className = "fault"; said.textContent = words; };
  const pause = (ms) => new Promise((go) => setTimeout(go, ms));
  const ask = async (url, options) => {
    const answer = await fetch(url, { credentials: "same-origin", ...options, headers: { "X-CSRFToken": token } });
    const body = await answer.json();
    if (!answer.ok && answer.status !== 409) throw Object.assign(new Error(body.error || "It was not taken."), { final: answer.status < 500 });
    return body;
  };
  const send = async (file, run, before, all) => {
    const about = new FormData();
    about.set("name", file.name); about.set("size", file.size);
    if (run) about.set("run", run); else about.set("site", (form.querySelector("[name=site]") || {}).value || "");
    const place = await ask(form.dataset.upload, { method: "POST", body: about });
    let at = place.received, tries = 0;
    while (at < file.size) {
      bar.value = (before + at) / all;
      said.textContent = `${file.name}: ${Math.floor((100 * at) / file.size)} %`;
      try {
        at = (await ask(`${place.url}?offset=${at}`, { method: "PUT", body: file.slice(at, at + place.piece) })).received;
        tries = 0;
      } catch (error) {
        if (error.final || ++tries > 8) throw error;
        said.textContent = "The connection broke; trying again …";
        await pause(1000 * 2 ** Math.min(tries, 5));
        at = (await ask(place.url, {}).catch(() => ({ received: at }))).received;
      }
    }
    return place;
  };
  form.addEventListener("submit", async (event) => {
    const files = [...form.querySelector("[type=file]").files], empty = files.find((file) => !file.size);
    if (!files.length) return;
    event.preventDefault();
    if (empty) {
      refuse(`${empty.name} is empty: there is nothing in it to read. Choose the files again without it.`);
      return;
    }
    const button = form.querySelector("button");
    button.disabled = true; panel.hidden = false; bar.hidden = false; said.className = "";
    const all = files.reduce((sum, file) => sum + file.size, 0);
    let run = form.dataset.run || "", before = 0, place = null;
    try {
      for (const file of files) { place = await send(file, run, before, all); run = place.run; before += file.size; }
      bar.value = 1; location.href = place.page;
    } catch (error) { refuse(error.message); button.disabled = false; }
  });
})();
