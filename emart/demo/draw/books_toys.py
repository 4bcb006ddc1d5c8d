"""Books and toys."""


from kit import GLOW, dark, ell, light, mix, picture, poly, rrect, sample, smooth
from kit import GLOW, dark, ell, light, picture, poly, rrect, smooth
INK = "#1f1a2e"
SERIF = "'Liberation Serif',Georgia,serif"


def book(s, w, h, cover, art, spine=26):
    """A closed book lying, w x h, its middle the origin; `art` draws on the cover."""
    x, y = -w / 2, -h / 2
    board = rrect(x, y, w, h, 8)
    s.lie(rrect(x, y, w + 14, h + 14, 8), 1.3)
    s.path(rrect(x + 8, y + 12, w + 8, h + 8, 8), dark(cover, 0.5))
    s.path(rrect(x + 10, y + 8, w, h, 4), "#efe6d3")
    for k in range(5):
        s.line(f"M{x + 16},{y + h + 1.6 + k * 1.7}H{x + w + 6}M{x + w + 1.6 + k * 1.7},{y + 14}V{y + h + 6}", "#b9ab92", 0.8)
    s.path(board, cover)
    with s.clip(board):
        art()
        s.path(board, s.lin(x, y, x + w, y + h, (0, GLOW, 0.26), (0.5, GLOW, 0), (1, INK, 0.22)))
        s.path(f"M{x},{y}h{spine}v{h}h{-spine}Z", s.lin(x, 0, x + spine, 0, (0, INK, 0.3), (0.3, GLOW, 0.2), (0.8, INK, 0.02), (1, INK, 0.34)))
        s.line(f"M{x + spine + 4},{y}V{y + h}", GLOW, 3, op=0.35, blur=1)
        s.path(poly([(x, y), (x + w * 0.5, y), (x + w * 0.1, y + h), (x, y + h)]), "#ffffff", op=0.08, blur=20)


def soup_cover(s):
    s.path("M-400,-500H400V500H-400Z", "#d9653f")
    s.path("M-400,120H400V500H-400Z", "#2f4f4a")
    for k in range(9):
        for j in range(3):
            s.path(ell(-280 + k * 70 + (35 if j % 2 else 0), 190 + j * 70, 7), "#e8b75c", op=0.8)
    s.path(ell(14, 196, 200, 26), INK, op=0.4, blur=10)
    s.path("M-196,-36C-190,130 -100,196 0,196C100,196 190,130 196,-36Z", s.lin(-196, 0, 196, 0, "#fbf3e2", "#f3e7cf", "#cdb994"))
    s.path("M-194,6C-150,24 150,24 194,6L190,34C150,50 -150,50 -190,34Z", "#3f7a78")
    s.path(ell(0, -36, 196, 46), "#fff9ec")
    s.path(ell(0, -34, 176, 38), s.lin(-176, 0, 176, 0, "#e8933a", "#f2b04c", "#d97f2c"))
    s.line("M-90,-40C-40,-62 40,-56 60,-36C70,-20 0,-16 -20,-28C-36,-38 10,-46 24,-38", "#fff3d6", 8, op=0.9)
    for x, y, a in ((-96, -22, 20), (96, -44, -30), (110, -18, 60), (-60, -52, 100)):
        with s.at(x, y, 0.7, a):
            s.path("M-24,0C-10,-16 12,-16 26,0C12,14 -10,14 -24,0Z", "#5d7f45")
    for x in (-70, 0, 70):
        s.line(f"M{x},-110C{x - 34},-150 {x + 34},-180 {x},-226", "#fbe3c2", 13, op=0.9)
    s.words(0, -292, 66, "A Year of Soup", "#fff4e0", SERIF, 700)
    s.words(0, 378, 25, "INES HALLBERG", "#f1d9a8", weight=600, spacing=6)


