"""Stationery: paper, pens, ink and what tidies them."""

import math

from kit import GLOW, dark, ell, light, mix, picture, poly, rrect, smooth

GOLD = "#d1a750"


def notebook(s, colour):
    """A closed notebook, 460 x 640, lying; its middle is the origin."""
    w, h = 230, 320
    for x, tone in ((-60, "#c9573a"), (-30, dark(colour, 0.3))):
        s.line(f"M{x},{h - 6}C{x + 4},{h + 40} {x - 18},{h + 60} {x - 6},{h + 104}", "#2b2030", 13, op=0.25, blur=6, t="translate(8,10)", cap="butt")
        s.line(f"M{x},{h - 6}C{x + 4},{h + 40} {x - 18},{h + 60} {x - 6},{h + 104}", tone, 12, cap="butt")
    book = rrect(-w, -h, 2 * w, 2 * h, 26)
    s.lie(book, 1.1)
    s.path(rrect(-w + 6, -h + 8, 2 * w + 6, 2 * h + 6, 24), dark(colour, 0.45))
    s.path(rrect(-w + 8, -h + 8, 2 * w - 2, 2 * h - 2, 20), "#efe6d3")
    for k in range(4):
        s.line(f"M{-w + 20},{h + 1 + k * 1.6}H{w - 14}M{w + 1 + k * 1.4},{-h + 24}V{h - 14}", "#b9ab92", 0.8)
    s.path(book, colour)
    with s.clip(book):
        s.path(book, s.lin(-w, -h, w, h, (0, GLOW, 0.3), (0.45, GLOW, 0.02), (1, "#1f1a2e", 0.28)))
        s.slubs(-w, -h, w, h, colour, 170)
        s.path(f"M{-w},{-h}h52v{2 * h}h-52Z", dark(colour, 0.5), op=0.35)
        s.line(f"M{-w + 54},{-h}V{h}", dark(colour, 0.7), 5, op=0.5, blur=2)
        s.line(f"M{-w + 60},{-h}V{h}", GLOW, 3, op=0.35, blur=1)
        s.line(f"M{-w + 8},{-h}V{h}", GLOW, 8, op=0.25, blur=5)
    s.line(f"M{w - 56},{-h - 2}V{h + 8}", "#1f1a2e", 18, op=0.35, blur=6, t="translate(6,4)", cap="butt")
    s.line(f"M{w - 58},{-h - 1}V{h + 6}", dark(colour, 0.5), 17, cap="butt")
    s.line(f"M{w - 62},{-h - 1}V{h + 6}", light(colour, 0.1), 4, op=0.5, cap="butt")
    # a blind-stamped mark
    for dx, tone, op in ((1.6, GLOW, 0.4), (0, dark(colour, 0.55), 0.75)):
        with s.at(-20 + dx, 214 + dx):
            s.line("M-26,10L0,-22L26,10M-15,10L0,-8L15,10", tone, 4.5, op=op)


