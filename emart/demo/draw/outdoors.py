"""Outdoors: what goes on your back and what waits at the camp."""

import math

from kit import GLOW, band, dark, ell, glass, light, mix, picture, poly, revolve, rrect, sample, smooth

LEATHER = "#9a6238"
STEEL = "#a3a8ad"


def strap(s, x, y0, y1, width=34, colour=LEATHER):
    d = f"M{x - width / 2},{y0}H{x + width / 2}V{y1 - 14}q0,14 {-width / 2},20q{-width / 2},-6 {-width / 2},-20Z"
    s.path(d, "#1f1a2e", op=0.4, blur=6, t="translate(7,6)")
    s.path(d, s.lin(x - width / 2, 0, x + width / 2, 0, light(colour, 0.3), colour, dark(colour, 0.35)))
    s.line(f"M{x - width / 2 + 5},{y0}V{y1 - 14}M{x + width / 2 - 5},{y0}V{y1 - 14}", light(colour, 0.55), 1.8, dash="7 5", op=0.8)


def backpack(s, colour):
    """A rolltop pack 430 wide and 620 high; the middle of its foot is the origin."""
    webbing = dark(colour, 0.6)
    for side in (-1, 1):  # shoulder straps, seen beside the body
        s.line(f"M{side * 150},-500C{side * 262},-440 {side * 262},-180 {side * 196},-70", dark(webbing, 0.2), 40)
        s.line(f"M{side * 150},-500C{side * 258},-440 {side * 258},-180 {side * 196},-76", mix(webbing, GLOW, 0.1), 26)
    s.line("M-60,-640C-50,-716 50,-716 60,-640", dark(LEATHER, 0.35), 24)
    s.line("M-60,-642C-50,-712 50,-712 60,-642", light(LEATHER, 0.15), 11)
    body = smooth([(-196, -560, "c"), (196, -560, "c"), (212, -380), (220, -120), (204, -14, "c"), (170, 6), (0, 12), (-170, 6), (-204, -14, "c"), (-220, -120), (-212, -380)])
    s.path(body, colour)
    with s.clip(body):
        s.path(poly([(70, -580), (240, -580), (240, 30), (130, 30)]), dark(colour, 0.75), op=0.42, blur=46)
        s.path(poly([(-240, -580), (-196, -580), (-202, 30), (-240, 30)]), dark(colour, 0.75), op=0.35, blur=14)
        s.path(smooth([(-160, -540), (-176, -300), (-170, -60), (-120, -60), (-110, -300), (-100, -540)]), GLOW, op=0.3, blur=26)
        s.path("M-230,-30H230V30H-230Z", dark(colour, 0.8), op=0.5, blur=18)
        s.line("M-190,-540C-80,-500 90,-506 196,-546", dark(colour, 0.75), 16, op=0.5, blur=9)
        s.line("M-150,-470C-120,-430 -140,-400 -128,-360M120,-480C100,-440 130,-410 112,-366", dark(colour, 0.7), 9, op=0.3, blur=6)
    # the rolled top
    for k, (y, h, w) in enumerate(((-606, 60, 214), (-650, 58, 208))):
        roll = rrect(-w, y, 2 * w, h, 26)
        s.path(roll, "#1f1a2e", op=0.35, blur=9, t="translate(3,12)")
        s.path(roll, s.lin(0, y, 0, y + h, light(colour, 0.35), light(colour, 0.08), dark(colour, 0.28), dark(colour, 0.5)))
        with s.clip(roll):
            for x in (-150, -40, 90, 170):
                s.line(f"M{x},{y}q{14},{h / 2} {-6},{h}", dark(colour, 0.6), 7, op=0.22, blur=4)
    for side in (-1, 1):
        s.path(rrect(side * 204 - 22, -640, 44, 92, 8), dark(LEATHER, 0.1))
        s.line(f"M{side * 204},-556L{side * 208},-400", webbing, 22, cap="butt")
        s.path(rrect(side * 207 - 20, -470, 40, 44, 7), "#26262c")
        s.path(rrect(side * 207 - 14, -464, 28, 12, 4), "#55555e")
    # front pocket
    pocket = smooth([(-150, -262, "c"), (150, -262, "c"), (158, -140), (150, -40, "c"), (0, -24), (-150, -40, "c"), (-158, -140)])
    s.path(pocket, "#1f1a2e", op=0.45, blur=12, t="translate(8,10)")
    s.path(pocket, s.lin(-150, -262, 160, -30, light(colour, 0.24), colour, dark(colour, 0.3)))
    s.line("M-142,-250V-50M142,-250V-50", light(colour, 0.5), 2, dash="9 6", op=0.7)
    flap = smooth([(-160, -300, "c"), (160, -300, "c"), (162, -220), (150, -192, "c"), (0, -180), (-150, -192, "c"), (-162, -220)])
    s.path(flap, "#1f1a2e", op=0.5, blur=9, t="translate(4,11)")
    s.path(flap, s.lin(-150, -300, 160, -180, light(colour, 0.34), light(colour, 0.05), dark(colour, 0.28)))
    s.line("M-148,-202C-60,-190 60,-190 148,-202", light(colour, 0.5), 2, dash="9 6", op=0.7)
    # leather closures over pocket and roll
    for x in (-92, 92):
        strap(s, x, -620, -330, 36)
        s.path(rrect(x - 24, -404, 48, 34, 7), s.lin(0, -404, 0, -370, "#f0f2f3", STEEL, "#5d646b"))
        s.path(rrect(x - 15, -396, 30, 18, 4), dark(LEATHER, 0.3))
        s.path(rrect(x - 3, -402, 6, 30, 3), s.lin(0, -402, 0, -372, "#f0f2f3", "#7d868d"))
    strap(s, 0, -246, -132, 34)
    s.path(ell(0, -146, 9), s.rad(-3, -149, 12, "#fff3cf", "#c79a4b", "#7d5a22"))
    patch = rrect(-38, -108, 76, 46, 6)
    s.path(patch, s.lin(-38, -108, 38, -62, light(LEATHER, 0.25), LEATHER))
    s.line("M-22,-76L-6,-96L4,-84L12,-92L24,-76Z", dark(LEATHER, 0.6), 3.5)


