"""Home: lamps, textiles and the things on the shelf."""

import math

from kit import GLOW, band, dark, ell, glass, light, mix, picture, poly, rrect, sample, smooth

BRASS = "#c79a4b"
OAK = "#c8975d"


def opal_lamp(s, metal, cable=True):
    shine = metal == BRASS
    if cable:
        s.line("M120,6C220,30 330,16 420,60", "#3a3634", 7, op=0.9)
    s.lathe([(128, -26), (134, -20, "c"), (134, -6), (130, 0)], metal, metal=shine, gloss=0.5)
    s.path(ell(0, -26, 128, 19), s.lin(-128, 0, 128, 0, light(metal, 0.35), light(metal, 0.12), dark(metal, 0.25)))
    s.path(ell(0, -27, 24, 4), dark(metal, 0.5), op=0.6)
    s.lathe([(13, -150), (13, -26)], metal, metal=shine, gloss=0.5, ry=0.3)
    s.lathe([(34, -176), (40, -168), (34, -150), (16, -138)], metal, metal=shine, gloss=0.5)
    s.path(ell(0, -300, 138), s.rad(-14, -292, 146, "#fffdf4", "#fff3d2", "#ffdf9e"))
    with s.clip(ell(0, -300, 138)):
        s.path(ell(0, -300, 138), stroke="#d99a4a", w=16, op=0.55, blur=12)
        s.path(ell(-56, -368, 34, 22), "#ffffff", op=0.9, blur=8)
        s.path(ell(0, -168, 60, 20), "#b9772e", op=0.35, blur=12)


for _name, _metal in (("brass", BRASS), ("black", "#33323a")):
    @picture(f"opal-globe-lamp-{_name}", _metal, "#a9aa9c" if _name == "brass" else "#b79d8b")
    def _(s, metal, bg):
        s.studio(bg, window=False)
        s.glow(560, 400, 620, "#ffdc9a", 0.75)
        s.path(ell(570, 975, 420, 80), "#ffe3a8", op=0.4, blur=40)
        with s.at(560, 950, 1.8):
            s.stand(130, 22, strength=0.9)
            opal_lamp(s, metal)
        s.glow(560, 410, 420, "#ffe2a8", 0.5)


def porcini(s, colour):
    s.lathe([(108, -14), (111, -8), (109, 0)], colour, gloss=0.45)
    s.lathe([(44, -250), (40, -160), (50, -70), (86, -26), (104, -14)], colour, gloss=0.45)
    s.path(poly([(-50, -250), (50, -250), (70, -60), (-70, -60)]), "#ffd991", op=0.5, blur=26, blend="soft-light")
    outline = poly([(-190 * math.cos(math.pi * k / 60), -256 - 148 * math.sin(math.pi * k / 60) ** 0.86) for k in range(61)])[:-1] + "A190,30 0 0 1 -190,-256Z"
    s.path(ell(0, -246, 186, 34), s.lin(0, -280, 0, -210, "#fff1c9", "#ffdc93"))
    s.path(ell(0, -238, 90, 16), "#fffaf0", op=0.9, blur=7)
    s.path(outline, colour)
    with s.clip(outline):
        s.path(poly([(40, -420), (220, -420), (220, -200), (90, -200)]), dark(colour, 0.75), op=0.36, blur=40)
        s.path(ell(-80, -350, 70, 44), GLOW, op=0.65, blur=26)
        s.path(ell(-92, -362, 26, 15), "#ffffff", op=0.6, blur=8)
        s.path("M-190,-262A190,30 0 0 0 190,-262", stroke=dark(colour, 0.6), w=10, op=0.4, blur=5)
        s.path("M-190,-254A190,30 0 0 0 190,-254", stroke="#ffe7b0", w=6, op=0.8, blur=2)


