extension HTMLWriter {
    /// Moves, zooms and searches the sheet. While a hand moves, the painted sheet is shifted and stretched as a picture; a
    /// moment later it is painted anew, so that thousands of names move smoothly and become sharp.
    static let script = #"""
        const sheet = document.getElementById("sheet"), view = document.getElementById("view");
        const whole = sheet.viewBox.baseVal, size = { w: whole.width, h: whole.height };
        const tips = JSON.parse(document.getElementById("tips").textContent);
        let now = null, painted = null, timer = 0;

        // The smallest view of the window's shape that holds a rectangle of the sheet.
        function around(x, y, w, h) {
          const shape = view.clientWidth / Math.max(1, view.clientHeight);
          const width = Math.max(w, h * shape), height = width / shape;
          return { x: x + w / 2 - width / 2, y: y + h / 2 - height / 2, w: width, h: height };
        }
        function paint() {
          clearTimeout(timer);
          timer = 0;
          painted = { ...now };
          sheet.setAttribute("viewBox", [now.x, now.y, now.w, now.h].join(" "));
          sheet.style.transform = "none";
        }
        function show() {
          const scale = painted.w / now.w;
          const dx = (painted.x - now.x) / now.w * view.clientWidth, dy = (painted.y - now.y) / now.h * view.clientHeight;
          sheet.style.transform = `translate(${dx}px,${dy}px) scale(${scale})`;
          clearTimeout(timer);
          timer = setTimeout(paint, 160);
        }
        function go(target) { now = target; paint(); }
        function fit() { go(around(-2, -2, size.w + 4, size.h + 4)); }
        function zoom(factor, px, py) {
          const w = Math.min(Math.max(now.w * factor, 15), Math.max(size.w, size.h) * 4), f = w / now.w;
          const cx = now.x + now.w * px, cy = now.y + now.h * py;
          now = { x: cx - (cx - now.x) * f, y: cy - (cy - now.y) * f, w: w, h: now.h * f };
          show();
        }

        // While a hand is down a cover takes the pointer, so that nobody asks thousands of shapes which of them it is over.
        const hands = new Map(), cover = document.getElementById("cover");
        view.addEventListener("pointerdown", e => {
          hands.set(e.pointerId, e);
          view.setPointerCapture(e.pointerId);
          cover.hidden = false;
          hideTip();
        });
        for (const end of ["pointerup", "pointercancel"]) view.addEventListener(end, e => {
          hands.delete(e.pointerId);
          cover.hidden = hands.size === 0;
        });
        view.addEventListener("pointermove", e => {
          const before = hands.get(e.pointerId);
          if (!before) { point(e); return; }
          const others = [...hands.values()].filter(h => h.pointerId !== e.pointerId);
          if (others.length === 1) {
            const o = others[0], was = Math.hypot(before.x - o.x, before.y - o.y), is = Math.hypot(e.x - o.x, e.y - o.y);
            const frame = view.getBoundingClientRect();
            if (was > 0 && is > 0) zoom(was / is, (o.x - frame.x) / frame.width, (o.y - frame.y) / frame.height);
          } else if (others.length === 0) {
            now.x -= (e.x - before.x) / view.clientWidth * now.w;
            now.y -= (e.y - before.y) / view.clientHeight * now.h;
            show();
          }
          hands.set(e.pointerId, e);
        });
        view.addEventListener("wheel", e => {
          e.preventDefault();
          const frame = view.getBoundingClientRect();
          zoom(Math.exp(Math.max(-1, Math.min(1, e.deltaY / 300))), (e.x - frame.x) / frame.width, (e.y - frame.y) / frame.height);
        }, { passive: false });

        const tip = document.getElementById("tip");
        function hideTip() { tip.hidden = true; }
        function point(e) {
          const n = e.target.dataset ? (e.target.closest("[data-n]") || { dataset: {} }).dataset.n : undefined;
          if (n === undefined) { hideTip(); return; }
          tip.textContent = tips[n];
          tip.hidden = false;
          tip.style.left = Math.min(e.x + 14, innerWidth - tip.offsetWidth - 4) + "px";
          tip.style.top = Math.min(e.y + 14, innerHeight - tip.offsetHeight - 4) + "px";
        }
        view.addEventListener("pointerleave", hideTip);