for _name, _colour, _bg in (("ochre", "#c8923a", "#b9c5c2"), ("spruce", "#3f5d57", "#e6d3c1"), ("black", "#37363d", "#cfd8d0")):
    @picture(f"rolltop-backpack-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.studio(bg, horizon=0.76)
        with s.at(590, 1010, 1.24):
            s.stand(206, 26)
            backpack(s, colour)


def bottle(s, colour):
    prof = [(62, -470), (66, -452), (92, -420), (108, -370), (108, -30), (100, 0)]
    s.line("M66,-520C150,-524 156,-420 104,-404", "#2c2a2e", 20)
    s.line("M66,-522C142,-524 146,-426 104,-410", "#6a666c", 6, op=0.8)
    pts = sample(prof)

    def layers():
        s.path(band(pts, -20, 20), s.lin(-108, 0, 108, 0, "#7d868d", "#f0f2f3", "#a3a8ad", "#5d646b"))
    s.lathe(prof, colour, gloss=0.42, layers=layers)
    s.lathe([(60, -486), (62, -462)], STEEL, metal=True)
    wood = "#d2a56b"
    s.lathe([(58, -566), (70, -556, "c"), (72, -490), (70, -484)], wood, gloss=0.35, layers=lambda: [
        s.line(f"M{x},-570q{4},40 0,90", dark(wood, 0.45), 2, op=0.4) for x in (-56, -40, -22, -4, 12, 30, 46, 60)])
    s.path(ell(0, -564, 60, 9), s.lin(-60, 0, 60, 0, light(wood, 0.5), light(wood, 0.2), wood))
    for dx, tone in ((0, light(colour, 0.55) if colour != "#e4d7bd" else dark(colour, 0.5)),):
        with s.at(-6, -196, 1.2):
            s.line("M-26,16L-6,-16L6,2L14,-8L28,16Z", tone, 4, op=0.9)


for _name, _colour, _bg in (("sand", "#e4d7bd", "#a9bab5"), ("ocean", "#2f6384", "#e8d5c4"), ("coral", "#d9705a", "#cdd9d8"), ("black", "#35343b", "#dccdb9")):
    @picture(f"insulated-bottle-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.studio(bg)
        with s.at(580, 970, 1.5):
            s.stand(106, 18, reach=1.7)
            bottle(s, colour)


@picture("brass-pocket-compass")
def compass_picture(s):
    s.table("#b9c2b4")
    # an old map under it
    with s.at(620, 640, 1.1, rotate=9):
        sheet = rrect(-470, -400, 940, 800, 6)
        s.lie(sheet, 0.5)
        s.path(sheet, s.lin(-470, -400, 470, 400, "#f4e9cf", "#e6d6b4"))
        with s.clip(sheet):
            for k in range(9):
                r = 60 + k * 46
                s.line(smooth([(210 + (r + 26 * math.sin(j * 1.7 + k * 0.4)) * math.cos(j * math.pi / 7), -150 + (r * 0.8 + 18 * math.cos(j * 2.3 + k * 0.3)) * math.sin(j * math.pi / 7)) for j in range(14)]), "#b08a58", 3, op=0.55)
            s.line("M-480,180C-300,120 -240,300 -60,260S180,360 480,250", "#6f9cab", 16, op=0.75)
            s.line("M-420,-380C-300,-200 -340,0 -180,120S60,330 120,420", "#b5483a", 5, dash="18 13", op=0.8)
            for x in (-157, 157):
                s.line(f"M{x},-400V400", "#8b6a42", 3, op=0.28)
                s.path(f"M{x},-400h18V400h-18Z", "#6b4a2a", op=0.1, blur=4)
            s.line("M-470,0H470", "#8b6a42", 3, op=0.28)
    with s.at(560, 640, 1.3, rotate=-10):
        compass(s)


def compass(s):
    brass = ("#fbe9b8", "#c99c48", "#7d5a22")
    lid = ell(0, -262, 196)
    s.lie(lid, 1.2)
    s.path(lid, s.lin(-140, -400, 140, -120, *brass))
    s.path(ell(0, -262, 178), s.rad(-60, -330, 330, "#e3bd6c", "#b98a3a", "#805b22"))
    s.line(ell(0, -262, 150), "#7d5a22", 3, op=0.5)
    s.line(ell(1, -261, 147), "#fbe9b8", 2, op=0.5)
    for k in range(8):
        with s.at(0, -262, 1, k * 45):
            s.path("M0,-118L16,-30L0,0Z", "#6b4a18" if k % 2 == 0 else "#9a7230", op=0.5 if k % 2 == 0 else 0.3)
            s.path("M0,-118L-16,-30L0,0Z", "#f6dfa0", op=0.45 if k % 2 == 0 else 0.25)
    s.path(rrect(-44, -88, 88, 34, 8), s.lin(0, -88, 0, -54, *brass))
    s.line("M-16,-86V-56M16,-86V-56", "#6b4a18", 3, op=0.6)
    case = ell(0, 130, 212)
    s.lie(case, 1.2)
    s.path(case, s.lin(-150, -20, 150, 280, *brass))
    s.line(ell(0, 130, 200), "#fbe9b8", 4, op=0.6)
    s.path(ell(0, 130, 186), "#6b4a18")
    s.path(ell(0, 130, 182), s.rad(-50, 70, 300, "#fffaf0", "#f4ead5", "#d9c9a8"))
    with s.at(0, 130):
        for k in range(72):
            a = k * math.pi / 36
            long = 20 if k % 6 == 0 else 9
            s.line(f"M{174 * math.sin(a):.1f},{-174 * math.cos(a):.1f}L{(174 - long) * math.sin(a):.1f},{-(174 - long) * math.cos(a):.1f}", "#4a3d33", 3.5 if k % 6 == 0 else 1.8, cap="butt")
        for k in range(8):
            with s.at(0, 0, 1, k * 45):
                length = 104 if k % 2 == 0 else 66
                s.path(f"M0,{-length}L13,-13L0,0Z", "#35575a" if k % 2 == 0 else "#8fa39b")
                s.path(f"M0,{-length}L-13,-13L0,0Z", "#8fb0ad" if k % 2 == 0 else "#c9d3c8")
        for letter, x, y in (("N", 0, -116), ("E", 128, 13), ("S", 0, 142), ("W", -128, 13)):
            s.words(x, y, 36, letter, "#b5483a" if letter == "N" else "#3a2f2a", family="'Liberation Serif',Georgia,serif", weight=700)
        with s.at(0, 0, 1, 24):
            s.path("M0,-150L12,0L0,150L-12,0Z", "#2b2030", op=0.35, blur=5, t="translate(7,9)")
            s.path("M0,-150L12,0H0Z", "#a5332b")
            s.path("M0,-150L-12,0H0Z", "#d9573a")
            s.path("M0,150L12,0H0Z", "#c9cdd0")
            s.path("M0,150L-12,0H0Z", "#f4f5f5")
        s.path(ell(0, 0, 14), s.rad(-4, -5, 18, *brass))
        with s.clip(ell(0, 0, 182)):
            s.path(ell(0, 0, 190), stroke="#2b2030", w=24, op=0.35, blur=9, t="translate(7,9)")
            s.path(poly([(-220, -60), (-60, -220), (30, -220), (-220, 50)]), "#ffffff", op=0.38, blur=4)
    s.path(ell(0, 366, 30), "none", stroke="#7d5a22", w=13)
    s.path(ell(-1, 365, 30), "none", stroke="#e8c477", w=6)
    s.path(rrect(-17, 330, 34, 26, 6), s.lin(0, 330, 0, 356, *brass))


def hills(s, w, h, tones, seed=0):
    for k, tone in enumerate(tones):
        y = h * (0.46 + 0.09 * k)
        pts = [(-60, y + 40)] + [(x, y + 46 * math.sin(x / 150 + k * 2.1 + seed) + 24 * math.sin(x / 61 + k + seed)) for x in range(0, w + 121, 60)]
        d = smooth(pts, closed=False)
        s.path(d + f"L{w + 60},{h + 20}L-60,{h + 20}Z", s.lin(0, y - 60, 0, y + 260, light(tone, 0.12), dark(tone, 0.12)))


def pine(s, x, y, k, tone="#2f4a48"):
    with s.at(x, y, k):
        s.path(rrect(-7, -20, 14, 30, 4), "#3a2c2a")
        for j in range(5):
            top, w = -230 + j * 38, 26 + j * 16
            s.path(poly([(0, top), (w, top + 74), (w * 0.4, top + 66), (0, top + 76), (-w * 0.5, top + 66), (-w, top + 74)]), s.lin(-w, 0, w, 0, light(tone, 0.16), dark(tone, 0.25)))


def tent(s):
    fly, inner = "#d9853a", "#f6d79a"
    s.path(ell(30, 8, 420, 34), "#141826", op=0.5, blur=14)
    dome = smooth([(-400, 0, "c"), (-330, -150), (-170, -292), (20, -330), (210, -270), (340, -130), (400, 0, "c")])
    s.path(dome, s.lin(-300, -300, 360, 0, light(fly, 0.3), fly, dark(fly, 0.42)))
    with s.clip(dome):
        s.path(ell(-60, -60, 250, 230), "#ffd98a", op=0.55, blur=50)
        s.path(poly([(190, -320), (420, -320), (420, 20), (300, 20)]), "#5a2c33", op=0.45, blur=36)
        s.line("M20,-330C160,-240 230,-120 262,4", dark(fly, 0.55), 7, op=0.7)
        s.line("M26,-330C166,-240 236,-120 268,4", "#ffe0a0", 3, op=0.6)
        s.line("M20,-330C-190,-240 -300,-120 -352,4", dark(fly, 0.5), 5, op=0.45)
        s.line("M120,-330C250,-200 330,-100 350,10", dark(fly, 0.4), 4, op=0.3)
    door = smooth([(-196, 0, "c"), (-150, -132), (-56, -238), (24, -256, "c"), (60, -130), (78, 0, "c")])
    s.path(door, s.lin(0, -250, 0, 0, "#fff0c0", inner, "#e0a452"))
    with s.clip(door):
        s.path("M-200,-52C-120,-70 0,-70 90,-52V10H-200Z", "#4b6a72")
        s.path("M-200,-40C-120,-58 0,-58 90,-40V10H-200Z", "#39545c")
        s.path(rrect(-120, -84, 92, 40, 18), "#f3e3c3")
        s.path(ell(10, -196, 14), "#fffbe8")
        s.path(ell(10, -196, 60), "#fff3c4", op=0.7, blur=16)
        s.line("M10,-250V-208", "#6b4a2a", 3)
    flap = smooth([(24, -256, "c"), (60, -130), (78, 0, "c"), (126, 0, "c"), (110, -110), (70, -190)])
    s.path(flap, s.lin(24, 0, 126, 0, light(fly, 0.4), dark(fly, 0.25)))
    roll = smooth([(24, -256, "c"), (-60, -236), (-154, -130), (-204, 0, "c"), (-186, 0, "c"), (-136, -124), (-48, -216)])
    s.path(roll, s.lin(-200, -200, 0, 0, light(fly, 0.5), fly))
    s.line("M-332,-150L-500,14M342,-128L506,14", "#f3e6cc", 3, op=0.8)
    s.line("M-500,14l-10,-22M506,14l10,-22", "#c9cdd0", 6)


def evening(s, w, h, line):
    """Hills, pines and a meadow after sunset."""
    s.path(f"M0,0H{w}V{h}H0Z", s.lin(0, 0, 0, line, "#31405f", "#6d6a8a", "#d99a82", "#f2c493"))
    for _ in range(46):
        s.path(ell(s.rng.uniform(0, w), s.rng.uniform(0, line * 0.44), s.rng.uniform(1, 2.8)), "#fff3d6", op=round(s.rng.uniform(0.35, 0.9), 2))
    moon = (w * 0.775, line * 0.26)
    s.path(ell(*moon, line * 0.075), "#fbeecb")
    s.path(ell(*moon, line * 0.18), "#fbeecb", op=0.2, blur=40)
    with s.at(0, line - 820):
        hills(s, w, 1200, ["#8f7f92", "#6a6a80", "#4a5a68"])


def meadow(s, w, h, line):
    bumps = [(x, line + 18 * math.sin(x / 190)) for x in range(-40, w + 81, 80)]
    s.path(smooth(bumps, closed=False) + f"L{w + 40},{h + 20}L-40,{h + 20}Z", s.lin(0, line, 0, h, "#5d6f56", "#33453f"))


def grass(s, w, y0, y1, count):
    for _ in range(count):
        x, y = s.rng.uniform(0, w), s.rng.uniform(y0, y1)
        s.line(f"M{x:.0f},{y:.0f}q{s.rng.uniform(-6, 6):.0f},-14 {s.rng.uniform(-10, 10):.0f},-26", mix("#6f8560", "#24352f", s.rng.random()), 3.5, op=0.8)


@picture("trail-tent")
def tent_picture(s):
    evening(s, 1200, 1200, 820)
    for x, y, k in ((90, 850, 1.5), (190, 870, 1.1), (1090, 850, 1.6), (1000, 880, 1.05), (1170, 880, 1.2), (20, 890, 1.2)):
        pine(s, x, y, k)
    meadow(s, 1200, 1200, 848)
    s.glow(540, 850, 560, "#ffc66e", 0.65)
    s.path(ell(520, 1020, 330, 60), "#ffd488", op=0.45, blur=30)
    with s.at(590, 1000, 1.12):
        tent(s)
    grass(s, 1200, 1010, 1190, 70)


def lantern(s, colour):
    s.line("M-104,-330C-150,-560 150,-560 104,-330", dark(STEEL, 0.45), 10)
    s.line("M-104,-332C-148,-556 148,-556 104,-332", light(STEEL, 0.4), 4)
    s.path(rrect(-40, -508, 80, 22, 11), "#8a5a34")
    s.path(rrect(-34, -505, 66, 7, 4), "#d2a06a")
    glassy = [(72, -304), (92, -250), (98, -200), (84, -130), (70, -116)]
    s.path(revolve(sample(glassy, 12)), s.rad(0, -200, 130, "#fffbe6", "#ffe6a6", "#f0b25c"))
    s.path(ell(0, -192, 22, 52), "#fffdf2", blur=6)
    glass(s, glassy, rim=False, tint="#e8c98a")
    for x in (-100, 100):
        s.line(f"M{x},-330V-100", dark(colour, 0.4), 14)
        s.line(f"M{x - 2},-330V-100", light(colour, 0.3), 5)
    for y in (-246, -160):
        s.line(f"M-100,{y}A100,15 0 0 0 100,{y}", dark(STEEL, 0.5), 7)
        s.line(f"M-100,{y - 2}A100,15 0 0 0 100,{y - 2}", light(STEEL, 0.5), 2.5)
    s.lathe([(30, -392), (52, -380), (56, -352), (112, -330), (118, -312), (110, -302)], colour, gloss=0.6)
    s.lathe([(14, -420), (24, -412), (24, -394), (18, -388)], "#c79a4b", metal=True)
    s.lathe([(104, -122), (116, -112), (120, -60), (130, -14), (122, 0)], colour, gloss=0.6)
    s.path(ell(0, -60, 26), s.rad(-8, -68, 34, "#fbe9b8", "#c79a4b", "#7d5a22"))
    for k in range(16):
        with s.at(0, -60, 1, k * 22.5):
            s.line("M0,-25V-20", "#6b4a18", 3)
    s.line("M0,-60V-78", "#6b4a18", 4)


for _name, _colour, _bg in (("olive", "#6a6f47", "#b0a392"), ("red", "#b23c30", "#a3aaa6")):
    @picture(f"camp-lantern-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.studio(bg, window=False)
        s.glow(585, 630, 600, "#ffdb94", 0.8)
        with s.at(585, 970, 1.66):
            s.stand(124, 21)
            s.path(ell(0, 8, 270, 38), "#ffdf9c", op=0.45, blur=26)
            s.path(ell(6, 8, 128, 18), "#2b2030", op=0.5, blur=9)
            lantern(s, colour)
        s.glow(585, 640, 330, "#ffe7b0", 0.45)


def enamel_mug(s, colour, rim="#2a3450"):
    s.line("M116,-190C212,-204 216,-62 112,-50", dark(colour, 0.5), 26)
    s.line("M116,-192C206,-204 210,-68 112,-54", colour, 20)
    s.line("M122,-199C184,-202 200,-160 194,-130", GLOW, 5, op=0.8, blur=1.5)
    prof = [(126, -240), (124, -228), (120, -120), (116, -20), (104, 0)]

    def layers():
        s.specks(-124, -230, 124, 0, 70, rim if colour != "#35548a" else "#e9edf2", (1, 3), 0.55)
    s.lathe(prof, colour, gloss=0.8, layers=layers)
    s.mouth(126, -240, colour, inside="#e9e6df", wall=7, fill="#4a2c1b", fill_drop=0.7)
    s.line(ell(0, -240, 125, 19), rim, 8)
    s.path("M-122,-236A125,19 0 0 0 -20,-221", stroke="#8791ad", w=2.5, op=0.9)
    s.path(band(sample(prof), -1, 30), rim, op=0.9)


def sprig(s, x, y, angle, k=1.0, tone="#46685a"):
    with s.at(x, y, k, angle):
        for pass_, dx, op in (("#2b2030", 8, 0.2), (tone, 0, 1)):
            s.line("M0,0C90,-20 190,-20 300,10", pass_ if pass_ != tone else "#6b4a34", 8, t=f"translate({dx},{dx * 1.4})", op=op)
            for j in range(30):
                px, py = j * 10, -20 * math.sin(j / 30 * math.pi) + 3
                for side in (-1, 1):
                    ln = 62 - j * 0.9
                    s.line(f"M{px},{py:.0f}q{ln * 0.4:.0f},{side * ln * 0.34:.0f} {ln * 0.7:.0f},{side * ln * 0.8:.0f}", pass_ if op < 1 else light(tone, 0.24 * s.rng.random()), 5.5, t=f"translate({dx},{dx * 1.4})", op=op)


for _name, _colour, _bg in (("white", "#eceae3", "#b4c0b4"), ("blue", "#35548a", "#e3d3bf")):
    @picture(f"enamel-camp-mug-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.studio(bg)
        sprig(s, 120, 1050, -12, 1.1)
        sprig(s, 1120, 1085, 188, 1.0, "#557a63")
        with s.at(570, 960, 2.0):
            s.stand(110, 18, reach=1.4)
            enamel_mug(s, colour)
        for k in range(3):
            x = 500 + k * 70
            s.line(f"M{x},430C{x - 40},370 {x + 44},320 {x},250S{x + 20},170 {x + 6},140", "#ffffff", 22, op=0.28, blur=13)