for _name, _colour, _bg in (("marine", "#33507a", "#e4d4c2"), ("mustard", "#d0a037", "#c0cbd0"), ("rose", "#c98a86", "#d8dccf"), ("forest", "#3f5f4c", "#e5cdbb")):
    @picture(f"clothbound-notebook-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.table(bg)
        with s.at(600, 575, 1.28, rotate=-13):
            notebook(s, colour)


@picture("clothbound-notebook-open")
def notebook_open(s):
    s.table("#c3ccd0")
    with s.at(600, 600, 1.36, rotate=-7):
        cover = rrect(-372, -272, 744, 544, 20)
        s.lie(cover, 1.1)
        s.path(cover, "#33507a")
        for side in (-1, 1):
            for k in range(3, -1, -1):
                page = smooth([(0, -250, "c"), (side * 90, -262 + k), (side * (354 - k * -3), -258, "c"), (side * (354 + k * 3), 256, "c"), (side * 90, 252 + k * 2), (0, 262, "c")])
                s.path(page, mix("#fbf5e6", "#cfc2a8", k / 5))
            with s.clip(page):
                s.path(page, s.lin(0, 0, side * 350, 0, (0, "#6b5a4a", 0.55), (0.09, "#6b5a4a", 0.2), (0.26, GLOW, 0.3), (1, "#6b5a4a", 0.08 if side < 0 else 0.2)))
                dots = s.pattern(26, 26, '<circle cx="13" cy="13" r="1.9" fill="#8f8778" opacity=".75"/>')
                s.path(poly([(side * 34, -228), (side * 334, -228), (side * 334, 232), (side * 34, 232)]), dots)
        ink = "#2f4a72"
        for k, width in enumerate((220, 250, 190, 240, 120)):
            y = -160 + k * 52
            pts = [(-310 + j * 9, y + 9 * math.sin(j * 1.9 + k) * (0.4 + 0.6 * s.rng.random())) for j in range(width // 9)]
            s.line(smooth(pts, closed=False, steps=5), ink, 3.2, op=0.85)
        with s.at(-190, 170):
            s.line("M-60,30C-40,-40 -10,-50 0,-20C10,-60 50,-50 60,30M-84,32H92", ink, 3.4, op=0.85)
        s.line("M40,-258C46,-100 30,120 44,330", "#c9573a", 9, cap="butt")
        with s.at(180, 40, 0.62, rotate=62):
            pen(s, "#2a3a63", capped=True)


def paper(d, s, tone="#f7efdf", height=0.7):
    s.lie(d, height)
    s.path(d, s.lin(-300, -200, 300, 240, light(tone, 0.5), tone, dark(tone, 0.1)))


def deckle(s, w, h):
    pts = []
    for x0, y0, x1, y1 in ((-w, -h, w, -h), (w, -h, w, h), (w, h, -w, h), (-w, h, -w, -h)):
        n = int(math.hypot(x1 - x0, y1 - y0) / 9)
        pts += [(x0 + (x1 - x0) * k / n + s.rng.uniform(-2.4, 2.4), y0 + (y1 - y0) * k / n + s.rng.uniform(-2.4, 2.4)) for k in range(n)]
    return poly(pts)


@picture("letter-set")
def letter_set(s):
    s.table("#c9b3a5")
    lining = s.pattern(54, 54, '<rect width="54" height="54" fill="#35575a"/>'
                       '<g fill="none" stroke="#e6c98f" stroke-width="2.6"><path d="M27,45V14M27,38C16,36 12,28 12,20C20,22 26,28 27,38M27,30C38,28 42,20 42,12C34,14 28,20 27,30"/></g>')
    with s.at(500, 470, 1.25, rotate=-11):
        envelope = rrect(-290, -60, 580, 400, 8)
        flap = smooth([(-290, -56, "c"), (-160, -176), (0, -276), (160, -176), (290, -56, "c")])
        paper(flap, s)
        s.path(smooth([(-262, -56, "c"), (-150, -158), (0, -246), (150, -158), (262, -56, "c")]), lining)
        paper(envelope, s)
        with s.clip(envelope):
            s.path(poly([(-270, -60), (270, -60), (0, 150)]), lining)
            s.path(poly([(-270, -60), (270, -60), (0, 150)]), s.lin(0, -60, 0, 150, (0, "#1f1a2e", 0.5), (0.4, "#1f1a2e", 0.1), (1, "#1f1a2e", 0)))
            for side in (-1, 1):
                s.path(poly([(side * 290, -60), (0, 170), (side * 290, 340)]), "#6b4a3a", op=0.4, blur=7, t="translate(3,5)")
                s.path(poly([(side * 290, -60), (0, 162), (side * 290, 340)]), s.lin(-290, -60, 290, 340, "#fbf4e6", "#efe4cf"))
            s.path(poly([(-290, 340), (-10, 120), (0, 114), (10, 120), (290, 340)]), "#6b4a3a", op=0.4, blur=6, t="translate(2,-4)")
            s.path(poly([(-290, 340), (-10, 124), (0, 118), (10, 124), (290, 340)]), s.lin(0, 110, 0, 340, "#fffaf0", "#f0e6d3"))
    with s.at(760, 850, 1.15, rotate=6):
        card = deckle(s, 290, 200)
        paper(card, s, "#fbf5e9", 0.8)
        for k, w in enumerate((330, 380, 300, 200)):
            pts = [(-220 + j * 10, -92 + k * 52 + 9 * math.sin(j * 1.7 + k * 2) * (0.4 + 0.6 * s.rng.random())) for j in range(w // 10)]
            s.line(smooth(pts, closed=False, steps=5), "#35575a", 3, op=0.8)
    with s.at(352, 905, 1.15):
        seal = smooth([((72 + s.rng.uniform(-7, 9)) * math.cos(k * math.pi / 8), (72 + s.rng.uniform(-7, 9)) * math.sin(k * math.pi / 8)) for k in range(16)] , steps=8)
        s.lie(seal, 0.4)
        s.path(seal, s.rad(-24, -30, 120, "#d96a55", "#b23a30", "#7a1f24"))
        s.line(ell(0, 0, 50), "#7a1f24", 5, op=0.7)
        s.line(ell(2, 2, 50), "#f0a08c", 3, op=0.6)
        s.line("M-24,12L0,-24L24,12M-13,12L0,-8L13,12", "#7a1f24", 6, op=0.85)
        s.line("M-22,15L2,-21L26,15", "#f0a08c", 2.5, op=0.6)


def barrel(s, x0, x1, r0, r1, colour, gold=False):
    """A turned rod along x."""
    d = poly([(x0, -r0), (x1, -r1), (x1, r1), (x0, r0)])
    r = max(r0, r1)
    s.path(d, s.lin(0, -r, 0, r, dark(colour, 0.25), (0.14, light(colour, 0.18)), (0.25, light(colour, 0.75)), (0.36, light(colour, 0.15)),
                    (0.62, colour), (0.9, dark(colour, 0.55)), (1, dark(colour, 0.3))))
    return d


def pen(s, colour, capped=False):
    """A fountain pen along x, about 760 long, nib to the left."""
    body = rrect(-30, -26, 400, 52, 26)
    s.lie(rrect(-290, -28, 650, 56, 24) if capped else "M-214,0L-112,-20L-30,-26H346a26,26 0 0 1 0,52H-30L-112,20Z", 0.5)
    if not capped:
        nib = "M-214,0C-180,-6 -150,-18 -112,-20L-112,20C-150,18 -180,6 -214,0Z"
        s.path(nib, s.lin(0, -20, 0, 20, "#f6e3ac", GOLD, "#8a6424"))
        s.line("M-212,0H-140", "#6b4a18", 2.5)
        s.path(ell(-138, 0, 4.5), "#6b4a18")
        s.path(poly([(-116, -20), (-30, -25), (-30, 25), (-116, 20)]), s.lin(0, -24, 0, 24, "#4a4a52", "#8d8d96", "#2b2b33", "#1f1f26"))
    s.path(body, s.lin(0, -26, 0, 26, dark(colour, 0.2), (0.2, light(colour, 0.55)), (0.34, light(colour, 0.1)), (0.6, colour), (0.92, dark(colour, 0.6)), (1, dark(colour, 0.35))))
    with s.clip(body):
        for _ in range(16):  # the swirl of cast resin
            x, y = s.rng.uniform(-20, 360), s.rng.uniform(-24, 24)
            s.path(ell(x, y, s.rng.uniform(14, 44), s.rng.uniform(2, 6)), light(colour, s.rng.uniform(0.2, 0.6)), op=0.4, blur=3)
        s.path(rrect(-20, -16, 376, 6, 3), "#ffffff", op=0.75, blur=1.5)
    for x, w in ((-34, 10), (326, 7)):
        s.path(rrect(x, -27, w, 54, 2), s.lin(0, -27, 0, 27, "#8a6424", "#fbe9b8", GOLD, "#6b4a18"))
    if capped:
        cap(s, colour, -290)


def cap(s, colour, x):
    d = rrect(x, -31, 260, 62, 24)
    s.path(d, s.lin(0, -31, 0, 31, dark(colour, 0.2), (0.2, light(colour, 0.55)), (0.34, light(colour, 0.1)), (0.6, colour), (0.92, dark(colour, 0.6)), (1, dark(colour, 0.35))))
    with s.clip(d):
        for _ in range(12):
            s.path(ell(x + s.rng.uniform(0, 250), s.rng.uniform(-26, 26), s.rng.uniform(14, 40), s.rng.uniform(2, 6)), light(colour, s.rng.uniform(0.2, 0.6)), op=0.4, blur=3)
        s.path(rrect(x + 14, -19, 230, 7, 3), "#ffffff", op=0.75, blur=1.5)
    for bx, w in ((x + 236, 16), (x + 26, 7)):
        s.path(rrect(bx, -33, w, 66, 2), s.lin(0, -33, 0, 33, "#8a6424", "#fbe9b8", GOLD, "#6b4a18"))
    clip = f"M{x + 26},-10H{x + 186}a10,10 0 0 1 0,20H{x + 26}Z"
    s.path(clip, "#1f1a2e", op=0.4, blur=4, t="translate(3,6)")
    s.path(clip, s.lin(0, -10, 0, 10, "#fbe9b8", GOLD, "#8a6424"))


for _name, _colour, _bg in (("midnight", "#25345e", "#e6d6c3"), ("amber", "#b8692a", "#bccaca")):
    @picture(f"resin-fountain-pen-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.table(bg)
        s.line("M118,840C190,700 250,760 230,850C216,910 300,880 330,800C350,750 400,760 392,820C386,870 430,870 446,828", dark(colour, 0.1), 7, op=0.9)
        with s.at(560, 610, 1.5, rotate=-34):
            pen(s, colour)
        with s.at(800, 850, 1.5, rotate=-34):
            s.lie(rrect(-130, -30, 260, 60, 24), 0.6)
            cap(s, colour, -130)


def ink_bottle(s, ink):
    front = rrect(-150, -230, 300, 230, 34)
    s.path(front, "#a9bcc0", op=0.55)
    with s.clip(front):
        s.path(f"M-130,-176A130,16 0 0 0 130,-176V-26Q130,-14 110,-14H-110Q-130,-14 -130,-26Z",
               s.lin(-130, 0, 130, 0, dark(ink, 0.45), light(ink, 0.1), ink, dark(ink, 0.55)))
        s.path(ell(0, -176, 130, 15), s.lin(-130, 0, 130, 0, dark(ink, 0.1), light(ink, 0.42), dark(ink, 0.1)))
        s.path(poly([(-132, -220), (-96, -220), (-96, -6), (-132, -6)]), "#ffffff", op=0.5, blur=7)
        s.path(poly([(-84, -220), (-74, -220), (-74, -6), (-84, -6)]), "#ffffff", op=0.35, blur=3)
        s.path(poly([(104, -200), (122, -200), (122, -10), (104, -10)]), "#ffffff", op=0.3, blur=5)
        s.path("M-150,-12H150V10H-150Z", "#ffffff", op=0.5, blur=5)
    s.line(front, "#6f8a90", 3, op=0.7)
    label = rrect(-76, -140, 152, 92, 8)
    s.path(label, s.lin(-76, -140, 76, -48, "#fbf4e4", "#e9dec8"))
    s.line(rrect(-66, -130, 132, 72, 4), dark(ink, 0.1), 2.5, op=0.7)
    s.path("M0,-122C16,-100 22,-90 22,-80A22,22 0 0 1 -22,-80C-22,-90 -16,-100 0,-122Z", ink)
    s.path(ell(-8, -82, 5, 8), "#ffffff", op=0.6)
    s.lathe([(62, -246), (62, -226)], "#a9bcc0", gloss=0.6)
    s.lathe([(78, -316), (82, -308, "c"), (82, -240)], "#2f2d33", gloss=0.55)
    for k in range(-12, 13):
        x = 81 * math.sin(k * 0.125)
        s.line(f"M{x:.1f},-298V-246", "#15141a", 2.5, op=0.6)
    s.path(ell(0, -315, 77, 11), s.lin(-77, 0, 77, 0, "#6b6974", "#45434d", "#2b2932"))


for _name, _ink, _bg in (("petrol", "#1f6470", "#e4cfbd"), ("burgundy", "#7a2340", "#cdd6d2"), ("olive", "#6d6a2a", "#dccbc4")):
    @picture(f"bottled-ink-{_name}", _ink, _bg)
    def _(s, ink, bg):
        s.studio(bg)
        with s.at(770, 560, 1.12, rotate=5):
            sheet = deckle(s, 270, 330)
            s.path(sheet, "#2b2030", op=0.28, blur=26, t="translate(26,22)")
            s.path(sheet, s.lin(-260, -320, 260, 320, "#fffaf0", "#f3eada"))
            for k in range(4):
                y = -210 + k * 84
                stroke = smooth([(-190, y, "c"), (-120, y - 30), (0, y - 26), (110, y - 34), (200 - k * 34, y - 14, "c"), (180 - k * 30, y + 20), (40, y + 24), (-90, y + 30)])
                with s.clip(stroke):
                    s.path(stroke, s.lin(-190, 0, 200, 0, light(ink, 0.05 + 0.2 * k), light(ink, 0.3 + 0.12 * k), light(ink, 0.15 * k)))
                    s.path(stroke, stroke=dark(ink, 0.2), w=9, op=0.4, blur=3)
        with s.at(480, 960, 1.55):
            s.stand(140, 20)
            s.path(ell(150, 14, 140, 14), ink, op=0.3, blur=22)
            ink_bottle(s, ink)


PENCILS = ["#b5303a", "#d9573a", "#e88a35", "#efb83d", "#d9cf5a", "#8fae4e", "#4c8a58", "#3a8b8b", "#4d83b8", "#3b4f8f", "#6a4a8a", "#a34c7d"]


def pencil(s, colour, length=560):
    """A pencil pointing up; its blunt end is the origin."""
    w = 21
    s.path(poly([(-w, 0), (w, 0), (w, -length), (0, -length - 84), (-w, -length)]), "#2b2030", op=0.3, blur=9, t="translate(10,12)")
    for x0, x1, tone in ((-w, -w * 0.42, light(colour, 0.3)), (-w * 0.42, w * 0.42, colour), (w * 0.42, w, dark(colour, 0.35))):
        s.path(poly([(x0, 0), (x1, 0), (x1, -length), (x0, -length)]), tone)
    s.path(poly([(-w, 2), (w, 2), (w, -36), (-w, -36)]), s.lin(-w, 0, w, 0, "#f0dcb4", "#d9b885", "#9a754a"))
    cone = f"M{-w},{-length}q{w * 0.3},12 {w * 0.58},0q{w * 0.42},14 {w * 0.84},0q{w * 0.3},12 {w * 0.58},0L6,{-length - 62}H-6Z"
    s.path(cone, s.lin(-w, 0, w, 0, "#f4dfb8", "#dfbd89", "#a37f54"))
    s.path(f"M-6,{-length - 60}L0,{-length - 86}L6,{-length - 60}Z", s.lin(-6, 0, 6, 0, light(colour, 0.2), dark(colour, 0.2)))


@picture("colour-pencils")
def pencils_picture(s):
    s.table("#d6dad6")
    for k, colour in enumerate(PENCILS):
        with s.at(600, 1480, 1.06, rotate=-29 + 58 * k / 11):
            with s.at(0, -480):
                pencil(s, colour, 500 - abs(k - 5.5) * 6)
    tin = rrect(180, 930, 840, 330, 44)
    s.lie(tin, 0.9)
    s.path(tin, s.lin(180, 930, 1020, 1260, "#4b6a72", "#35535c", "#263f49"))
    s.line(rrect(194, 944, 812, 330, 36), light("#35535c", 0.5), 4, op=0.6)
    s.line(rrect(180, 930, 840, 330, 44), "#16272e", 3, op=0.4)
    for k, colour in enumerate(PENCILS):
        x = 600 + (k - 5.5) * 50
        s.path(f"M{x},{1052 - 24}C{x + 22},{1052 + 8} {x + 24},{1052 + 18} {x + 24},{1052 + 28}A24,24 0 0 1 {x - 24},{1052 + 28}C{x - 24},{1052 + 18} {x - 22},{1052 + 8} {x},{1052 - 24}Z", light(colour, 0.06), op=0.95)
    s.path(poly([(180, 900), (520, 900), (360, 1280), (180, 1280)]), "#ffffff", op=0.1, blur=30)


def organiser(s):
    """An oak block 640 wide, 210 high, seen from the front and a little from above."""
    oak = "#c8975d"
    top = poly([(-290, -262), (290, -262), (320, -196), (-320, -196)])
    s.path(top, s.lin(-300, -262, 300, -196, light(oak, 0.5), light(oak, 0.25), oak))
    for x0, x1 in ((-264, -24), (-2, 168), (180, 304)):
        s.path(poly([(x0 + 8, -246), (x1 - 8, -246), (x1, -214), (x0, -214)]), s.lin(0, -246, 0, -214, dark(oak, 0.8), dark(oak, 0.5)))
    # what stands in the wells reaches below their front edge, which is drawn afterwards
    for x, lean, colour, length in ((-228, -5, "#d9573a", 250), (-194, 2, "#efb83d", 296), (-158, -2, "#3a8b8b", 262)):
        with s.at(x, -206, 1, lean):
            pencil(s, colour, length)
    with s.at(-80, -206, 1, 5):  # scissors, handles up
        s.path(poly([(-10, 0), (10, 0), (12, -120), (-12, -120)]), s.lin(-12, 0, 12, 0, "#eef1f2", "#aab2b8", "#7d868d"))
        for side in (-1, 1):
            s.line(ell(side * 32, -196, 28, 44), "#2f2d33", 16)
            s.line(f"M{side * 26},-240A30,46 0 0 0 {side * 10},-190", "#6b6974", 4, op=0.8)
            s.line(f"M{side * 18},-152L0,-112", "#2f2d33", 17)
    with s.at(84, -206, 1, -3):  # a phone
        s.path(rrect(-72, -280, 144, 290, 22), s.lin(-72, -280, 72, 0, "#3b3d49", "#20212b"))
        s.path(rrect(-64, -272, 128, 280, 16), s.lin(-64, -272, 64, 0, "#7a93a8", "#4b5f7a", "#d99a78"))
        s.path(ell(0, -130, 34), "#f3c98a", op=0.9)
        s.path("M-64,-90C-20,-140 10,-80 64,-120V8H-64Z", "#3a4d66")
        s.path(poly([(-64, -272), (20, -272), (-40, 0), (-64, 0)]), "#ffffff", op=0.14)
    for k, (tone, dx) in enumerate((("#f3e9d6", 0), ("#dfa08a", 10), ("#f7f0e2", 4))):
        card = poly([(190 + dx, -380 + k * 30), (290 + dx, -374 + k * 30), (288 + dx, -206), (190 + dx, -206)])
        s.path(card, "#2b2030", op=0.18, blur=6, t="translate(4,4)")
        s.path(card, tone)
    s.path(poly([(-311.8, -214), (311.8, -214), (320, -196), (-320, -196)]), s.lin(-300, 0, 300, 0, light(oak, 0.42), light(oak, 0.12)))
    front = rrect(-320, -198, 640, 198, 12)
    s.path(front, s.lin(-320, -198, 320, 0, light(oak, 0.22), oak, dark(oak, 0.25)))
    with s.clip(front):
        for k in range(15):
            y = -200 + k * 14 + s.rng.uniform(-4, 4)
            s.line(f"M-330,{y:.0f}C-180,{y + s.rng.uniform(-14, 14):.0f} 80,{y + s.rng.uniform(-14, 14):.0f} 330,{y + s.rng.uniform(-6, 6):.0f}", dark(oak, 0.5), s.rng.uniform(1.5, 4), op=0.28)
        s.path("M-330,-200H330V-186H-330Z", GLOW, op=0.5, blur=4)
        s.path("M-330,-30H330V10H-330Z", dark(oak, 0.8), op=0.4, blur=16)
        s.path(poly([(180, -210), (340, -210), (340, 10), (240, 10)]), dark(oak, 0.8), op=0.2, blur=30)


@picture("oak-desk-organiser")
def organiser_picture(s):
    s.studio("#bfcacb")
    with s.at(590, 950, 1.42):
        s.path(ell(60, 6, 380, 26), "#2b2030", op=0.35, blur=22)
        s.path(ell(10, 2, 330, 14), "#2b2030", op=0.5, blur=7)
        organiser(s)
