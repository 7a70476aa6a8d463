"""Figures of fictional answers, computed apart from the service's own code, for TestGolden.

    cd pkg/stats/testdata/golden && python3 -B golden.py > golden.json    # Python 3.8 or newer, nothing else

The questionnaires, the answers of every fictional respondent and the figures go to golden.json; the answers come of a
fixed generator, so that the file is the same each time. Every figure is worked out of the raw answers respondent by
respondent, exactly in fractions up to the last square root or quantile, in the words of the method and not of the Go code.
"""

import json
from fractions import Fraction as F

from quantiles import Z, Decimal, atanh, dec, t_quantile, tanh

OPT_OUTS = ("na", "dk")
QUANTILES = {}


def t95(df):
    if df not in QUANTILES:
        QUANTILES[df] = t_quantile(df)
    return QUANTILES[df]


# ---- figures

def mean(xs):
    return F(sum(xs), 1) / len(xs)


def variance(xs):
    m = mean(xs)
    return sum((x - m) ** 2 for x in xs) / (len(xs) - 1)


def median(xs):
    xs = sorted(xs)
    half = len(xs) // 2
    return F(xs[half]) if len(xs) % 2 else F(xs[half - 1] + xs[half], 2)


def t_interval(xs, n=None):
    """Mean and half its interval; n: people, where xs are several answers of each."""
    n = n or len(xs)
    return dec(mean(xs)), t95(n - 1) * dec(variance(xs) / n).sqrt()


def wilson(p, n):
    """The roots of (p - q)^2 = z^2 q(1-q)/n, as a quadratic equation in q."""
    p, z2 = dec(p), Z * Z
    a, b, c = 1 + z2 / n, -(2 * p + z2 / n), p * p
    root = (b * b - 4 * a * c).sqrt()
    return max(Decimal(0), (-b - root) / (2 * a)), min(Decimal(1), (-b + root) / (2 * a))


def nps(xs):
    """Each person counts +1, 0 or -1: the NPS is their mean, its error that of a mean with the variance of n."""
    marks = [1 if x >= 9 else -1 if x <= 6 else 0 for x in xs]
    m = mean(marks)
    spread = sum((x - m) ** 2 for x in marks) / len(marks)
    half = Z * dec(spread / len(marks)).sqrt()
    low, high = 100 * (dec(m) - half), 100 * (dec(m) + half)
    return 100 * m, max(Decimal(-100), low), min(Decimal(100), high)


def alpha(rows):
    """Cronbach's alpha by covariances: r/(r-1) * (sum of all covariances of two different rows) / (sum of all)."""
    r, n = len(rows), len(rows[0])
    means = [mean(row) for row in rows]
    cov = [[sum((a - means[i]) * (b - means[j]) for a, b in zip(rows[i], rows[j])) / (n - 1) for j in range(r)] for i in range(r)]
    whole = sum(map(sum, cov))
    between = whole - sum(cov[i][i] for i in range(r))
    return F(r, r - 1) * between / whole


def ranks(xs):
    """Mean ranks, by counting for each x who is below and who is equal."""
    return [F(sum(y < x for y in xs)) + F(sum(y == x for y in xs) + 1, 2) for x in xs]


def spearman(xs, ys):
    a, b = ranks(xs), ranks(ys)
    ma, mb = mean(a), mean(b)
    xy = sum((x - ma) * (y - mb) for x, y in zip(a, b))
    rho = dec(xy) / dec(sum((x - ma) ** 2 for x in a) * sum((y - mb) ** 2 for y in b)).sqrt()
    half = Z * ((1 + rho * rho / 2) / (len(xs) - 3)).sqrt()
    return rho, tanh(atanh(rho) - half), tanh(atanh(rho) + half)


def welch(xs, ys, nx=None, ny=None):
    """now - before (ys - xs); nx, ny: people, where xs and ys are several answers of each."""
    nx, ny = nx or len(xs), ny or len(ys)
    return welch_of(mean(ys) - mean(xs), dec(variance(xs) / nx), nx, dec(variance(ys) / ny), ny)


