"""Kitchen: coffee, tea and cookware."""

import math

from kit import GLOW, band, dark, ell, glass, light, picture, poly, rrect, sample, smooth

OAT, SAGE, MIST, BLUSH, BUTTER = "#e6dccb", "#cfd8c8", "#cfdade", "#e9d0c0", "#efdfb8"
BEECH, WALNUT = "#c99a66", "#7a4f35"
GLAZES = {"oat": "#e3d6bd", "moss": "#7d8a5e", "rust": "#b5603a", "ink": "#37465c"}


def kettle(s, colour, metal=False):
    spout = [(-128, -92), (-212, -104), (-236, -190), (-256, -300), (-318, -352)]
    left, right = [], []
    pts = sample(spout, 12)
    for i, (x, y) in enumerate(pts):
        k = i / (len(pts) - 1)
        w = 36 - 23 * min(1, k * 1.5) if k < 0.66 else 13
        j = min(i, len(pts) - 2)
        dx, dy = pts[j + 1][0] - pts[j][0], pts[j + 1][1] - pts[j][1]
        n = math.hypot(dx, dy)
        left.append((x - dy / n * w, y + dx / n * w))
        right.append((x + dy / n * w, y - dx / n * w))
    d = poly(left + right[::-1])
    s.path(d, colour)
    with s.clip(d):
        s.path(poly(pts, False), stroke=dark(colour, 0.8), w=18, op=0.5, blur=6, t="translate(16,6)")
        s.path(poly(pts, False), stroke=GLOW, w=6, op=0.85 if metal else 0.5, blur=3, t="translate(-7,-5)")
    # grip: a wooden bow on two metal arms
    s.path("M118,-236C190,-250 214,-250 250,-246", stroke=dark(colour, 0.35), w=26)
    s.path("M118,-242C190,-256 214,-256 250,-252", stroke=light(colour, 0.25), w=8, op=0.8)
    grip = "M236,-272C300,-276 322,-236 306,-176C296,-136 280,-106 262,-82C252,-70 232,-78 238,-94C252,-130 262,-160 266,-190C270,-218 258,-228 236,-228Z"
    s.path(grip, s.lin(230, 0, 320, 0, light(BEECH, 0.3), BEECH, dark(BEECH, 0.4)))
    with s.clip(grip):
        for k in range(5):
            s.line(f"M{244 + k * 14},-280C{310 + k * 8},-250 {290 + k * 12},-180 {246 + k * 12},-70", dark(BEECH, 0.4), 2, op=0.3)
        s.line("M240,-264C292,-266 306,-234 292,-178", GLOW, 8, op=0.4, blur=3)
    body = [(96, -282), (112, -274, "c"), (128, -200), (152, -80), (160, -16), (150, 0)]
    s.lathe(body, colour, gloss=0.62, metal=metal)
    s.path(band(sample(body), -276, -270), GLOW, op=0.35)
    s.lathe([(18, -318), (60, -308), (98, -292), (104, -284), (98, -278)], colour, gloss=0.6, metal=metal)
    s.lathe([(12, -366), (24, -360), (27, -346), (18, -330), (13, -316)], BEECH, gloss=0.5)


for _name, _colour, _bg, _metal in (("matt-black", "#34343a", BLUSH, False), ("cream", "#efe4cc", SAGE, False), ("brushed-steel", "#b6babd", MIST, True)):
    @picture(f"gooseneck-kettle-{_name}", _colour, _bg, _metal)
    def _(s, colour, bg, metal):
        s.studio(bg)
        with s.at(608, 915, 1.56):
            s.stand(160, 24, reach=1.3)
            kettle(s, colour, metal)


