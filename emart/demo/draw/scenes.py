"""The pictures of the six departments and of the home page, composed from the products."""

from books_toys import book, ferry_cover, rainbow, rooms_cover, train
from clothing import jumper, sock, sun_print, tee, tote
from home import BRASS, OAK, candle, cushion, fig, opal_lamp, porcini, pot, vase
from kit import GLOW, dark, ell, light, picture, poly, rrect
from kitchen import GLAZES, beans, casserole, coffee_bag, dripper, kettle, mug, server
from outdoors import backpack, enamel_mug, evening, grass, lantern, meadow, pine, tent
from stationery import deckle, notebook, paper, pen, pencil

WIDE = (1200, 600)


def stood(s, x, y, k, rx, draw, *args, **more):
    """Places a standing object with its shadow."""
    with s.at(x, y, k):
        s.stand(rx, rx * 0.16, reach=0.9)
        draw(s, *args, **more)


@picture("category-kitchen", size=WIDE)
def kitchen(s):
    s.studio("#dfcfbb", horizon=0.74)
    stood(s, 150, 490, 0.84, 150, coffee_bag)
    with s.at(672, 500, 0.84):
        s.stand(120, 20)
        server(s)
        with s.at(0, -206):
            dripper(s, "#c2714c")
    stood(s, 432, 520, 0.74, 160, kettle, "#34343a")
    stood(s, 985, 515, 0.78, 200, casserole, "#35584a")
    stood(s, 842, 562, 0.5, 104, mug, GLAZES["oat"], "#5b3a26")
    beans(s, [(250, 550, 20), (292, 570, -40), (214, 566, 80)], 0.55)


@picture("category-home", size=WIDE)
def home(s):
    s.studio("#c4c8ba", horizon=0.76, window=False)
    s.glow(330, 190, 420, "#ffdc9a", 0.75)
    with s.at(880, 345, 0.62, rotate=5):
        s.path(ell(90, 340, 380, 34), "#3a2c2a", op=0.3, blur=24)
        cushion(s, "#c0714f")
    stood(s, 330, 520, 0.98, 130, opal_lamp, BRASS, cable=False)
    stood(s, 560, 525, 0.74, 96, vase, "#e6dcc9")
    stood(s, 1075, 540, 0.7, 142, pot, "#5c646b")
    stood(s, 690, 560, 0.5, 116, candle, fig)
    stood(s, 130, 548, 0.5, 112, porcini, "#93a48a")


@picture("category-stationery", size=WIDE)
def stationery(s):
    s.table("#cdbfae")
    with s.at(150, 330, 0.72, rotate=-16):
        notebook(s, "#d0a037")
    with s.at(395, 310, 0.78, rotate=7):
        notebook(s, "#33507a")
    with s.at(760, 300, 0.86, rotate=-8):
        sheet = deckle(s, 240, 300)
        paper(sheet, s, "#fbf5e9")
        ink = "#1f6470"
        for k, (x1, drop) in enumerate(((170, 0), (190, 0), (120, 0), (170, 0), (60, 0))):
            s.line(f"M-190,{-200 + k * 56}c30,-30 50,26 80,0s50,24 80,0s40,20 70,0" + (f"s40,20 {x1 - 60},0" if x1 > 100 else ""), ink, 4, op=0.8)
    with s.at(800, 395, 0.72, rotate=-36):
        pen(s, "#25345e")
    for k, (colour, lean) in enumerate((("#d9573a", 14), ("#efb83d", 21), ("#3a8b8b", 29), ("#6a4a8a", 38))):
        with s.at(985 + k * 34, 610 + k * 12, 0.78, rotate=lean):
            pencil(s, colour, 470)


@picture("category-outdoors", size=WIDE)
def outdoors(s):
    evening(s, 1200, 600, 400)
    for x, y, k in ((60, 420, 0.9), (130, 430, 0.66), (1130, 415, 0.95), (1060, 425, 0.62), (20, 430, 0.6), (1190, 430, 0.7)):
        pine(s, x, y, k)
    meadow(s, 1200, 600, 410)
    s.glow(520, 420, 380, "#ffc66e", 0.7)
    with s.at(560, 500, 0.72):
        tent(s)
    grass(s, 1200, 520, 600, 46)
    with s.at(960, 545, 0.5):
        s.path(ell(30, 6, 240, 30), "#141826", op=0.5, blur=14)
        backpack(s, "#c8923a")
    s.glow(190, 480, 230, "#ffd88a", 0.8)
    with s.at(190, 560, 0.52):
        s.path(ell(6, 8, 150, 20), "#141826", op=0.5, blur=10)
        lantern(s, "#b23c30")
    with s.at(300, 575, 0.4):
        s.path(ell(10, 6, 130, 18), "#141826", op=0.5, blur=9)
        enamel_mug(s, "#eceae3")