def welch_of(difference, a, nx, b, ny):
    df = (a + b) ** 2 / (a * a / (nx - 1) + b * b / (ny - 1))
    half = t95(df) * (a + b).sqrt()
    return dec(difference), dec(difference) - half, dec(difference) + half


def newcombe(p1, i1, p2, i2):
    p1, p2 = dec(p1), dec(p2)
    d = p2 - p1
    return d, d - ((p2 - i2[0]) ** 2 + (i1[1] - p1) ** 2).sqrt(), d + ((i2[1] - p2) ** 2 + (p1 - i1[0]) ** 2).sqrt()


def verdict(n, low, high):
    return "too_few" if n < 30 else "up" if low > 0 else "down" if high < 0 else "within"


# ---- questionnaires

def text(s):
    return {"pl": s}


def scale(points, **more):
    return dict({"points": [{"label": text("punkt %d" % (i + 1))} for i in range(points)]}, **more)


def questionnaire(questions):
    return {"key": "q", "title": text("Ankieta"), "sections": [{"key": "s", "title": text("Sekcja"), "questions": questions}]}


def score(question, value, importance=False):
    """The score of an answer, higher is better; None of one without substance."""
    if value in ("", "?", "na", "dk", "hidden"):
        return None
    if question["kind"] == "nps" or question["kind"] == "number":
        return int(value)
    s = question["importance"] if importance and "importance" in question else question["scale"]
    points = s["points"]
    place = int(value)
    if "score" in points[place - 1]:
        return points[place - 1]["score"]
    return len(points) + 1 - place if s.get("best_first") else place


def lowest_highest(question, importance=False):
    if question["kind"] == "nps":
        return 0, 10, 11
    s = question["importance"] if importance and "importance" in question else question["scale"]
    xs = [score(question, str(i + 1), importance) for i in range(len(s["points"]))]
    return min(xs), max(xs), len(xs)


class Survey:
    """A questionnaire's answers, one dict a respondent, by form field."""

    def __init__(self, questions, people):
        self.questions, self.people = questions, people
        self.question = {q["key"]: q for q in questions}

    def items(self):
        """(field, question, importance, area, role) of each rated thing."""
        for q in self.questions:
            areas = {a["key"]: a for a in q.get("areas", [])}
            if q["kind"] == "matrix":
                for r in q["rows"]:
                    yield q["key"] + "." + r["key"], q, False, r["area"], areas[r["area"]].get("role") or q.get("role")
                if "importance" in q:
                    for a in q["areas"]:
                        yield q["key"] + "." + a["key"] + ".importance", q, True, None, None
            elif q["kind"] == "paired":
                for r in q["rows"]:
                    yield q["key"] + "." + r["key"] + ".importance", q, True, None, None
                    yield q["key"] + "." + r["key"] + ".satisfaction", q, False, None, q.get("role")
            elif q["kind"] in ("scale", "nps"):
                yield q["key"], q, False, None, q.get("role")

    def raw(self, field):
        return [p.get(field, "") for p in self.people]

    def scores(self, field, importance=False):
        q = self.question[field.split(".")[0]]
        return [x for x in (score(q, v, importance) for v in self.raw(field)) if x is not None]


# ---- all figures of one survey

def figure(out, name, value, low, high):
    out[name], out[name + ".low"], out[name + ".high"] = value, low, high


def mean_figure(out, name, xs, n=None):
    m, half = t_interval(xs, n)
    figure(out, name, m, m - half, m + half)


def share_figure(out, name, count, of, n=None):
    p = F(count, of)
    low, high = wilson(p, n or of)
    figure(out, name, p, low, high)


def boxes(xs, low_to_high):
    box = 2 if len(low_to_high) >= 4 else 1
    return sum(x in low_to_high[-box:] for x in xs), sum(x in low_to_high[:box] for x in xs)