def mug(s, glaze, drink=None):
    clay = "#c9a683"
    handle = "M112,-206C212,-226 226,-84 120,-66"
    s.line(handle, dark(glaze, 0.5), 38)
    s.line(handle, glaze, 31, t="translate(-2,-3)")
    s.line(handle, light(glaze, 0.5), 8, t="translate(-4,-9)", op=0.7, blur=3)
    body = [(124, -262), (126, -200), (126, -90), (118, -34), (96, 0)]
    pts = sample(body)

    def layers():
        s.path(band(pts, -52, 20), clay)
        wave = sample([(-140, -44), (-90, -36), (-40, -28), (20, -38), (80, -26), (140, -46)])
        s.path(poly([(x, y - 2) for x, y in wave] + [(140, -300), (-140, -300)]), glaze)
        s.path(poly([(x, y - 6) for x, y in wave], False), stroke=dark(glaze, 0.35), w=10, op=0.55, blur=3)
        s.specks(-125, -255, 125, -50, 46, dark(glaze, 0.55), (0.8, 2.2), 0.5)
        s.specks(-125, -40, 125, 10, 14, dark(clay, 0.5), (0.8, 1.8), 0.5)

    s.lathe(body, glaze, gloss=0.58, layers=layers)
    s.mouth(124, -262, glaze, inside=light(glaze, 0.12), wall=9, fill=drink, fill_drop=0.5)


for _name, _bg in (("oat", "#c9d2c4"), ("moss", OAT), ("rust", MIST), ("ink", BLUSH)):
    @picture(f"tide-stoneware-mug-{_name}", GLAZES[_name], _bg)
    def _(s, glaze, bg):
        s.studio(bg)
        with s.at(562, 915, 1.95):
            s.stand(104, 17, reach=1.4)
            mug(s, glaze, "#5b3a26" if glaze != GLAZES["moss"] else "#b98a3e")


@picture("gooseneck-kettle-pour", "#34343a")
def _(s, colour):
    s.studio(OAT, horizon=0.8)
    with s.at(352, 1030, 1.3):
        s.stand(120, 20)
        server(s, level=-70)
        with s.at(0, -196):
            dripper(s, "#efe9df", open_top=True)
    s.line("M357,236C350,300 348,400 348,536", "#c3d9de", 12, op=0.95)
    s.line("M354,240C347,300 345,400 345,536", "#ffffff", 4, op=0.9)
    s.path(ell(348, 540, 26, 6), "#caa27a", op=0.9)
    with s.at(850, 560, 1.25, rotate=-14):
        kettle(s, colour)


def server(s, level=-90):
    s.line("M108,-160C196,-172 200,-60 118,-52", "#9fb6ba", 26, op=0.6)
    s.line("M108,-162C190,-172 194,-62 118,-56", "#ffffff", 7, op=0.7)
    glass(s, [(74, -206), (70, -190), (112, -120), (136, -50), (132, -8), (118, 0)], liquid="#4a2a18", level=level)


def dripper(s, colour, open_top=False):
    s.lathe([(118, -18), (124, -10, "c"), (120, 0), (84, 10)], colour, gloss=0.55)
    s.line("M118,-150C214,-160 190,-58 84,-52", dark(colour, 0.45), 30)
    s.line("M118,-152C208,-160 186,-64 84,-56", colour, 23)
    s.line("M124,-158C190,-158 182,-100 150,-76", light(colour, 0.5), 6, op=0.8, blur=2)
    cone = [(150, -190), (152, -182, "c"), (120, -120), (80, -44), (66, -18)]
    s.lathe(cone, colour, gloss=0.6)
    for f in (-0.62, -0.22, 0.2, 0.58):
        s.line(poly([(f * r, y + 20) for r, y in sample(cone)[12:]], False), dark(colour, 0.5), 3, op=0.12)
    s.mouth(150, -190, colour, wall=8)
    if open_top:
        s.path(ell(0, -186, 128, 17), "#6d4327")
        s.path(ell(-20, -184, 70, 9), "#a8774d", op=0.6, blur=5)