@picture("category-clothing", size=WIDE)
def clothing(s):
    s.table("#d3c4b4")
    with s.at(215, 310, 0.64, rotate=-9):
        tee(s, "#94a389")
    with s.at(560, 305, 0.7, rotate=4):
        jumper(s, "#b0603d")
    with s.at(905, 370, 0.5, rotate=-6):
        s.lie(rrect(-250, -296, 500, 634, 30), 1.2)
        tote(s, "#e6d9bf")
        with s.at(-4, -10, 1.1):
            sun_print(s, "#35584a")
    with s.at(1105, 250, 0.5, rotate=-10):
        sock(s, "#3f5f4c", "#d9b04c")
    with s.at(1015, 290, 0.5, rotate=6):
        sock(s, "#3f5f4c", "#d9b04c")


@picture("category-books-and-toys", size=WIDE)
def books_and_toys(s):
    s.studio("#e3d3b2", horizon=0.74)
    for x, lean, cover, art, w, h in ((185, -7, "#1e2a52", ferry_cover, 700, 740), (385, 5, "#e2d6c4", rooms_cover, 640, 830)):
        with s.at(x, 330, 0.42, rotate=lean):
            s.path(ell(120, h / 2 + 16, w * 0.6, 36), "#3a2c2a", op=0.35, blur=22)
            book(s, w, h, cover, lambda: art(s), 30)
    with s.at(640, 520, 0.66):
        s.path(ell(80, 8, 390, 32), "#3a2c2a", op=0.3, blur=24)
        rainbow(s)
    with s.at(915, 560, 0.42):
        train(s)


def spines(s, x, y, books):
    """Books lying in a pile, seen from the spine; y is the top of the shelf."""
    for w, h, colour, dx in books:
        y -= h
        s.path(rrect(x + dx - w / 2, y, w, h, 6), s.lin(x + dx - w / 2, 0, x + dx + w / 2, 0, light(colour, 0.25), colour, dark(colour, 0.4)))
        s.path(f"M{x + dx - w / 2},{y + h - 5}h{w}v5h{-w}Z", "#1f1a2e", op=0.3)
        s.line(f"M{x + dx - w / 2 + 26},{y + 4}v{h - 8}M{x + dx + w / 2 - 26},{y + 4}v{h - 8}", light(colour, 0.6), 3, op=0.6)
        s.path(rrect(x + dx - 40, y + h / 2 - 4, 80, 8, 4), light(colour, 0.7), op=0.7)
    return y


@picture("hero", size=(1600, 900))
def hero(s):
    """A sideboard in late sun; the left third stays calm, for words."""
    s.studio("#d8cbb8", horizon=0.86)
    arch = "M860,760V330A290,290 0 0 1 1440,330V760Z"
    s.path(arch, s.lin(860, 40, 1440, 760, "#b9694a", "#cb8561", "#dba681"))
    with s.clip(arch):
        s.path(arch, stroke="#5a2c22", w=44, op=0.35, blur=22, t="translate(14,10)")
        s.path(ell(1290, 250, 96), "#f0c79c", op=0.6)
    s.path("M0,720H1600V900H0Z", s.lin(0, 720, 0, 900, light(OAK, 0.32), OAK, dark(OAK, 0.2)))
    for k in range(7):
        y = 738 + k * k * 3.4
        s.line(f"M0,{y}C400,{y - 8} 1100,{y + 9} 1600,{y - 3}", dark(OAK, 0.5), 1.4 + k * 0.35, op=0.2)
    s.path("M0,720H1600", stroke=light(OAK, 0.7), w=5)
    s.path(poly([(180, 722), (560, 722), (800, 900), (330, 900)]), GLOW, op=0.22, blur=16)
    s.glow(1030, 330, 360, "#ffdc9a", 0.6)
    with s.at(815, 786, 0.92):
        s.stand(96, 15, reach=1.4)
        vase(s, "#e6dcc9")
    with s.at(1030, 790, 1.0):
        s.stand(130, 18, reach=0.6)
        opal_lamp(s, BRASS, cable=False)
    with s.at(590, 800):
        s.path(ell(60, 2, 190, 20), "#2b1f22", op=0.3, blur=16)
        s.path(ell(6, 2, 134, 9), "#2b1f22", op=0.5, blur=5)
    top = spines(s, 590, 806, ((266, 50, "#35584a", 0), (240, 44, "#b9402f", 12), (216, 40, "#d9a83c", -8)))
    with s.at(590, top - 6, 0.66):
        s.path(ell(8, 8, 100, 12), "#1f1a2e", op=0.5, blur=6)
        mug(s, GLAZES["ink"], "#5b3a26")
    with s.at(1318, 806, 0.82):
        s.stand(156, 22, reach=1)
        kettle(s, "#efe4cc")
    with s.at(921, 864, 0.5):
        s.stand(116, 18)
        candle(s, fig)
    with s.at(1500, 868, 0.5):
        s.stand(112, 18)
        porcini(s, "#c9503a")