def scale_of(q, importance=False):
    if q["kind"] == "nps":
        return list(range(11))
    s = q["importance"] if importance and "importance" in q else q["scale"]
    return sorted(score(q, str(i + 1), importance) for i in range(len(s["points"])))


def item_figures(s, out):
    for field, q, importance, _, _ in s.items():
        raw, xs = s.raw(field), s.scores(field, importance)
        asked = sum(v != "hidden" for v in raw)
        out[field + ".asked"], out[field + ".valid"] = asked, len(xs)
        mean_figure(out, field + ".mean", xs)
        out[field + ".sd"], out[field + ".median"] = dec(variance(xs)).sqrt(), median(xs)
        top, bottom = boxes(xs, scale_of(q, importance))
        share_figure(out, field + ".top2", top, len(xs))
        share_figure(out, field + ".bottom2", bottom, len(xs))
        share_figure(out, field + ".missing", sum(v in ("", "?") for v in raw), asked)
        low, high, points = lowest_highest(q, importance)
        for value in range(points):
            value = str(value if q["kind"] == "nps" else value + 1)
            share_figure(out, field + "=" + value, raw.count(value), len(xs))
            out[field + "=" + value + ".of_all"] = F(raw.count(value), asked)
        if q["kind"] == "nps":
            figure(out, field + ".nps", *nps(xs))
    for q in s.questions:
        fields = [f for f, of, _, _, _ in s.items() if of is q]
        asked = [sum(v != "hidden" for v in s.raw(f)) for f in fields]
        given = sum(v not in ("", "?", "hidden") for f in fields for v in s.raw(f))
        share_figure(out, q["key"] + ".completion", given, sum(asked), max(asked))


def area_rows(s, key):
    return [f for f, q, importance, area, _ in s.items() if area == key and not importance]


def areas(s):
    return [(q, a["key"]) for q in s.questions if q["kind"] == "matrix" for a in q.get("areas", [])]


def area_figures(s, out):
    for q, key in areas(s):
        rows = area_rows(s, key)
        pooled = [x for f in rows for x in s.scores(f)]
        people = max(len(s.scores(f)) for f in rows)
        mean_figure(out, "area " + key, pooled, people)
        top, bottom = boxes(pooled, scale_of(q))
        share_figure(out, "area " + key + ".top2", top, len(pooled), people)
        share_figure(out, "area " + key + ".bottom2", bottom, len(pooled), people)
        complete = [p for p in s.people if all(score(q, p.get(f, "")) is not None for f in rows)]
        told = len(rows) > 1 and len(complete) >= 30
        out["area " + key + ".alpha_n"] = len(complete) if told else 0
        out["area " + key + ".alpha"] = alpha([[score(q, p[f]) for p in complete] for f in rows]) if told else 0


def feeding(s, role):
    return [(f, q) for f, q, importance, _, r in s.items() if r == role and not importance]


def indicator(s, role):
    """Value, half the interval and people of an indicator."""
    values, halves, people = [], [], 0
    for f, q in feeding(s, role):
        low, high, _ = lowest_highest(q)
        m, half = t_interval(s.scores(f))
        values.append((m - low) / (high - low) * 100)
        halves.append(half / (high - low) * 100)
        people = max(people, len(s.scores(f)))
    return sum(values) / len(values), sum(halves) / len(halves), people


def indicator_figures(s, weights, out):
    total = value = half = 0
    for role in ("efficiency", "employee", "overall"):
        if feeding(s, role):
            v, h, _ = indicator(s, role)
            w = weights.get(role, 1)
            figure(out, "indicator " + role, v, v - h, v + h)
            out["indicator " + role + ".weight"] = w
            total, value, half = total + w, value + w * v, half + w * h
    figure(out, "composite", value / total, (value - half) / total, (value + half) / total)


PLACES = {(True, True): "strength", (True, False): "improve", (False, True): "excess", (False, False): "low_priority"}


