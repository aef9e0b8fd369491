"""The page's own half of the truth line and of the alarm strip, as tables: the page's modules run in a browser without a meeting."""
import json

NODE = {"turn": "floor", "voice": "open", "leg": 7, "hearing": 3, "lost": 0}
PAGE = {"phase": "in", "heard": 100, "leg": 7, "legUp": 5000, "sends": True, "hasMicrophone": True, "muted": False, "ended": False, "meeting": {}}

# What differs from a hall that speaks and is heard, and what its bar then says.
TRUTHS = [
    ("speaking", {}, {}),
    ("speaking", {"heard": 1000}, {}),
    ("lost", {"heard": 1001}, {}),
    ("lost", {"phase": "lost"}, {}),
    ("off", {"phase": "out"}, {}),
    ("connecting", {"phase": "connecting"}, {}),
    ("connecting", {"leg": None}, {}),
    ("connecting", {"legUp": None}, {}),
    ("elsewhere", {}, {"leg": 8}),
    ("connecting", {"legUp": 100}, {"leg": 8}),
    ("equipment", {}, {"leg": None}),
    ("connecting", {}, {"leg": None, "voice": "absent"}),
    ("muted", {"muted": True}, {}),
    ("muted", {}, {"voice": "muted"}),
    ("nomic", {"hasMicrophone": False}, {}),
    ("alone", {}, {"voice": "alone"}),
    ("silent", {}, {"voice": "silent"}),
    ("opening", {"legUp": 600}, {"voice": "silent"}),
    ("opening", {}, {"voice": "opening"}),
    ("waiting", {"heard": 60000}, {"turn": "waiting", "voice": "closed", "place": 2}),
    ("listening", {"heard": 60000}, {"turn": "none", "voice": "closed"}),
    ("elsewhere", {}, {"turn": "none", "voice": "closed", "leg": 8}),
    ("leading", {}, {"turn": "chair"}),
    ("leading-muted", {"muted": True}, {"turn": "chair"}),
    ("lost", {"heard": 1001, "muted": True}, {"turn": "chair"}),
    ("viewing", {"sends": False}, None),
    ("connecting", {}, None),
    ("idle", {"meeting": None}, None),
    ("over", {"meeting": None, "ended": True}, None),
    ("lost", {"meeting": None, "phase": "lost"}, None),
]

# A province, two districts with two communes each; which sites are lost, and which names are shouted with how many halls.
TREE = {"nodes": [{"id": i, "parent": p, "fullName": i.upper(), "sites": [{"id": i, "name": i.upper()}]} for i, p in
                  [("p", None), ("d1", "p"), ("c11", "d1"), ("c12", "d1"), ("d2", "p"), ("c21", "d2"), ("c22", "d2")]]}
ALARMS = [
    ([], [], []),
    (["c11"], [], [["C11", 1]]),
    (["d1", "c11", "c12"], [], [["D1", 3]]),
    (["c11", "c12"], [], [["C11", 1], ["C12", 1]]),
    # Of a hall that never joined nobody misses anything.
    (["c11", "c12"], ["d1"], [["D1", 2]]),
    (["d1", "c11", "c12", "c22"], [], [["D1", 3], ["C22", 1]]),
    (["d1", "c11", "c12", "d2", "c21", "c22"], [], [["D1", 3], ["D2", 3]]),
]

# Server-sent events as they come over a line, and what is read from them.
EVENTS = "retry: 1000\n\nevent: state\nid: 1\ndata: {\"a\":1}\n\n: nothing new\n\nevent: tick\r\ndata: 7\r\n\r\ndata: x\ndata:y\n\nevent: gone\n\ndata: z\n\n"
CUT = [["state", '{"a":1}'], ["tick", "7"], ["message", "x\ny"], ["message", "z"]]


async def logic(stage):
    browser = await stage.chromium()
    page = await browser.open(stage.network.base("yen-my") + "/?", auto=False)
    wrong = []
    for wanted, here, there in TRUTHS:
        values = {**PAGE, **here, "truth": None if there is None else {k: v for k, v in {**NODE, **there}.items() if v is not None}}
        values = {k: v for k, v in values.items() if v is not None}
        got = await page.run(f"async () => (await import('/assets/truth.js')).truthOf({json.dumps(values)})")
        if got != wanted:
            wrong.append(f"{here} {there}: {got}, not {wanted}")
    for lost, absent, wanted in ALARMS:
        sites = [{"id": n["id"], "name": n["id"].upper(), "since": 1, "presence": "cut-off" if n["id"] in lost else "absent" if n["id"] in absent else "present"}
                 for n in TREE["nodes"]]
        got = await page.run(f"async () => (await import('/assets/alarm.js')).lostGroups({json.dumps(sites)}, {json.dumps(TREE)}).map((g) => [g.name, g.count])")
        if got != wanted:
            wrong.append(f"{lost}: {got}, not {wanted}")
    for step in range(1, 25):
        got = await page.run(f"""async () => {{
            const {{ Parser }} = await import('/assets/stream.js'); const out = [], text = {json.dumps(EVENTS)};
            const parser = new Parser((name, data) => out.push([name, data]));
            for (let i = 0; i < text.length; i += {step}) parser.take(text.slice(i, i + {step}));
            return out; }}""")
        if got != CUT:
            wrong.append(f"events cut after {step}: {got}")
    if wrong:
        raise AssertionError("; ".join(wrong))
    return f"{len(TRUTHS)} truths, {len(ALARMS)} alarms, events cut anywhere"
