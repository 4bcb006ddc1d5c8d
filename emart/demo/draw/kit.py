"""A small SVG drawing kit: colour, light, shadow and turned bodies.

One light for the whole set: it stands at the upper left, so highlights sit left
of the middle, form shadows right of it, and cast shadows fall to the right.
Objects are drawn around their own origin (the middle of their foot) and placed
with `Svg.at`, so that the same code serves product pictures and whole scenes.
"""

import random
from contextlib import contextmanager

SHADE = "#1f1a2e"  # what dark is mixed with: never plain black
GLOW = "#fff8ea"   # what light is mixed with: never plain white


def _to_lab(colour):
    r, g, b = (int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (r, g, b))
    l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)


def _to_hex(lab):
    L, a, b = lab
    l, m, s = ((L + 0.3963377774 * a + 0.2158037573 * b) ** 3, (L - 0.1055613458 * a - 0.0638541728 * b) ** 3,
               (L - 0.0894841775 * a - 1.2914855480 * b) ** 3)
    rgb = (4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
           -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
           -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)
    out = (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in (min(1, max(0, v)) for v in rgb))
    return "#" + "".join(f"{round(min(1, max(0, c)) * 255):02x}" for c in out)


def mix(a, b, t):
    """Colour between a (t=0) and b (t=1), even to the eye (Oklab)."""
    return _to_hex(tuple(x + (y - x) * t for x, y in zip(_to_lab(a), _to_lab(b))))


def dark(colour, t=0.3):
    return mix(colour, SHADE, t)


def light(colour, t=0.3):
    return mix(colour, GLOW, t)


def num(v):
    return f"{v:.1f}".rstrip("0").rstrip(".")


def sample(points, steps=10, closed=False):
    """Points of a smooth curve through `points`; a third item 'c' makes a corner."""
    pts = [(p[0], p[1], len(p) > 2) for p in points]
    count, out = len(pts), []
    for i in range(count if closed else count - 1):
        p1, p2 = pts[i], pts[(i + 1) % count]
        p0 = pts[i - 1] if (i > 0 or closed) and not p1[2] else p1
        p3 = pts[(i + 2) % count] if (i + 2 < count or closed) and not p2[2] else p2
        for k in range(steps):
            t = k / steps
            out.append(tuple(0.5 * (2 * p1[a] + (p2[a] - p0[a]) * t + (2 * p0[a] - 5 * p1[a] + 4 * p2[a] - p3[a]) * t * t
                                    + (3 * p1[a] - p0[a] - 3 * p2[a] + p3[a]) * t ** 3) for a in (0, 1)))
    if not closed:
        out.append(pts[-1][:2])
    return out


def poly(points, closed=True):
    return "M" + " ".join(f"{num(x)},{num(y)}" for x, y in points) + ("Z" if closed else "")


def smooth(points, closed=True, steps=10):
    return poly(sample(points, steps, closed), closed)


def rrect(x, y, w, h, r):
    return (f"M{x + r},{y}h{w - 2 * r}a{r},{r} 0 0 1 {r},{r}v{h - 2 * r}a{r},{r} 0 0 1 {-r},{r}h{2 * r - w}"
            f"a{r},{r} 0 0 1 {-r},{-r}v{2 * r - h}a{r},{r} 0 0 1 {r},{-r}Z")


def ell(cx, cy, rx, ry=None):
    ry = rx if ry is None else ry
    return f"M{num(cx - rx)},{num(cy)}a{num(rx)},{num(ry)} 0 1 1 {num(2 * rx)},0a{num(rx)},{num(ry)} 0 1 1 {num(-2 * rx)},0Z"


