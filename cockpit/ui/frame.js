(() => {
  const root = document.documentElement;
  root.lang = "zh-CN";
  if (window.cockpitFrame) return;
  window.cockpitFrame = true;

  // Copy link, print, light or dark. Streamlit keeps its theme by path, so the choice is written for every screen.
  document.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-ck]");
    if (!tool) return;
    event.preventDefault();
    ({ copy, print: () => window.print(), theme, fold })[tool.dataset.ck]?.(tool);
  });
  function copy(tool) {
    const told = (ok) => {
      tool.textContent = ok ? "✓ 已复制" : "请从地址栏复制";
      setTimeout(() => { tool.textContent = "复制本页链接"; }, 2000);
    };
    const typed = () => {
      const field = document.createElement("textarea");
      field.value = location.href;
      document.body.append(field);
      field.select();
      const ok = document.execCommand("copy");
      field.remove();
      told(ok);
    };
    if (navigator.clipboard) navigator.clipboard.writeText(location.href).then(() => told(true), typed);
    else typed();
  }
  function fold(tool) {
    tool.setAttribute("aria-expanded", String(tool.getAttribute("aria-expanded") !== "true"));
  }
  function theme(tool) {
    for (const path of tool.dataset.paths.split(" "))
      localStorage.setItem(`stActiveTheme-${path}-v2`, JSON.stringify(tool.dataset.to));
    const url = new URL(location.href);
    url.searchParams.delete("theme");
    location.replace(url);
  }

  // On paper a chart is as wide as the sheet, whatever window it was drawn for.
  const drawings = () => document.querySelectorAll(".js-plotly-plot .main-svg");
  addEventListener("beforeprint", () => {
    for (const svg of drawings()) {
      svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
      svg.setAttribute("preserveAspectRatio", "xMinYMid");
    }
  });
  addEventListener("afterprint", () => { for (const svg of drawings()) svg.removeAttribute("viewBox"); });

  // Our own word of a lost connection instead of the English dialog.
  let lost = 0;
  setInterval(() => {
    const state = document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState;
    if (!state) return;
    lost = state === "CONNECTED" ? 0 : lost + 1;
    let bar = document.getElementById("ck-offline");
    root.toggleAttribute("data-ck-offline", lost > 0);
    if (lost < 2) { bar?.remove(); return; }
    if (bar) return;
    const asof = document.querySelector("[data-asof]")?.dataset.asof;
    bar = Object.assign(document.createElement("div"), { id: "ck-offline", textContent: "连接中断，正在重连…" + (asof ? ` 显示的是 ${asof} 的数据` : "") });
    bar.setAttribute("role", "alert");
    document.body.append(bar);
  }, 1000);

  // Words of Streamlit's own widgets that cannot be given from Python.
  const WORDS = {
    "Skip to main content": "跳到正文", "Choose an option": "请选择", "Choose options": "请选择", "No results": "没有匹配项", "No options to select": "没有可选项",
    "Press Enter to apply": "按回车生效", "Press Enter to submit form": "按回车提交", "Press ⌘+Enter to apply": "按 ⌘+回车生效", "Press Ctrl+Enter to apply": "按 Ctrl+回车生效",
    "Upload": "选择文件", "Browse files": "选择文件", "Drag and drop file here": "把文件拖到这里", "Drag and drop files here": "把文件拖到这里", "Select all": "全选",
    "Close": "关闭", "Clear value": "清除", "Clear all": "全部清除", "Open": "打开", "Expand sidebar": "展开导航", "Collapse sidebar": "收起导航", "Open sidebar": "展开导航", "Close sidebar": "收起导航", "Remove": "移除", "Delete": "删除",
  };
  const chinese = (text) => WORDS[text] || text.replace(/^(?:Limit )?(\d+)\s?MB per file(?: • (.*))?$/, (_, size, kinds) => `每个文件不超过 ${size} MB` + (kinds ? `，${kinds}` : ""));
  function translate() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node.nodeType === 1 && (node.matches("script,style,.ck,.js-plotly-plot,canvas")) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === 3) {
        const text = node.textContent.trim();
        if (/^[A-Z\d]/.test(text) && chinese(text) !== text) node.textContent = chinese(text);
        continue;
      }
      for (const name of ["aria-label", "placeholder", "title"]) {
        const text = node.getAttribute(name);
        if (text && /^[A-Z]/.test(text) && chinese(text) !== text) node.setAttribute(name, chinese(text));
      }
    }
  }
  // A refresh that changes a part takes the focused link with it: the same link in the new part gets the focus back.
  let held = null;
  const alike = (link) => [...document.querySelectorAll(".ck a[href]")].filter((a) => a.getAttribute("href") === link);
  document.addEventListener("focusin", (event) => {
    const link = event.target.closest?.(".ck a[href]");
    held = link && { link, href: link.getAttribute("href"), place: alike(link.getAttribute("href")).indexOf(link) };
  });
  function refocus() {
    if (!held || held.link.isConnected || document.activeElement !== document.body) return;
    const found = alike(held.href);
    (found[held.place] || found[0])?.focus({ preventScroll: true });
  }

  // The word of what was just done stands above its form, which on a phone may have scrolled out of view.
  let told = "";
  function bring() {
    const done = document.querySelector("[data-done]");
    if (!done || done.dataset.done === told) return;
    told = done.dataset.done;
    const { top, bottom } = done.getBoundingClientRect();
    if (top < 80 || bottom > innerHeight - 80) done.scrollIntoView({ block: "center" });
  }

  let waiting = 0;
  new MutationObserver(() => { refocus(); waiting ||= setTimeout(() => { waiting = 0; translate(); reachable(); bring(); }, 50); }).observe(document.body, { childList: true, subtree: true });
  translate();

  // What scrolls can be reached by the keyboard; what fits needs no stop.
  const reachable = () => {
    for (const box of document.querySelectorAll(".ck-scroll, [data-testid=stSidebarContent]")) {
      if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("resize", reachable);
  setInterval(reachable, 1000);

  // The wall: scenes turn, lists of warnings turn, the next refresh is counted down. Everything is already drawn,
  // so that turning is a change of style and never a blank frame.
  const style = document.head.appendChild(document.createElement("style"));
  const TURN_PAGE = 12, PAUSE = 60, started = Date.now();
  let scene = 1, turned = started, moved = 0, drawn = "", drawnAt = started;
  addEventListener("mousemove", (event) => { if (event.movementX || event.movementY) moved = Date.now(); });
  addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && document.querySelector(".ck-wall")) { show(scene + step); moved = Date.now(); }
  });
  function show(number) {
    const wall = document.querySelector(".ck-wall"), scenes = Number(wall.dataset.scenes);
    scene = ((number - 1 + scenes) % scenes) + 1;
    turned = Date.now();
  }
  function tick() {
    const wall = document.querySelector(".ck-wall");
    if (!wall) { style.textContent = ""; return; }
    const now = Date.now(), rotate = Number(wall.dataset.rotate), pinned = Number(wall.dataset.pin);
    const paused = moved && now - moved < PAUSE * 1000;
    if (pinned && !paused) scene = pinned;
    else if (rotate && !paused && now - turned >= rotate * 1000) show(scene + 1);
    let text = `.ck-wall .ck-scene.ck-scene.ck-scene{display:none}.ck-wall .ck-scene.ck-scene.s${scene}{display:grid}.ck-dots i.d${scene}{background:var(--text)}`;
    for (const list of wall.querySelectorAll(".ck-pages")) {
      const page = Math.floor((now - started) / 1000 / TURN_PAGE) % Number(list.dataset.pages);
      text += `.ck-pages.${list.dataset.name}>.ck-page.ck-page{visibility:hidden}.ck-pages.${list.dataset.name}>.ck-page.ck-page.p${page}{visibility:visible}`;
      text += `.ck-turn.${list.dataset.name}.${list.dataset.name} i{display:none}.ck-turn.${list.dataset.name}.${list.dataset.name} i.p${page}{display:inline}`;
    }
    if (style.textContent !== text) style.textContent = text;
    const next = document.querySelector("[data-drawn]");
    if (!next) return;
    if (next.dataset.drawn !== drawn) { drawn = next.dataset.drawn; drawnAt = now; }
    const left = Math.max(0, Math.ceil(Number(next.dataset.every) - (now - drawnAt) / 1000));
    const told = `下次刷新 ${left} 秒` + (paused ? "，轮播暂停" : wall.dataset.why);
    if (next.textContent !== told) next.textContent = told;
  }
  setInterval(tick, 500);
})();
