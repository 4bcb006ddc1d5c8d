"""Clothing, laid flat, and what is worn with it."""

import math

from kit import GLOW, dark, ell, light, num, picture, poly, rrect, sample, smooth

INK = "#1f1a2e"


def folds(s, colour, lines, op=0.3, width=22):
    """Soft creases that taper at both ends: a shaded side and a lit side along each line."""
    for pts in lines:
        curve = sample(pts, 8)
        last = len(curve) - 1
        lens = [(width * 0.55 * math.sin(math.pi * i / last) ** 0.8, x, y) for i, (x, y) in enumerate(curve)]
        d = poly([(x - k, y - k * 0.3) for k, x, y in lens] + [(x + k, y + k * 0.3) for k, x, y in reversed(lens)])
        s.path(d, dark(colour, 0.8), op=round(op * 1.15, 2), blur=width * 0.34, t=f"translate({num(width * 0.34)},2)")
        s.path(d, light(colour, 0.55), op=round(op * 0.95, 2), blur=width * 0.34, t=f"translate({num(-width * 0.5)},-2)")


def cloth(s, d, colour, span=360, sheen=0.3):
    s.path(d, colour)
    with s.clip(d):
        s.path(d, s.lin(-span, -span, span, span, (0, GLOW, sheen), (0.45, GLOW, 0.02), (1, INK, 0.26)))
        s.path(d, stroke=dark(colour, 0.7), w=16, op=0.35, blur=9)


def stitches(s, d, colour, gap="7 5"):
    s.line(d, dark(colour, 0.4) if colour > "#999999" else light(colour, 0.4), 2, dash=gap, op=0.6, cap="butt")


def tee(s, colour):
    side = [(84, -338, "c"), (200, -300), (262, -262), (388, -96, "c"), (284, -26, "c"), (226, -110), (214, 60), (222, 372, "c")]
    d = smooth([(0, 378)] + [(222, 372, "c")] + list(reversed(side[:-1])) + [(84, -338, "c"), (0, -322), (-84, -338, "c")] + [(-x, y, *r) for x, y, *r in side[1:]])
    s.lie(d, 0.9)
    cloth(s, d, colour)
    with s.clip(d):
        folds(s, colour, [[(-214, -104), (-150, -40), (-96, 110), (-110, 250)], [(214, -104), (150, -30), (104, 120), (124, 280)], [(214, -84), (176, 40), (168, 200)],
                          [(-30, 20), (-10, 160), (-40, 370)], [(-180, 60), (-160, 200), (-190, 340)], [(60, 170), (80, 270), (56, 372)]], 0.24, 26)
        folds(s, colour, [[(250, -230), (280, -150), (330, -110)], [(-250, -230), (-290, -150), (-330, -110)]], 0.18, 18)
        for x in (-1, 1):  # sleeve seams and hems
            s.line(smooth([(x * 206, -298), (x * 196, -210), (x * 226, -110)], closed=False), dark(colour, 0.6), 4, op=0.5)
            s.line(smooth([(x * 210, -298), (x * 200, -210), (x * 230, -110)], closed=False), light(colour, 0.7), 2.5, op=0.5)
            s.line(f"M{x * 372},-116L{x * 270},-46", dark(colour, 0.5), 2.5, op=0.6, dash="6 4")
            s.line(f"M{x * 367},-122L{x * 265},-52", dark(colour, 0.5), 2, op=0.4, dash="6 4")
        s.line("M-224,350C-100,358 100,358 224,350M-224,343C-100,351 100,351 224,343", dark(colour, 0.5), 2, op=0.5, dash="6 4")
    # the neck: inside of the back, then the front ribbing
    s.path("M-84,-338C-60,-350 60,-350 84,-338C74,-268 40,-252 0,-252C-40,-252 -74,-268 -84,-338Z", dark(colour, 0.4))
    s.path("M-84,-338C-60,-352 60,-352 84,-338C60,-322 -60,-322 -84,-338Z", dark(colour, 0.22))
    s.path(rrect(-22, -326, 44, 26, 3), light(colour, 0.7) if colour < "#bbbbbb" else "#5d6b66")
    s.line("M-92,-336C-82,-256 -42,-236 0,-236C42,-236 82,-256 92,-336", INK, 24, op=0.3, blur=8, t="translate(4,8)", cap="butt")
    s.line("M-91,-338C-82,-262 -42,-243 0,-243C42,-243 82,-262 91,-338", dark(colour, 0.16), 25, cap="butt")
    s.line("M-92,-338C-83,-260 -42,-241 0,-241C42,-241 83,-260 92,-338", light(colour, 0.12), 20, cap="butt")
    s.line("M-92,-338C-83,-260 -42,-241 0,-241C42,-241 83,-260 92,-338", dark(colour, 0.4), 20, dash="1.6 4", op=0.3, cap="butt")
    s.line("M-104,-332C-94,-246 -46,-224 0,-224C46,-224 94,-246 104,-332", dark(colour, 0.5), 2, dash="6 4", op=0.55)