class Svg:
    def __init__(self, w=1200, h=1200):
        self.w, self.h, self.defs, self.body, self.n, self.blurs = w, h, [], [], 0, {}
        self.rng = random.Random(7)

    def text(self):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.w}" height="{self.h}" '
                f'viewBox="0 0 {self.w} {self.h}"><defs>{"".join(self.defs)}</defs>{"".join(self.body)}</svg>')

    def _id(self):
        self.n += 1
        return f"i{self.n}"

    def _stops(self, stops):
        out = ""
        for i, stop in enumerate(stops):
            stop = (i / (len(stops) - 1), stop) if isinstance(stop, str) else stop
            alpha = f' stop-opacity="{stop[2]}"' if len(stop) > 2 else ""
            out += f'<stop offset="{stop[0]}" stop-color="{stop[1]}"{alpha}/>'
        return out

    def lin(self, x1, y1, x2, y2, *stops):
        i = self._id()
        self.defs.append(f'<linearGradient id="{i}" gradientUnits="userSpaceOnUse" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">'
                         f"{self._stops(stops)}</linearGradient>")
        return f"url(#{i})"

    def rad(self, cx, cy, r, *stops):
        i = self._id()
        self.defs.append(f'<radialGradient id="{i}" gradientUnits="userSpaceOnUse" cx="{cx}" cy="{cy}" r="{r}">'
                         f"{self._stops(stops)}</radialGradient>")
        return f"url(#{i})"

    def _blur(self, amount):
        if amount not in self.blurs:
            i = self.blurs[amount] = self._id()
            self.defs.append(f'<filter id="{i}" filterUnits="userSpaceOnUse" x="-1500" y="-1500" width="4600" height="4600">'
                             f'<feGaussianBlur stdDeviation="{num(amount)}"/></filter>')
        return f"url(#{self.blurs[amount]})"

    def path(self, d, fill="none", op=None, blur=None, stroke=None, w=None, t=None, blend=None, dash=None, cap="round"):
        a = f' fill="{fill}"'
        if op is not None:
            a += f' opacity="{op}"'
        if blur:
            a += f' filter="{self._blur(round(blur, 1))}"'
        if stroke:
            a += f' stroke="{stroke}" stroke-width="{w or 2}" stroke-linecap="{cap}" stroke-linejoin="round"'
        if dash:
            a += f' stroke-dasharray="{dash}"'
        if t:
            a += f' transform="{t}"'
        if blend:
            a += f' style="mix-blend-mode:{blend}"'
        self.body.append(f'<path d="{d}"{a}/>')

    def line(self, d, stroke, w=2, **more):
        self.path(d, "none", stroke=stroke, w=w, **more)

    def pattern(self, w, h, inner, rotate=0, scale=1):
        i = self._id()
        self.defs.append(f'<pattern id="{i}" width="{w}" height="{h}" patternUnits="userSpaceOnUse" '
                         f'patternTransform="rotate({rotate}) scale({scale})">{inner}</pattern>')
        return f"url(#{i})"

    def glow(self, x, y, r, colour="#ffd58a", op=0.8):
        """Light spilling from a lamp."""
        self.path(ell(x, y, r), self.rad(x, y, r, (0, colour, op), (0.35, colour, op * 0.42), (0.7, colour, op * 0.1), (1, colour, 0)), blend="screen")

    @contextmanager
    def group(self, **attrs):
        self.body.append("<g " + " ".join(f'{k.replace("_", "-")}="{v}"' for k, v in attrs.items()) + ">")
        yield
        self.body.append("</g>")

    def at(self, x, y, scale=1, rotate=0, flip=False):
        flip_part = f"scale({-scale},{scale})" if flip else f"scale({scale})"
        return self.group(transform=f"translate({num(x)},{num(y)}) rotate({rotate}) {flip_part}")

    @contextmanager
    def clip(self, d):
        i = self._id()
        self.defs.append(f'<clipPath id="{i}"><path d="{d}" clip-rule="evenodd"/></clipPath>')
        with self.group(clip_path=f"url(#{i})"):
            yield

    def words(self, x, y, size, text, fill, family="'Inter Display',Inter,sans-serif", weight=600, anchor="middle", spacing=0, style=""):
        self.body.append(f'<text x="{x}" y="{y}" font-family="{family}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
                         f'text-anchor="{anchor}" letter-spacing="{spacing}" {style}>{text}</text>')

    # ---------------------------------------------------------------- backdrops
    def studio(self, bg, horizon=0.72, window=True):
        """A wall that sweeps softly into the floor, with daylight from the upper left."""
        w, h = self.w, self.h
        line = h * horizon
        self.path(f"M0,0H{w}V{h}H0Z", self.lin(0, 0, w, line, light(bg, 0.34), bg, dark(bg, 0.07)))
        if window:
            with self.group(opacity=0.34):
                for x0, x1 in ((0.08, 0.25), (0.29, 0.46)):
                    top, low, slant = -40, line - 30, 0.34 * w
                    self.path(poly([(x0 * w, top), (x1 * w, top), (x1 * w + slant, low), (x0 * w + slant, low)]),
                              self.lin(0, 0, 0, line, (0, GLOW, 0.85), (1, GLOW, 0.25)), blur=14)
        floor = light(bg, 0.24)
        self.path(f"M-60,{line}H{w + 60}V{h + 60}H-60Z", self.lin(0, line, w, h, light(floor, 0.25), floor, dark(bg, 0.05)), blur=16)
        self.path(f"M0,{line}H{w}", stroke=dark(bg, 0.25), w=10, op=0.18, blur=14)

    def table(self, bg, window=True):
        """A surface seen from straight above."""
        w, h = self.w, self.h
        self.path(f"M0,0H{w}V{h}H0Z", self.lin(0, 0, w, h, light(bg, 0.36), bg, dark(bg, 0.1)))
        if window:
            with self.group(opacity=0.3):
                for x0, x1 in ((-0.02, 0.24), (0.3, 0.56)):
                    self.path(poly([(x0 * w, -60), (x1 * w, -60), (x1 * w + 0.42 * w, h + 60), (x0 * w + 0.42 * w, h + 60)]),
                              self.lin(0, 0, w, h, (0, GLOW, 0.9), (1, GLOW, 0.1)), blur=26)

    def dusk(self, top, low, horizon=0.74):
        """A dim room for pictures in which something glows."""
        w, h = self.w, self.h
        line = h * horizon
        self.path(f"M0,0H{w}V{h}H0Z", self.lin(0, 0, 0, line, top, low))
        self.path(f"M-60,{line}H{w + 60}V{h + 60}H-60Z", self.lin(0, line, 0, h, light(low, 0.1), dark(low, 0.35)), blur=6)

    # ------------------------------------------------------------------ shadows
    def stand(self, rx, ry=None, cx=0, cy=0, tone="#3a2c2a", strength=1.0, reach=1.0):
        """The shadow of something standing on the floor, falling to the right."""
        ry = ry or rx * 0.16
        self.path(ell(cx + rx * 0.75 * reach, cy + ry * 0.55, rx * (1 + 0.55 * reach), ry * 1.15), tone, op=0.2 * strength, blur=max(14, rx * 0.13))
        self.path(ell(cx + rx * 0.2, cy + ry * 0.35, rx * 1.1, ry * 1.1), tone, op=0.34 * strength, blur=max(8, rx * 0.05))
        self.path(ell(cx + rx * 0.02, cy + ry * 0.15, rx * 1.01, ry * 1.05), dark(tone, 0.4), op=0.5 * strength, blur=4)

    def lie(self, d, height=1.0, tone="#3a2c2a", strength=1.0):
        """The shadow of something lying on the table."""
        self.path(d, tone, op=0.2 * strength, blur=30 * height, t=f"translate({30 * height},{40 * height})")
        self.path(d, tone, op=0.3 * strength, blur=10 * height, t=f"translate({9 * height},{13 * height})")
        self.path(d, dark(tone, 0.4), op=0.35 * strength, blur=3, t=f"translate({2.5 * height},{4 * height})")

    # ----------------------------------------------------------------- surfaces
    def solid(self, d, colour, x0, x1, gloss=0.25, depth=0.34, vertical=False, y0=0, y1=0):
        """Fills a shape as a gently rounded solid between x0 and x1 (or y0 and y1)."""
        g = (0, y0, 0, y1) if vertical else (x0, 0, x1, 0)
        self.path(d, self.lin(*g, (0, dark(colour, depth * 0.35)), (0.1, light(colour, gloss * 0.5)), (0.3, light(colour, gloss)),
                              (0.55, colour), (0.9, dark(colour, depth)), (1, dark(colour, depth * 0.75))))

    def specks(self, x0, y0, x1, y1, count, colour, size=(1.2, 3.2), op=0.5):
        for _ in range(count):
            r = self.rng.uniform(*size)
            self.path(ell(self.rng.uniform(x0, x1), self.rng.uniform(y0, y1), r, r * 0.8), colour, op=round(op * self.rng.uniform(0.5, 1), 2))

    def slubs(self, x0, y0, x1, y1, colour, count=150):
        """Loose threads in a plain weave: what tells linen and canvas from paint."""
        for k in range(count):
            x, y, length = self.rng.uniform(x0, x1), self.rng.uniform(y0, y1), self.rng.uniform(10, 56)
            d = f"M{x:.0f},{y:.0f}h{length:.0f}" if k % 2 else f"M{x:.0f},{y:.0f}v{length:.0f}"
            self.line(d, light(colour, 0.6) if k % 3 else dark(colour, 0.6), round(self.rng.uniform(1.4, 2.4), 1), op=round(self.rng.uniform(0.06, 0.15), 2))

    def lathe(self, profile, colour, ry=0.15, gloss=0.45, metal=False, depth=1.0, layers=None, smooth_steps=10, alpha=None):
        """A turned body. `profile` runs from top to foot as (radius, y). Returns its outline."""
        pts = sample(profile, smooth_steps)
        outline = revolve(pts, ry)
        big = max(r for r, _ in pts)
        top, low = pts[0][1], pts[-1][1]

        def strip(a, b):
            return poly([(a * r, y) for r, y in pts] + [(a * pts[-1][0], low + big * ry), (b * pts[-1][0], low + big * ry)] + [(b * r, y) for r, y in reversed(pts)])

        with self.clip(outline):
            with self.group(**({"opacity": alpha} if alpha else {})):
                self.path(outline, colour)
            if layers:
                layers()
            tone = dark(colour, 0.85)
            if metal:
                for a, b, ink, op, soft in ((-1.1, -0.86, tone, 0.55, 0.05), (-0.8, -0.5, GLOW, 0.85, 0.05), (-0.42, -0.2, tone, 0.3, 0.07),
                                            (-0.12, 0.12, GLOW, 0.4, 0.06), (0.25, 0.62, tone, 0.5, 0.07), (0.7, 0.84, GLOW, 0.55, 0.03),
                                            (0.92, 1.1, tone, 0.6, 0.03)):
                    self.path(strip(a, b), ink, op=op, blur=max(2, big * soft))
            else:
                self.path(strip(0.05, 1.2), tone, op=round(0.3 * depth, 2), blur=big * 0.22)
                self.path(strip(0.6, 1.2), tone, op=round(0.36 * depth, 2), blur=big * 0.13)
                self.path(strip(-1.2, -0.88), tone, op=round(0.3 * depth, 2), blur=big * 0.08)
                self.path(strip(-0.72, -0.3), GLOW, op=round(0.22 + 0.35 * gloss, 2), blur=big * 0.12)
                if gloss > 0.5:
                    self.path(strip(-0.56, -0.46), "#ffffff", op=round(gloss * 0.75, 2), blur=max(2.5, big * 0.018))
                self.path(strip(0.93, 1.1), GLOW, op=round(0.22 * depth, 2), blur=max(2, big * 0.025))
            self.path(poly([(-big * 1.2, low - 4), (big * 1.2, low - 4), (big * 1.2, low + big), (-big * 1.2, low + big)]), tone, op=0.35, blur=max(8, big * 0.1))
        return outline

    def mouth(self, r, y, colour, inside=None, ry=0.15, wall=8, fill=None, fill_drop=0.0):
        """The open rim of a turned body, with its inside and an optional drink in it."""
        inside = inside or colour
        self.path(ell(0, y, r, r * ry), self.lin(-r, 0, r, 0, light(colour, 0.45), light(colour, 0.25), dark(colour, 0.12)))
        inner = ell(0, y + wall * 0.12, r - wall, (r - wall) * ry)
        self.path(inner, self.lin(-r, 0, r, 0, dark(inside, 0.5), dark(inside, 0.24), light(inside, 0.18)))
        if fill:
            with self.clip(inner):
                k = 1 - fill_drop * 0.12
                self.path(ell(0, y + wall * 0.12 + fill_drop * r * ry, (r - wall) * k, (r - wall) * ry * k),
                          self.lin(-r, 0, r, 0, dark(fill, 0.35), fill, light(fill, 0.18)))
                self.path(ell(-r * 0.25, y + fill_drop * r * ry + r * ry * 0.3, r * 0.3, r * ry * 0.16), GLOW, op=0.25, blur=3)


