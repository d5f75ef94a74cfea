// What reading gains from a script; nothing here is needed to read. Four small comforts:
// the settings answer without a reload, the bar hides while reading, the place is remembered, menus close by themselves.
(() => {
  "use strict";
  const main = document.getElementById("main");
  const store = {
    read() { try { return JSON.parse(localStorage.getItem("places")) || {}; } catch { return {}; } },
    write(places) { try { localStorage.setItem("places", JSON.stringify(places)); } catch { /* private windows keep nothing */ } },
  };

  // Aa: send the choice, then ask for the private stylesheet again.
  const cookie = () => Object.fromEntries((document.cookie.match(/(?:^|; )look=([^;]*)/)?.[1] || "").split(".").map((pair) => pair.split("-")));
  function press() {
    const look = { theme: "system", size: "2", face: "serif", leading: "normal", measure: "normal", ...cookie() };
    for (const button of document.querySelectorAll("[data-look] button")) {
      if (button.value === "smaller" || button.value === "larger") continue;
      button.setAttribute("aria-pressed", String(look[button.name] === button.value));
    }
  }
  for (const form of document.querySelectorAll("[data-look]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const anchor = topParagraph();
      const answer = new URLSearchParams({ [event.submitter.name]: event.submitter.value });
      try {
        await fetch(form.action, { method: "POST", body: answer, redirect: "manual" });
      } catch { return form.submit(); }
      const old = document.getElementById("look");
      const fresh = old.cloneNode();
      fresh.href = `/look.css?${Date.now()}`;
      fresh.addEventListener("load", () => { old.remove(); anchor?.scrollIntoView(); press(); });
      old.after(fresh);
    });
  }
  press();

  // Menus: one open at a time is the browser's work (details name=…); Escape and a click elsewhere close them.
  const open = () => document.querySelectorAll(".reader-bar details[open], .menu[open], .more-formats[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  for (const leaving of ["click", "focusin"]) document.addEventListener(leaving, (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  // What opens shows what it was opened for: the field to type in, the chapter one reads.
  document.addEventListener("toggle", ({ target }) => {
    if (!target.open) return;
    if (target.matches(".seek")) target.querySelector("input").focus();
    const sheet = target.matches(".reader-bar details") && target.querySelector(".sheet");
    const current = sheet && sheet.querySelector("[aria-current]");
    if (current) sheet.scrollTop = current.offsetTop - sheet.clientHeight / 3;
  }, true);

  // The bar goes away on the way down and comes back on the way up.
  const bar = document.querySelector("header.reader-bar");
  let last = scrollY;
  const hide = () => {
    if (Math.abs(scrollY - last) < 12) return;
    bar.classList.toggle("away", scrollY > last && scrollY > 160);
    last = scrollY;
  };

  // The place in the story: chapter and paragraph, on this device only.
  const prose = document.querySelector(".prose");
  const work = main?.dataset.work;
  function topParagraph() {
    if (!prose) return null;
    for (const block of prose.querySelectorAll("[id]")) if (block.getBoundingClientRect().bottom > 70) return block;
    return null;
  }
  function remember() {
    const places = store.read();
    const whole = scrollY + innerHeight > document.documentElement.scrollHeight - 200;
    places[work] = {
      url: location.pathname, title: main.dataset.title, number: main.dataset.number,
      paragraph: whole || scrollY < 200 ? "" : topParagraph()?.id || "", at: Date.now(),
    };
    const kept = Object.entries(places).sort((one, other) => other[1].at - one[1].at).slice(0, 100);
    store.write(Object.fromEntries(kept));
  }
  if (prose && main.dataset.chapter) {
    const before = store.read()[work];
    if (before?.url === location.pathname && before.paragraph && !location.hash) document.getElementById(before.paragraph)?.scrollIntoView();
    let waiting = 0;
    const later = () => { clearTimeout(waiting); waiting = setTimeout(remember, 600); };
    addEventListener("scroll", later, { passive: true });
    addEventListener("pagehide", remember);
    later();
  }
  if (bar) addEventListener("scroll", hide, { passive: true });

  // "Continue": on the work's page for this work, on the front door for the last one.
  const slot = document.querySelector("[data-continue]");
  if (slot) {
    const places = store.read();
    const place = work ? places[work] : Object.values(places).sort((one, other) => other.at - one.at)[0];
    if (place?.url?.startsWith("/read/")) {
      const link = slot.querySelector("a");
      link.href = place.url;
      link.textContent = work ? `Continue at chapter ${place.number}` : `Continue: ${place.title}, chapter ${place.number}`;
      slot.hidden = false;
    }
  }
})();