for _name, _colour, _bg in (("chalk", "#e9e2d6", "#b9a596"), ("sage", "#93a48a", "#d8c8b4"), ("tomato", "#c9503a", "#c3c6bd")):
    @picture(f"porcini-portable-lamp-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.studio(bg, window=False)
        s.glow(600, 640, 560, "#ffdf9f", 0.55)
        with s.at(600, 945, 1.72):
            s.stand(112, 19)
            s.path(ell(0, 4, 250, 40), "#ffe2a0", op=0.55, blur=22)
            s.path(ell(4, 4, 116, 18), "#4a3020", op=0.55, blur=8)
            porcini(s, colour)


@picture("porcini-portable-lamp-dusk")
def _(s):
    s.dusk("#2c3350", "#5a4d63")
    for x, y, r in ((160, 200, 3), (320, 120, 2), (480, 260, 2.5), (900, 150, 3), (1040, 300, 2), (760, 90, 2), (1110, 110, 2.5), (80, 380, 2)):
        s.path(ell(x, y, r), "#fff3d0", op=0.8)
    s.path("M0,760C120,690 240,640 380,690C520,620 660,600 820,680C960,620 1100,640 1200,700V890H0Z", "#262c45", op=0.9)
    s.path("M0,820C160,760 320,790 480,770C700,740 900,800 1200,760V890H0Z", "#1e2238")
    s.path("M0,888H1200V1200H0Z", s.lin(0, 888, 0, 1200, "#6e4e3e", "#3a2a2c"))
    s.path("M0,888H1200", stroke="#a8795a", w=5, op=0.7)
    s.glow(560, 720, 640, "#ffc46a", 0.75)
    s.path(ell(560, 1030, 470, 90), "#ffc877", op=0.6, blur=40)
    with s.at(560, 1030, 1.5):
        s.path(ell(10, 6, 120, 18), "#1d1420", op=0.7, blur=8)
        porcini(s, "#c9503a")
    with s.at(960, 1060, 0.9):
        s.path(ell(30, 6, 110, 16), "#1d1420", op=0.6, blur=10)
        glass(s, [(70, -230), (84, -150), (60, -76), (10, -56), (9, -10), (60, -2), (64, 2)], liquid="#8c2a3c", level=-150, tint="#c9b7a6")
    s.glow(560, 700, 420, "#ffe0a0", 0.4)


def dome(s, colour, drop=620):
    s.line(f"M0,-{drop}V-250", dark(colour, 0.5), 6)
    s.lathe([(16, -290), (24, -280), (26, -240), (34, -226)], dark(colour, 0.15), gloss=0.4)
    s.path(ell(0, 0, 290, 42), s.lin(0, -42, 0, 42, "#ffeec2", "#fff9e8", "#ffdf9a"))
    s.path(ell(0, -4, 200, 26), "#d9a765", op=0.35, blur=10)
    s.path(ell(0, 0, 62, 24), "#ffffff", op=0.95, blur=5)
    prof = [(30, -232), (120, -212), (220, -140), (280, -40), (292, 0)]
    outline = "M-292,0" + "".join(f"L{-r:.1f},{y:.1f}" for r, y in reversed(sample(prof))) + "".join(f"L{r:.1f},{y:.1f}" for r, y in sample(prof)) + "A292,42 0 0 0 -292,0Z"
    s.path(outline, colour)
    with s.clip(outline):
        s.path(poly([(60, -260), (320, -260), (320, 20), (170, 20)]), dark(colour, 0.8), op=0.38, blur=50)
        s.path(poly([(-320, -260), (-262, -100), (-262, 20), (-340, 20)]), dark(colour, 0.8), op=0.22, blur=16)
        s.path(smooth([(-120, -190), (-190, -120), (-226, -40), (-170, -40), (-120, -120), (-80, -190)]), GLOW, op=0.5, blur=22)
        s.path("M-292,-4A292,42 0 0 1 292,-4", stroke="#ffe9b8", w=7, op=0.75)


def pears(s):
    bowl = "#e5dccd"
    for x, c, a in ((-58, "#b9b04e", -14), (10, "#c7a83f", 6), (70, "#a3a54c", 18)):
        with s.at(x, -70, 1, a):
            d = smooth([(0, -108), (26, -90), (34, -50), (62, -4), (40, 44), (0, 52), (-40, 44), (-62, -4), (-34, -50), (-26, -90)])
            s.path(d, s.rad(-20, -20, 100, light(c, 0.4), c, dark(c, 0.4)))
            s.line("M0,-104C2,-122 10,-130 16,-136", "#5b4330", 7)
    s.lathe([(150, -66), (140, -40), (96, -6), (70, 0)], bowl, gloss=0.4)


for _name, _colour, _bg in (("ochre", "#d39a2f", "#c3cac4"), ("pine", "#3d5c4d", "#dcc9b6"), ("white", "#efe9dd", "#a9b5b2")):
    @picture(f"dome-pendant-light-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.path("M0,0H1200V1200H0Z", s.lin(0, 0, 1200, 1200, light(bg, 0.3), bg, dark(bg, 0.14)))
        s.path(poly([(350, 480), (850, 480), (1150, 1010), (50, 1010)]), s.lin(0, 470, 0, 1010, (0, "#fff0c4", 0.75), (1, "#fff0c4", 0.12)), blur=26)
        s.path("M0,1000H1200V1200H0Z", s.lin(0, 1000, 0, 1200, light(OAK, 0.25), dark(OAK, 0.12)))
        s.path(ell(600, 1060, 470, 60), "#fff0c8", op=0.6, blur=26)
        s.path("M0,1000H1200", stroke=light(OAK, 0.6), w=5)
        with s.at(600, 1080, 1.12):
            s.stand(84, 15, strength=0.8)
            pears(s)
        with s.at(600, 470, 1.3):
            dome(s, colour)


def cushion(s, colour, w=330, h=330):
    d = smooth([(-w, -h, "c"), (0, -h * 0.93), (w, -h, "c"), (w * 0.94, 0), (w, h, "c"), (0, h * 0.95), (-w, h, "c"), (-w * 0.94, 0)], steps=16)
    s.path(d, colour)
    with s.clip(d):
        s.path(ell(-70, -90, 330, 310), light(colour, 0.5), op=0.65, blur=80)
        s.path(poly([(w * 0.5, -h), (w + 20, -h), (w + 20, h + 20), (-w, h + 20), (-w, h * 0.66), (w * 0.35, h * 0.6)]), dark(colour, 0.65), op=0.5, blur=95)
        for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            # creases run from each corner towards the middle and fade out
            for turn, length in ((-0.42, 0.46), (-0.1, 0.66), (0.16, 0.5), (0.44, 0.4)):
                a = math.atan2(-sy, -sx) + turn
                x0, y0 = sx * w * 0.95, sy * h * 0.95
                ex, ey = x0 + math.cos(a) * w * length, y0 + math.sin(a) * h * length
                crease = smooth([(x0, y0, "c"), ((x0 + ex) / 2 + 9, (y0 + ey) / 2 + 9), (ex, ey, "c"), ((x0 + ex) / 2 - 9, (y0 + ey) / 2 - 9)])
                s.path(crease, dark(colour, 0.75), op=0.2, blur=9)
                s.path(crease, GLOW, op=0.2, blur=9, t="translate(-13,-8)")
        s.path(ell(-60, -30, 150, 130), light(colour, 0.5), op=0.3, blur=50)
        s.slubs(-w, -h, w, h, colour, 200)
    s.line(d, dark(colour, 0.35), 13)
    s.line(d, light(colour, 0.25), 6, t="translate(-2,-2)")


for _name, _colour, _bg in (("flax", "#d3c3a4", "#b9c3bb"), ("terracotta", "#c0714f", "#e2d6c6"), ("olive", "#84814f", "#e6d0c2"), ("dusk", "#6f7c93", "#e3d8c8")):
    @picture(f"washed-linen-cushion-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.studio(bg, horizon=0.76)
        s.path(ell(680, 985, 460, 46), "#3a2c2a", op=0.28, blur=34)
        s.path(ell(610, 968, 350, 20), "#2b1f22", op=0.5, blur=10)
        with s.at(600, 600, 1.13, rotate=-4):
            cushion(s, colour)


def herringbone(s, colour, k=1.0):
    a, b = dark(colour, 0.34), light(colour, 0.4)
    inner = f'<rect width="48" height="24" fill="{colour}"/>'
    for y in range(-24, 48, 12):
        inner += (f'<path d="M0,{y}L24,{y + 24}" stroke="{a}" stroke-width="4" opacity=".38"/><path d="M24,{y + 24}L48,{y}" stroke="{b}" stroke-width="4" opacity=".42"/>')
    return s.pattern(48, 24, inner, scale=k)


def throw(s, colour):
    """A throw folded in three, seen from above; its middle is the origin."""
    cloth = herringbone(s, colour, 1.6)
    w = 340
    for k in range(34):
        x = -w + 14 + k * (2 * w - 28) / 33
        bend = s.rng.uniform(-7, 7)
        s.line(f"M{x:.0f},300C{x + bend:.0f},330 {x - bend:.0f},352 {x + bend:.0f},384", dark(colour, 0.45), 12, op=0.5)
        s.line(f"M{x:.0f},300C{x + bend:.0f},330 {x - bend:.0f},352 {x + bend:.0f},382", light(colour, 0.12), 8)
        s.path(ell(x, 322, 8, 7), light(colour, 0.2))
    back = rrect(-w, -350, 2 * w, 664, 34)
    s.lie(back, 1.3)
    s.path(back, cloth)
    s.path(back, s.lin(-w, -350, w, 314, (0, GLOW, 0.3), (0.5, GLOW, 0), (1, SHADOW, 0.3)))
    # the upper fold, turned over and showing its soft edge
    fold = smooth([(-w, -350, "c"), (w, -350, "c"), (w + 8, -120), (w, 96, "c"), (60, 104), (-w, 90, "c"), (-w - 6, -120)])
    s.path(fold, SHADOW, op=0.45, blur=16, t="translate(8,18)")
    s.path(fold, cloth)
    with s.clip(fold):
        s.path(fold, s.lin(-w, -350, w, 96, (0, GLOW, 0.34), (0.45, GLOW, 0.04), (1, SHADOW, 0.22)))
        s.path("M-400,92C0,112 200,106 400,98", stroke=SHADOW, w=34, op=0.3, blur=12)
        s.path("M-400,66C0,84 200,80 400,70", stroke=GLOW, w=16, op=0.35, blur=9)
        s.path("M-120,-360C-150,-200 -90,-60 -130,100", stroke=SHADOW, w=22, op=0.13, blur=14)
        s.path("M-100,-360C-130,-200 -70,-60 -110,100", stroke=GLOW, w=14, op=0.2, blur=10)
        s.path("M180,-360C220,-220 160,-80 200,100", stroke=SHADOW, w=22, op=0.12, blur=14)
    tag = rrect(w - 116, 6, 76, 46, 5)
    s.path(tag, SHADOW, op=0.4, blur=4, t="translate(3,4)")
    s.path(tag, "#f1e6d0")
    s.line(f"M{w - 100},22H{w - 56}M{w - 100},34H{w - 70}", "#8b6a4a", 4)


SHADOW = "#2b2030"

for _name, _colour, _bg in (("oatmeal", "#d6c7aa", "#a9b6b1"), ("fjord", "#5d7388", "#e0d3c2"), ("rust", "#ad5f3d", "#d3d6cd")):
    @picture(f"herringbone-wool-throw-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.table(bg)
        with s.at(600, 590, 1.12, rotate=-7):
            throw(s, colour)


def candle(s, motif, wax="#f1e6cf", lit=True):
    amber = "#8a4a1c"
    body = [(118, -300), (122, -290), (124, -200), (124, -30), (112, 0)]
    pts = sample(body)

    def layers():
        s.path(band(pts, -300, 20), s.lin(0, -300, 0, 0, "#a85f24", "#7c3f17", "#5a2b12"))
        s.path(band(pts, -232, -16, grow=0.9), s.lin(-110, 0, 110, 0, "#d9a05c", "#e8b877", "#c07f3c", "#8a4f22"), op=0.6)
        if lit:
            s.path(ell(0, -232, 90, 60), "#ffcf7a", op=0.8, blur=30)
    s.lathe(body, amber, gloss=0.85, layers=layers)
    s.mouth(118, -300, "#b06a2e", inside="#7a3d16", wall=7)
    with s.clip(ell(0, -299, 111, 16)):
        s.path(ell(0, -288, 108, 14), wax)
        s.path(ell(0, -290, 60, 8), "#fff6dc", op=0.9, blur=5)
    label = "M-78,-206A124,18 0 0 0 78,-206V-64A124,18 0 0 1 -78,-64Z"
    s.path(label, s.lin(-80, 0, 80, 0, "#f6ecd8", "#efe3cb", "#cdbb9c"))
    s.line("M-64,-190A124,16 0 0 0 64,-190M-64,-72A124,16 0 0 0 64,-72", "#8b6a4a", 2, op=0.7)
    with s.at(0, -118, 1):
        motif(s)
    if lit:
        s.line("M0,-292C0,-304 2,-310 1,-318", "#3a2a20", 5)
        s.glow(0, -350, 260, "#ffcf7a", 0.7)
        s.path("M0,-400C22,-362 24,-336 14,-318C8,-308 -8,-308 -14,-318C-24,-336 -16,-360 0,-400Z", s.lin(0, -400, 0, -306, "#fff3c4", "#ffc95c", "#f08a2c"))
        s.path("M0,-366C9,-346 11,-332 6,-320C3,-314 -3,-314 -6,-320C-11,-332 -6,-346 0,-366Z", "#fffbe8")


def fig(s):
    for a in (-50, 0, 50):
        with s.at(0, 34, 1, a):
            s.path("M0,0C-22,-26 -16,-56 0,-72C16,-56 22,-26 0,0Z", "#5f7a52")
            s.line("M0,0V-60", "#e9dfc6", 2.5)


def cedar(s):
    s.line("M0,36V-40", "#5a4634", 5)
    for k in range(5):
        y, w = -34 + k * 13, 14 + k * 8
        s.path(poly([(0, y - 10), (w, y + 10), (0, y + 4), (-w, y + 10)]), mix("#40584f", "#64796a", k / 5))
    s.line("M20,-44C34,-54 22,-62 34,-72", "#9a938a", 4, op=0.8)


def blossom(s):
    for k in range(5):
        with s.at(0, 0, 1, k * 72):
            s.path("M0,-4C-20,-18 -16,-42 0,-46C16,-42 20,-18 0,-4Z", "#f4b06a" if k % 2 else "#ee9a4c")
    s.path(ell(0, 0, 11), "#c2572b")


for _name, _motif, _bg in (("fig-leaf", fig, "#a3ae9b"), ("cedar-smoke", cedar, "#9c948f"), ("orange-blossom", blossom, "#d6ae90")):
    @picture(f"amber-jar-candle-{_name}", _motif, _bg)
    def _(s, motif, bg):
        s.studio(bg, window=False)
        s.glow(590, 300, 560, "#ffd68f", 0.5)
        with s.at(590, 950, 1.95):
            s.stand(116, 20)
            s.path(ell(120, 14, 110, 14), "#e8892c", op=0.35, blur=18)
            candle(s, motif)


def dry_stems(s):
    for k, (lean, top, bow) in enumerate(((-118, -330, -40), (-44, -420, 12), (40, -380, -14), (112, -310, 44), (4, -300, 30))):
        tone = ("#c9a46a", "#b98a52", "#d8bd8b", "#c19a63", "#a97f4e")[k]
        s.line(f"M{lean * 0.06:.0f},0C{bow},{top * 0.4:.0f} {lean * 0.6:.0f},{top * 0.7:.0f} {lean},{top}", dark(tone, 0.3), 4)
        for j in range(26):
            f = j / 25
            x, y = lean * (0.72 + 0.28 * f), top * (0.62 + 0.46 * f)
            spread = 34 * math.sin(math.pi * (0.12 + 0.8 * f))
            for side in (-1, 1):
                s.line(f"M{x:.0f},{y:.0f}q{side * spread * 0.5:.0f},-8 {side * spread:.0f},{-34 + 12 * f:.0f}", light(tone, 0.1 + 0.4 * s.rng.random()), 3, op=0.75)


def vase(s, colour):
    prof = [(44, -330), (40, -312), (46, -270), (92, -210), (126, -130), (112, -44), (74, 0)]
    pts = sample(prof)

    def layers():
        for k in range(17):
            y = -292 + k * 17.5
            r = min(pts, key=lambda p: abs(p[1] - y))[0]
            s.path(f"M{-r - 4:.0f},{y}A{r:.0f},{r * 0.15:.0f} 0 0 0 {r + 4:.0f},{y}", stroke=dark(colour, 0.6), w=5, op=0.42, blur=1.6)
            s.path(f"M{-r - 4:.0f},{y - 6}A{r:.0f},{r * 0.15:.0f} 0 0 0 {r + 4:.0f},{y - 6}", stroke=GLOW, w=4, op=0.4, blur=1.6)
    s.path(ell(0, -330, 44, 8), dark(colour, 0.75))
    with s.at(0, -322, 0.56):
        dry_stems(s)
    s.lathe(prof, colour, gloss=0.3, layers=layers)
    s.path("M-44,-330A44,7 0 0 0 44,-330", stroke=light(colour, 0.5), w=5)


for _name, _colour, _bg in (("bone", "#e6dcc9", "#bba998"), ("clay", "#bd7a58", "#d5dcd5"), ("ink", "#3b4657", "#e4d2c1")):
    @picture(f"ridge-vase-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.studio(bg)
        with s.at(585, 985, 1.62):
            s.stand(96, 17, reach=1.6)
            vase(s, colour)


def clock(s, rim):
    s.path(ell(30, 44, 330), "#2b2030", op=0.3, blur=40)
    s.path(ell(10, 14, 326), "#2b2030", op=0.4, blur=10)
    s.path(ell(0, 0, 324), s.lin(-230, -230, 230, 230, light(rim, 0.4), rim, dark(rim, 0.4)))
    s.line(ell(0, 0, 306), dark(rim, 0.5), 3, op=0.5)
    s.path(ell(0, 0, 284), dark(rim, 0.55))
    s.path(ell(0, 0, 280), s.rad(-60, -80, 420, "#fffdf6", "#f6efe1", "#e2d7c3"))
    with s.clip(ell(0, 0, 280)):
        s.path(ell(0, 0, 292), stroke="#3a2c2a", w=30, op=0.35, blur=12, t="translate(10,14)")
    for k in range(60):
        a = k * math.pi / 30
        long = 34 if k % 5 == 0 else 12
        s.line(f"M{258 * math.sin(a):.1f},{-258 * math.cos(a):.1f}L{(258 - long) * math.sin(a):.1f},{-(258 - long) * math.cos(a):.1f}", "#2f2d33", 8 if k % 5 == 0 else 3, cap="butt")
    for angle, length, width, tail in ((-56, 150, 15, 34), (54, 218, 10, 44)):
        with s.at(0, 0, 1, angle):
            s.line(f"M6,{tail + 8}V{-length + 8}", "#2b2030", width, op=0.25, blur=5)
            s.line(f"M0,{tail}V{-length}", "#2f2d33", width)
    with s.at(0, 0, 1, 200):
        s.line("M0,60V-226", "#c9573a", 4)
    s.path(ell(0, 0, 15), "#c9573a")
    s.path(ell(-3, -4, 5), "#f3b29b")
    with s.clip(ell(0, 0, 280)):
        s.path(poly([(-330, -120), (-120, -330), (20, -330), (-330, 40)]), "#ffffff", op=0.3, blur=4)


for _name, _rim, _bg in (("oak", OAK, "#b4bfb4"), ("black", "#35333a", "#e2cdbd")):
    @picture(f"quiet-wall-clock-{_name}", _rim, _bg)
    def _(s, rim, bg):
        s.table(bg)
        with s.at(590, 580, 1.2):
            clock(s, rim)


def leaf(s, x, y, angle, k, green="#4c7a4f"):
    with s.at(x, y, k, angle):
        d = "M0,0C-62,-40 -70,-130 0,-210C70,-130 62,-40 0,0Z"
        s.path(d, s.lin(-60, 0, 60, 0, light(green, 0.3), green, dark(green, 0.35)))
        s.path("M0,0C62,-40 70,-130 0,-210Z", dark(green, 0.5), op=0.28)
        s.line("M0,10V-196", light(green, 0.55), 4, op=0.8)
        with s.clip(d):
            for j in range(5):
                yy = -40 - 30 * j
                s.line(f"M0,{yy}q26,-12 42,-34M0,{yy}q-26,-12 -42,-34", light(green, 0.5), 2, op=0.45)


def plant(s):
    for x, y, a, k, g in ((0, 0, -66, 0.86, "#3f6a49"), (0, 0, 68, 0.84, "#3a6244"), (0, -20, -34, 1.08, "#4c7d52"), (0, -20, 38, 1.06, "#457549"),
                          (0, -30, 4, 1.24, "#548a58"), (0, 0, -90, 0.62, "#5d935c"), (0, 0, 94, 0.6, "#558a57")):
        leaf(s, x, y, a, k, g)


def pot(s, colour):
    s.lathe([(148, -26), (151, -20), (143, -2), (124, 6)], colour, gloss=0.15)
    s.path(ell(0, -24, 138, 20), dark(colour, 0.45))
    s.lathe([(128, -196), (104, -30), (96, -14)], colour, gloss=0.15)
    s.path(ell(0, -232, 140, 20), dark(colour, 0.55))
    s.path(ell(0, -228, 126, 16), "#4a3428")
    with s.at(0, -228):
        plant(s)
    s.lathe([(140, -232), (142, -226, "c"), (137, -174)], colour, gloss=0.15)
    front = "M-140,-232A140,21 0 0 0 140,-232A140,21 0 0 1 -140,-232Z"
    s.path(front, light(colour, 0.3))


for _name, _colour, _bg in (("terracotta", "#c1704a", "#d3dbd0"), ("chalk", "#ded6c8", "#d9b59d"), ("slate", "#5c646b", "#e6dac7")):
    @picture(f"terracotta-plant-pot-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.studio(bg)
        with s.at(590, 970, 1.62):
            s.stand(142, 24)
            pot(s, colour)