def chart_figures(out, name, points):
    """points: field -> (importance, satisfaction)."""
    cut_i = sum(p[0] for p in points.values()) / len(points)
    cut_s = sum(p[1] for p in points.values()) / len(points)
    out[name + ".cut_importance"], out[name + ".cut_satisfaction"] = cut_i, cut_s
    for f, (i, s) in points.items():
        out[name + " " + f] = PLACES[(i >= cut_i, s >= cut_s)]


def quadrant_figures(s, out):
    asked = [q for q in s.questions if q["kind"] == "paired" or "importance" in q]
    for q in asked:
        if q["kind"] == "paired":
            pairs = {r["key"]: (s.scores("%s.%s.importance" % (q["key"], r["key"]), True), s.scores("%s.%s.satisfaction" % (q["key"], r["key"]))) for r in q["rows"]}
        else:
            pairs = {a["key"]: (s.scores("%s.%s.importance" % (q["key"], a["key"]), True), [x for f in area_rows(s, a["key"]) for x in s.scores(f)]) for a in q["areas"]}
        points = {key: (mean(i), mean(x)) for key, (i, x) in pairs.items()}
        k = lowest_highest(q)[2]
        out["quadrant " + q["key"] + ".csi"] = 100 * sum(i * x for i, x in points.values()) / (k * sum(i for i, _ in points.values()))
        chart_figures(out, "quadrant " + q["key"], points)
    if asked:
        return
    overall = next(q for q in s.questions if q.get("role") == "overall")
    points = {}
    for q in s.questions:
        for r in q.get("rows", []):
            f = q["key"] + "." + r["key"]
            both = [(score(q, p.get(f, "")), score(overall, p.get(overall["key"], ""))) for p in s.people]
            both = [(x, y) for x, y in both if x is not None and y is not None]
            if len(both) < 30:
                continue
            rho = spearman([x for x, _ in both], [y for _, y in both])
            figure(out, "rho " + r["key"], *rho)
            out["rho " + r["key"] + ".n"] = len(both)
            points[r["key"]] = (rho[0], dec(mean(s.scores(f))))
    if len(points) >= 2:
        chart_figures(out, "derived", points)


def figures(questions, people, weights):
    s, out = Survey(questions, people), {}
    item_figures(s, out)
    area_figures(s, out)
    indicator_figures(s, weights, out)
    quadrant_figures(s, out)
    return out


# ---- changes

def change_figures(out, name, w, n, top=None):
    figure(out, name, *w)
    out[name + ".verdict"] = verdict(n, w[1], w[2])
    if top:
        figure(out, name + ".top2", *top)
        out[name + ".top2.verdict"] = verdict(n, top[1], top[2])


def changes(questions, before, now):
    a, b, out = Survey(questions, before), Survey(questions, now), {}
    for field, q, importance, _, _ in a.items():
        xs, ys, steps = a.scores(field, importance), b.scores(field, importance), scale_of(q, importance)
        p, r = F(boxes(xs, steps)[0], len(xs)), F(boxes(ys, steps)[0], len(ys))
        change_figures(out, field, welch(xs, ys), min(len(xs), len(ys)), newcombe(p, wilson(p, len(xs)), r, wilson(r, len(ys))))
    for q, key in areas(a):
        xs, ys = ([x for f in area_rows(s, key) for x in s.scores(f)] for s in (a, b))
        nx, ny = (max(len(s.scores(f)) for f in area_rows(s, key)) for s in (a, b))
        p, r = F(boxes(xs, scale_of(q))[0], len(xs)), F(boxes(ys, scale_of(q))[0], len(ys))
        change_figures(out, "area " + key, welch(xs, ys, nx, ny), min(nx, ny), newcombe(p, wilson(p, nx), r, wilson(r, ny)))
    for role in ("efficiency", "employee", "overall"):
        if feeding(a, role):
            (v, h, n), (w, g, m) = indicator(a, role), indicator(b, role)
            change_figures(out, "indicator " + role, welch_of(w - v, (h / t95(n - 1)) ** 2, n, (g / t95(m - 1)) ** 2, m), min(n, m))
    return out