for _name, _colour, _bg in (("white", "#efe9df", "#d5c3b1"), ("terracotta", "#c2714c", MIST)):
    @picture(f"cone-coffee-dripper-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.studio(bg)
        with s.at(580, 940, 1.72):
            s.stand(120, 21, reach=1.2)
            server(s)
            with s.at(0, -206, 1):
                dripper(s, colour)


@picture("steel-burr-hand-grinder")
def grinder_picture(s):
    s.studio(SAGE)
    with s.at(560, 950, 1.66):
        s.stand(86, 15, reach=1.6)
        grinder(s)
    beans(s, [(770, 985, 20), (840, 1020, -35), (905, 975, 60), (820, 955, 100)], 1.2)


def grinder(s):
    steel = "#8d9298"
    s.line("M4,-446L210,-470", dark(steel, 0.5), 20)
    s.line("M4,-450L208,-474", light(steel, 0.55), 8)
    with s.at(214, -462):
        s.lathe([(8, -62), (26, -56), (32, -36), (24, -12), (12, 0)], WALNUT, gloss=0.65)
    s.lathe([(14, -462), (20, -456), (20, -440), (14, -432)], steel, metal=True, ry=0.25)
    s.lathe([(64, -430), (78, -420, "c"), (80, -400), (80, -392)], steel, metal=True)
    s.lathe([(80, -392), (80, -210)], "#34363b", gloss=0.55)
    s.lathe([(84, -214), (86, -206, "c"), (86, -186), (84, -178)], steel, metal=True)
    for k in range(-8, 9):
        x = 84 * math.sin(k * 0.19)
        s.line(f"M{x:.1f},-204V-182", dark(steel, 0.7), 3, op=0.5)
    s.lathe([(80, -182), (80, -20), (74, 0)], "#34363b", gloss=0.55)
    s.path(band([(80, y) for y in range(-182, 1, 4)], -120, -40), WALNUT)
    s.path(band([(80, y) for y in range(-182, 1, 4)], -120, -40), s.lin(-80, 0, 80, 0, dark(WALNUT, 0.5), light(WALNUT, 0.3), WALNUT, dark(WALNUT, 0.6)))


def bean(s, x, y, angle, k=1.0, colour="#5b3620"):
    with s.at(x, y, k, angle):
        s.path(ell(6, 10, 30, 17), "#2b1c18", op=0.4, blur=7)
        s.path(ell(0, 0, 30, 19), s.rad(-10, -8, 42, light(colour, 0.3), colour, dark(colour, 0.5)))
        s.line("M-27,2C-12,-9 8,9 27,-2", dark(colour, 0.65), 5)
        s.line("M-24,-3C-12,-11 4,-2 12,1", light(colour, 0.35), 2, op=0.6)


def beans(s, spots, k=1.0):
    for x, y, angle in spots:
        bean(s, x, y, angle, k)


@picture("glass-teapot")
def teapot_picture(s):
    s.studio("#dfd3c2")
    with s.at(590, 940, 1.75):
        s.stand(102, 20, reach=1.4)
        s.path(ell(110, 12, 130, 16), "#d98a2b", op=0.3, blur=20)
        teapot(s)


def teapot(s):
    tint = "#8fa9ae"
    s.line("M150,-212C282,-236 276,-54 146,-74", dark(tint, 0.2), 24, op=0.55)
    s.line("M150,-214C274,-234 268,-60 146,-80", "#ffffff", 8, op=0.8)
    spout = "M-136,-96C-206,-106 -196,-190 -252,-222L-226,-246C-166,-214 -176,-160 -134,-172Z"
    s.path(spout, "#c9842f", op=0.75)
    s.path(spout, s.lin(-250, 0, -130, 0, (0, "#ffffff", 0.75), (0.35, "#ffffff", 0.1), (1, "#6b3a10", 0.4)))
    s.line(spout, dark(tint, 0.35), 2.5, op=0.6)
    glass(s, [(76, -250), (78, -240), (128, -204), (164, -126), (152, -44), (112, -4), (96, 0)], liquid="#c9822c", level=-176)
    strainer = [(50, -256), (50, -80), (44, -66)]
    with s.group(opacity=0.8):
        s.lathe(strainer, "#a9a59c", metal=True)
        with s.clip(poly([(-50, -240), (50, -240), (50, -62), (-50, -62)])):
            for k in range(-3, 4):
                s.line(f"M{k * 14},-236V-66", "#3b3228", 2.5, op=0.5, dash="1 9")
    s.path(ell(-26, -56, 26, 10), "#6d4a18", op=0.5, blur=6)
    glass(s, [(20, -282), (66, -266), (88, -252), (80, -244)], rim=False)
    with s.at(0, -280):
        s.lathe([(8, -46), (22, -38), (24, -24), (10, -6), (12, 2)], BEECH, gloss=0.6)


@picture("morning-blend-coffee")
def coffee_picture(s):
    s.studio("#ecd2bd")
    with s.at(560, 960, 1.72):
        s.stand(150, 22, reach=1.2)
        coffee_bag(s)
    beans(s, [(860, 985, 15), (930, 1030, -40), (800, 1040, 70), (985, 975, 100), (880, 1075, -10), (300, 1045, 30), (245, 1005, -50)], 1.15)


def coffee_bag(s, colour="#274b47"):
    body = smooth([(-150, -6, "c"), (-156, -200), (-146, -372, "c"), (146, -372, "c"), (156, -200), (150, -6, "c"), (0, 10)])
    s.path(body, colour)
    with s.clip(body):
        s.path(poly([(60, -400), (180, -400), (180, 30), (110, 30)]), dark(colour, 0.75), op=0.5, blur=28)
        s.path(poly([(-170, -400), (-132, -400), (-128, 30), (-170, 30)]), dark(colour, 0.7), op=0.4, blur=9)
        s.path(poly([(-122, -380), (-96, -380), (-104, 10), (-122, 10)]), GLOW, op=0.32, blur=9)
        s.line("M-140,-352C-60,-330 60,-340 146,-356", dark(colour, 0.7), 14, op=0.5, blur=8)
        s.line("M-150,-40C-60,-16 70,-18 152,-44", dark(colour, 0.7), 12, op=0.4, blur=8)
        s.line("M-60,-372C-40,-320 -70,-290 -66,-250", GLOW, 10, op=0.2, blur=6)
    # rolled top with a tin tie
    roll = rrect(-150, -424, 300, 58, 12)
    s.path(roll, s.lin(0, -424, 0, -366, light(colour, 0.22), colour, dark(colour, 0.45)))
    s.path(rrect(-166, -404, 332, 18, 7), s.lin(0, -404, 0, -386, "#f2e4c4", "#c6a469"))
    # the label: a sun coming up behind hills
    label = rrect(-96, -290, 192, 216, 14)
    s.path(label, "#f4e8d2")
    with s.clip(label):
        for k in range(11):
            a = math.pi * (k + 0.5) / 11
            s.line(f"M{66 * math.cos(a):.1f},{-160 - 66 * math.sin(a):.1f}L{96 * math.cos(a):.1f},{-160 - 96 * math.sin(a):.1f}", "#e08a3c", 7)
        s.path(ell(0, -160, 52), "#dd6f3c")
        s.path("M-100,-150C-60,-186 -20,-150 20,-160C60,-172 80,-160 100,-150V-60H-100Z", "#2f6a5c")
        s.path("M-100,-122C-50,-140 -10,-112 40,-126C70,-134 90,-120 100,-118V-60H-100Z", "#1f4a45")
        s.path(poly([(50, -300), (110, -300), (110, -60), (80, -60)]), dark(colour, 0.6), op=0.22, blur=16)
    s.path(ell(0, -38, 15), dark(colour, 0.45))
    s.path(ell(-1, -40, 13), light(colour, 0.15))


def casserole(s, colour):
    for side in (-1, 1):
        s.line(f"M{side * 214},-150C{side * 292},-168 {side * 296},-92 {side * 216},-100", dark(colour, 0.5), 36)
        s.line(f"M{side * 214},-154C{side * 286},-168 {side * 290},-98 {side * 216},-106", colour, 25)
        s.line(f"M{side * 222},-162C{side * 266},-166 {side * 276},-146 {side * 274},-130", light(colour, 0.5), 6, op=0.7, blur=2)
    s.lathe([(226, -176), (226, -80), (214, -20), (186, 0)], colour, gloss=0.68)
    s.path(band([(227, y) for y in range(-190, -160, 2)], -184, -172), dark(colour, 0.6), op=0.55)
    lid = [(24, -256), (110, -246), (190, -222), (230, -192), (232, -182, "c"), (226, -176)]
    s.lathe(lid, colour, gloss=0.68)
    s.path(band(sample(lid), -196, -186), GLOW, op=0.25)
    with s.at(0, -250):
        s.lathe([(16, -4), (18, 4), (24, 8)], "#a7abad", metal=True, ry=0.2)
        s.lathe([(20, -52), (40, -46), (44, -30), (30, -14), (18, -4)], "#b4b8ba", metal=True, ry=0.2)


for _name, _colour, _bg in (("brick-red", "#a8392f", "#dfd5c6"), ("forest", "#35584a", "#e8d3c1"), ("cream", "#eddfc3", "#b9c7c2")):
    @picture(f"cast-iron-casserole-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.studio(bg)
        with s.at(585, 920, 1.66):
            s.stand(188, 28, reach=0.9)
            casserole(s, colour)


def olive_board(s):
    """A board of 300 x 640 with a round handle, lying; its middle is the origin."""
    wood = "#b98a55"
    d = smooth([(-140, -190), (-60, -226), (-44, -300), (0, -340), (44, -300), (60, -226), (140, -190), (152, 60), (140, 250), (0, 268), (-140, 250), (-152, 60)])
    s.lie(d, 0.8)
    s.path(d, dark(wood, 0.45), t="translate(3,9)")
    s.path(d, s.lin(-150, -300, 150, 280, light(wood, 0.28), wood, dark(wood, 0.12)))
    with s.clip(d):
        for k in range(22):
            x = -170 + k * 16 + s.rng.uniform(-5, 5)
            bend = 46 * math.sin(k * 0.5)
            tone = "#5f3a1c" if k % 3 else "#e2bd85"
            s.line(f"M{x:.0f},-360C{x + bend:.0f},-180 {x - bend:.0f},-20 {x + bend * 0.7:.0f},90S{x - bend:.0f},240 {x:.0f},320", tone, s.rng.uniform(1.5, 6), op=0.3)
        for r in (10, 22, 34, 48):
            s.line(ell(70, 110, r, r * 1.9), "#5f3a1c", 4, op=0.32)
        s.path(ell(70, 110, 8, 15), "#4a2b13", op=0.6)
    s.line(d, light(wood, 0.45), 3, op=0.5)
    s.path(ell(0, -290, 17), "#8b948b")
    with s.clip(ell(0, -290, 17)):
        s.path(ell(0, -290, 20), stroke=dark(wood, 0.6), w=12, op=0.8, blur=2, t="translate(3,4)")


def tomato(s, x, y, r):
    with s.at(x, y):
        s.lie(ell(0, 0, r), 0.5)
        s.path(ell(0, 0, r), s.rad(-r * 0.35, -r * 0.4, r * 1.5, "#f0735a", "#cf3a2c", "#7c1a22"))
        s.path(ell(-r * 0.36, -r * 0.42, r * 0.2, r * 0.13), "#ffffff", op=0.75, blur=3)
        star = [(r * (0.5 if k % 2 == 0 else 0.13) * math.cos(k * math.pi / 5 + 0.3), r * (0.5 if k % 2 == 0 else 0.13) * math.sin(k * math.pi / 5 + 0.3)) for k in range(10)]
        s.path(poly(star), "#4d7a3d")
        s.line("M0,0L8,-14", "#3a5f2e", 7)


def loaf(s, x, y, angle, k=1.0):
    crust, crumb = "#b9743a", "#f1dcb4"
    with s.at(x, y, k, angle):
        d = smooth([(-150, 10), (-130, -62), (-40, -88), (70, -80), (146, -40), (150, 30), (80, 76), (-60, 84), (-134, 60)])
        s.lie(d, 0.9)
        s.path(d, s.rad(-50, -50, 240, light(crust, 0.25), crust, dark(crust, 0.45)))
        for i in range(4):
            cx = -84 + i * 56
            s.path(smooth([(cx - 16, -54), (cx + 14, -10), (cx + 20, 44), (cx + 2, 20), (cx - 14, -20)]), light(crumb, 0.1), op=0.85, blur=2)
            s.line(f"M{cx - 16},-54C{cx + 20},-20 {cx + 24},16 {cx + 20},44", dark(crust, 0.5), 4, op=0.5, blur=1.5)
        s.specks(-130, -60, 130, 60, 50, "#fff6e0", (1, 3), 0.5)


@picture("olive-wood-board")
def board_picture(s):
    s.table("#cfd6cb")
    with s.at(610, 620, 1.5, rotate=32):
        olive_board(s)
    loaf(s, 520, 640, 28, 1.05)
    tomato(s, 770, 560, 62)
    tomato(s, 850, 680, 52)
    tomato(s, 300, 900, 60)
    for k in range(9):
        with s.at(860 + k * 22, 950 - k * 14, 1, -40 + (70 if k % 2 else -30)):
            s.path("M0,0C18,-16 44,-16 62,0C44,14 18,14 0,0Z", s.lin(0, -12, 0, 12, "#7d9a5c", "#4a6a3a"))
    s.line("M850,958C930,900 1000,870 1052,838", "#55683a", 6)


def knife(s):
    """A chef's knife of about 900 along x, edge down; its bolster is the origin."""
    blade = "M0,-46L30,-50C260,-58 420,-40 566,8C430,62 240,74 34,70C20,70 10,66 6,58Z"
    s.lie(blade, 0.6)
    handle = smooth([(6, -48), (-90, -52), (-250, -48), (-330, -40), (-352, -6), (-338, 38), (-292, 40), (-240, 20), (-120, 22), (-20, 34), (6, 44)])
    s.lie(handle, 0.8)
    s.path(blade, s.lin(0, -56, 0, 74, "#8e969c", "#dfe4e6", "#aab2b8", "#eef1f2", "#b9c0c5"))
    with s.clip(blade):
        s.path("M0,-60L240,-60L120,90L0,90Z", "#ffffff", op=0.35, blur=26)
        s.path("M300,-60L420,-60L330,90L230,90Z", "#5d666e", op=0.22, blur=22)
        s.line("M30,58C240,64 430,50 566,6", "#ffffff", 10, op=0.85)
        s.line("M20,46C240,52 420,38 545,8", "#7d868d", 2, op=0.5)
    s.path(handle, s.lin(0, -52, 0, 44, light(WALNUT, 0.3), WALNUT, dark(WALNUT, 0.45)))
    with s.clip(handle):
        for k in range(7):
            s.line(f"M-360,{-44 + k * 13}C-250,{-54 + k * 14} -120,{-36 + k * 11} 10,{-46 + k * 13}", dark(WALNUT, 0.6), 2.5, op=0.35)
        s.line("M-340,-36C-240,-46 -120,-46 0,-40", GLOW, 8, op=0.35, blur=4)
    for x in (-50, -160, -280):
        s.path(ell(x, -8, 11), s.rad(x - 3, -12, 15, "#f3dca0", "#c69a4a", "#7d5a22"))
    s.path("M-10,-52L28,-52L30,72L4,60L-10,40Z", s.lin(0, -52, 0, 70, "#7e868c", "#e3e7e9", "#9aa2a8"))


@picture("chefs-knife")
def knife_picture(s):
    s.table("#d8c9ba")
    with s.at(500, 680, 1.25, rotate=-38):
        knife(s)
    for x, y, r in ((300, 330, 74), (420, 250, 66)):
        with s.at(x, y):
            s.lie(ell(0, 0, r), 0.3)
            s.path(ell(0, 0, r), "#d9527a" if r > 70 else "#cf4a74")
            for i, f in enumerate((0.9, 0.72, 0.54, 0.36, 0.2)):
                s.path(ell(0, 0, r * f), "#f7e3ea" if i % 2 == 0 else "#dd7f9f")
            s.path(ell(-r * 0.3, -r * 0.3, r * 0.5, r * 0.3), "#ffffff", op=0.3, blur=8)
    for k in range(6):
        with s.at(880 + 34 * (k % 3), 860 + 40 * (k // 3) + 20 * (k % 2), 1, k * 50):
            s.path("M0,0C18,-20 50,-20 70,0C50,18 18,18 0,0Z", s.lin(0, -14, 0, 14, "#8cae68", "#4f7440"))
            s.line("M4,0H62", "#cfe0ad", 2, op=0.7)


@picture("tide-stoneware-mug-stack")
def mug_stack_picture(s):
    s.studio("#d9d2c4")
    with s.at(430, 930, 1.4):
        s.stand(104, 17)
        mug(s, GLAZES["rust"])
        with s.at(0, -258):
            s.path(ell(4, 6, 100, 14), "#2b1c18", op=0.5, blur=5)
            mug(s, GLAZES["oat"])
    with s.at(810, 975, 1.4):
        s.stand(104, 17)
        mug(s, GLAZES["moss"], "#b98a3e")