for _name, _colour, _bg in (("white", "#f1ede4", "#c5b3a4"), ("ink", "#33384a", "#e4d3c3"), ("sage", "#94a389", "#eadccb"), ("clay", "#b9735a", "#cdd6d0")):
    @picture(f"organic-heavy-tee-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.table(bg)
        with s.at(600, 590, 1.32, rotate=-3):
            tee(s, colour)


def knit(s, colour, k=1.0):
    a, b = dark(colour, 0.5), light(colour, 0.6)
    return s.pattern(14, 12, f'<path d="M1,0L7,8L13,0" fill="none" stroke="{a}" stroke-width="2.4" opacity=".22"/>'
                             f'<path d="M1,3L7,11L13,3" fill="none" stroke="{b}" stroke-width="2.2" opacity=".12"/>', scale=k * 1.7)


def rib(s, colour, rotate=0, k=1.0):
    return s.pattern(13, 13, f'<rect width="5" height="13" fill="{dark(colour, 0.55)}" opacity=".42"/><rect x="7" width="3.5" height="13" fill="{GLOW}" opacity=".3"/>', rotate, k)


def jumper(s, colour):
    stitch = knit(s, colour)
    for x in (-1, 1):  # sleeves, lying beside the body
        sleeve = smooth([(x * 150, -306, "c"), (x * 232, -272), (x * 300, -160), (x * 366, 120), (x * 384, 236, "c"), (x * 284, 262, "c"), (x * 262, 120), (x * 200, -90, "c")])
        s.lie(sleeve, 0.9)
        cloth(s, sleeve, colour)
        with s.clip(sleeve):
            with s.group(transform=f"rotate({-x * 13})"):
                s.path("M-700,-700H700V700H-700Z", stitch)
            folds(s, colour, [[(x * 240, -120), (x * 280, -90), (x * 330, -80)], [(x * 250, -30), (x * 290, 10), (x * 340, 20)], [(x * 300, 90), (x * 290, 150), (x * 330, 200)]], 0.24, 20)
        cuff = smooth([(x * 386, 232, "c"), (x * 394, 320, "c"), (x * 342, 336), (x * 294, 342, "c"), (x * 282, 258, "c"), (x * 334, 252)])
        s.path(cuff, INK, op=0.3, blur=8, t="translate(6,9)")
        cloth(s, cuff, dark(colour, 0.06))
        with s.clip(cuff):
            s.path("M-700,-700H700V700H-700Z", rib(s, colour, -x * 7))
    side = [(96, -334, "c"), (190, -300), (214, -220), (222, -60), (226, 150), (228, 268, "c")]
    body = smooth([(0, 272), (228, 268, "c")] + list(reversed(side[:-1])) + [(-96, -334, "c")] + [(-x, y, *r) for x, y, *r in side[1:]])
    s.path(body, INK, op=0.35, blur=14, t="translate(8,6)")
    cloth(s, body, colour)
    with s.clip(body):
        s.path("M-700,-700H700V700H-700Z", stitch)
        folds(s, colour, [[(-218, -60), (-150, 10), (-110, 130), (-124, 250)], [(218, -60), (150, 20), (116, 140), (140, 262)], [(-10, 0), (14, 130), (-16, 268)]], 0.26, 34)
        for x in (-1, 1):
            s.line(smooth([(x * 190, -310), (x * 176, -200), (x * 222, -50)], closed=False), dark(colour, 0.7), 7, op=0.4, blur=2)
    hem = smooth([(-229, 264, "c"), (0, 270), (229, 264, "c"), (220, 362, "c"), (0, 372), (-220, 362, "c")])
    s.path(hem, INK, op=0.3, blur=8, t="translate(5,9)")
    cloth(s, hem, dark(colour, 0.06))
    with s.clip(hem):
        s.path("M-700,-700H700V700H-700Z", rib(s, colour))
        s.line("M-229,264C-100,270 100,270 229,264", dark(colour, 0.7), 9, op=0.5, blur=4)
    s.path("M-96,-336C-70,-352 70,-352 96,-336C84,-262 44,-242 0,-242C-44,-242 -84,-262 -96,-336Z", dark(colour, 0.45))
    back = "M-96,-342C-60,-358 60,-358 96,-342C88,-316 56,-310 0,-310C-56,-310 -88,-316 -104,-344Z"
    s.path(back, dark(colour, 0.26))
    with s.clip(back):
        s.path(back, rib(s, colour))
    s.path(rrect(-24, -318, 48, 28, 3), "#f4ead6")
    ring = "M-101,-338C-92,-244 -48,-220 0,-220C48,-220 92,-244 101,-338"
    s.line(ring, INK, 40, op=0.3, blur=8, t="translate(4,8)", cap="butt")
    s.line(ring, dark(colour, 0.2), 42, cap="butt")
    s.line(ring, light(colour, 0.06), 37, cap="butt")
    s.line(ring, dark(colour, 0.5), 37, dash="4 9", op=0.4, cap="butt")
    top = "M-110,-340C-60,-357 60,-357 110,-340"
    for tone, width, dash, op, cap in ((dark(colour, 0.3), 24, None, 1, "round"), (light(colour, 0.06), 20, None, 1, "round"), (dark(colour, 0.5), 20, "4 9", 0.4, "butt")):
        s.line(top, tone, width, dash=dash, op=op, cap=cap)


for _name, _colour, _bg in (("oat", "#d9cbb0", "#a8b3ae"), ("navy", "#35426a", "#e8d8c6"), ("rust", "#b0603d", "#cfd6cf")):
    @picture(f"lambswool-crew-jumper-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.table(bg)
        with s.at(600, 590, 1.36, rotate=2):
            jumper(s, colour)


def button(s, x, y, r=13):
    s.path(ell(x + 3, y + 5, r), INK, op=0.5, blur=4)
    s.path(ell(x, y, r), s.rad(x - 4, y - 5, r * 1.6, "#b58a5e", "#7d5536", "#4a2f20"))
    for dx, dy in ((-3.4, -3.4), (3.4, -3.4), (-3.4, 3.4), (3.4, 3.4)):
        s.path(ell(x + dx, y + dy, 1.9), "#2b1a12")


def patch_pocket(s, x, y, w, h, colour):
    d = f"M{x},{y}h{w}v{h - 22}l-22,22h{44 - w}l-22,-22Z"
    s.path(d, INK, op=0.4, blur=8, t="translate(5,8)")
    s.path(d, s.lin(x, y, x + w, y + h, light(colour, 0.2), colour, dark(colour, 0.16)))
    stitches(s, f"M{x + 6},{y}v{h - 24}l19,19h{w - 50}l19,-19V{y}", colour)
    stitches(s, f"M{x},{y + 22}h{w}M{x},{y + 16}h{w}", colour)
    s.line(f"M{x},{y + 1}h{w}", light(colour, 0.5), 3, op=0.6)


def jacket(s, colour):
    for x in (-1, 1):
        sleeve = smooth([(x * 150, -300, "c"), (x * 238, -262), (x * 304, -150), (x * 360, 110), (x * 386, 330, "c"), (x * 286, 348, "c"), (x * 262, 130), (x * 206, -90, "c")])
        s.lie(sleeve, 1.0)
        cloth(s, sleeve, colour)
        with s.clip(sleeve):
            folds(s, colour, [[(x * 240, -140), (x * 280, -100), (x * 330, -90)], [(x * 250, -40), (x * 300, 10), (x * 350, 10)], [(x * 262, 90), (x * 310, 120), (x * 370, 110)], [(x * 300, 180), (x * 300, 240), (x * 330, 300)]], 0.3, 19)
            stitches(s, f"M{x * 290},296L{x * 400},276M{x * 289},288L{x * 400},268", colour)
    side = [(104, -328, "c"), (196, -296), (222, -210), (232, -40), (238, 180), (246, 384, "c")]
    body = smooth([(0, 392), (246, 384, "c")] + list(reversed(side[:-1])) + [(-104, -328, "c")] + [(-x, y, *r) for x, y, *r in side[1:]])
    s.lie(body, 0.5)
    cloth(s, body, colour)
    with s.clip(body):
        folds(s, colour, [[(-226, -70), (-170, -20), (-124, 100)], [(226, -50), (150, 10), (110, 116)], [(-150, -190), (-120, -90), (-140, 30)], [(-52, -60), (-40, 120), (-54, 300)], [(50, 20), (48, 200), (44, 380)]], 0.28, 26)
        for x in (-1, 1):
            seam = smooth([(x * 196, -306), (x * 184, -200), (x * 232, -40)], closed=False)
            s.line(seam, dark(colour, 0.7), 6, op=0.5)
            stitches(s, smooth([(x * 186, -306), (x * 174, -200), (x * 222, -30)], closed=False), colour)
        stitches(s, "M-246,362C-100,370 100,370 246,362M-246,354C-100,362 100,362 246,354", colour)
    # inside of the back, collar, placket
    s.path("M-100,-330C-60,-348 60,-348 100,-330L20,-214H-20Z", dark(colour, 0.5))
    s.path(rrect(-30, -320, 60, 34, 3), "#f0e3c8")
    s.line("M-18,-303H18", "#8b5a3a", 4)
    s.path("M14,-216L14,392L46,390L40,-230Z", INK, op=0.35, blur=8, t="translate(6,2)")
    s.path("M-34,-240L-22,392L30,391L24,-226Z", s.lin(-34, 0, 34, 0, light(colour, 0.1), colour))
    s.line("M26,-222L32,391", dark(colour, 0.75), 4, op=0.7)
    stitches(s, "M18,-210L24,390M-24,-210L-14,390", colour)
    for x in (-1, 1):
        lapel = smooth([(x * 100, -336, "c"), (x * 128, -300), (x * 118, -206, "c"), (x * 70, -196), (x * (4 if x < 0 else 8), -214, "c"), (x * 50, -280)])
        s.path(lapel, INK, op=0.45, blur=9, t="translate(5,10)")
        cloth(s, lapel, light(colour, 0.07), 200)
        with s.clip(lapel):
            s.path(lapel, stroke=light(colour, 0.35) if colour < "#999999" else dark(colour, 0.4), w=15, op=0.5)
            s.path(lapel, stroke=light(colour, 0.07), w=12)
    s.line("M-100,-336C-60,-352 60,-352 100,-336", light(colour, 0.1), 16)
    for y in (-178, -56, 66, 188, 310):
        button(s, 1 + y * 0.012, y)
    patch_pocket(s, 68, -136, 118, 128, colour)
    patch_pocket(s, 62, 120, 158, 186, colour)
    patch_pocket(s, -220, 120, 158, 186, colour)


for _name, _colour, _bg in (("indigo", "#3b4f7d", "#e6d6c4"), ("sand", "#c9b48c", "#a9b6b6")):
    @picture(f"canvas-chore-jacket-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.table(bg)
        with s.at(600, 570, 1.33, rotate=-2):
            jacket(s, colour)


def beanie(s, colour):
    dome = smooth([(-262, 120, "c"), (-270, -20), (-226, -190), (-110, -292), (0, -312), (110, -292), (226, -190), (270, -20), (262, 120, "c")])
    s.path(dome, colour)
    with s.clip(dome):
        for k in range(-9, 10):
            f = k / 9.4
            top = (f * 40, -312)
            d = smooth([top, (f * 150, -276), (f * 236, -150), (f * 268, 0), (f * 262, 140)], closed=False)
            s.line(d, dark(colour, 0.6), 13, op=0.42, blur=3)
            s.line(d, light(colour, 0.6), 8, op=0.4, blur=2.5, t="translate(-10,0)")
        s.path(ell(-100, -160, 110, 120), GLOW, op=0.3, blur=50)
        s.path(poly([(90, -330), (300, -330), (300, 140), (180, 140)]), dark(colour, 0.8), op=0.45, blur=48)
        s.path("M-280,70H280V140H-280Z", dark(colour, 0.8), op=0.55, blur=22)
    cuff = smooth([(-284, 84, "c"), (-140, 66), (0, 62), (140, 66), (284, 84, "c"), (290, 160), (276, 244, "c"), (140, 262), (0, 266), (-140, 262), (-276, 244, "c"), (-290, 160)])
    s.path(cuff, colour)
    with s.clip(cuff):
        for k in range(-14, 15):
            f = k / 14
            x = 288 * math.sin(f * math.pi / 2)
            s.line(f"M{x:.0f},50Q{x * 1.02:.0f},160 {x * 0.98:.0f},270", dark(colour, 0.6), 12, op=0.5, blur=3)
            s.line(f"M{x - 10:.0f},50Q{x * 1.02 - 10:.0f},160 {x * 0.98 - 10:.0f},270", light(colour, 0.6), 8, op=0.45, blur=2.5)
        s.path("M-300,56H300V84H-300Z", GLOW, op=0.4, blur=9)
        s.path("M-300,236H300V280H-300Z", dark(colour, 0.8), op=0.5, blur=14)
        s.path(poly([(170, 40), (310, 40), (310, 280), (210, 280)]), dark(colour, 0.8), op=0.42, blur=32)
        s.path(poly([(-300, 40), (-266, 40), (-266, 280), (-300, 280)]), dark(colour, 0.8), op=0.4, blur=12)
    label = rrect(-52, 128, 104, 66, 5)
    s.path(label, INK, op=0.4, blur=5, t="translate(3,5)")
    s.path(label, s.lin(-52, 128, 52, 194, "#c08a58", "#8f5c37"))
    s.line(rrect(-46, 134, 92, 54, 3), "#f0d9b0", 1.8, dash="6 4", op=0.8)
    s.line("M-24,168C-12,146 -2,146 0,168C2,146 12,146 24,168", "#4f2f1a", 4)


for _name, _colour, _bg in (("mustard", "#cf9f33", "#b5c1c4"), ("navy", "#37446b", "#e7d6c3"), ("stone", "#a8a095", "#dcc4b4"), ("berry", "#8a3050", "#d6dad0")):
    @picture(f"ribbed-merino-beanie-{_name}", _colour, _bg)
    def _(s, colour, bg):
        s.studio(bg, horizon=0.74)
        with s.at(595, 610, 1.3):
            s.path(ell(90, 262, 360, 30), "#3a2c2a", op=0.28, blur=26)
            s.path(ell(14, 254, 280, 20), INK, op=0.5, blur=8)
            beanie(s, colour)


def tote(s, colour, open_top=False):
    s.line("M-116,-296C-128,-560 128,-560 116,-296", dark(colour, 0.5), 36, cap="butt")
    s.line("M-116,-296C-128,-556 128,-556 116,-296", dark(colour, 0.18), 30, cap="butt")
    body = smooth([(-252, -300, "c"), (0, -292), (252, -300, "c"), (262, -60), (250, 318, "c"), (210, 338), (0, 342), (-210, 338), (-250, 318, "c"), (-262, -60)])
    s.path(body, colour)
    with s.clip(body):
        s.slubs(-260, -300, 240, 320, colour)
        s.path(body, s.lin(-260, -300, 260, 340, (0, GLOW, 0.34), (0.45, GLOW, 0.02), (1, INK, 0.28)))
        folds(s, colour, [[(-128, -200), (-150, -60), (-196, 120)], [(128, -200), (160, -40), (206, 130)], [(-128, -200), (-60, -90), (10, -60)], [(-210, 330), (-130, 240), (-110, 150)], [(210, 330), (140, 230), (130, 130)]], 0.3, 30)
        s.path(poly([(170, -310), (280, -310), (280, 350), (220, 350)]), INK, op=0.26, blur=30)
        s.path("M-270,300H270V350H-270Z", INK, op=0.35, blur=16)
        stitches(s, "M-256,-252C-100,-246 100,-246 256,-252M-256,-260C-100,-254 100,-254 256,-260", colour)
        s.path("M-252,-300C-100,-292 100,-292 252,-300V-290C100,-282 -100,-282 -252,-290Z", GLOW, op=0.4)
    front = "M-128,-190C-140,-470 -70,-600 0,-600C70,-600 140,-470 128,-190"
    s.line(front, INK, 34, op=0.28, blur=9, t="translate(9,12)", cap="butt")
    s.line(front, dark(colour, 0.3), 36, cap="butt")
    s.line(front, light(colour, 0.1), 31, cap="butt")
    s.line(front, dark(colour, 0.4), 22, op=0.18, dash="3 6", cap="butt")
    for x in (-128, 128):
        s.path(rrect(x - 18, -252, 36, 64, 2), light(colour, 0.06))
        s.line(f"M{x - 13},-246h26v52h-26ZL{x + 13},-194M{x + 13},-246L{x - 13},-194", dark(colour, 0.55) if colour > "#888888" else light(colour, 0.45), 2.2, dash="5 3")


def sun_print(s, tone):
    for k in range(4):
        s.line(f"M{-104 + k * 26},96A{104 - k * 26},{104 - k * 26} 0 0 1 {104 - k * 26},96", tone, 13, cap="butt")
    s.line("M-120,112H120", tone, 8)
    s.line("M-84,132H84M-46,152H46", tone, 8)


for _name, _colour, _tone, _bg in (("natural", "#e6d9bf", "#b5533a", "#b0bdb6"), ("marigold", "#d99a32", "#fbeecb", "#cdd7d8"), ("black", "#38363c", "#e8d8b8", "#e0ccbb")):
    @picture(f"market-tote-{_name}", _colour, _tone, _bg)
    def _(s, colour, tone, bg):
        s.table(bg)
        with s.at(600, 720, 1.14, rotate=3):
            s.lie(rrect(-250, -296, 500, 634, 30), 1.2)
            tote(s, colour)
            with s.at(-4, -10, 1.1):
                sun_print(s, tone)


@picture("market-tote-market")
def tote_market(s):
    s.studio("#d9c3ae", horizon=0.78)
    with s.at(600, 690, 1.08):
        s.path(ell(90, 330, 360, 34), "#3a2c2a", op=0.3, blur=26)
        s.path(ell(10, 330, 262, 18), INK, op=0.5, blur=8)
        for x, lean, tone in ((-150, -14, "#5f8a4a"), (-96, -6, "#6f9a55"), (-46, 3, "#54804a")):  # leeks
            with s.at(x, -240, 1, lean):
                s.path(poly([(-22, 60), (22, 60), (20, -120), (-20, -120)]), s.lin(-22, 0, 22, 0, "#f4f3dd", "#dfe6bd", "#a9bb85"))
                for a in (-24, -9, 8, 22):
                    with s.at(0, -110, 1, a):
                        s.path("M-15,14C-22,-90 -12,-170 0,-240C12,-170 22,-90 15,14Z", s.lin(-16, 0, 16, 0, light(tone, 0.2), dark(tone, 0.3)))
        with s.at(104, -270, 1.05, 12):  # a baguette
            b = smooth([(-52, 90, "c"), (-56, -60), (-44, -200), (0, -262), (44, -200), (56, -60), (52, 90, "c")])
            s.path(b, s.lin(-56, 0, 56, 0, "#e0a35c", "#c27f3e", "#8a4f24"))
            for k in range(4):
                s.path(smooth([(-34, -176 + k * 62), (10, -196 + k * 62), (34, -176 + k * 62), (0, -160 + k * 62)]), "#f1d9a8", op=0.9, blur=1.5)
        for x, y, r in ((172, -286, 66), (222, -318, 52)):
            s.path(ell(x, y, r), s.rad(x - 20, y - 24, r * 1.5, "#ffc15c", "#ee8a2a", "#b0541a"))
            s.path(ell(x - r * 0.3, y - r * 0.4, r * 0.2, r * 0.12), "#ffffff", op=0.6, blur=4)
        tote(s, "#e6d9bf")
        with s.at(-4, -10, 1.1):
            sun_print(s, "#b5533a")


def sock(s, colour, trim):
    d = smooth([(-92, -330, "c"), (0, -336), (92, -330, "c"), (88, -80), (100, 40), (190, 150), (262, 226), (250, 312), (170, 344), (60, 300), (-40, 220), (-100, 110), (-96, -60)])
    s.lie(d, 0.8)
    s.path(d, colour)
    with s.clip(d):
        for k in range(7):
            y = -226 + k * 46
            s.path(f"M-140,{y}Q0,{y + 16} 140,{y}V{y + 20}Q0,{y + 36} -140,{y + 20}Z", trim if k % 2 == 0 else light(colour, 0.32))
        s.path(smooth([(-130, 30), (-40, 60), (10, 130), (-10, 230), (-80, 250), (-150, 160)]), trim)
        s.path(smooth([(160, 170), (200, 250), (180, 370), (320, 360), (320, 180), (240, 130)]), trim)
        s.path("M-110,-345H110V-252Q0,-240 -110,-252Z", light(colour, 0.1))
        with s.clip("M-110,-345H110V-252Q0,-240 -110,-252Z"):
            s.path("M-200,-400H200V0H-200Z", rib(s, colour))
        s.path("M-400,-400H400V400H-400Z", knit(s, colour, 0.8))
        s.path(d, s.lin(-140, -330, 180, 340, (0, GLOW, 0.32), (0.45, GLOW, 0), (1, INK, 0.3)))
        s.path(d, stroke=dark(colour, 0.8), w=30, op=0.42, blur=14)
        folds(s, colour, [[(90, 30), (40, 50), (-10, 40)], [(110, 70), (60, 96), (20, 90)]], 0.24, 16)


for _name, _colour, _trim, _bg in (("forest", "#3f5f4c", "#d9b04c", "#e6d4c2"), ("rust", "#b0603d", "#efe2c6", "#b9c6c6")):
    @picture(f"striped-wool-socks-{_name}", _colour, _trim, _bg)
    def _(s, colour, trim, bg):
        s.table(bg)
        with s.at(700, 520, 1.2, rotate=-14):
            sock(s, colour, trim)
        with s.at(420, 600, 1.2, rotate=4):
            sock(s, colour, trim)