# ---- fictional answers

class Chance:
    """A linear congruential generator (Knuth's MMIX), the same in every Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n


def answer(chance, q, mood, importance=False):
    """One answer that follows the mood of the respondent, 0 to 99."""
    kind = chance.below(100)
    if kind < 6:
        return ""
    if kind < 7:
        return "?"
    if kind < 13 and q.get("opt_outs"):
        return q["opt_outs"][chance.below(len(q["opt_outs"]))]
    steps = scale_of(q, importance)
    place = min(len(steps) - 1, max(0, (2 * mood + chance.below(100)) * len(steps) // 300))
    if q["kind"] == "nps":
        return str(place)
    s = q["importance"] if importance and "importance" in q else q["scale"]
    return str(len(steps) - place if s.get("best_first") else place + 1)


def respondents(seed, questions, n, shift):
    chance, people = Chance(seed), []
    fields = [(f, q, importance) for f, q, importance, _, _ in Survey(questions, []).items()]
    for _ in range(n):
        mood = max(chance.below(100), chance.below(100), chance.below(100)) + shift
        people.append({f: answer(chance, q, mood - 25 * (i % 3), importance) for i, (f, q, importance) in enumerate(fields)})
    return people


def row(key, area=None):
    return dict({"key": key, "label": text("Wiersz " + key)}, **({"area": area} if area else {}))


OVERALL = {"key": "overall", "kind": "scale", "label": text("Ogólnie?"), "role": "overall", "scale": scale(5), "opt_outs": ["dk"]}
MATRIX = {"key": "service", "kind": "matrix", "label": text("Obsługa"), "role": "employee", "scale": scale(5, best_first=True), "opt_outs": ["na", "dk"],
          "areas": [{"key": "time", "label": text("Czas"), "role": "efficiency"}, {"key": "skill", "label": text("Wiedza")}],
          "rows": [row("wait", "time"), row("due", "time"), row("hours", "time"), row("kind", "skill"), row("clear", "skill")]}
FOUR = {"key": "site", "kind": "scale", "label": text("Strona?"), "role": "efficiency", "scale": scale(4)}
RECOMMEND = {"key": "nps", "kind": "nps", "label": text("Poleci?")}
PAIRED = {"key": "pair", "kind": "paired", "label": text("Ważne?"), "role": "employee", "scale": scale(5), "importance": scale(3), "rows": [row("a"), row("b"), row("c"), row("d")]}
IMPORTANT = dict(MATRIX, key="seat", importance=scale(5), role="efficiency", areas=[{"key": "x", "label": text("X")}, {"key": "y", "label": text("Y")}],
                 rows=[row("x1", "x"), row("x2", "x"), row("y1", "y")], scale=scale(5))

CASES = [
    ("derived importance", [OVERALL, MATRIX, FOUR, RECOMMEND], (211, 90, 0), (977, 140, 12), {"efficiency": 50, "employee": 30, "overall": 20}),
    ("asked importance", [OVERALL, PAIRED, IMPORTANT], (31, 64, 10), (32, 41, -8), {"overall": 3}),
    ("few answers", [OVERALL, MATRIX, RECOMMEND], (5, 48, 0), (6, 31, 15), {}),
]


def rounded(x):
    return x if isinstance(x, (str, int)) else float(dec(x))


def main():
    cases = []
    for name, questions, first, second, weights in CASES:
        before, now = respondents(first[0], questions, *first[1:]), respondents(second[0], questions, *second[1:])
        cases.append({"name": name, "questionnaire": questionnaire(questions), "weights": weights, "before": before, "now": now,
                      "want_before": figures(questions, before, weights), "want_now": figures(questions, now, weights),
                      "want_change": changes(questions, before, now)})
        for want in ("want_before", "want_now", "want_change"):
            cases[-1][want] = {key: rounded(x) for key, x in cases[-1][want].items()}
    print("[" + ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases) + "]")


if __name__ == "__main__":
    main()