def rooms_cover(s):
    s.path("M-400,-500H400V500H-400Z", "#e2d6c4")
    s.path("M-400,230H400V500H-400Z", "#c9b196")
    s.path("M-150,230V-120A150,150 0 0 1 150,-120V230Z", s.lin(0, -270, 0, 230, "#8fb3bd", "#dfe6d8", "#f6d9a8"))
    s.path("M-150,120C-90,80 -30,110 40,90C90,76 130,96 150,90V230H-150Z", "#7d9a80")
    s.line("M-150,230V-120A150,150 0 0 1 150,-120V230M0,-270V230M-150,-20H150M-150,110H150", "#fbf5e8", 13, cap="butt")
    s.path(poly([(-150, 236), (150, 236), (330, 460), (30, 460)]), "#fff3cf", op=0.85)
    s.path(poly([(-6, 236), (6, 236), (186, 460), (174, 460)]), "#c9b196")
    s.path(rrect(-186, 226, 372, 18, 3), "#fbf5e8")
    s.path("M-118,226L-126,150H-62L-70,226Z", "#b5603a")
    for a in (-40, -10, 24):
        with s.at(-94, 152, 0.5, a):
            s.path("M0,0C-40,-40 -44,-110 0,-170C44,-110 40,-40 0,0Z", "#4c6a4f")
    s.words(0, -352, 46, "Small Rooms,", "#3a3a40", weight=700)
    s.words(0, -300, 46, "Good Light", "#b5603a", weight=700)


def ferry_cover(s):
    s.path("M-500,-500H500V500H-500Z", s.lin(0, -400, 0, 120, "#1e2a52", "#35518a", "#6f86ad"))
    for _ in range(60):
        s.path(ell(s.rng.uniform(-400, 400), s.rng.uniform(-400, 40), s.rng.uniform(1.2, 3.2)), "#fff3cf", op=round(s.rng.uniform(0.4, 1), 2))
    s.path(ell(130, -130, 150), "#fbeec0", op=0.22, blur=30)
    s.path(ell(130, -130, 98), "#fbeec0")
    for x, y, r in ((100, -160, 17), (160, -110, 24), (120, -92, 11)):
        s.path(ell(x, y, r), "#e6d199", op=0.7)
    s.path("M-500,60C-360,-20 -260,10 -160,40C-60,0 60,20 160,50C300,10 400,30 500,20V140H-500Z", "#2a3a62")
    s.path("M-500,96H500V500H-500Z", s.lin(0, 96, 0, 400, "#3f6a96", "#1c2b52"))
    for k in range(12):
        y = 110 + k * 22
        s.line(f"M{130 - 20 - k * 7},{y}q{20 + k * 7},-9 {40 + k * 14},0", "#fbe6a8", 6, op=round(0.75 - k * 0.05, 2))
    with s.at(-60, 150, 1.12):
        s.path("M-170,-40H170C160,20 130,52 100,56H-110C-140,50 -164,10 -170,-40Z", s.lin(-170, 0, 170, 0, "#e8604a", "#c9402f", "#8f2a2c"))
        s.path("M-172,-50H172V-34H-172Z", "#fff4e0")
        s.path(rrect(-120, -112, 220, 64, 8), "#fff4e0")
        s.path(rrect(-76, -160, 130, 50, 8), "#f3dfb8")
        s.path("M-10,-160V-214H38V-160Z", "#2f3f5c")
        s.path("M-10,-200H38V-184H-10Z", "#efb83d")
        for x in (-92, -40, 12, 64):
            s.path(ell(x, -80, 15), "#ffd56b")
        for x in (-48, 0):
            s.path(rrect(x - 14, -148, 28, 24, 4), "#ffd56b")
        s.path("M12,-224C30,-256 0,-270 30,-300C60,-320 50,-346 84,-352", stroke="#cfd8e8", w=20, op=0.5)
    for k in range(4):
        y = 232 + k * 46
        s.line(smooth([(-400 + j * 50, y + (9 if j % 2 else -9)) for j in range(17)], closed=False), "#8fb3d6", 5, op=0.4)
    s.words(0, -286, 62, "The Night Ferry", "#fff4d6", SERIF, 700)
    s.words(0, 350, 24, "MAJA ORLOV", "#dfe8f3", weight=600, spacing=6)


@picture("a-year-of-soup")
def soup_picture(s):
    s.table("#c3cfc8")
    with s.at(600, 590, 1.12, rotate=-9):
        book(s, 600, 800, "#d9653f", lambda: soup_cover(s))
    with s.at(1010, 1020, 0.9, rotate=30):
        s.path("M-20,-300C-60,-300 -66,-200 -26,-180L-16,60C-14,84 14,84 16,60L26,-180C66,-200 60,-300 20,-300Z", INK, op=0.3, blur=10, t="translate(12,14)")
        s.path("M-20,-300C-60,-300 -66,-200 -26,-180L-16,60C-14,84 14,84 16,60L26,-180C66,-200 60,-300 20,-300Z", s.lin(-60, 0, 60, 0, "#dcb07a", "#c08f58", "#8a6038"))
        s.path(ell(0, -246, 34, 44), "#a97a48", op=0.7)