def revolve(pts, ry=0.15):
    (r0, y0), (r1, y1) = pts[0], pts[-1]
    top = f"A{num(r0)},{num(r0 * ry)} 0 0 1 {num(r0)},{num(y0)}" if r0 > 1 else ""
    foot = f"A{num(r1)},{num(r1 * ry)} 0 0 1 {num(-r1)},{num(y1)}" if r1 > 1 else ""
    return (f"M{num(-r0)},{num(y0)}{top}" + "".join(f"L{num(r)},{num(y)}" for r, y in pts) + foot
            + "".join(f"L{num(-r)},{num(y)}" for r, y in reversed(pts)) + "Z")


def band(pts, ya, yb, ry=0.15, grow=1.0):
    """The front of a turned body between two heights, as an outline."""
    def radius(y):
        return min(pts, key=lambda p: abs(p[1] - y))[0] * grow
    ra, rb = radius(ya), radius(yb)
    side = [(r * grow, y) for r, y in pts if ya < y < yb]
    return (f"M{num(-ra)},{num(ya)}A{num(ra)},{num(ra * ry)} 0 0 0 {num(ra)},{num(ya)}" + "".join(f"L{num(r)},{num(y)}" for r, y in side)
            + f"L{num(rb)},{num(yb)}A{num(rb)},{num(rb * ry)} 0 0 1 {num(-rb)},{num(yb)}" + "".join(f"L{num(-r)},{num(y)}" for r, y in reversed(side)) + "Z")


