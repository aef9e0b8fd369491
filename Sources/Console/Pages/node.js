// The node as a page sees it: requests up, events down. Reconnects for ever, except when the token is refused.
import { lang, t } from "./i18n.js";
import { Stream } from "./stream.js";

const tokenKey = (page) => `nhipcau.token.${page}`;
// The link's token leaves the address bar and the history at once. This tab keeps it, so that a reload finds it.
function takeToken() {
  const address = new URL(location.href);
  const given = address.searchParams.get("token");
  const key = tokenKey(location.pathname);
  try {
    if (!given) return sessionStorage.getItem(key) ?? "";
    sessionStorage.setItem(key, given);
    address.searchParams.delete("token");
    history.replaceState(history.state, "", address);
  } catch { /* A browser without storage keeps it in the address, or a reload would lose it. */ }
  return given ?? "";
}
export const token = takeToken();
// Hands the token to another page of this tab, without an address that holds it; false: this browser keeps nothing for a tab.
export function handOver(page) {
  try { sessionStorage.setItem(tokenKey(page), token); return true; } catch { return false; }
}
const identity = { Authorization: `Bearer ${token}`, "Accept-Language": lang };

export class Refused extends Error {
  constructor(status, body) {
    super([body.message, body.nextStep].filter(Boolean).join(" "));
    this.headline = body.message ?? "";
    this.nextStep = body.nextStep ?? "";
    this.status = status;
    this.code = body.code ?? "failed";
  }
}

export async function call(method, path, body, type = "application/json", keepalive = false) {
  let answer;
  try {
    answer = await fetch(path, {
      method, keepalive, cache: "no-store", body: body === undefined ? undefined : type === "application/json" ? JSON.stringify(body) : body,
      headers: { ...identity, ...(body === undefined ? {} : { "Content-Type": type }) },
    });
  } catch {
    throw new Refused(0, { code: "unreachable", message: t("unreachable") });
  }
  if (answer.ok) return answer;
  throw new Refused(answer.status, await answer.json().catch(() => ({})));
}
export const ask = (path, body = {}) => call("POST", path, body);

export const delay = (attempt) => Math.min(8000, 400 * 2 ** Math.min(attempt, 5)) * (0.75 + Math.random() / 2);

// Changes of docs/pages.md: an absent key did not change, null clears.
export function apply(state, change) {
  if (change.revision !== state.revision + 1) return null;
  const next = { ...state, revision: change.revision, clock: change.clock };
  for (const key of ["uplink", "truth", "pictures", "over", "invitations"]) if (key in change) next[key] = change[key];
  if (!state.meeting) return next;
  const meeting = { ...state.meeting };
  for (const key of ["holders", "queue", "votes", "actingChair", "speaker", "previousSpeaker", "cutOff", "apart", "endedAbove", "mayBreakAway", "loudspeakers", "crown", "ended", "seats"]) if (key in change) meeting[key] = change[key];
  if (change.sites) {
    const changed = new Map(change.sites.map((site) => [site.id, site]));
    meeting.sites = meeting.sites.map((site) => (changed.has(site.id) ? { ...changed.get(site.id), name: site.name } : site));
  }
  next.meeting = meeting;
  return next;
}

export class Events {
  state = null;
  open = false;
  everOpen = false;
  fatal = null;
  attempt = 0;
  // When the node said something last, on the page's clock.
  heardAt = -Infinity;
  constructor(onChange, onTick) {
    this.onTick = onTick;
    this.onChange = onChange;
    this.connect();
  }
  get heard() { return performance.now() - this.heardAt; }
  connect() {
    clearTimeout(this.timer);
    this.source?.close();
    const source = (this.source = new Stream(`/api/events?lang=${lang}`, identity, {
      state: (data) => {
        const before = this.state;
        this.heardAt = performance.now();
        this.state = JSON.parse(data);
        this.open = this.everOpen = true;
        this.attempt = 0;
        this.onChange(this.state, before, true);
      },
      // The node says that nothing changed.
      tick: () => { this.heardAt = performance.now(); this.onTick(); },
      change: (data) => {
        this.heardAt = performance.now();
        const next = this.state && apply(this.state, JSON.parse(data));
        if (!next) return this.connect();
        const before = this.state;
        this.state = next;
        this.onChange(next, before, false);
      },
    }, () => {
      if (source !== this.source) return;
      this.open = false;
      this.onChange(this.state, this.state, false);
      this.again();
    }));
  }
  // Nothing more will come of this link.
  refuse(why) { this.fatal = why; clearTimeout(this.timer); this.source?.close(); this.open = false; this.onChange(this.state, this.state, false); }
  again() {
    this.timer = setTimeout(async () => {
      try {
        await call("GET", "/api/meetings");
        this.connect();
      } catch (error) {
        if (error.status === 401 || error.status === 403) this.fatal = error;
        else this.again();
        this.onChange(this.state, this.state, false);
      }
    }, delay(this.attempt++));
  }
}