@picture("small-rooms-good-light")
def rooms_picture(s):
    s.table("#bfa892")
    with s.at(590, 600, 1.1, rotate=7):
        book(s, 640, 830, "#e2d6c4", lambda: rooms_cover(s), 30)


@picture("the-night-ferry")
def ferry_picture(s):
    s.table("#ead9bd")
    with s.at(600, 600, 1.2, rotate=-6):
        book(s, 700, 740, "#1e2a52", lambda: ferry_cover(s))


RAINBOW = ["#b9402f", "#d9703a", "#e8a63c", "#7f9a52", "#3f8078", "#3f639a", "#6a4a80"]


def rainbow(s):
    """Seven nested arches, 640 wide; the middle of the foot is the origin."""
    for k, colour in enumerate(RAINBOW):
        outer, inner = 330 - k * 43, 330 - k * 43 - 39
        d = (f"M{-outer},0V-30A{outer},{outer} 0 0 1 {outer},-30V0H{inner}V-30A{inner},{inner} 0 0 0 {-inner},-30V0Z")
        # the depth of the wood, seen on the underside of each arch
        s.path(f"M{-inner},0V-30A{inner},{inner} 0 0 1 {inner},-30V0Z", dark(colour, 0.72))
        s.path(d, s.lin(-outer, -outer, outer, 0, light(colour, 0.34), colour, dark(colour, 0.34)))
        with s.clip(d):
            s.line(f"M{-outer + 7},0V-30A{outer - 7},{outer - 7} 0 0 1 {outer - 7},-30", GLOW, 6, op=0.35, blur=3)
            s.line(f"M{-inner - 4},0V-30A{inner + 4},{inner + 4} 0 0 1 {inner + 4},-30V0", INK, 8, op=0.28, blur=4)
            for j in range(3):
                r = inner + 9 + j * 11
                s.line(f"M{-r},0V-30A{r},{r} 0 0 1 {r},-30V0", dark(colour, 0.5), 1.6, op=0.22)


@picture("wooden-stacking-rainbow")
def rainbow_picture(s):
    s.studio("#dfe0d2")
    with s.at(600, 940, 1.36):
        s.path(ell(110, 8, 400, 34), "#3a2c2a", op=0.3, blur=24)
        s.path(ell(12, 2, 338, 14), INK, op=0.55, blur=6)
        rainbow(s)


def wheel(s, x, y, r, colour="#d9a83c"):
    with s.at(x, y):
        s.path(ell(0, 0, r), "#2f2d33")
        s.path(ell(0, 0, r - 7), s.rad(-r * 0.3, -r * 0.3, r * 1.5, light(colour, 0.4), colour, dark(colour, 0.4)))
        s.line(ell(0, 0, r * 0.55), dark(colour, 0.4), 4, op=0.6)
        s.path(ell(0, 0, 10), s.rad(-3, -3, 14, "#f6e3bd", "#c9975d", "#7a4f35"))


def plank(s, d, colour, y0, y1):
    s.path(d, s.lin(0, y0, 0, y1, light(colour, 0.3), colour, dark(colour, 0.28)))
    with s.clip(d):
        for k in range(3):
            y = y0 + (y1 - y0) * (0.25 + 0.25 * k)
            s.line(f"M-700,{y}C-300,{y - 9} 200,{y + 9} 700,{y - 4}", dark(colour, 0.5), 2, op=0.2)
        s.line(d, GLOW, 7, op=0.3, blur=2)


