import { t, translatePage } from "./i18n.js";
translatePage();
const put = (id, text) => { document.getElementById(id).textContent = text; };
try {
  const about = await (await fetch("/api/about")).json();
  put("node", `${about.name} (${about.node})`);
  put("sites", about.siteCount);
  put("state", t(about.ok ? "index.ok" : "index.bad"));
} catch { put("state", t("index.bad")); }