        // Letters without marks, so that "yen my" finds "Yên Mỹ".
        const plain = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
        const index = tips.map(t => plain(t.split("\n").slice(0, 2).join(" ")));
        const search = document.getElementById("search"), output = document.getElementById("found");
        const largest = 2000;
        let hits = [], at = -1, marks = [];
        // All shapes are measured before any frame is added: each addition would make the next measure lay out everything anew.
        function frames(shapes) {
          const boxes = shapes.map(shape => {
            const b = shape.getBBox(), em = Number(shape.getAttribute("font-size"));
            // A text's own box is as high as its font likes lines to be apart.
            const top = em ? shape.getAttribute("y") - em : b.y - .5;
            return { x: b.x - .6, y: top, width: b.width + 1.2, height: em ? em * 1.28 : b.height + 1, rx: .6, class: "hit" };
          });
          return boxes.map((box, i) => {
            const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
            for (const [key, value] of Object.entries(box)) mark.setAttribute(key, value);
            shapes[i].before(mark);
            return mark;
          });
        }
        function find() {
          for (const mark of marks) mark.remove();
          marks = [];
          hits = [];
          at = -1;
          const words = plain(search.value).split(/\s+/).filter(w => w);
          if (!words.length) { output.textContent = ""; return; }
          const wanted = new Set();
          index.forEach((text, n) => { if (words.every(w => text.includes(w))) wanted.add(n); });
          // Of all texts about a node its row holds most letters; on a map its mark is shown too.
          const rows = new Map();
          for (const text of sheet.querySelectorAll("text[data-n]")) {
            const n = Number(text.dataset.n), other = rows.get(n);
            if (wanted.has(n) && (!other || text.textContent.length > other.textContent.length)) rows.set(n, text);
          }
          hits = [...rows.values()];
          if (hits.length <= largest) {
            const dots = [...sheet.querySelectorAll("circle[data-n]")].filter(dot => wanted.has(Number(dot.dataset.n)));
            marks = frames([...hits, ...dots]);
          }
          output.textContent = hits.length + " " + found;
        }
        function next(step) {
          if (!hits.length) return;
          if (at >= 0 && marks[at]) marks[at].classList.remove("now");
          at = (at + step + hits.length) % hits.length;
          if (marks[at]) marks[at].classList.add("now");
          const b = hits[at].getBBox();
          output.textContent = (at + 1) + "/" + hits.length + " " + found;
          go(around(b.x - 60, b.y - 35, b.width + 120, b.height + 70));
        }
        search.addEventListener("input", find);
        search.addEventListener("keydown", e => { if (e.key === "Enter") next(e.shiftKey ? -1 : 1); });
        document.getElementById("in").onclick = () => zoom(.7, .5, .5);
        document.getElementById("out").onclick = () => zoom(1 / .7, .5, .5);
        document.getElementById("fit").onclick = fit;
        document.getElementById("print").onclick = () => print();
        addEventListener("keydown", e => {
          if (e.target === search) return;
          if (e.key === "+" || e.key === "=") zoom(.7, .5, .5);
          if (e.key === "-") zoom(1 / .7, .5, .5);
          if (e.key === "0") fit();
          if (e.key === "/") { e.preventDefault(); search.focus(); }
        });
        addEventListener("beforeprint", () => sheet.setAttribute("viewBox", `0 0 ${size.w} ${size.h}`));
        addEventListener("afterprint", paint);
        addEventListener("resize", () => { if (now) go(around(now.x, now.y, now.w, now.h)); });
        fit();
        // A link may name what to look for: page.html#yen-my
        if (location.hash.length > 1) { search.value = decodeURIComponent(location.hash.slice(1)); find(); next(1); }
        """#
}