def train(s):
    red, teal, beech, navy = "#c4473a", "#3f8078", "#d2a56b", "#35518a"
    s.path(ell(30, 8, 560, 26), INK, op=0.4, blur=14)
    s.line("M-520,-64C-600,-50 -640,-10 -700,-4", "#b9402f", 7)
    s.path(ell(-706, -4, 20), s.rad(-712, -10, 26, "#f0d9b0", beech, "#7a4f35"))
    # engine
    plank(s, rrect(-520, -86, 330, 44, 14), beech, -86, -42)
    plank(s, rrect(-520, -196, 220, 112, 56), red, -196, -84)
    for x in (-440, -380):
        s.path(f"M{x},-195h18v110h-18Z", "#efb83d")
    plank(s, rrect(-310, -284, 120, 200, 14), teal, -284, -84)
    s.path(rrect(-284, -256, 68, 70, 12), s.lin(0, -256, 0, -186, "#24393f", "#3a545c"))
    plank(s, rrect(-336, -308, 172, 32, 14), navy, -308, -276)
    plank(s, "M-480,-196L-490,-278H-426L-436,-196Z", navy, -278, -196)
    plank(s, rrect(-500, -296, 84, 24, 11), "#efb83d", -296, -272)
    s.path(ell(-520, -140, 24), s.rad(-528, -148, 34, "#fff4cf", "#efb83d", "#a9741f"))
    # wagons with blocks
    for x, body, blocks in ((-130, navy, ("#efb83d", "#c4473a", "#7f9a52")), (210, "#7f9a52", ("#3f8078", "#e8a63c", "#d9703a"))):
        s.path(rrect(x - 62, -74, 70, 16, 8), s.lin(0, -74, 0, -58, "#e0ba84", "#8a6038"))
        for k, tone in enumerate(blocks):
            bx = x + 14 + k * 88
            if k == 1:
                plank(s, f"M{bx - 6},-146L{bx + 38},-236L{bx + 82},-146Z", tone, -236, -146)
            else:
                plank(s, rrect(bx, -232 if k == 0 else -214, 78, 100, 8), tone, -232, -132)
        plank(s, rrect(x, -150, 280, 84, 12), body, -150, -66)
        s.line(f"M{x + 16},-112H{x + 264}", light(body, 0.5), 5, op=0.7)
        plank(s, rrect(x - 8, -78, 296, 34, 12), beech, -78, -44)
        for wx in (x + 58, x + 222):
            wheel(s, wx, -34, 42, "#c4473a" if body == navy else "#d9a83c")
    for wx in (-462, -362):
        wheel(s, wx, -34, 42)
    wheel(s, -246, -46, 54, teal)


@picture("pull-along-train")
def train_picture(s):
    s.studio("#c6d2d6", horizon=0.6)
    with s.at(668, 800, 1.0):
        train(s)


def harbour(s, w, h):
    """The harbour at dusk, w x h from the origin."""
    s.path(f"M0,0H{w}V{h}H0Z", s.lin(0, 0, 0, h * 0.6, "#3b3f70", "#8a5a86", "#e0806a", "#f7c27c"))
    s.path(ell(w * 0.7, h * 0.46, 54), "#ffe9b8")
    s.path(ell(w * 0.7, h * 0.46, 120), "#ffdf9c", op=0.4, blur=26)
    s.path(f"M0,{h * 0.5}C{w * 0.2},{h * 0.4} {w * 0.3},{h * 0.46} {w * 0.5},{h * 0.48}S{w * 0.8},{h * 0.44} {w},{h * 0.49}V{h * 0.56}H0Z", "#6a4a78")
    tones = ["#c9573a", "#e8b75c", "#4d7a88", "#efe0c4", "#a8445a", "#6f8a5e", "#d9853a"]
    x = 0
    k = 0
    while x < w * 0.56:
        bw, bh = 62 + (k * 37) % 40, 110 + (k * 53) % 80
        top = h * 0.58 - bh
        s.path(poly([(x, h * 0.58), (x, top), (x + bw / 2, top - 40), (x + bw, top), (x + bw, h * 0.58)]), tones[k % 7])
        s.path(poly([(x - 3, top + 3), (x + bw / 2, top - 42), (x + bw + 3, top + 3), (x + bw / 2, top - 26)]), "#3a2f4a")
        for row in range(int(bh / 42)):
            for col in range(2):
                s.path(rrect(x + 12 + col * (bw - 38), top + 16 + row * 38, 14, 20, 2), "#ffdd8a" if (row + col + k) % 3 else "#3a3558")
        x += bw
        k += 1
    s.path(f"M0,{h * 0.58}H{w}V{h}H0Z", s.lin(0, h * 0.58, 0, h, "#b8708a", "#5d5a8f", "#2c3560"))
    s.path(f"M0,{h * 0.58}H{w * 0.57}V{h * 0.615}H0Z", "#4a3a4f")
    for j in range(16):
        y = h * 0.63 + j * 19
        s.line(f"M{w * 0.7 - 30 - j * 3},{y}h{60 + j * 6}", "#ffe0a0", 6, op=round(0.8 - j * 0.04, 2))
    for j in range(26):
        s.line(f"M{s.rng.uniform(0, w):.0f},{s.rng.uniform(h * 0.64, h):.0f}h{s.rng.uniform(30, 90):.0f}", "#dfa0b0", 3.5, op=0.35)
    for bx, by, k, hull, sail in ((w * 0.34, h * 0.76, 1.0, "#c9402f", "#fff0d6"), (w * 0.62, h * 0.85, 1.35, "#2f5f6a", "#f6d9a8"), (w * 0.86, h * 0.66, 0.6, "#efe0c4", "#e8806a")):
        with s.at(bx, by, k):
            s.line("M0,0V-170", "#3a2f3a", 6)
            s.path("M6,-166C60,-110 76,-60 80,-26H6Z", sail)
            s.path("M-6,-150C-40,-100 -56,-60 -60,-26H-6Z", dark(sail, 0.12))
            s.path("M-90,-14H96C86,20 66,34 50,36H-56C-74,28 -86,8 -90,-14Z", hull)
            s.path("M-92,-18H98V-8H-92Z", "#fff4e0")
            s.path("M-70,44H70L50,96H-44Z", hull, op=0.3, blur=5)
    for gx, gy in ((w * 0.2, h * 0.16), (w * 0.27, h * 0.12), (w * 0.48, h * 0.2), (w * 0.86, h * 0.18)):
        s.line(f"M{gx - 22},{gy}q11,-14 22,0q11,-14 22,0", "#f7e6d6", 4)