def glass(s, profile, ry=0.15, tint="#8fa9ae", liquid=None, level=0, rim=True):
    """A turned body of clear glass, filled with `liquid` up to `level`."""
    pts = sample(profile, 12)
    outline = revolve(pts, ry)
    big = max(r for r, _ in pts)
    r0, y0 = pts[0]
    low = pts[-1][1]

    def strip(a, b):
        return poly([(a * r, y) for r, y in pts] + [(a * pts[-1][0], low + big * ry), (b * pts[-1][0], low + big * ry)] + [(b * r, y) for r, y in reversed(pts)])

    with s.clip(outline):
        s.path(outline, tint, op=0.22)
        if liquid:
            s.path(band(pts, level, low + big, ry, 0.965), s.lin(-big, 0, big, 0, dark(liquid, 0.3), light(liquid, 0.18), liquid, dark(liquid, 0.4)), op=0.94)
            rl = min(pts, key=lambda p: abs(p[1] - level))[0] * 0.965
            s.path(ell(0, level, rl, rl * ry), s.lin(-rl, 0, rl, 0, dark(liquid, 0.1), light(liquid, 0.35), liquid))
        s.path(strip(0.86, 1.2), dark(tint, 0.6), op=0.5, blur=big * 0.05)
        s.path(strip(-1.2, -0.92), dark(tint, 0.6), op=0.45, blur=big * 0.035)
        s.path(strip(-0.74, -0.58), "#ffffff", op=0.75, blur=max(2.5, big * 0.025))
        s.path(strip(-0.52, -0.48), "#ffffff", op=0.5, blur=2)
        s.path(strip(0.72, 0.8), "#ffffff", op=0.4, blur=max(2, big * 0.02))
    s.line(outline, dark(tint, 0.35), 2.5, op=0.5)
    if rim:
        s.line(ell(0, y0, r0, r0 * ry), light(tint, 0.6), 5, op=0.9)
        s.line(ell(0, y0, r0, r0 * ry), dark(tint, 0.4), 1.5, op=0.6)
    return outline


PICTURES = {}


def picture(name, *args, size=(1200, 1200)):
    """Registers a drawing under a file name; several may share one function with other arguments."""
    def register(function):
        def draw():
            s = Svg(*size)
            s.rng.seed(name)
            function(s, *args)
            return s
        PICTURES[name] = draw
        return function
    return register