COLS, ROWS = 8, 6


def edges(s):
    """Which way each tab points: horizontal cuts and vertical cuts."""
    return ([[s.rng.choice((-1, 1)) for _ in range(COLS)] for _ in range(ROWS + 1)],
            [[s.rng.choice((-1, 1)) for _ in range(COLS + 1)] for _ in range(ROWS)])


def tab(x0, y0, x1, y1, way):
    """One cut from (x0,y0) to (x1,y1), with a tab to the side `way` (0 for a straight edge)."""
    if way == 0:
        return f"L{num1(x1)},{num1(y1)}"
    dx, dy = x1 - x0, y1 - y0
    nx, ny = dy * way, -dx * way

    def at(f, n):
        return f"{num1(x0 + dx * f + nx * n)},{num1(y0 + dy * f + ny * n)}"
    return (f"C{at(0.2, -0.04)} {at(0.44, -0.07)} {at(0.41, 0.06)}C{at(0.37, 0.16)} {at(0.36, 0.24)} {at(0.5, 0.24)}"
            f"C{at(0.64, 0.24)} {at(0.63, 0.16)} {at(0.59, 0.06)}C{at(0.56, -0.07)} {at(0.8, -0.04)} {at(1, 0)}")


def num1(v):
    return f"{v:.1f}"


def piece(cuts, c, r, size):
    across, down = cuts
    x, y = c * size, r * size
    return (f"M{x},{y}" + tab(x, y, x + size, y, 0 if r == 0 else across[r][c]) + tab(x + size, y, x + size, y + size, 0 if c == COLS - 1 else down[r][c + 1])
            + tab(x + size, y + size, x, y + size, 0 if r == ROWS - 1 else -across[r + 1][c]) + tab(x, y + size, x, y, 0 if c == 0 else -down[r][c]) + "Z")


@picture("harbour-jigsaw")
def jigsaw_picture(s):
    s.table("#b58f6a")
    for k in range(9):  # a wooden table
        y = 60 + k * 132
        s.line(f"M0,{y}C400,{y + s.rng.uniform(-20, 20):.0f} 800,{y + s.rng.uniform(-20, 20):.0f} 1200,{y}", "#6b4526", s.rng.uniform(2, 6), op=0.16)
    size = 122
    w, h = COLS * size, ROWS * size
    cuts = edges(s)
    missing = {(6, 4), (7, 4), (7, 5), (6, 5), (7, 3), (5, 5)}
    whole = "".join(piece(cuts, c, r, size) for r in range(ROWS) for c in range(COLS) if (c, r) not in missing)
    with s.at(105, 190, 1, rotate=-3):
        s.lie(whole, 0.5)
        with s.clip(whole):
            harbour(s, w, h)
        s.line(whole, "#ffffff", 2.4, op=0.28, t="translate(-1.4,-1.4)")
        s.line(whole, INK, 2.2, op=0.5)
    for c, r, x, y, a in ((7, 5, 1040, 1080, 24), (6, 4, 830, 1090, -38), (7, 3, 1090, 800, 70), (5, 5, 600, 1090, 12)):
        d = piece(cuts, c, r, size)
        with s.at(x, y, 1, a):
            with s.group(transform=f"translate({-(c + 0.5) * size},{-(r + 0.5) * size})"):
                s.lie(d, 0.5)
                with s.clip(d):
                    harbour(s, w, h)
                s.line(d, "#ffffff", 3, op=0.4, t="translate(-1.4,-1.4)")
                s.line(d, INK, 1.6, op=0.4)
